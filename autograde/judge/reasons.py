"""Add a reason to every lost rubric item: its first difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind
from autograde.judge.describing import NOT_CALLED, explain
from autograde.judge.evidence import Reply
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import Question, RubricItem
from autograde.judge.scoring import difference_for
from autograde.judge.verdict import ItemVerdict


def reason(case: Message, text: Message) -> Message:
    """Return the sentence for a difference in one case."""
    return _("{case}: {text}", case=case, text=text)


def most_instructive(cases: Sequence[Case], differences: Sequence[Difference | None]) -> int | None:
    """Return the index of the difference to show; None if there are none.

    Wrong values are preferred to exceptions, then cases that were tried to those that were not, then smaller cases.
    """
    wrong = [
        (difference.kind is Kind.RAISED, _untried(difference), len(cases[place].tokens), place)
        for place, difference in enumerate(differences)
        if difference is not None
    ]
    return min(wrong)[-1] if wrong else None


def _untried(difference: Difference) -> bool:
    return isinstance(difference.got, Raised) and difference.got.type == NOT_CALLED


def with_reasons(
    question: Question,
    items: Sequence[ItemVerdict],
    cases: Sequence[Case],
    expected: Sequence[Observation],
    replies: Sequence[Reply],
) -> tuple[ItemVerdict, ...]:
    """Return the rubric's verdicts, with a remark added to lost items that have none."""
    return tuple(
        found
        if found.points or found.remark
        else replace(found, remark=_lost(question, item, cases, expected, replies))
        for item, found in zip(question.rubric, items, strict=True)
    )


def _lost(
    question: Question,
    item: RubricItem,
    cases: Sequence[Case],
    expected: Sequence[Observation],
    replies: Sequence[Reply],
) -> Message | None:
    differences = [
        None if not item.looks_at(case) else difference_for(question, item, case, right, reply)
        for case, right, reply in zip(cases, expected, replies, strict=True)
    ]
    place = most_instructive(cases, differences)
    if place is None:
        return None
    difference = differences[place]
    assert difference is not None
    return reason(cases[place].about, explain(question, cases[place], difference))
