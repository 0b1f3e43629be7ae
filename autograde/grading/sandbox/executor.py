"""Run submissions in a sandbox: a warm template process forks a learner's process for each submission."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import nbformat

from autograde.errors import MalformedEvidence, SandboxUnavailable, UnknownQuestion
from autograde.grading import graded_cells
from autograde.grading.execution import ExecutedSubmission, Job, to_bytes
from autograde.grading.sandbox.learner_handle import Died, LearnerHandle, NotInTime, TooMuchMemory
from autograde.grading.sandbox.limits import SandboxLimits
from autograde.grading.sandbox.lines import Closed, Lines, TimedOut
from autograde.grading.sandbox.referees import Referees, Remembered, ended, failed, out_of_time
from autograde.grading.sandbox.template_handle import TemplateHandle, TemplateProcess
from autograde.i18n import messages, translator
from autograde.judge.verdict import Outcome, Verdict

_ = messages("cli")

#: Libraries that the template loads once for all submissions if a notebook imports them.
_LIBRARIES = ("torch", "transformers", "matplotlib.pyplot", "huggingface_hub", "ipywidgets", "safetensors", "pandas")

#: Attempts for a submission during which the template ends, each with a new template.
_TRIES = 3


class TemplateEnded(Exception):
    """The template process has ended, and all learners' processes with it."""


class SandboxExecutor:
    """Implements :class:`autograde.grading.execution.Executor`; start-up takes seconds, each submission milliseconds.

    Args:
        limits: limits of each submission.
        connected: a connection to a template that other workers use, too; None starts one.

    Raises:
        SandboxUnavailable: this system cannot isolate processes.
    """

    def __init__(self, limits: SandboxLimits | None = None, connected: socket.socket | None = None) -> None:
        self._limits = limits or SandboxLimits()
        self.remembered = Remembered()
        self._template: TemplateHandle | None = None
        if connected is not None:
            # If the shared template cannot start, the error of an own one says why.
            with contextlib.suppress(SandboxUnavailable):
                self._template = TemplateHandle(connected)
        self.template()

    @staticmethod
    @contextlib.contextmanager
    def shared() -> Iterator[Callable[[], contextlib.AbstractContextManager[Callable[[], SandboxExecutor]]]]:
        """Start a template for several workers, which loads the libraries once for all of them.

        Yields:
            A function that returns the factory of one more worker's executor, to be passed to the worker's process
            inside the block of a ``with`` statement.
        """

        @contextlib.contextmanager
        def factory() -> Iterator[Callable[[], SandboxExecutor]]:
            with template.connection() as connected:
                yield partial(SandboxExecutor, connected=connected)

        with TemplateProcess() as template:
            yield factory

    def run(self, job: Job) -> ExecutedSubmission:
        """Run one submission; run it again from a new template if the template ends meanwhile.

        Raises:
            SandboxUnavailable: the system cannot isolate processes any more; nothing was run.
            TemplateEnded: each new template ended, too.
        """
        for _number in range(_TRIES):
            try:
                return _SubmissionRun(job, self._limits, self).execution()
            except TemplateEnded:
                # Nothing that the submission did: the template belongs to all workers, or was killed from outside.
                self.close()
        raise TemplateEnded(
            _("The process from which submissions are started ended {count} times.").format(count=_TRIES)
        )

    def template(self) -> TemplateHandle:
        """Return the template process; start a new one if none is running."""
        if self._template is not None and not self._template.alive():
            self._template.close()
            self._template = None
        if self._template is None:
            self._template = TemplateHandle()
        return self._template

    def close(self) -> None:
        """Stop the template and every process forked from it."""
        if self._template is not None:
            self._template.close()
            self._template = None


@dataclass
class _Waiting:
    """The graded cells whose questions are answered after the notebook has run.

    Attributes:
        remembered: cells for which the learner's process has saved the notebook's variables.
        copies: connections to copies of the learner's process, by cell.
    """

    remembered: list[int] = field(default_factory=list)
    copies: dict[int, Lines] = field(default_factory=dict)


