"""Where a learner's process gets its cases from, and where it sends its evidence.

All that crosses here is JSON text. In self-study and under plain nbgrader the judge sits in the same process; a grader
with a sandbox puts another referee in its place, on the far side of a socket.
"""

from __future__ import annotations

from typing import Any, Protocol

from autograde import settings
from autograde.judge.observation import dumps, loads


class Referee(Protocol):
    """The judging side, seen from the learner's."""

    def cases(self, section: str, function: str, graded: bool) -> str:
        """JSON: the list of requests to answer."""

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """JSON: the verdict on the evidence."""


class RefereeHere:
    """The judge in this very process."""

    def cases(self, section: str, function: str, graded: bool) -> str:
        """JSON: the list of requests to answer.

        Raises:
            UnknownQuestion: there is no such question.
        """
        from autograde.judge.questions import question

        return dumps([case.request() for case in question(section, function).cases(_seed(graded))])

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """JSON: the verdict on the evidence; one of our own fault when the evidence cannot be read.

        Raises:
            UnknownQuestion: there is no such question.
        """
        from autograde.errors import MalformedEvidence
        from autograde.judge import Evidence, judge, our_fault
        from autograde.judge.questions import question

        asked, seed = question(section, function), _seed(graded)
        try:
            return dumps(judge(asked, Evidence.from_json(loads(evidence)), seed).to_json())
        except MalformedEvidence as error:
            return dumps(our_fault(asked, seed, error.what).to_json())


def _seed(graded: bool) -> str | None:
    return settings.grading_seed() if graded else None


def ask(referee: Referee, section: str, function: str, answer: object, *, graded: bool) -> Any:
    """One round: cases, calls, evidence, verdict.

    Returns:
        The :class:`~autograde.judge.Verdict`.

    Raises:
        UnknownQuestion: the referee knows no such question.
    """
    from autograde.exercises.calling import evidence
    from autograde.exercises.observing import clean_text
    from autograde.judge.question import LONGEST_NOISE, Evidence
    from autograde.judge.verdict import Verdict

    requests: Any = loads(referee.cases(section, function, graded))
    try:
        found = evidence(function, answer, requests)
    except Exception as error:  # a library that is missing or broken: nobody's answer is to blame
        found = Evidence("failed", clean_text(f"{type(error).__name__}: {error}", LONGEST_NOISE))
    return Verdict.from_json(loads(referee.verdict(section, function, graded, dumps(found.to_json()))))
