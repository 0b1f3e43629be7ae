"""Receipts of graded submissions: inputs, versions and verdicts. Each can be replayed."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import Any

from autograde import __version__
from autograde.errors import GradingFailed
from autograde.files import write_file
from autograde.i18n import messages

_ = messages("cli")

#: Version of the JSON format.
FORM = 1

#: The packages whose versions can change a verdict.
_PACKAGES = ("torch", "transformers", "tokenizers", "huggingface_hub", "numpy", "ipykernel", "nbgrader")


@dataclass(frozen=True)
class Receipt:
    """The record of one graded submission.

    Attributes:
        student, assignment: the learner's id and the assignment's name.
        language: language of the notebook.
        submission: SHA-256 of the submitted files.
        seed: SHA-256 of the course's seed, which itself stays secret.
        exercise: SHA-256 of everything that decides the verdicts: the kit's questions and the released notebook.
        versions: versions of Python, the kit and the packages that answers use.
        verdicts: the judge's verdicts by function; empty for a submission that could not be run.
        reason: why it could not be run; empty if it was run.
        notes: the repairs.
        seconds: the run's wall time.
        peak_memory: the run's peak memory, in bytes.
        submitted: submission time from nbgrader's ``timestamp.txt``; empty if unknown.
        graded: when it was graded, in UTC: ``2026-11-27T08:00:00Z``.
        form: version of the JSON format.
    """

    student: str
    assignment: str
    language: str
    submission: str
    seed: str
    exercise: str
    versions: Mapping[str, str]
    verdicts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reason: str = ""
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    peak_memory: int = 0
    submitted: str = ""
    graded: str = ""
    form: int = FORM

    def outcome(self) -> dict[str, Any]:
        """Return the part that a replay must reproduce."""
        return outcome(self.verdicts)


def outcome(verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the reproducible part of the verdicts: everything except printed output."""
    left_out = {"noise", "seed"}
    return {
        function: {name: value for name, value in verdict.items() if name not in left_out}
        for function, verdict in sorted(verdicts.items())
    }


def path_of(folder: Path, student: str) -> Path:
    """Return the receipt's file in an assignment's folder of reports."""
    return folder / "receipts" / f"{student}.json"


def write(receipt: Receipt, folder: Path) -> None:
    """Write a receipt into an assignment's folder of reports."""
    values = ((each.name, getattr(receipt, each.name)) for each in sorted(fields(receipt), key=lambda each: each.name))
    # One line per field: json is ten times as slow with an indentation.
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}" for name, value in values)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    write_file(path_of(folder, receipt.student), text.encode("utf-8", "replace"), mode=0o600)


def read(path: Path) -> Receipt:
    """Read a receipt.

    Raises:
        GradingFailed: the file is not a receipt, or has an unknown format.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["form"] != FORM:
            raise ValueError(f"form {value['form']}")
        return Receipt(**{**value, "notes": tuple(value["notes"])})
    except FileNotFoundError:
        raise
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise GradingFailed(
            _("{file} is not a receipt that can be read: {reason}.").format(file=path, reason=error),
            _("Delete it: the submission is then graded again."),
        ) from error


def find(folder: Path, student: str) -> Receipt | None:
    """Return a learner's receipt; None if it does not exist or cannot be read."""
    try:
        return read(path_of(folder, student))
    except (FileNotFoundError, GradingFailed):
        return None


def all_of(folder: Path) -> Iterator[Receipt]:
    """Yield an assignment's receipts, sorted by learner."""
    for path in sorted((folder / "receipts").glob("*.json")):
        if not path.name.startswith("."):
            yield read(path)


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python, the kit, and the packages that answers use."""
    found = {"python": platform.python_version(), "autograde": __version__, "system": platform.platform(terse=True)}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def digest(text: str) -> str:
    """Return the hexadecimal SHA-256 of a text."""
    return sha256(text.encode()).hexdigest()
