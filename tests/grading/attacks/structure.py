"""Notebooks whose structure was changed or forged, as the bytes that a learner submits."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nbformat

from autograde import notebooks
from autograde.grading.execution import Job
from autograde.grading.samples import ASSIGNMENT
from autograde.notebooks.repairing import repair
from autograde.settings import KIT
from tests.grading.attacks.notebooks import RIGHT, WRONG

Book = dict[str, Any]
CELLS = ("imports", "segment-ids", "grade-segment-ids")
PATH = KIT / "release" / "en" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def _nested(levels: int) -> object:
    """Return objects nested this many levels deep."""
    found: dict[str, object] = {}
    for _level in range(levels):
        found = {"a": found}
    return found


@dataclass(frozen=True)
class Damage:
    """A submitted notebook with one answer, ``segment_ids``.

    Attributes:
        name: what was changed.
        change: changes the notebook's JSON in place.
        answer: the code of ``segment_ids``.
        points: expected points of the whole notebook.
        encode: turns the notebook into the submitted file.
        usable: whether it can be graded.
    """

    name: str
    change: Callable[[Book], object]
    answer: str = WRONG
    points: float = 0.0
    encode: Callable[[Book], bytes] = lambda book: json.dumps(book).encode()
    usable: bool = True

    def job(self) -> Job:
        """Return the repaired submission.

        Raises:
            UnusableNotebook: it cannot be repaired.
        """
        released = notebooks.read(PATH)
        released.cells = [cell for cell in released.cells if cell.id in CELLS]
        book: Book = json.loads(nbformat.writes(released))
        named(book, "segment-ids")["source"] = self.answer
        self.change(book)
        repaired = repair(self.encode(book), released).notebook
        content = nbformat.writes(repaired).encode("utf-8", "replace")
        return Job("mallory", ASSIGNMENT, content, seed="the course's secret")


def named(book: Book, name: str) -> Book:
    """Return the cell with this id."""
    return next(cell for cell in book["cells"] if cell.get("id") == name)


def graded(book: Book) -> Book:
    """Return the graded cell of ``segment_ids``."""
    return named(book, "grade-segment-ids")


def _cell(source: str, **nbgrader: object) -> Book:
    meta: Book = {
        "nbgrader": {
            "schema_version": 3,
            "locked": True,
            "solution": False,
            "task": False,
            "cell_type": "code",
            **nbgrader,
        }
    }
    return {
        "cell_type": "code",
        "id": f"x{abs(hash(source)) % 10**6}",
        "source": source,
        "metadata": meta,
        "outputs": [],
        "execution_count": None,
    }


_SCORE = {"output_type": "execute_result", "data": {"text/plain": "10.0"}, "metadata": {}, "execution_count": 1}


def _every(book: Book, change: Callable[[Book], object]) -> list[object]:
    return [change(cell) for cell in book["cells"]]


def _right(name: str, change: Callable[[Book], object], **more: Any) -> Damage:
    return Damage(name, change, RIGHT, 10, **more)


STRUCTURE = (
    # Forged.
    Damage("more points in the metadata", lambda b: graded(b)["metadata"]["nbgrader"].update(points=1000)),
    Damage("infinite points", lambda b: graded(b)["metadata"]["nbgrader"].update(points=float("inf"))),
    Damage("an additional graded cell", lambda b: b["cells"].append(_cell("100", grade=True, points=100, grade_id="mine"))),
    Damage("a graded cell with the name of another", lambda b: b["cells"].append(_cell("10.0", grade=True, points=10, grade_id="grade-segment-ids"))),
    Damage("a graded cell whose code was replaced", lambda b: graded(b).update(source="10.0")),
    Damage("a graded cell that asks twice", lambda b: graded(b).update(source=graded(b)["source"] if isinstance(graded(b)["source"], str) else "".join(graded(b)["source"]) + "\n10.0")),
    Damage("a graded cell changed to text", lambda b: graded(b).update(cell_type="markdown")),
    Damage("a graded cell without metadata", lambda b: graded(b).update(metadata={})),
    Damage("a graded cell that is also an answer cell", lambda b: graded(b)["metadata"]["nbgrader"].update(solution=True, grade=True, locked=False)),
    Damage("no graded cells at all", lambda b: b.update(cells=[c for c in b["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")])),
    Damage("outputs with a score", lambda b: _every(b, lambda c: c.update(outputs=[_SCORE]) if c["cell_type"] == "code" else None)),
    Damage("an output of an unknown type", lambda b: graded(b).update(outputs=[{"output_type": "score", "points": 10}])),
    Damage("nbgrader metadata that is not an object", lambda b: _every(b, lambda c: c["metadata"].update(nbgrader=[1]))),
    Damage("an unknown version of the metadata", lambda b: _every(b, lambda c: c["metadata"].get("nbgrader", {}).update(schema_version=99))),
    Damage("a foreign kernel", lambda b: b["metadata"].update(kernelspec={"name": "bash", "language": "bash", "display_name": "x"})),
    Damage("a kernel whose name is a path", lambda b: b["metadata"].update(kernelspec={"name": "../../x", "display_name": "x"})),
    Damage("comments with solution markers", lambda b: named(b, "segment-ids").update(source="### BEGIN SOLUTION\n" + WRONG + "### END SOLUTION\n### BEGIN HIDDEN TESTS\n")),
    Damage("scripts in text cells and attachments", lambda b: b["cells"].append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": "<script>fetch('/')</script>", "attachments": {"a.svg": {"image/svg+xml": "<svg onload=x>"}}})),
    # Damaged, with a right answer.
    _right("cells twice", lambda b: b.update(cells=[copy.deepcopy(c) for c in b["cells"] for _ in range(2)])),
    _right("cells in reverse", lambda b: b["cells"].reverse()),
    _right("no metadata", lambda b: _every(b, lambda c: c.update(metadata={}))),
    _right("no ids", lambda b: _every(b, lambda c: c.pop("id", None))),
    _right("the same id everywhere", lambda b: _every(b, lambda c: c.update(id="same"))),
    _right("the graded cells deleted", lambda b: b.update(cells=[c for c in b["cells"] if not c["metadata"].get("nbgrader", {}).get("grade")])),
    _right("all but the answer deleted", lambda b: b.update(cells=[named(b, "segment-ids")])),
    _right("sources as lists of lines", lambda b: _every(b, lambda c: c.update(source=c["source"].splitlines(True) if isinstance(c["source"], str) else c["source"]))),
    _right("500 more cells", lambda b: b["cells"].extend(_cell(f"x = {n}") for n in range(500))),
    _right("metadata of other editors", lambda b: (b["metadata"].update(colab={"name": "x"}, widgets={"application/vnd.jupyter.widget-state+json": {}}), _every(b, lambda c: c["metadata"].update(colab={}, vscode={"languageId": "python"}, id="colab-id")))),
    _right("a newer minor format", lambda b: b.update(nbformat_minor=99)),
    _right("an older minor format", lambda b: b.update(nbformat_minor=2)),
    _right("a byte-order mark", lambda b: None, encode=lambda b: b"\xef\xbb\xbf" + json.dumps(b).encode()),
    _right("UTF-16", lambda b: None, encode=lambda b: json.dumps(b).encode("utf-16")),
    _right("Windows line endings", lambda b: None, encode=lambda b: json.dumps(b, indent=1).replace("\n", "\r\n").encode()),
    _right("a lone surrogate in a cell", lambda b: b["cells"].append(_cell("print('\ud800')"))),
    _right("NaN in the metadata", lambda b: b["metadata"].update(x=float("nan"))),
    _right("an answer with a zero byte after it", lambda b: b["cells"].append(_cell("x = '\x00'"))),
    _right("a very long line", lambda b: b["cells"].append(_cell("x = '" + "y" * 2_000_000 + "'"))),
    _right("an expression nested 10,000 times", lambda b: b["cells"].append(_cell("(" * 10_000 + ")" * 10_000))),
    # Not a notebook.
    Damage("an empty file", lambda b: None, encode=lambda b: b"", usable=False),
    Damage("half a file", lambda b: None, encode=lambda b: json.dumps(b).encode()[:300], usable=False),
    Damage("a picture", lambda b: None, encode=lambda b: b"\x89PNG\r\n\x1a\n" + bytes(100), usable=False),
    Damage("a web page", lambda b: None, encode=lambda b: b"<!doctype html><p>Sign in", usable=False),
    Damage("a list", lambda b: None, encode=lambda b: b"[1, 2]", usable=False),
    Damage("lists nested 100,000 times", lambda b: None, encode=lambda b: b"[" * 100_000, usable=False),
    Damage("a number of 100,000 digits", lambda b: None, encode=lambda b: b'{"nbformat": ' + b"9" * 100_000 + b"}", usable=False),
    Damage("cells that are not a list", lambda b: b.update(cells={"a": 1}), usable=False),
    Damage("a format number from the future", lambda b: b.update(nbformat=9), RIGHT, points=10),
    Damage("metadata nested 500 times", lambda book: book["cells"][0]["metadata"].update(x=_nested(500)), RIGHT, points=10),
    Damage("metadata of the notebook nested 500 times", lambda book: book["metadata"].update(x=_nested(500)), RIGHT, points=10),
    Damage("another field nested 500 times", lambda book: book.update(x=_nested(500)), RIGHT, points=10),
    Damage("metadata of a million values", lambda book: book["cells"][0]["metadata"].update(x=[0] * 10**6), RIGHT, points=10),
    Damage("2,000 copies of the graded cell", lambda book: book["cells"].extend(
        copy.deepcopy(named(book, "grade-segment-ids")) for _ in range(2_000)), RIGHT, points=10),
    Damage("100,000 cells", lambda book: book["cells"].extend(copy.deepcopy(book["cells"][0]) for _ in range(100_000)), usable=False),
    Damage("4,000 cells of other assignments with long names", lambda book: book["cells"].extend(
        {"cell_type": "raw", "metadata": {"nbgrader": {"grade_id": f"{n}" * 200}}, "source": ""} for n in range(4_000)), RIGHT, points=10),
    Damage("tags that skip cells", lambda book: [cell["metadata"].update(
        tags=["skip-execution", "remove-cell", "raises-exception", "hide-output"]) for cell in book["cells"]], RIGHT, points=10),
    Damage("ids and names with lone surrogates", lambda book: book["cells"].append(
        {"cell_type": "code", "id": "\ud800", "metadata": {"nbgrader": {"grade_id": "\udfff"}, "\ud800": 1}, "source": "x = '\ud800'",
         "outputs": [], "execution_count": None}), RIGHT, points=10),
)  # fmt: skip
