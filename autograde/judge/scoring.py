"""Decide the points of each rubric item.

This is the only module that does; :mod:`autograde.grading.graded_cells` scales them if an instructor has changed a
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
    """Return the first difference of one reply, with broken rules first; None if it is right."""
    if (rule := broken_rule(question, reply)) is not None:
        return rule
    differences = (
        difference_for(question, item, case, right, reply) for item in question.rubric if item.looks_at(case)
    )
    return next(filter(None, differences), None)


def broken_rule(question: Question, reply: Reply) -> Difference | None:
    """Return the reply's first forbidden effect as a difference; None if no rule was broken."""
    effects = (effect for effect in question.forbidden if effect in reply.effects)
    return next((Difference(Kind.EFFECT, (), None, effect) for effect in effects), None)


def difference_for(
    question: Question, item: RubricItem, case: Case, right: Observation, reply: Reply
) -> Difference | None:
    """Return why this item is lost in this case: a broken rule, a wrong value, or one of the item's effects."""
    found = broken_rule(question, reply) or item.aspect(case, right, reply.value)
    if found is not None:
        return found
    effects = (effect for effect in item.effects if effect in reply.effects)
    return next((Difference(Kind.EFFECT, (), None, effect) for effect in effects), None)


def scored(
    question: Question, cases: Sequence[Case], expected: Sequence[Observation], replies: Sequence[Reply]
) -> tuple[ItemVerdict, ...]:
    """Return the rubric's verdicts.

    An item gives its points if it applies to at least one case, and all cases that it applies to are right.
    """
    return tuple(_scored(question, item, cases, expected, replies) for item in question.rubric)


def full(question: Question, cases: Sequence[Case]) -> tuple[ItemVerdict, ...]:
    """Return the rubric of an answer without differences: the result of :func:`scored`, without comparing again."""
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
    """Return why an item is lost if a misconception about one of its cases explains it."""
    found = (
        misconception.explanation
        for case, reply in replies
        for misconception in question.misconceptions
        if misconception.case == case.name and misconception.fits(case, reply, question.rules)
    )
    return next(found, None)


def blank(question: Question, cases: Sequence[Case] = ()) -> tuple[ItemVerdict, ...]:
    """Return the rubric with no points."""
    return tuple(
        ItemVerdict(item.id, item.about, 0.0, item.points, 0, sum(item.looks_at(case) for case in cases))
        for item in question.rubric
    )
