"""Answers as people write them: for each question right ones in several styles, wrong ones, and what each must get.

They are code, because that is what learners hand in; the wrong models of the judge are written independently of them.
The sample submissions are put together from them, and a test gives each to the judge. One module for each
assignment, two for 2.6.
"""

from __future__ import annotations

from autograde.grading.answers import (
    call_the_downloaded_model,
    create_a_model_repository,
    create_an_account,
    download_with_git_clone,
    introduction,
    load_the_downloaded_model,
    log_in,
    summary,
    upload_a_local_model,
)
from autograde.grading.answers.answer import RightAnswer, WrongAnswer
from autograde.questions import question

__all__ = ["REPLAYED_RIGHT", "REPLAYED_WRONG", "RIGHT", "WRONG", "RightAnswer", "WrongAnswer"]

_MODULES = (
    introduction,
    create_an_account,
    log_in,
    create_a_model_repository,
    upload_a_local_model,
    download_with_git_clone,
    load_the_downloaded_model,
    call_the_downloaded_model,
    summary,
)


def _replayed(answer: WrongAnswer | RightAnswer) -> bool:
    return question(answer.section, answer.function).act is not None


_WRONG: tuple[WrongAnswer, ...] = tuple(answer for module in _MODULES for answer in module.WRONG)
_RIGHT: tuple[RightAnswer, ...] = tuple(answer for module in _MODULES for answer in module.RIGHT)

#: Answers that are called or compared.
WRONG = tuple(answer for answer in _WRONG if not _replayed(answer))
RIGHT = tuple(answer for answer in _RIGHT if not _replayed(answer))

#: Answers that are replayed on a Hub: each costs what it does there.
REPLAYED_WRONG = tuple(answer for answer in _WRONG if _replayed(answer))
REPLAYED_RIGHT = tuple(answer for answer in _RIGHT if _replayed(answer))
