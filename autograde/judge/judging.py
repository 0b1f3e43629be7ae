"""The judge itself: evidence in, verdict out. Pure, and it never raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from autograde.judge.comparison import Difference, Kind, Rules, first_difference
from autograde.judge.describing import NOT_CALLED, explain, rows
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import CALLED_TOKENIZER, Case, Evidence, Misconception, Question, Reply, RubricItem
from autograde.judge.verdict import FirstDifference, ItemVerdict, NamedMisconception, Outcome, Verdict


def judge(question: Question, evidence: Evidence, seed: str | None = None) -> Verdict:
    """The verdict on the evidence.

    Args:
        question: the specification.
        evidence: what the learner's side sent: one reply for each of ``question.cases(seed)``.
        seed: what the graded cases were made from; None for the visible cases of a self-check.

    Returns:
        A verdict, always: when the judge itself fails, the verdict says that it was our fault.
    """
    try:
        return _judge(question, evidence, seed)
    except Exception as error:
        return our_fault(question, seed, f"{type(error).__name__}: {error}")


def our_fault(question: Question, seed: str | None, reason: str) -> Verdict:
    """The verdict for a failure of the kit: nobody's answer is to blame."""
    return _verdict(
        question,
        seed,
        Outcome.OUR_FAULT,
        _items(question, ()),
        _("The check itself failed ({reason}). This is not your mistake.", reason=reason),
        next_step=_("Please show this message to whoever runs the course."),
    )


def _judge(question: Question, evidence: Evidence, seed: str | None) -> Verdict:
    if evidence.given == "missing":
        summary = _("There is no answer yet: {function} is not defined.", function=question.function)
        step = _("Write the function {function} and run its cell.", function=question.function)
        return _verdict(question, seed, Outcome.NOT_ATTEMPTED, _items(question, ()), summary, next_step=step)
    if evidence.given == "failed":
        return our_fault(question, seed, evidence.type)
    if evidence.given == "other":
        return _verdict(
            question,
            seed,
            Outcome.COULD_NOT_RUN,
            _items(question, ()),
            _("What was handed in is no function: its type is {name}.", name=evidence.type),
            next_step=_(
                "Hand in the function itself, without brackets after its name: {function}", function=question.function
            ),
        )
    cases = question.cases(seed)
    replies = [replace(reply, value=question.normal(reply.value)) for reply in _complete(evidence.replies, len(cases))]
    noise = next((reply.printed for reply in replies if reply.printed), "")
    if all(isinstance(reply.value, Raised) and reply.value.type == "NotImplementedError" for reply in replies):
        summary = _("Not attempted yet: {function} still raises NotImplementedError.", function=question.function)
        step = _("Replace the line that raises NotImplementedError by your own code.")
        items = _items(question, cases)
        return _verdict(question, seed, Outcome.NOT_ATTEMPTED, items, summary, next_step=step, noise=noise)

    expected = [question.oracle(case) for case in cases]
    wholes = [_first(question, case, right, reply) for case, right, reply in zip(cases, expected, replies, strict=True)]
    items = tuple(_item(question, item, cases, expected, replies) for item in question.rubric)
    if not any(wholes):
        return _verdict(question, seed, Outcome.CORRECT, items, _correct(question, len(cases), seed), noise=noise)

    named = _misconception(question, cases, replies)
    everywhere = all(isinstance(reply.value, Raised) for reply in replies)
    outcome = Outcome.COULD_NOT_RUN if everywhere and named is None else Outcome.INCORRECT
    wrong = sum(difference is not None for difference in wholes)
    summary = _("{wrong} of {cases} cases went wrong.", wrong=wrong, cases=len(cases))
    if outcome is Outcome.COULD_NOT_RUN:
        summary = _("{function} could not be run on any case.", function=question.function)
    return _verdict(
        question,
        seed,
        outcome,
        items,
        summary,
        difference=_shown(question, cases, expected, replies, wholes, seed),
        misconception=None if named is None else NamedMisconception(named.id, named.explanation),
        next_step=_("Look at the line that raised the exception, and run the function yourself on the example.")
        if outcome is Outcome.COULD_NOT_RUN
        else _("Work the rule out by hand on the smallest sentence, then compare.")
        if named is None
        else named.next_step,
        noise=noise,
    )


