"""The released cells that nbgrader needs, and how to recognise them and their answers in a submitted notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Self

from nbformat import NotebookNode

from autograde.notebooks.answer_code import defines_answer, does_nothing, last_defined

#: Longest cell that is parsed, and most characters of all such cells together; longer ones are left as they are. The
#: largest exercise has 8,000 characters. Repairing runs outside the sandbox, so it needs its own limit.
_LONGEST_CELL, _MOST_TEXT = 50_000, 500_000


@dataclass(frozen=True)
class CodeLimit:
    """Which texts are parsed.

    Attributes:
        longest: the most characters of a text.
        released: the released texts, which may be longer.
    """

    longest: int
    released: frozenset[str]

    @classmethod
    def of(cls, cells: Iterable[NotebookNode], released: NotebookNode) -> Self:
        """Return the limit for a submitted notebook, with which all parsed cells together are not too much."""
        longest, total = _LONGEST_CELL, 0
        for length in sorted(len(cell.source) for cell in cells):
            total += length
            if total > _MOST_TEXT or length > _LONGEST_CELL:
                longest = min(_LONGEST_CELL, length - 1)
                break
        return cls(longest, frozenset(cell.source for cell in released.cells))

    def allows(self, source: str) -> bool:
        """Return whether a text may be parsed."""
        return len(source) <= self.longest or source in self.released


@dataclass(frozen=True)
class WantedCell:
    """A released cell that nbgrader needs.

    Attributes:
        name: its ``grade_id``.
        cell: the released cell.
        answer: whether it is for an answer.
        function: the function or variable that the released answer cell defines; ``""`` if there is none.
        callable: whether it is a function.
        limit: which texts of submitted cells are parsed.
    """

    name: str
    cell: NotebookNode
    answer: bool
    function: str
    callable: bool
    limit: CodeLimit
    _defining: dict[str, bool] = field(default_factory=dict, repr=False)
    _doing_nothing: dict[str, bool] = field(default_factory=dict, repr=False)

    def is_defined_in(self, source: str) -> bool:
        """Return whether code defines the answer, with or without doing something in it."""
        if source not in self._defining:
            # Whether a function is replaced is only seen in the syntax tree.
            is_function = self.callable and self.limit.allows(source)
            self._defining[source] = defines_answer(source, self.function, is_function=is_function)
        return self._defining[source]

    def is_empty_in(self, source: str) -> bool:
        """Return whether code has only the released stub, or clears the value."""
        if not source.strip() or source == self.cell.source:
            return True
        if not self.limit.allows(source):
            return False
        if source not in self._doing_nothing:
            self._doing_nothing[source] = self.is_text_of(source) or does_nothing(source, self.function)
        return self._doing_nothing[source]

    def is_text_of(self, source: str) -> bool:
        """Return whether a text is the released one, except for its spaces."""
        text: str = self.cell.source
        return source == text or (self.limit.allows(source) and source.split() == text.split())

    def is_answered_in(self, cell: NotebookNode) -> bool:
        """Return whether a code cell, this one or another, has the answer."""
        return cell.cell_type == "code" and self.is_defined_in(cell.source) and not self.is_empty_in(cell.source)


def grade_id(cell: NotebookNode) -> str:
    """Return a cell's name for nbgrader; ``""`` if it has none."""
    found = cell.metadata.get("nbgrader")
    name = found.get("grade_id") if isinstance(found, dict) else None
    return name if isinstance(name, str) else ""


def wanted_cells(released: NotebookNode, limit: CodeLimit) -> list[WantedCell]:
    """Return the cells that nbgrader needs, in the order of the release."""
    return [_wanted(cell, limit) for cell in released.cells if grade_id(cell)]


def _wanted(cell: NotebookNode, limit: CodeLimit) -> WantedCell:
    answer = bool(cell.metadata.nbgrader.get("solution"))
    return WantedCell(grade_id(cell), cell, answer, *(last_defined(cell.source) if answer else ("", False)), limit)


def answer_before(wanted: WantedCell, all_wanted: Sequence[WantedCell]) -> WantedCell | None:
    """Return the answer cell before a graded cell; None if there is none."""
    answers = [each for each in all_wanted[: all_wanted.index(wanted)] if each.answer]
    return answers[-1] if answers else None


def answered_cells(notebook: NotebookNode, released: NotebookNode) -> frozenset[str]:
    """Return the names of the answer cells whose answer is in a repaired notebook, in the cell itself or another."""
    own = {grade_id(cell): cell.source for cell in notebook.cells}
    return frozenset(
        each.name
        for each in wanted_cells(released, CodeLimit.of(notebook.cells, released))
        if each.answer
        and (not each.is_empty_in(own.get(each.name, "")) or any(map(each.is_answered_in, notebook.cells)))
    )
