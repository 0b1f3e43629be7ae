"""The learner's side of a check: get the cases, run the answer on them, send the evidence, receive the verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograde.judge.evidence import LONGEST_NOISE, Evidence
from autograde.judge.observation import dumps, loads
from autograde.judge.smaller_cases import SmallerCase
from autograde.judge.verdict import Verdict
from autograde.referee import Referee
from autograde.runner.answers import warm_up
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.observing import clean_text

#: Wall time of a call with a smaller case, in seconds; short, because a hanging answer has already taken time.
_SECONDS_OF_SMALLER = 1.0


def ask(referee: Referee, section: str, function: str, answer: object, *, graded: bool) -> Verdict:
    """Check an answer: one round of cases, calls, evidence and verdict.

    Args:
        referee: the judging side.
        section: the question's section.
        function: the name of the question's function or variable.
        answer: the learner's function or value.
        graded: whether the hidden cases are used instead of the visible ones.

    Raises:
        UnknownQuestion: the referee has no such question.
        RefereeUnreachable: the judging side does not answer.
    """
    found = gather(referee, section, function, answer, graded=graded)
    return Verdict.from_json(loads(referee.verdict(section, function, graded, dumps(found.to_json()))))


def gather(referee: Referee, section: str, function: str, answer: object, *, graded: bool) -> Evidence:
    """Run an answer on its cases and return the evidence; the arguments are those of :func:`ask`."""
    warm_up.wait()
    requests: Any = loads(referee.cases(section, function, graded))
    try:
        return _guarded(lambda: _run(referee, section, function, answer, requests, graded))
    finally:
        referee.close()


def ask_smaller(referee: Referee, section: str, function: str, answer: object) -> SmallerCase | None:
    """Return the first smaller case that the answer gets wrong, if any."""
    requests: Any = loads(referee.smaller_cases(section, function))
    if not requests:
        return None
    found = _guarded(lambda: evidence(answer, requests, _SECONDS_OF_SMALLER))
    smaller: Any = loads(referee.smaller(section, function, dumps(found.to_json())))
    return None if smaller is None else SmallerCase.from_json(smaller)


def _run(
    referee: Referee, section: str, function: str, answer: object, requests: Sequence[dict[str, Any]], graded: bool
) -> Evidence:
    if requests and "execution" in requests[0]:
        # Only questions about the Hub need its client libraries.
        from autograde.runner.answers.hub_tasks import HubTask

        return HubTask(referee, section, function, graded).run(answer, requests)
    return evidence(answer, requests)


def _guarded(run: Callable[[], Evidence]) -> Evidence:
    """Run the answer; report a missing or broken library as an error of the kit."""
    try:
        return run()
    except Exception as error:
        return Evidence("failed", clean_text(f"{type(error).__name__}: {error}", LONGEST_NOISE))
