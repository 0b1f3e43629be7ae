"""2.5, pointers: common wrong answers."""

from __future__ import annotations

from autograde.questions.download_with_git_clone.is_lfs_pointer.wrong_reading import WRONG_READING
from autograde.questions.download_with_git_clone.is_lfs_pointer.wrong_rules import WRONG_RULES

#: The first matching one is reported.
MISCONCEPTIONS = (*WRONG_RULES, *WRONG_READING)
