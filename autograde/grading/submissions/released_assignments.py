"""The assignments that a course has released, and which of them a downloaded notebook belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograde import notebooks
from autograde.errors import UnusableArchive, UnusableNotebook
from autograde.grading.submissions.notebook_files import has_answers
from autograde.grading.submissions.notebook_names import without_suffix
from autograde.grading.submissions.platform_names import Download
from autograde.i18n import messages
from autograde.notebooks.reading import read_submission

_ = messages("cli")


@dataclass(frozen=True)
class Released:
    """The released assignments of a course.

    Attributes:
        assignments: the names of their graded cells, which identify a notebook's assignment.
        notebooks: their notebooks, one for each language.
    """

    assignments: Mapping[str, frozenset[str]]
    notebooks: Mapping[str, Sequence[NotebookNode]]

    @classmethod
    def read(cls, course: Path) -> Released:
        """Read ``release/`` of a course; there are no assignments if it has none."""
        cells: dict[str, frozenset[str]] = {}
        books: dict[str, list[NotebookNode]] = {}
        for path in sorted(course.glob("release/*/*/*.ipynb")):
            if path.stem == path.parent.name:
                book = notebooks.read(path)
                names = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in book.cells)
                cells[path.stem] = frozenset(name for name in names if name)
                books.setdefault(path.stem, []).append(book)
        return cls(cells, books)

    def named(self, name: str) -> str:
        """Return the assignment's full name from its name or its section, ``2.6``.

        Raises:
            UnusableArchive: this assignment has not been released.
        """
        found = [each for each in self.assignments if name in (each, each.partition("-")[0])]
        if len(found) != 1:
            raise UnusableArchive(
                _("This course has no released assignment {name}.").format(name=name),
                _("Choose one of: {choices}.").format(choices=", ".join(self.assignments) or "–"),
            )
        return found[0]

    def assignment_of(self, download: Download) -> str | None:
        """Return the assignment of a download, by its file name or else by the graded cells in it."""
        named = [each for each in self.assignments if _alike(download.file, each)]
        return named[0] if len(named) == 1 else self.assignment_of_cells(download)

    def assignment_of_cells(self, download: Download) -> str | None:
        """Return the assignment with the most graded cells in a download."""
        try:
            cells = read_submission(download.content).notebook.cells
        except UnusableNotebook:
            return None
        names = {cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") for cell in cells}
        best = max(self.assignments, key=lambda each: len(self.assignments[each] & names), default=None)
        return best if best is not None and self.assignments[best] & names else None

    def is_answered(self, download: Download, assignment: str) -> bool:
        """Return whether a download has answers to an assignment."""
        return all(has_answers(download.content, each) for each in self.notebooks[assignment])

    def is_folder(self, name: str) -> bool:
        """Return whether a folder is named after an assignment or its section."""
        return any(_alike(name, each) or name == each.partition("-")[0] for each in self.assignments)


def _alike(file: str, assignment: str) -> bool:
    stem = without_suffix(file).lower()
    return stem == assignment.lower() or re.match(rf"{re.escape(assignment.lower())}[\s_(.-]", stem) is not None
