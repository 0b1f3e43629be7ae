"""Judge one submission, outside its sandbox."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from autograde import settings
from autograde.errors import GradedLater, KitError, MalformedEvidence
from autograde.grading.execution import Job
from autograde.grading.sandbox.lines import Closed, Lines
from autograde.hub import LocalHub
from autograde.i18n import translator
from autograde.judge.describing import ENDED, TIME_LIMIT
from autograde.judge.evidence import Evidence, Reply
from autograde.judge.observation import Raised, dumps, loads
from autograde.judge.question import FirstArgument
from autograde.questions import assignments, question
from autograde.referee.local import LocalReferee
from autograde.referee.server import answer, serve
from autograde.runner.hubs import ThrowAwayHub

#: Requests that a copy of a learner's process may send while it answers the hidden cases of its question.
_COPY_REQUESTS = frozenset({"cases", "prepare", "between", "observe", "close"})

#: Storage of an account on a submission's Hub, in bytes; it uses the grader's disk. The course's models have a few MB.
_STORAGE = 256 * 2**20

#: Interval for checking a process that answers, in seconds.
_TICK = 0.1

#: Longest evidence whose verdict is remembered, in characters, and the number of verdicts that are.
_LONGEST_REMEMBERED, _MOST_REMEMBERED = 32_768, 512


class Remembered:
    """Cases and verdicts that a worker remembers from one submission to the next.

    All submissions get the same cases, and most of a class's answers are right and give the same evidence, so that a
    lookup replaces most of the judging. Both depend only on the arguments.
    """

    def __init__(self) -> None:
        self.cases = lru_cache(maxsize=128)(self._cases)
        self._verdict = lru_cache(maxsize=_MOST_REMEMBERED)(self._judged)

    def verdict(self, seed: str, section: str, function: str, evidence: str) -> str:
        """Return the verdict on the evidence of a graded question without an execution, as JSON."""
        judged = self._verdict if len(evidence) <= _LONGEST_REMEMBERED else self._judged
        return judged(seed, section, function, evidence)

    @staticmethod
    def _cases(seed: str, section: str, function: str, graded: bool) -> object:
        return loads(LocalReferee(seed).cases(section, function, graded))

    @staticmethod
    def _judged(seed: str, section: str, function: str, evidence: str) -> str:
        return LocalReferee(seed).verdict(section, function, True, evidence)


class Referees:
    """Judges one submission; a context manager that stops its Hub at the end.

    The learner's process gets only the visible cases. A copy for a graded question gets that question's hidden cases,
    sends its evidence once, and does not receive the verdict.
    """

    def __init__(self, job: Job, remembered: Remembered) -> None:
        self._language = job.language
        self._seed = job.seed or settings.grading_seed()
        self._remembered = remembered
        self._listening: socket.socket | None = None
        self._judge = self._new_judge()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._judge.close()

    def listen(self, listening: socket.socket) -> None:
        """Serve new Hubs on this socket, which listens inside the sandbox of a new learner's process.

        When a notebook is run again, its cells must not find data left by an answer that knew the hidden cases.
        """
        self._judge.close()
        self._judge = self._new_judge()
        self._listening = listening

    def _new_judge(self) -> LocalReferee:
        return LocalReferee(self._seed, solutions=False, hub=ThrowAwayHub(self._open_hub))

    def modules(self, questions: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the libraries that checks of these questions import in a learner's process."""
        for section, function in questions:
            with contextlib.suppress(KitError):
                asked = question(section, function)
                if asked.first is not FirstArgument.VALUE:
                    yield from ("torch", "transformers")
                if asked.execution is not None:
                    yield from ("huggingface_hub", "autograde.hub.client_redirect", "autograde.models")
                    if asked.execution.kind == "call" and any(case.initial.model for case in asked.visible):
                        yield from ("torch", "transformers", "autograde.runner.answers.model_runs")

    def visible_cases(self, questions: Iterable[tuple[str, str]]) -> dict[str, object]:
        """Return the visible cases of the questions that do not need a Hub, by question."""
        return {
            f"{section}/{function}": self._remembered.cases(self._seed, section, function, False)
            for section, function in questions
            if self.is_known(section, function) and not self.needs_hub(section, function)
        }

    def serve(self, connection: socket.socket) -> None:
        """Answer the self-checks of a learner's process until it closes the connection."""
        serve(_SelfCheck(self._judge, self._language), connection)

    def needs_hub(self, section: str, function: str) -> bool:
        """Return whether an answer to this question is run on a throw-away Hub."""
        return self.is_known(section, function) and question(section, function).execution is not None

    def is_known(self, section: str, function: str) -> bool:
        """Return whether the question exists."""
        return any(each.function == function for each in assignments().get(section, ()))

    def evidence(
        self,
        answers: Lines,
        section: str,
        function: str,
        seconds: float,
        meanwhile: Callable[[], None],
        *,
        at_most: float,
    ) -> str:
        """Let a learner's process answer the hidden cases of a question; return the evidence that it sends.

        Args:
            answers: the connection to the process.
            section: the question's section.
            function: the question's function.
            seconds: wall time between two messages.
            meanwhile: called several times a second while the process works.
            at_most: wall time of the question in total.

        Raises:
            UnknownQuestion: the question does not exist.
            Closed: the process has ended.
            TimedOut: it takes too long.
            MalformedEvidence: it violates the protocol.
        """
        question(section, function)
        looked = time.monotonic()
        deadline = looked + at_most
        prepared: str | None = None
        try:
            answers.send({"go": True})
            while True:
                request = answers.receive(min(seconds, deadline - time.monotonic()), meanwhile)
                method, arguments = request.get("method"), request.get("arguments")
                if not isinstance(method, str) or not isinstance(arguments, list):
                    raise MalformedEvidence("A request has no method, or no arguments.")
                if time.monotonic() - looked > _TICK:
                    # ``receive`` calls it only while waiting, but a process may send requests without a pause.
                    looked = time.monotonic()
                    meanwhile()
                if arguments and arguments[:3] != [section, function, True]:
                    raise MalformedEvidence("A request is about another question.")
                if method == "verdict" and len(arguments) == 4 and isinstance(arguments[3], str):
                    answers.send({"result": "null"})
                    return str(arguments[3])
                if method not in _COPY_REQUESTS:
                    raise MalformedEvidence("A request is not one of a graded question.")
                reply = answer(self._judge, request)
                answers.send(reply)
                if method in ("prepare", "observe") and "result" in reply:
                    prepared = str(arguments[3]) if method == "prepare" else None
        finally:
            if prepared is not None:
                answer(self._judge, {"method": "observe", "arguments": [section, function, True, prepared]})
            self._judge.close()

    def evidence_together(
        self, answers: Lines, questions: Sequence[tuple[str, str]], seconds: float, meanwhile: Callable[[], None]
    ) -> list[str | None]:
        """Let a learner's process answer the hidden cases of several questions that do not need a Hub.

        Args:
            answers: the connection to the process.
            questions: section and function of each question.
            seconds: wall time in total.
            meanwhile: called several times a second while the process works.

        Returns:
            The evidence for each question; None where the process sent none.

        Raises:
            Closed: the process has ended.
            TimedOut: it takes too long.
            MalformedEvidence: it violates the protocol.
        """
        answers.send({"requests": [self._remembered.cases(self._seed, *each, True) for each in questions]})
        found = answers.receive(seconds, meanwhile).get("evidence")
        if not isinstance(found, list) or len(found) != len(questions):
            raise MalformedEvidence("The evidence is not a list with an entry for each question.")
        return [each if isinstance(each, str) else None for each in found]

    def verdict(self, section: str, function: str, evidence: str) -> dict[str, Any]:
        """Judge the evidence of a graded question; return the verdict as JSON."""
        if self.is_known(section, function) and not self.needs_hub(section, function):
            text = self._remembered.verdict(self._seed, section, function, evidence)
        else:
            text = self._judge.verdict(section, function, True, evidence)
        judged: Any = loads(text)
        return dict(judged)

    def _open_hub(self) -> LocalHub:
        if self._listening is None:
            raise Closed("no sandbox")
        return LocalHub(listening=self._listening.dup(), storage=_STORAGE).start()


