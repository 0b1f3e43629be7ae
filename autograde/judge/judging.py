"""Judge evidence: compute the verdict. A pure function that never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograde.judge.advice import advice
from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import changes_its_arguments
from autograde.judge.comparison import Difference, Kind, Rules, first_difference
from autograde.judge.describing import NOT_CALLED, TIME_LIMIT, explain, rows, visible
from autograde.judge.evidence import CALLED_TOKENIZER, CHANGED_ARGUMENTS, AnswerKind, Evidence, Reply
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import Misconception, Question
from autograde.judge.reasons import most_instructive, with_reasons
from autograde.judge.scoring import blank, first_of_reply, full, scored
from autograde.judge.stopped_scripts import after_stop
from autograde.judge.verdict import FirstDifference, ItemVerdict, NamedMisconception, Outcome, Verdict


def judge(question: Question, evidence: Evidence, seed: str | None = None) -> Verdict:
    """Return the verdict on the evidence.

    Args:
        question: the question.
        evidence: the learner's side's evidence, with a reply for each of ``question.cases(seed)``.
        seed: seed of the graded cases; None for the visible cases of a self-check.

    Returns:
        A verdict in every case: if the judge itself fails, the verdict's outcome is ``OUR_FAULT``.
    """
    try:
        return _judge(question, evidence, seed)
    except Exception as error:
        return our_fault(question, seed, f"{type(error).__name__}: {error}")


def our_fault(question: Question, seed: str | None, reason: str) -> Verdict:
    """Return the verdict for an error in the kit, which is not the answer's fault."""
    return _verdict(
        question,
        seed,
        Outcome.OUR_FAULT,
        blank(question),
        _("The check itself failed ({reason}). This is not your mistake.", reason=reason),
        next_step=_("Please show this message to your instructor."),
    )


def _judge(question: Question, evidence: Evidence, seed: str | None) -> Verdict:
    if evidence.given == "failed":
        return our_fault(question, seed, evidence.type)
    if evidence.given == "missing" or (evidence.given == "untouched" and question.kind is not AnswerKind.FUNCTION):
        return _not_attempted(question, evidence, seed)
    if evidence.given == "asynchronous" and question.kind is AnswerKind.FUNCTION:
        return _asynchronous(question, seed)
    if evidence.given != question.kind:
        return _of_the_wrong_kind(question, evidence, seed)
    tried = _tried(question, evidence, seed)
    if all(map(_is_stub, tried.replies)):
        return _still_a_stub(tried)
    expected = [question.oracle(case) for case in tried.cases]
    differences = [
        first_of_reply(question, case, right, reply)
        for case, right, reply in zip(tried.cases, expected, tried.replies, strict=True)
    ]
    if not any(differences):
        return _right(tried)
    return _wrong(tried, expected, differences)


@dataclass(frozen=True)
class _Tried:
    """An answer that was run; ``results`` and ``replies`` have an entry for each case.

    Attributes:
        question: the question.
        seed: as in :func:`judge`.
        cases: the cases.
        results: the results of the calls.
        replies: the same results in the question's normal form.
        noise: printed output of the first case that has any.
    """

    question: Question
    seed: str | None
    cases: Sequence[Case]
    results: Sequence[Reply]
    replies: Sequence[Reply]
    noise: str


def _tried(question: Question, evidence: Evidence, seed: str | None) -> _Tried:
    cases = question.cases(seed)
    results = _complete(evidence.replies, len(cases))
    replies = [
        replace(reply, value=question.normal(case, reply.value)) for case, reply in zip(cases, results, strict=True)
    ]
    noise = visible(next((reply.printed for reply in replies if reply.printed), ""))
    return _Tried(question, seed, cases, results, replies, noise)


def _still_a_stub(tried: _Tried) -> Verdict:
    summary = _("Not attempted yet: {function} still raises NotImplementedError.", function=tried.question.function)
    step = _("Replace the line that raises NotImplementedError with your own code.")
    items = blank(tried.question, tried.cases)
    return _verdict(
        tried.question, tried.seed, Outcome.NOT_ATTEMPTED, items, summary, next_step=step, noise=tried.noise
    )


def _right(tried: _Tried) -> Verdict:
    question, cases = tried.question, tried.cases
    summary = _correct(question, len(cases), tried.seed)
    if question.presentation.achieved is not None and tried.seed is None:
        seen = question.presentation.achieved(cases[0], tried.replies[0].value)
        summary = _("{summary} {seen}", summary=summary, seen=seen)
    return _verdict(question, tried.seed, Outcome.CORRECT, full(question, cases), summary, noise=tried.noise)