def _complete(replies: Sequence[Reply], count: int) -> list[Reply]:
    """One reply for each case: those that were never called because an earlier one hung are marked."""
    if len(replies) > count:
        raise ValueError(f"{len(replies)} replies to {count} cases")
    return [*replies, *[Reply(Raised(NOT_CALLED))] * (count - len(replies))]


def _first(question: Question, case: Case, right: Observation, reply: Reply) -> Difference | None:
    """The first difference of a whole reply, the rule of the game before everything else."""
    if question.by_hand and CALLED_TOKENIZER in reply.effects:
        return Difference(Kind.EFFECT, (), None, None)
    differences = (item.aspect(case, right, reply.value) for item in question.rubric if item.looks_at(case))
    return next(filter(None, differences), None)


def _item(
    question: Question,
    item: RubricItem,
    cases: Sequence[Case],
    expected: Sequence[Observation],
    replies: Sequence[Reply],
) -> ItemVerdict:
    results = [
        item.aspect(case, right, reply.value) is None and not (question.by_hand and CALLED_TOKENIZER in reply.effects)
        for case, right, reply in zip(cases, expected, replies, strict=True)
        if item.looks_at(case)
    ]
    points = item.points if results and all(results) else 0.0
    return ItemVerdict(item.id, item.about, points, item.points, sum(results), len(results))


def _items(question: Question, cases: Sequence[Case]) -> tuple[ItemVerdict, ...]:
    """A rubric without a point."""
    return tuple(
        ItemVerdict(item.id, item.about, 0.0, item.points, 0, sum(item.looks_at(case) for case in cases))
        for item in question.rubric
    )


def _misconception(question: Question, cases: Sequence[Case], replies: Sequence[Reply]) -> Misconception | None:
    """The first known wrong answer that explains every single reply."""
    for misconception in question.misconceptions:
        if misconception.effect and all(misconception.effect in reply.effects for reply in replies):
            return misconception
        for model in misconception.models:
            if all(
                not (question.by_hand and reply.effects) and _same(model(case), reply.value, question.rules)
                for case, reply in zip(cases, replies, strict=True)
            ):
                return misconception
    return None


def _same(believed: Observation, got: Observation, rules: Rules) -> bool:
    return first_difference(believed, got, rules) is None


def _shown(
    question: Question,
    cases: Sequence[Case],
    expected: Sequence[Observation],
    replies: Sequence[Reply],
    wholes: Sequence[Difference | None],
    seed: str | None,
) -> FirstDifference:
    """The difference that teaches most: of the smallest case that went wrong, and an answer before an exception."""

    def order(place: int) -> tuple[bool, int, int]:
        difference = wholes[place]
        assert difference is not None
        return difference.kind is Kind.RAISED, len(cases[place].tokens), place

    place = min((place for place, difference in enumerate(wholes) if difference is not None), key=order)
    difference = wholes[place]
    assert difference is not None
    table = rows(question, cases[place], difference, expected[place], replies[place].value) if seed is None else ()
    return FirstDifference(cases[place].about, explain(question, cases[place], difference), table)


def _correct(question: Question, count: int, seed: str | None) -> Message:
    if seed is None:
        return _(
            "Right on all {cases} visible cases. The graded cell tries others that you have not seen.", cases=count
        )
    return _("Right on all {cases} cases.", cases=count)


def _verdict(
    question: Question,
    seed: str | None,
    outcome: Outcome,
    items: tuple[ItemVerdict, ...],
    summary: Message,
    *,
    difference: FirstDifference | None = None,
    misconception: NamedMisconception | None = None,
    next_step: Message | None = None,
    noise: str = "",
) -> Verdict:
    return Verdict(
        question=question.id,
        function=question.function,
        outcome=outcome,
        points=float(sum(item.points for item in items)),
        possible=float(question.points),
        items=items,
        graded=seed is not None,
        summary=summary,
        difference=difference,
        misconception=misconception,
        next_step=next_step,
        noise=noise,
        seed=seed or "",
    )
