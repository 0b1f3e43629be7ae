"""The judging side in one process: it has the questions, and runs the temporary Hubs in threads."""

from __future__ import annotations

from dataclasses import replace

from autograde import settings
from autograde.errors import MalformedEvidence, SolutionWithheld
from autograde.judge import Evidence, Question, judge, our_fault
from autograde.judge.common_cause import common_cause
from autograde.judge.execution import judged_answer
from autograde.judge.observation import Mapping, Sequence, dumps, from_json, loads
from autograde.judge.smaller_cases import smallest_wrong
from autograde.questions import assignment, assignments, question
from autograde.referee.card import QuestionCard
from autograde.runner.hubs import ThrowAwayHub


class LocalReferee:
    """Judges in this process.

    Args:
        seed: seed of the hidden cases; None uses the course's seed, or a random one for this process.
        solutions: whether :meth:`solution` returns solutions.
        hub: prepares the temporary Hubs; a grader passes one whose Hubs listen inside a sandbox.
    """

    def __init__(self, seed: str | None = None, *, solutions: bool = True, hub: ThrowAwayHub | None = None) -> None:
        self._seed = seed or settings.grading_seed()
        self._solutions = solutions
        self._hub = hub or ThrowAwayHub()
        self._seen: dict[tuple[str, str, bool, str], Mapping] = {}

    def sections(self) -> str:
        """Return the sections that have an exercise: a JSON list of strings."""
        return dumps(sorted(assignments()))

    def cards(self, section: str) -> str:
        """Return a section's questions without their answers, as JSON.

        Raises:
            UnknownQuestion: the section has no exercise.
        """
        return dumps([QuestionCard.of(each).to_json() for each in assignment(section)])

    def solution(self, section: str, function: str) -> str:
        """Return the code of one right answer: a JSON string.

        Raises:
            UnknownQuestion: the question does not exist.
            SolutionWithheld: this referee was created with ``solutions=False``, or the settings withhold solutions.
        """
        specification = question(section, function)
        if not self._solutions:
            raise SolutionWithheld(f"The solution of {function} is not available in a graded run.")
        if until := settings.solutions_until():
            raise SolutionWithheld(f"The solution of {function} is not available here.", until=until)
        return dumps(specification.teaching.solution)

    def cases(self, section: str, function: str, graded: bool) -> str:
        """Return the requests to answer, as JSON.

        Raises:
            UnknownQuestion: the question does not exist.
        """
        specification = question(section, function)
        return dumps(specification.requests(specification.cases(self._seed_of(graded))))

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """Start a Hub for one case and return its scenario as JSON.

        Raises:
            UnknownQuestion: the question does not exist.
            StopIteration: the case does not exist.
        """
        cases = question(section, function).cases(self._seed_of(graded))
        return dumps(self._hub.prepare(next(each for each in cases if each.name == case)).to_json())

    def between(self) -> None:
        """Observe the Hub between two calls, and make the change that the case plans for this moment."""
        self._hub.between()

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Observe the Hub, store its state, and stop it."""
        self._seen[section, function, graded, case] = self._hub.seen()
        self._hub.close()

    def close(self) -> None:
        """Stop the Hub if one is still running."""
        self._hub.close()

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """Judge the evidence and return the verdict as JSON; unreadable evidence counts as an error of the kit.

        Raises:
            UnknownQuestion: the question does not exist.
        """
        specification, seed = question(section, function), self._seed_of(graded)
        try:
            found = self._with_hub_state(specification, Evidence.from_json(loads(evidence)), section, graded)
        except MalformedEvidence as error:
            return dumps(our_fault(specification, seed, error.what).to_json())
        return dumps(judge(specification, found, seed).to_json())

    def smaller_cases(self, section: str, function: str) -> str:
        """Return the requests for the smaller cases as JSON."""
        specification = question(section, function)
        return dumps(specification.requests(specification.smaller))

    def smaller(self, section: str, function: str, evidence: str) -> str:
        """Return the first smaller case that the evidence gets wrong, as JSON, or ``null``."""
        try:
            found = smallest_wrong(question(section, function), Evidence.from_json(loads(evidence)))
        except MalformedEvidence:
            found = None
        return dumps(None if found is None else found.to_json())

    def common_cause(self, section: str, function: str, arguments: str, answer: str) -> str:
        """Return the misconception that explains one answer, as JSON, or ``null``; see :class:`Referee`.

        Raises:
            UnknownQuestion: the question does not exist.
            MalformedEvidence: the arguments or the answer cannot be read.
        """
        given = from_json(loads(arguments))
        if not isinstance(given, Sequence):
            raise MalformedEvidence("The arguments of a call are not a sequence.")
        found = common_cause(question(section, function), given.items, from_json(loads(answer)))
        return dumps(None if found is None else {"id": found.id, "explanation": found.explanation.to_json()})

    def _seed_of(self, graded: bool) -> str | None:
        return self._seed if graded else None

    def _with_hub_state(self, specification: Question, evidence: Evidence, section: str, graded: bool) -> Evidence:
        """Combine each report with the state of the Hub; without an execution, return the evidence unchanged."""
        if specification.execution is None:
            return evidence
        replies = []
        for case, reply in zip(specification.cases(self._seed_of(graded)), evidence.replies, strict=False):
            seen = self._seen.get((section, specification.function, graded, case.name))
            if seen is None:
                raise MalformedEvidence(f"The notebook reports a run that never took place: {case.name}.")
            try:
                replies.append(replace(reply, value=judged_answer(specification.execution, case, reply.value, seen)))
            except (AttributeError, TypeError, ValueError) as error:
                raise MalformedEvidence(f"The report of a run does not have the agreed form: {error}.") from error
        return replace(evidence, replies=tuple(replies))
