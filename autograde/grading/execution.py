"""The interface between the batch, which grades a class, and the executor, which runs one submission."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from nbformat import NotebookNode


@dataclass(frozen=True)
class Job:
    """Everything needed to run one submission, in this process, in another one or on another machine.

    Attributes:
        student: the learner's id.
        assignment: nbgrader's name of the assignment, ``"2.6-load-the-downloaded-model"``.
        notebook: the repaired notebook, JSON of nbformat 4; its graded cells have the source of the release.
        files: the other files of the submission, by relative path; never links or devices.
        language: of the feedback, ``"en"`` or ``"zh"``.
        seed: the course's secret, from which the hidden cases are generated.
    """

    student: str
    assignment: str
    notebook: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)
    language: str = "en"
    seed: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the job as a JSON value."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "notebook": self.notebook.decode("utf-8"),
            "files": {name: base64.b64encode(content).decode() for name, content in self.files.items()},
            "language": self.language,
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the job that :meth:`to_json` wrote."""
        return cls(
            value["student"],
            value["assignment"],
            value["notebook"].encode("utf-8"),
            {name: base64.b64decode(content) for name, content in value["files"].items()},
            value["language"],
            value["seed"],
        )


@dataclass(frozen=True)
class ExecutedSubmission:
    """The result of running one submission.

    Attributes:
        notebook: the executed notebook, JSON of nbformat 4. The outputs of its graded cells hold the verdict and, as
            the result of the cell, the score, as nbgrader's own scoring reads it.
        verdicts: the verdict of each graded question as JSON, by the name of its function (``segment_ids``).
        seconds: wall time of the run.
        peak_memory: peak memory in bytes; 0 if it was not measured.
        notes: the limits that were hit and the cells that were left out, one sentence each, in the learner's language.
    """

    notebook: bytes
    verdicts: Mapping[str, Mapping[str, object]]
    seconds: float
    peak_memory: int = 0
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as a JSON value."""
        return {
            "notebook": self.notebook.decode("utf-8"),
            "verdicts": {name: dict(verdict) for name, verdict in self.verdicts.items()},
            "seconds": self.seconds,
            "peak_memory": self.peak_memory,
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Return the result that :meth:`to_json` wrote."""
        return cls(
            value["notebook"].encode("utf-8"),
            value["verdicts"],
            value["seconds"],
            value["peak_memory"],
            tuple(value["notes"]),
        )


def to_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook as JSON in one line: writing the line breaks of nbformat would take most of the time."""
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8", "replace")


class Executor(Protocol):
    """Runs submissions one after the other; each worker process has one."""

    def run(self, job: Job) -> ExecutedSubmission:
        """Run one submission. Never raises for anything that a submission does."""

    def close(self) -> None:
        """End every process that was started."""
