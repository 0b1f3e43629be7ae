"""Run the answers to several questions in one copy of this process, because creating and ending one takes 20 ms.

After an answer that hangs or ends the copy, no further answer is tried, and an answer's changes to builtins or
libraries affect the next one. Therefore a grader accepts only the first answer and right ones from here, and tries
every other one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from autograde.errors import MalformedEvidence
from autograde.judge.evidence import Evidence
from autograde.runner.answers.calling import (
    SECONDS,
    call_each,
    import_before_copying,
    reply_of,
    without_calls,
)
from autograde.runner.answers.channel import Channel, SetupFailed
from autograde.runner.answers.observing import type_name
from autograde.runner.answers.process_copy import Limit, run_apart
from autograde.runner.answers.slow_imports import import_again


@dataclass(frozen=True)
class QuestionWithAnswer:
    """A question and its answer.

    Attributes:
        answer: the learner's answer; None or ``...`` if there is none.
        requests: the cases, from :meth:`autograde.judge.question.Question.requests`.
        begin: called in the copy before the first call.
    """

    answer: Any
    requests: Sequence[dict[str, Any]]
    begin: Callable[[], None]


def evidence_together(questions: Sequence[QuestionWithAnswer], seconds: float = SECONDS) -> list[Evidence | None]:
    """Run every answer on all of its cases, one after another.

    Args:
        questions: the questions, in the order in which they are tried.
        seconds: wall time of one call.

    Returns:
        The evidence for each question; None if its answer was not run completely.
    """
    found = [without_calls(each.answer, each.requests) for each in questions]
    called = [index for index, each in enumerate(questions) if found[index] is None]

    def work(channel: Channel) -> None:
        for index in called:
            questions[index].begin()
            if not call_each(questions[index].answer, questions[index].requests, channel):
                return

    try:
        for index in called:
            import_before_copying(questions[index].answer, questions[index].requests)
        outcome = run_apart(work, Limit(seconds))
    except SetupFailed:
        return found
    import_again(outcome.imported)
    reports = iter(outcome.reports)
    for index in called:
        own = list(islice(reports, len(questions[index].requests)))
        if len(own) < len(questions[index].requests):
            break
        try:
            replies = tuple(map(reply_of, own))
        except (MalformedEvidence, ValueError):
            # The answer has broken the reporting, for example by replacing ``os.write``.
            break
        found[index] = Evidence("function", type_name(questions[index].answer), replies)
    return found
