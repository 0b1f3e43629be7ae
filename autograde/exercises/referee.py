"""Where a learner's process gets its cases from, and where it sends its evidence.

All that crosses here is JSON text. In self-study and under plain nbgrader the judge sits in the same process; a grader
with a sandbox puts another referee in its place, on the far side of a socket.

For a question with an act the referee also makes the scene of each case, a fresh Hub with accounts and tokens of its
own, and looks at that Hub itself when the act is over. What it saw never passes through the learner's side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from autograde import settings
from autograde.judge.observation import dumps, loads

if TYPE_CHECKING:
    from autograde.judge import Evidence, Question
    from autograde.judge.observation import Mapping
    from autograde.replay import Stage


class Referee(Protocol):
    """The judging side, seen from the learner's."""

    def cases(self, section: str, function: str, graded: bool) -> str:
        """JSON: the list of requests to answer; with ``act``, how, for a question with an act."""

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """JSON: the scene of one case of a question with an act (:class:`autograde.replay.Scene`), on a fresh Hub."""

    def between(self) -> None:
        """A function was called once and will be called again: the referee looks at the Hub, and something may happen
        there."""

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """The act is over: the referee looks at the Hub, keeps what it saw, and takes the Hub away."""

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """JSON: the verdict on the evidence."""

    def common_cause(self, section: str, function: str, arguments: str, answer: str) -> str:
        """JSON: the misconception that this answer looks like, ``{"id", "explanation"}``, or null."""

    def close(self) -> None:
        """Nothing more comes: a Hub that is still there goes, whatever happened to the act."""


class RefereeHere:
    """The judge in this very process, and its Hub in a thread of it."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._seen: dict[tuple[str, str, bool, str], Mapping] = {}

    def cases(self, section: str, function: str, graded: bool) -> str:
        """JSON: the list of requests to answer; with ``act``, how, for a question with an act.

        Raises:
            UnknownQuestion: there is no such question.
        """
        from autograde.judge.questions import question

        asked = question(section, function)
        requests = [case.request() for case in asked.cases(_seed(graded))]
        if asked.act is not None:
            how = {"kind": asked.act.kind, "seconds": asked.act.seconds}
            requests = [{**request, "act": how} for request in requests]
        return dumps(requests)

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """JSON: the scene of one case, on a fresh Hub.

        Raises:
            UnknownQuestion: there is no such question.
            StopIteration: it has no such case.
        """
        from autograde.judge.questions import question
        from autograde.replay import Stage

        cases = question(section, function).cases(_seed(graded))
        self._stage = self._stage or Stage()
        return dumps(self._stage.prepare(next(each for each in cases if each.name == case)).to_json())

    def between(self) -> None:
        """Look at the Hub, and let happen there what the case plans between two calls."""
        assert self._stage is not None
        self._stage.between()

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Look at the Hub, keep what was seen, and take the Hub away."""
        assert self._stage is not None
        self._seen[section, function, graded, case] = self._stage.seen()
        self._stage.close()

    def common_cause(self, section: str, function: str, arguments: str, answer: str) -> str:
        """JSON: the misconception that this answer to these arguments looks like, ``{"id", "explanation"}``, or null.

        Raises:
            UnknownQuestion: there is no such question.
            MalformedEvidence: the arguments or the answer cannot be read.
        """
        from autograde.judge.common_cause import common_cause
        from autograde.judge.observation import Sequence, from_json
        from autograde.judge.questions import question

        given = from_json(loads(arguments))
        assert isinstance(given, Sequence)
        found = common_cause(question(section, function), given.items, from_json(loads(answer)))
        return dumps(None if found is None else {"id": found.id, "explanation": found.explanation.to_json()})

    def close(self) -> None:
        """Take the Hub away, if it is still there."""
        if self._stage is not None:
            self._stage.close()

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
            found = self._with_what_was_seen(asked, Evidence.from_json(loads(evidence)), section, graded)
        except MalformedEvidence as error:
            return dumps(our_fault(asked, seed, error.what).to_json())
        return dumps(judge(asked, found, seed).to_json())

    def _with_what_was_seen(self, asked: Question, evidence: Evidence, section: str, graded: bool) -> Evidence:
        """The evidence with each report put together with what was on the Hub; without an act, as it is."""
        from dataclasses import replace

        from autograde.errors import MalformedEvidence
        from autograde.judge.acts import joined

        if asked.act is None:
            return evidence
        replies = []
        for case, reply in zip(asked.cases(_seed(graded)), evidence.replies, strict=False):
            seen = self._seen.get((section, asked.function, graded, case.name))
            if seen is None:
                raise MalformedEvidence(f"The notebook reports of an act that never took place: {case.name}.")
            try:
                replies.append(replace(reply, value=joined(asked.act, case, reply.value, seen)))
            except (AttributeError, TypeError, ValueError) as error:
                raise MalformedEvidence(f"The report of an act is not of the agreed form: {error}.") from error
        return replace(evidence, replies=tuple(replies))


def _seed(graded: bool) -> str | None:
    return settings.grading_seed() if graded else None


def ask(referee: Referee, section: str, function: str, answer: object, *, graded: bool) -> Any:
    """One round: cases, calls or acts, evidence, verdict.

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
        if requests and "act" in requests[0]:
            # The Hub and its libraries: for questions that need them only.
            from autograde.exercises.acting import act

            found = act(referee, section, function, graded, answer, requests)
        else:
            found = evidence(function, answer, requests)
    except Exception as error:  # a library that is missing or broken: nobody's answer is to blame
        found = Evidence("failed", clean_text(f"{type(error).__name__}: {error}", LONGEST_NOISE))
    finally:
        referee.close()
    return Verdict.from_json(loads(referee.verdict(section, function, graded, dumps(found.to_json()))))
