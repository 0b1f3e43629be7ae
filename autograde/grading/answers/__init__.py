"""Answers as people write them: for each question right ones in several styles, wrong ones, and what each must get.

They are code, because that is what learners hand in; the wrong models of the judge are written independently of them.
The sample submissions are put together from them, and a test gives each to the judge. One module for each assignment.
"""

from __future__ import annotations

from autograde.grading.answers import (
    create_a_model_repository,
    introduction,
    load_the_downloaded_model,
    upload_a_local_model,
)
from autograde.grading.answers.answer import RightAnswer, WrongAnswer

__all__ = ["REPLAYED_RIGHT", "REPLAYED_WRONG", "RIGHT", "WRONG", "RightAnswer", "WrongAnswer"]

_MODULES = (
    introduction,
    load_the_downloaded_model,
)

WRONG: tuple[WrongAnswer, ...] = tuple(answer for module in _MODULES for answer in module.WRONG)
RIGHT: tuple[RightAnswer, ...] = tuple(answer for module in _MODULES for answer in module.RIGHT)

#: The assignments whose answers are replayed on a Hub: each answer costs what it does there.
_REPLAYED = (create_a_model_repository, upload_a_local_model)

REPLAYED_WRONG: tuple[WrongAnswer, ...] = tuple(answer for module in _REPLAYED for answer in module.WRONG)
REPLAYED_RIGHT: tuple[RightAnswer, ...] = tuple(answer for module in _REPLAYED for answer in module.RIGHT)