class _SelfCheck:
    """Answers a learner's self-checks with the visible cases only, without hidden cases or solutions."""

    def __init__(self, judge: LocalReferee, language: str) -> None:
        self._judge, self._language = judge, language

    def __getattr__(self, name: str) -> Any:
        return getattr(self._judge, name)

    def _visible(self, graded: bool) -> None:
        if graded:
            _ = translator("cli", self._language)
            raise GradedLater(
                _("grade() has the hidden cases only in the graded cells, after all cells have run."),
                _("To try an answer yourself, use .check()."),
            )

    def cases(self, section: str, function: str, graded: bool) -> str:
        """See :class:`autograde.referee.Referee`."""
        self._visible(graded)
        return self._judge.cases(section, function, False)

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """See :class:`autograde.referee.Referee`."""
        self._visible(graded)
        return self._judge.prepare(section, function, False, case)

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """See :class:`autograde.referee.Referee`."""
        self._visible(graded)
        self._judge.observe(section, function, False, case)

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        """See :class:`autograde.referee.Referee`."""
        self._visible(graded)
        return self._judge.verdict(section, function, False, evidence)

    def common_cause(self, _section: str, _function: str, _arguments: str, _answer: str) -> str:
        """Return no cause: computing a right answer to a learner's own arguments could take all memory."""
        return "null"


def out_of_time(section: str, function: str, seconds: float) -> str:
    """Return the evidence for a process that took longer than ``seconds`` for a question."""
    return _ended(section, function, Raised(TIME_LIMIT, f"{seconds:.0f}"))


def ended(section: str, function: str) -> str:
    """Return the evidence for a process that ended, or was killed, before it sent evidence for a question."""
    return _ended(section, function, Raised(ENDED, "1"))


def failed(evidence: str) -> bool:
    """Return whether the evidence means that a learner's process could not try the answer."""
    return _failed(evidence) if len(evidence) <= _LONGEST_REMEMBERED else _failed.__wrapped__(evidence)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _failed(evidence: str) -> bool:
    try:
        return Evidence.from_json(loads(evidence)).given == "failed"
    except MalformedEvidence:
        return True


def _ended(section: str, function: str, how: Raised) -> str:
    return dumps(Evidence(question(section, function).kind, "", (Reply(how),)).to_json())
