"""Wrong answers that people give to questions of every sort."""

from __future__ import annotations

from autograde.judge.messages import Message, _
from autograde.judge.question import Misconception


def returns_nothing(what: Message) -> Misconception:
    """The result was computed, or printed, and never returned; ``what`` is to stand after ``return``."""
    return Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("End the function with return and {what}.", what=what),
        (lambda _case: None,),
    )
