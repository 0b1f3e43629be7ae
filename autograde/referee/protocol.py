"""The interface between a learner's process and the judging side. All data are passed as JSON text."""

from __future__ import annotations

from typing import Protocol


class Referee(Protocol):
    """The judging side's interface for a learner's process.

    ``section`` and ``function`` name a question, for example ``"2.6"`` and ``"segment_ids"``. ``graded`` chooses the
    hidden cases instead of the visible ones.
    """

    def sections(self) -> str:
        """Return the sections that have an exercise: a JSON list of strings."""

    def cards(self, section: str) -> str:
        """Return a section's cards, a JSON list of :class:`autograde.referee.card.QuestionCard`; they have no answers.

        Raises:
            UnknownQuestion: the section has no exercise.
        """

    def solution(self, section: str, function: str) -> str:
        """Return the code of one right answer: a JSON string.

        Raises:
            UnknownQuestion: the question does not exist.
            SolutionWithheld: solutions are not available.
        """

    def cases(self, section: str, function: str, graded: bool) -> str:
        """Return the requests to answer: a JSON list, with ``execution`` if the answer needs a Hub or a folder."""

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """Start a Hub for one case and return the scenario (:class:`autograde.runner.scenario.Scenario`) as JSON."""

    def between(self) -> None:
        """Observe the Hub between two calls of a function, and make the change that the case plans for this moment."""

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Observe the Hub after the last call, store its state, and stop it."""

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """Judge the evidence and return the verdict, both as JSON (:mod:`autograde.judge.evidence`, ``verdict``)."""

    def smaller_cases(self, section: str, function: str) -> str:
        """Return the requests for the smaller cases: a JSON list, possibly empty."""

    def smaller(self, section: str, function: str, evidence: str) -> str:
        """Return the first smaller case that the evidence gets wrong (:class:`SmallerCase` as JSON), or ``null``."""

    def common_cause(self, section: str, function: str, arguments: str, answer: str) -> str:
        """Return the misconception that explains one answer.

        Args:
            section: the question's section.
            function: the question's function.
            arguments: the arguments of the call, a JSON sequence of observations.
            answer: the returned value, a JSON observation.

        Returns:
            JSON: ``{"id", "explanation"}``, or ``null`` if the answer is right or unexplained.
        """

    def close(self) -> None:
        """Stop the Hub if one is still running."""
