"""2.5, pointers: wrong answers that learners really give."""

from __future__ import annotations

from autograde.questions.download_with_git_clone.is_lfs_pointer.wrong_reading import WRONG_READING
from autograde.questions.download_with_git_clone.is_lfs_pointer.wrong_rules import WRONG_RULES

#: The first one that fits is named.
MISCONCEPTIONS = (*WRONG_RULES, *WRONG_READING)
