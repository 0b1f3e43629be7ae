"""Guess the misconception behind one answer to one input; for lesson widgets, never for a verdict."""

from __future__ import annotations

from dataclasses import replace

from autograde.judge.comparison import STRICT, first_difference
from autograde.judge.observation import Observation
from autograde.judge.question import Misconception, Question


def common_cause(question: Question, arguments: tuple[Observation, ...], answer: Observation) -> Misconception | None:
    """Return the only misconception that gives exactly this answer to this input; None for none or several.

    Two misconceptions can give the same answer to one input: taking the last ``[SEP]`` of a pair for the first gives
    all zeros, as if there were only one sentence. So a widget says "a common cause", and a verdict uses many cases.

    Args:
        question: the question with the misconceptions.
        arguments: the input, as arguments of the learner's function.
        answer: the answer, as its return value.
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
