"""The misconception that one answer to one input looks like: for a lesson's widget, never for a verdict."""

from __future__ import annotations

from dataclasses import replace

from autograde.judge.comparison import STRICT, first_difference
from autograde.judge.observation import Observation
from autograde.judge.question import Misconception, Question


def common_cause(question: Question, arguments: tuple[Observation, ...], answer: Observation) -> Misconception | None:
    """The one misconception that gives just this answer to this input; None when none does, or more than one.

    On one input two misconceptions may look alike: a pair whose last ``[SEP]`` was taken for the first is all zeros, as
    if there were only one sentence. So a widget says "a common cause", and a verdict looks at many cases.

    Args:
        question: the question whose misconceptions are tried.
        arguments: what the learner's function would be given.
        answer: what it would return.
    """
    case = replace(question.visible[0], name="one", arguments=arguments)
    if first_difference(question.oracle(case), answer, STRICT) is None:
        return None
    fitting = [
        each
        for each in question.misconceptions
        if any(first_difference(model(case), answer, STRICT) is None for model in each.models)
    ]
    return fitting[0] if len(fitting) == 1 else None