def _wrong(tried: _Tried, expected: Sequence[Observation], differences: Sequence[Difference | None]) -> Verdict:
    """Return the verdict on a wrong answer: points, misconception if recognised, and one difference."""
    question, seed, cases, replies = tried.question, tried.seed, tried.cases, tried.replies
    items = scored(question, cases, expected, replies)
    # A self-check reports one thing at a time, except for entries, each of which is a separate question.
    if seed is not None or question.kind is AnswerKind.ENTRIES:
        items = with_reasons(question, items, cases, expected, replies)
    named = (
        changes_its_arguments()
        if _only_changed_arguments(question, cases, expected, replies)
        else _misconception(question, cases, replies, differences)
    )
    everywhere = all(isinstance(reply.value, Raised) for reply in replies)
    outcome = Outcome.COULD_NOT_RUN if everywhere and named is None else Outcome.INCORRECT
    place = _explained_place(named, cases, replies)
    if place is None:
        place = most_instructive(cases, differences)
    assert place is not None
    quote = question.presentation.quote(tried.results[place].value)
    shown = differences[place]
    if named is not None and named.effect != CHANGED_ARGUMENTS:
        # Otherwise the difference would be the changed arguments, and the misconception below it about the value.
        reply = replace(replies[place], effects=replies[place].effects - {CHANGED_ARGUMENTS})
        shown = first_of_reply(question, cases[place], expected[place], reply) or shown
    return _verdict(
        question,
        seed,
        outcome,
        items,
        _summary_of_wrong(tried, outcome, sum(difference is not None for difference in differences)),
        difference=_shown_difference(question, cases[place], expected[place], replies[place], shown, quote, seed),
        misconception=None if named is None else NamedMisconception(named.id, named.explanation),
        next_step=_next_step(question, cases[place], differences[place], named, replies[place].value, quote),
        noise=tried.noise,
    )


def _summary_of_wrong(tried: _Tried, outcome: Outcome, wrong: int) -> Message:
    function, untried = tried.question.function, _untried(tried.replies)
    if untried:
        return _(
            "{function} did not finish in one case. The cases after it were not tried: {untried}.",
            function=function,
            untried=untried,
        )
    if untried is not None:
        return _("{function} did not finish in one case.", function=function)
    if outcome is Outcome.COULD_NOT_RUN:
        return _("{function} could not be run on any case.", function=function)
    return _incorrect(tried.question, wrong, len(tried.cases), tried.seed)


def _next_step(
    question: Question,
    case: Case,
    difference: Difference | None,
    named: Misconception | None,
    got: Observation,
    quote: Message | None,
) -> Message:
    """Return what to do next about a wrong answer."""
    assert difference is not None
    if named is not None:
        return named.next_step
    if (step := after_stop(got)) is not None:
        return step
    if quote is not None:
        return _("Read the error message closely: it names the command, the file or the address.")
    if question.execution is not None and not isinstance(got, Raised) and difference.kind is not Kind.RAISED:
        own = question.teaching.advice_on(difference) or question.teaching.advice
        return own or _("Read the task again, and compare each point with your result.")
    return advice(question, case, difference)


def _untried(replies: Sequence[Reply]) -> int | None:
    """Return the number of cases that were not tried because an earlier one did not finish; None if all finished."""
    types = [reply.value.type for reply in replies if isinstance(reply.value, Raised)]
    return types.count(NOT_CALLED) if TIME_LIMIT in types else None


def _is_stub(reply: Reply) -> bool:
    """Return whether the released stub was called; a library's NotImplementedError usually has a message."""
    value = reply.value
    return isinstance(value, Raised) and value.type == "NotImplementedError" and not value.message


def _not_attempted(question: Question, evidence: Evidence, seed: str | None) -> Verdict:
    name, function = question.function, question.kind is AnswerKind.FUNCTION
    if evidence.given == "missing":
        summary = _("There is no answer yet: {function} is not defined.", function=name)
    else:
        summary = _("Not attempted yet: {function} is still unchanged.", function=name)
    step = _("Write the function {function} and run its cell.", function=name)
    if not function:
        step = _("Fill in {function} and run its cell.", function=name)
    return _verdict(question, seed, Outcome.NOT_ATTEMPTED, blank(question), summary, next_step=step)


def _asynchronous(question: Question, seed: str | None) -> Verdict:
    return _verdict(
        question,
        seed,
        Outcome.COULD_NOT_RUN,
        blank(question),
        _("{function} is defined with `async def`: a normal call doesn't run it.", function=question.function),
        next_step=_("Remove `async` in front of `def`, and each `await` inside the function."),
    )


def _of_the_wrong_kind(question: Question, evidence: Evidence, seed: str | None) -> Verdict:
    name = question.function
    match question.kind:
        case AnswerKind.FUNCTION:
            summary = _("Expected a function, but got a value of type {name}.", name=evidence.type)
            step = _("Pass the function itself, without parentheses after its name: {function}", function=name)
        case AnswerKind.ENTRIES:
            summary = _("Expected a dictionary, but got a value of type {name}.", name=evidence.type)
            step = _("Keep {function} a dictionary, keep its keys, and fill in their values.", function=name)
        case AnswerKind.TEXT:
            summary = _("Expected a text, but got a value of type {name}.", name=evidence.type)
            step = _("{function} must be a text: write it between quotation marks.", function=name)
    return _verdict(question, seed, Outcome.COULD_NOT_RUN, blank(question), summary, next_step=step)


