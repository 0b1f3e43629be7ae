"""2.6, segment ids: wrong rules that people really have, each as a program."""

from __future__ import annotations

from autograde.questions.load_the_downloaded_model.segment_ids.wrong_rules import WRONG_RULES
from autograde.questions.load_the_downloaded_model.segment_ids.wrong_values import WRONG_VALUES

#: The first one that fits is named.
MISCONCEPTIONS = (*WRONG_RULES, *WRONG_VALUES)
