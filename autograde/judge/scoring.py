"""Decide the points of each line of a rubric.

Nothing else in the kit does; :mod:`autograde.grading.graded_cells` converts them where an instructor has changed a
cell's points.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograde.judge.cases import Case
from autograde.judge.comparison import Difference, Kind
from autograde.judge.evidence import Reply
from autograde.judge.messages import Message
from autograde.judge.observation import Observation
from autograde.judge.question import Question, RubricItem
from autograde.judge.verdict import ItemVerdict


def first_of_reply(question: Question, case: Case, right: Observation, reply: Reply) -> Difference | None:
    """The first difference of one reply, a broken rule before everything else; None when all is right."""
    if (rule := broken_rule(question, reply)) is not None:
        return rule
    differences = (
        difference_for(question, item, case, right, reply) for item in question.rubric if item.looks_at(case)
    )
    return next(filter(None, differences), None)


def broken_rule(question: Question, reply: Reply) -> Difference | None:
    """The first forbidden effect of the reply as a difference; None when no rule was broken."""
    effects = (effect for effect in question.forbidden if effect in reply.effects)
    return next((Difference(Kind.EFFECT, (), None, effect) for effect in effects), None)


def difference_for(
    question: Question, item: RubricItem, case: Case, right: Observation, reply: Reply
) -> Difference | None:
    """What costs this item in this case: a broken rule, a wrong value, or one of the item's own effects."""
    found = broken_rule(question, reply) or item.aspect(case, right, reply.value)
    if found is not None:
        return found
    effects = (effect for effect in item.effects if effect in reply.effects)
    return next((Difference(Kind.EFFECT, (), None, effect) for effect in effects), None)


def scored(
    question: Question, cases: Sequence[Case], expected: Sequence[Observation], replies: Sequence[Reply]
) -> tuple[ItemVerdict, ...]:
    """Return the rubric's verdicts.

    An item gives its points if it looks at a case at least, and all cases that it looks at are right.
    """
    return tuple(_scored(question, item, cases, expected, replies) for item in question.rubric)


def full(question: Question, cases: Sequence[Case]) -> tuple[ItemVerdict, ...]:
    """The rubric of an answer without any difference: as :func:`scored` gives it, without comparing once more."""
    return tuple(
        ItemVerdict(item.id, item.about, item.points if count else 0.0, item.points, count, count)
        for item in question.rubric
        for count in [sum(item.looks_at(case) for case in cases)]
    )


def _scored(
    question: Question,
    item: RubricItem,
    cases: Sequence[Case],
    expected: Sequence[Observation],
    replies: Sequence[Reply],
) -> ItemVerdict:
    compared = [each for each in zip(cases, expected, replies, strict=True) if item.looks_at(each[0])]
    results = [difference_for(question, item, case, right, reply) is None for case, right, reply in compared]
    points = item.points if results and all(results) else 0.0
    remark = None if points else _remark(question, [(case, reply) for case, _right, reply in compared])
    return ItemVerdict(item.id, item.about, points, item.points, sum(results), len(results), remark)


def _remark(question: Question, replies: Sequence[tuple[Case, Reply]]) -> Message | None:
    """Why an item is lost, when a known wrong answer to one of its cases says so."""
    found = (
        misconception.explanation
        for case, reply in replies
        for misconception in question.misconceptions
        if misconception.case == case.name and misconception.fits(case, reply, question.rules)
    )
    return next(found, None)


def blank(question: Question, cases: Sequence[Case] = ()) -> tuple[ItemVerdict, ...]:
    """The rubric without a point."""
    return tuple(
        ItemVerdict(item.id, item.about, 0.0, item.points, 0, sum(item.looks_at(case) for case in cases))
        for item in question.rubric
    )