class _SubmissionRun:
    """The run of one submission."""

    def __init__(self, job: Job, limits: SandboxLimits, executor: SandboxExecutor) -> None:
        self._job, self._limits, self._executor = job, limits, executor
        self._started = time.monotonic()
        self._translate = translator("cli", job.language)
        self._book = nbformat.v4.reads(job.notebook.decode("utf-8"))
        for cell in self._book.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        self._code = [index for index, cell in enumerate(self._book.cells) if cell.cell_type == "code"]
        self._graded = {
            index: found for index in self._code if (found := graded_cells.graded_question(self._book.cells[index]))
        }
        self._sources = "\n".join(cell.source for cell in self._book.cells if cell.cell_type == "code")
        self._verdicts: dict[str, Mapping[str, object]] = {}
        self._left_out: dict[int, str] = {}
        self._notes: list[str] = []
        self._apart = False
        self._peak = 0
        self._template: TemplateHandle | None = None

    def execution(self) -> ExecutedSubmission:
        with Referees(self._job, self._executor.remembered) as referees:
            modules = [*_imported(self._sources), *referees.modules(self._graded.values())]
            done = False
            while not done:
                with self._learner(modules, referees) as learner:
                    done = self._pass(learner, referees)
                    self._peak = max(self._peak, learner.peak())
        _ = self._translate
        for index in self._graded:
            if not self._book.cells[index].outputs:
                # nbgrader gives full points for a graded cell without outputs.
                self._book.cells[index].outputs = [graded_cells.error("NotRun", _("This question was not graded."))]
        graded_cells.fit_points(self._book.cells)
        notes = tuple(dict.fromkeys(self._notes))
        return ExecutedSubmission(
            to_bytes(self._book), self._verdicts, time.monotonic() - self._started, self._peak, notes
        )

    def _learner(self, modules: Iterable[str], referees: Referees) -> LearnerHandle:
        """Start a learner's process.

        Raises:
            TemplateEnded: there is no template any more to start it from.
            SandboxUnavailable: the system refused.
        """
        loading_started = time.monotonic()
        template = self._template = self._executor.template()
        template.load(modules, referees.visible_cases(self._graded.values()))
        # Loading shared libraries for the first submission does not count towards its time limit.
        self._started += time.monotonic() - loading_started
        try:
            return LearnerHandle(template, self._limits, self._files(), self._job.language, referees)
        except SandboxUnavailable:
            self._check_template()
            raise

    def _check_template(self) -> None:
        """Check that the learner's process has not ended only because the template has.

        Raises:
            TemplateEnded: it has; no cell or answer must be blamed.
        """
        waiting_started = time.monotonic()
        if self._template is not None and not self._template.answers():
            raise TemplateEnded
        self._started += time.monotonic() - waiting_started

    def _files(self) -> dict[str, str]:
        return {name: base64.b64encode(content).decode() for name, content in self._job.files.items()}

    def _seconds_left(self) -> float:
        return self._limits.notebook_seconds - (time.monotonic() - self._started)

    def _pass(self, learner: LearnerHandle, referees: Referees) -> bool:
        """Run the notebook once; return False if a cell ended the process and will be left out of the next run."""
        waiting = _Waiting()
        if not self._run_cells(learner, referees, waiting):
            return False
        learner.end_checks()
        try:
            self._judge_remembered(learner, referees, waiting.remembered)
        except (Died, Closed, TimedOut, MalformedEvidence):
            self._check_template()
            # An answer hung or ended the process: run everything again with each answer in its own copy.
            self._apart = True
            return self._seconds_left() <= 0
        learner.end_main()
        for index, copy in waiting.copies.items():
            self._judge(index, partial(self._verdict_apart, learner, referees, copy))
        return True

    def _run_cells(self, learner: LearnerHandle, referees: Referees, waiting: _Waiting) -> bool:
        """Run the cells and record the graded ones in ``waiting``; returns False in the same case as :meth:`_pass`."""
        _ = self._translate
        room = self._limits.output_bytes
        last = self._code[0] if self._code else 0
        for index in self._code:
            if self._seconds_left() <= 0:
                self._give_up(_("The notebook took too long. This cell was not run."), index)
                return True
            if index in self._left_out:
                if not self._apart:
                    self._book.cells[index].outputs = [graded_cells.error("LeftOut", self._left_out[index])]
                continue
            try:
                if index in self._graded:
                    self._hold(learner, referees, index, waiting)
                    continue
                last = index
                room -= self._run_cell(learner, index, room)
            except Died as reason:
                self._check_template()
                self._leave_out(last, reason)
                if len(self._left_out) <= self._limits.reruns and last not in waiting.copies:
                    return False
                self._give_up(
                    _("Too many cells ended the Python process. The cells after the last one were not run."), last
                )
                return True
        return True

    def _hold(self, learner: LearnerHandle, referees: Referees, index: int, waiting: _Waiting) -> None:
        """Make the learner's process save the notebook's current state for a graded cell."""
        question = self._graded[index]
        if self._apart or referees.needs_hub(*question):
            waiting.copies[index] = learner.keep(*question)
        else:
            learner.remember(*question)
            waiting.remembered.append(index)

    def _run_cell(self, learner: LearnerHandle, index: int, room: int) -> int:
        """Run a cell, keep at most ``room`` bytes of its outputs, and return their size in bytes."""
        _, cell = self._translate, self._book.cells[index]
        seconds = min(self._limits.cell_seconds, max(self._seconds_left(), 1.0))
        outputs, cut, count = learner.run(cell.source, seconds)
        if self._apart:
            # Keep the outputs of the first run. Answers have seen hidden cases since, and could tell them to this cell
            # by the time or by a counter of the machine.
            return 0
        cell.execution_count = count
        cell.outputs = graded_cells.checked(outputs)
        cut = cut or (isinstance(outputs, list) and len(cell.outputs) < len(outputs))
        size = graded_cells.size_of(cell.outputs)
        if size > room:
            cell.outputs, size, cut = [], 0, True
        if cut:
            note = _("The output of a cell was longer than is kept; the rest was left out.")
            cell.outputs.append(graded_cells.text(note))
            self._notes.append(note)
        if learner.interrupted:
            self._notes.append(
                _("A cell took longer than {seconds} seconds and was interrupted.").format(
                    seconds=round(self._limits.cell_seconds)
                )
            )
        return size

    def _judge_remembered(self, learner: LearnerHandle, referees: Referees, remembered: Iterable[int]) -> None:
        """Judge the questions of the remembered cells.

        Raises:
            Died, Closed, TimedOut, MalformedEvidence: an answer hung or ended the process.
        """
        known = self._judged_together(learner, referees, remembered)

        def verdict(section: str, function: str) -> Mapping[str, Any]:
            return known.get((section, function)) or referees.verdict(
                section, function, self._answered_here(learner, referees, section, function)
            )

        for index in remembered:
            self._judge(index, verdict)

    def _verdict_apart(
        self, learner: LearnerHandle, referees: Referees, copy: Lines, section: str, function: str
    ) -> Mapping[str, Any]:
        return referees.verdict(section, function, self._answered_apart(learner, referees, copy, section, function))

    def _seconds_of_a_question(self) -> float:
        return min(self._limits.cell_seconds, max(self._seconds_left(), 5.0))

    def _judged_together(
        self, learner: LearnerHandle, referees: Referees, remembered: Iterable[int]
    ) -> dict[tuple[str, str], Mapping[str, Any]]:
        """Try all remembered answers in one copy; return the first one's verdict, and those with full points.

        Every other answer is tried alone, because an earlier answer may have broken something it needs.
        """
        questions = [self._graded[index] for index in remembered if referees.is_known(*self._graded[index])]
        if len(questions) < 2:
            return {}
        try:
            answers = learner.answer_together(questions)
            found = referees.evidence_together(answers, questions, self._seconds_of_a_question(), learner.watch)
        except MalformedEvidence:
            return {}
        verdicts = {
            question: referees.verdict(*question, evidence)
            for question, evidence in zip(questions, found, strict=True)
            if evidence is not None and not failed(evidence)
        }
        return {
            question: verdict
            for question, verdict in verdicts.items()
            if question == questions[0] or verdict["outcome"] == Outcome.CORRECT
        }

    def _answered_here(self, learner: LearnerHandle, referees: Referees, section: str, function: str) -> str:
        answers = learner.answer(section, function)
        seconds = self._seconds_of_a_question()
        found = referees.evidence(answers, section, function, seconds, learner.watch, at_most=seconds)
        if failed(found):
            # An earlier answer may have broken something this one needs.
            raise MalformedEvidence("The answer could not be tried.")
        return found

    def _answered_apart(
        self, learner: LearnerHandle, referees: Referees, copy: Lines, section: str, function: str
    ) -> str:
        seconds = self._seconds_of_a_question()
        try:
            return referees.evidence(
                copy, section, function, seconds, lambda: learner.watch_copy(copy), at_most=seconds
            )
        except TimedOut:
            return out_of_time(section, function, seconds)
        except (Died, Closed, MalformedEvidence):
            self._check_template()
            return ended(section, function)

    def _judge(self, index: int, judged: Callable[[str, str], Mapping[str, Any]]) -> None:
        """Judge the question of a graded cell, and write the verdict into the cell's outputs."""
        cell = self._book.cells[index]
        section, function = self._graded[index]
        try:
            verdict = judged(section, function)
            cell.outputs = graded_cells.scored(Verdict.from_json(verdict), self._job.language, self._sources)
        except UnknownQuestion as problem:
            cell.outputs = [graded_cells.error(type(problem).__name__, str(problem))]
            return
        self._verdicts[function] = verdict

    def _leave_out(self, index: int, reason: Died) -> None:
        _ = self._translate
        match reason:
            case NotInTime():
                why = _("This cell did not end, even when it was interrupted. It was left out.")
            case TooMuchMemory():
                why = _("This cell used more than {limit} MB of memory. It was left out.").format(
                    limit=self._limits.memory // 2**20
                )
            case _:
                why = _("This cell ended the whole Python process. It was left out, and the others were run again.")
        self._left_out[index] = why
        if not self._apart:
            # Afterwards, which cell ends could tell something about the hidden cases, as its outputs could.
            self._notes.append(why)

    def _give_up(self, why: str, begin: int = 0) -> None:
        """Give every cell from ``begin`` on without outputs an error: an empty graded cell would get full points."""
        self._notes.append(why)
        for index in self._code:
            without = not self._apart and not self._book.cells[index].outputs
            if index >= begin and (index in self._graded or without):
                self._book.cells[index].outputs = [graded_cells.error("NotRun", why)]


def _imported(sources: str) -> Iterable[str]:
    """Return the libraries of :data:`_LIBRARIES` that code imports."""
    for name in _LIBRARIES:
        top = re.escape(name.partition(".")[0])
        # Without ``\s``, which would search all following empty lines again at each of them.
        if re.search(rf"^[ \t]*(?:import|from)[ \t]+{top}\b", sources, re.MULTILINE):
            yield name
