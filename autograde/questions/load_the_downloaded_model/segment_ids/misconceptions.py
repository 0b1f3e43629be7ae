"""2.6, segment ids: common misconceptions, each as a program."""

from __future__ import annotations

from autograde.questions.load_the_downloaded_model.segment_ids.wrong_rules import WRONG_RULES
from autograde.questions.load_the_downloaded_model.segment_ids.wrong_values import WRONG_VALUES

#: The first matching one is reported.
MISCONCEPTIONS = (*WRONG_RULES, *WRONG_VALUES)