def _complete(replies: Sequence[Reply], count: int) -> list[Reply]:
    """Return a reply for each case; those not called because an earlier one hung are marked."""
    if len(replies) > count:
        raise ValueError(f"{len(replies)} replies to {count} cases")
    return [*replies, *[Reply(Raised(NOT_CALLED))] * (count - len(replies))]


def _misconception(
    question: Question, cases: Sequence[Case], replies: Sequence[Reply], differences: Sequence[Difference | None]
) -> Misconception | None:
    """Return the first misconception that explains the replies, or the first wrong choice."""
    # For ``form`` and ``refusal``, right replies are ignored: a hard-coded name is right in the case with this name,
    # and a file's line ends matter only if it has any.
    wrong = [
        (case, reply.value)
        for case, reply, difference in zip(cases, replies, differences, strict=True)
        if difference is not None
    ]
    for misconception in question.misconceptions:
        if misconception.effect == CHANGED_ARGUMENTS:
            continue
        if misconception.effect and not all(misconception.effect in reply.effects for reply in replies):
            continue
        if misconception.effect and not misconception.models:
            return misconception
        if misconception.refusal and all(_message_matches(misconception.refusal, value) for _case, value in wrong):
            return misconception
        if misconception.form is not None and all(misconception.form(case, value) for case, value in wrong):
            return misconception
        if misconception.case:
            continue
        for model in misconception.models:
            if all(
                not (question.by_hand and CALLED_TOKENIZER in reply.effects)
                and _same(model(case), reply.value, question.rules)
                for case, reply in zip(cases, replies, strict=True)
            ):
                return misconception
    choices = (
        misconception
        for case, reply in zip(cases, replies, strict=True)
        for misconception in question.misconceptions
        if misconception.case == case.name and misconception.fits(case, reply, question.rules)
    )
    return next(choices, None)


def _only_changed_arguments(
    question: Question, cases: Sequence[Case], expected: Sequence[Observation], replies: Sequence[Reply]
) -> bool:
    """Return whether a wrong answer would be right if it had not changed its arguments."""
    return not any(
        first_of_reply(question, case, right, replace(reply, effects=reply.effects - {CHANGED_ARGUMENTS}))
        for case, right, reply in zip(cases, expected, replies, strict=True)
    )


def _message_matches(pattern: str, value: Observation) -> bool:
    return isinstance(value, Raised) and re.search(pattern, value.message) is not None


def _same(expected: Observation, got: Observation, rules: Rules) -> bool:
    return first_difference(expected, got, rules) is None


def _shown_difference(
    question: Question,
    case: Case,
    expected: Observation,
    reply: Reply,
    difference: Difference | None,
    quote: Message | None,
    seed: str | None,
) -> FirstDifference:
    """Return one difference with the error that explains it; for a hidden case, only its kind and its first place."""
    assert difference is not None
    text = explain(question, case, difference)
    if quote is not None:
        text = _("{first}; {then}", first=text, then=quote)
    if seed is not None:
        return FirstDifference(case.about, text)
    findings = question.presentation.table(case, expected, reply.value)
    return FirstDifference(case.about, text, rows(question, case, difference, expected, reply.value), findings)


def _incorrect(question: Question, wrong: int, count: int, seed: str | None) -> Message:
    if question.kind is AnswerKind.ENTRIES:
        if wrong == 1:
            return _("1 of {cases} answers is not right yet.", cases=count)
        return _("{wrong} of {cases} answers are not right yet.", wrong=wrong, cases=count)
    if count == 1 and seed is None:
        return _("Wrong in the only visible case.")
    if count == 1:
        return _("Wrong in the only case.")
    return _("Wrong in {wrong} of {cases} cases.", wrong=wrong, cases=count)


def _explained_place(named: Misconception | None, cases: Sequence[Case], replies: Sequence[Reply]) -> int | None:
    """Return the index of the smallest case with the exception that the misconception's explanation names, if any.

    Otherwise the difference shown could be a different one from the one explained below it.
    """
    places = [
        (len(case.tokens), place)
        for place, (case, reply) in enumerate(zip(cases, replies, strict=True))
        if named is not None and isinstance(reply.value, Raised) and reply.value.type in named.explanation.text
    ]
    return min(places)[1] if places else None


def _correct(question: Question, count: int, seed: str | None) -> Message:
    if question.hidden is None:
        return _("All {cases} answers are right.", cases=count)
    if seed is None and count == 1:
        return _("Right on the visible case. The graded cell tries other, hidden cases.")
    if seed is None:
        return _("Right on all {cases} visible cases. The graded cell tries other, hidden cases.", cases=count)
    if count == 1:
        return _("Right in the only case.")
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
