"""A receipt for each graded submission: what was graded, with what, and what the judge said. It can be replayed."""

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

#: Version of the JSON form.
FORM = 1

#: The packages whose versions can change a verdict.
_PACKAGES = ("torch", "transformers", "tokenizers", "huggingface_hub", "numpy", "ipykernel", "nbgrader")


@dataclass(frozen=True)
class Receipt:
    """What happened to one submission.

    Attributes:
        student, assignment: whose, and of what.
        language: of the notebook.
        submission: SHA-256 of what was handed in.
        seed: SHA-256 of the course's seed, which itself stays secret.
        exercise: SHA-256 of what decides the verdicts: the kit's questions and the released notebook.
        versions: of Python, the kit and the packages that answers use.
        verdicts: what the judge said, by function; empty for a submission that could not be run.
        reason: why it could not be run; empty when it was.
        notes: what was repaired.
        seconds: the run's wall time.
        peak_memory: the run's largest memory, in bytes.
        submitted: when it was handed in, as nbgrader's ``timestamp.txt`` says; empty when that is not known.
        graded: when it was graded, in UTC: ``2026-11-27T08:00:00Z``.
        form: version of the JSON form.
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
        """Return what a replay must give again."""
        return outcome(self.verdicts)


def outcome(verdicts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is the same whenever a submission is graded: all of the verdicts but what was printed meanwhile."""
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
    # A line for each field: json writes line breaks inside of them ten times as slowly.
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}" for name, value in values)
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    write_file(path_of(folder, receipt.student), text.encode("utf-8", "replace"), mode=0o600)


def read(path: Path) -> Receipt:
    """Read a receipt.

    Raises:
        GradingFailed: the file is not a receipt of a form that is known.
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
    """Return a learner's receipt; None without one, or when it cannot be read."""
    try:
        return read(path_of(folder, student))
    except (FileNotFoundError, GradingFailed):
        return None


def all_of(folder: Path) -> Iterator[Receipt]:
    """Yield an assignment's receipts, by learner."""
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
    """Return the SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()
