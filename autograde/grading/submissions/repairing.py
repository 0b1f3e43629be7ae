"""Restore the structure of the released notebook in a submitted one: each graded and answer cell exactly once.

Editors copy, delete and move cells, change their types and strip their metadata. A learner's own text keeps its order;
only the cells that nbgrader needs are restored from the release.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograde.errors import UnusableNotebook
from autograde.grading.submissions.reading import MOST_NOTES, SubmittedNotebook, read_submission, shortened
from autograde.i18n import messages

_ = messages("cli")


@dataclass(frozen=True)
class _Wanted:
    """A released cell that nbgrader needs.

    Attributes:
        name: its ``grade_id``.
        cell: the released cell.
        answer: whether it is for an answer.
        function: the function or variable that the released answer cell defines; ``""`` if there is none.
    """

    name: str
    cell: NotebookNode
    answer: bool
    function: str


def repair(content: bytes, released: NotebookNode) -> SubmittedNotebook:
    """Read a submitted notebook and restore its structure.

    Args:
        content: the bytes of the submitted file.
        released: the released notebook.

    Returns:
        A notebook in which each of nbgrader's cells appears exactly once, with its released metadata, and the notes.

    Raises:
        UnusableNotebook: the bytes are not a notebook, or it has no exercise of this assignment.
    """
    read = read_submission(content)
    book, notes = read.notebook, list(read.notes)
    cells: list[NotebookNode] = list(book.cells)
    wanted = [_wanted(cell) for cell in released.cells if _grade_id(cell)]
    names = {each.name for each in wanted}
    _make_code_again(cells, wanted, notes)
    of_this = any(_grade_id(cell) in names for cell in cells)
    if not of_this and not any(_without_metadata(cells, each, foreign=True) is not None for each in wanted):
        raise UnusableNotebook(
            _("The notebook is not of this assignment: none of its exercises is in it."),
            _("Ask for the .ipynb file that was released."),
        )
    _keep_answers_in_graded_cells(cells, wanted, notes)
    _remove_foreign_metadata(cells, names, notes)
    for each in wanted:
        _restore(cells, each, wanted, notes)
    _restore_imports(cells, released, notes)
    book.cells = cells
    book.metadata["kernelspec"] = copy.deepcopy(released.metadata.get("kernelspec", {}))
    return SubmittedNotebook(book, tuple(notes[:MOST_NOTES]))


def _make_code_again(cells: list[NotebookNode], wanted: Sequence[_Wanted], notes: list[str]) -> None:
    """Turn text cells with an answer, or with the name of a code cell, back into code cells."""
    of_code = {each.name for each in wanted if each.cell.cell_type == "code"}
    lost = [each for each in wanted if each.function and not any(_has_answer(cell, each) for cell in cells)]
    for cell in cells:
        name, text = _grade_id(cell), _without_fence(cell.source)
        answers = [each for each in lost if _defines(text, each.function) and not _is_empty(text, each)]
        if cell.cell_type == "code" or not (name in of_code or (answers and _is_python(text))):
            continue
        kind = name or answers[0].name
        notes.append(_("{name} was turned into a {kind} cell").format(name=kind, kind=cell.cell_type))
        cell.cell_type, cell.source = "code", text
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _keep_answers_in_graded_cells(cells: list[NotebookNode], wanted: Sequence[_Wanted], notes: list[str]) -> None:
    """Copy an answer in a graded cell to a separate cell, because graded cells are restored from the release."""
    graded = {each.name: each for each in wanted if not each.answer}
    for cell in list(cells):
        each = graded.get(_grade_id(cell))
        if each is None or cell.cell_type != "code" or cell.source.split() == each.cell.source.split():
            continue
        function = _answer_before(each, wanted)
        if function and _defines(cell.source, function):
            own = new_code_cell(cell.source.replace(each.cell.source, "").rstrip() + "\n")
            cells.insert(next(place for place, other in enumerate(cells) if other is cell), own)
            notes.append(_("{name} had an answer in it, which was kept").format(name=each.name))


def _answer_before(wanted: _Wanted, all_wanted: Sequence[_Wanted]) -> str:
    """Return the name defined by the answer cell before a graded cell; empty if there is none."""
    answers = [each for each in all_wanted[: all_wanted.index(wanted)] if each.answer]
    return answers[-1].function if answers else ""


def _grade_id(cell: NotebookNode) -> str:
    found = cell.metadata.get("nbgrader")
    name = found.get("grade_id") if isinstance(found, dict) else None
    return name if isinstance(name, str) else ""


def _wanted(cell: NotebookNode) -> _Wanted:
    answer = bool(cell.metadata.nbgrader.get("solution"))
    return _Wanted(_grade_id(cell), cell, answer, _defined(cell.source) if answer else "")


def _defined(source: str) -> str:
    """Return the last name that a cell defines at its top level, even if the code does not parse."""
    try:
        statements = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = re.findall(r"^(?:async\s+)?def\s+(\w+)|^(\w+)\s*=(?!=)", source, re.MULTILINE)
        return next((first or second for first, second in reversed(found)), "")
    names = [
        statement.name
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        else next((target.id for target in statement.targets if isinstance(target, ast.Name)), "")
        for statement in statements
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign)
    ]
    return names[-1] if names else ""


def _remove_foreign_metadata(cells: Sequence[NotebookNode], names: set[str], notes: list[str]) -> None:
    """Remove nbgrader's metadata from cells of other assignments."""
    for cell in cells:
        name = _grade_id(cell)
        if "nbgrader" in cell.metadata and name not in names:
            del cell.metadata["nbgrader"]
            notes.append(_("a cell of another assignment: {name}").format(name=shortened(name) or "?"))


def _restore(cells: list[NotebookNode], wanted: _Wanted, all_wanted: Sequence[_Wanted], notes: list[str]) -> None:
    """Make ``wanted`` appear in ``cells`` exactly once, with the metadata of the release."""
    found = [cell for cell in cells if _grade_id(cell) == wanted.name]
    if len(found) > 1:
        notes.append(_("{name} appeared {number} times").format(name=wanted.name, number=len(found)))
    if not found and (lost := _without_metadata(cells, wanted)) is not None:
        found = [lost]
        notes.append(_("{name} had lost its nbgrader metadata").format(name=wanted.name))
    if not found:
        missing = copy.deepcopy(wanted.cell)
        elsewhere = _is_elsewhere(cells, wanted)
        cells.insert(_place(cells, wanted, all_wanted), missing)
        if elsewhere:
            # The released text would redefine the name without an answer.
            missing.source = ""
            notes.append(_("the answer of {name} was in another cell").format(name=wanted.name))
        else:
            notes.append(_("{name} was missing").format(name=wanted.name))
        return
    # Cells run from top to bottom, so the last definition counts, as it did for the learner.
    defining = [cell for cell in found if wanted.function and _defines(cell.source, wanted.function)]
    full = [cell for cell in defining if not _is_empty(cell.source, wanted)]
    kept = (full or defining or found)[-1]
    others = [cell for cell in found if cell is not kept]
    for other in others:
        del other.metadata["nbgrader"]
        if not wanted.answer or _is_empty(other.source, wanted):
            # A copy of a graded cell would only run the check again, and the released text would clear the answer.
            del cells[next(place for place, cell in enumerate(cells) if cell is other)]
    if kept.cell_type != wanted.cell.cell_type:
        notes.append(_("{name} was turned into a {kind} cell").format(name=wanted.name, kind=kept.cell_type))
        kept.cell_type = wanted.cell.cell_type
        if kept.cell_type == "code":
            kept.outputs, kept.execution_count = [], None
            kept.source = _without_fence(kept.source)
    kept.metadata["nbgrader"] = copy.deepcopy(wanted.cell.metadata.nbgrader)
    if wanted.answer and kept.source.split() == wanted.cell.source.split() and _is_elsewhere(cells, wanted):
        kept.source = ""
        notes.append(_("the answer of {name} was in another cell").format(name=wanted.name))
    if wanted.function and _is_inside(kept.source, wanted.function):
        notes.append(_("the answer of {name} is inside a class or a function").format(name=wanted.name))
    if not wanted.answer:
        kept.source = wanted.cell.source
        _behind_its_answer(cells, kept, wanted, all_wanted, notes)


def _is_inside(source: str, function: str) -> bool:
    """Return whether code defines a function only within a class or another function, where it cannot be called."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    defining = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    outer = [each for each in ast.walk(tree) if isinstance(each, ast.ClassDef | ast.FunctionDef)]
    inner = {id(node) for each in outer for node in ast.walk(each) if node is not each}
    return bool(defining) and all(id(node) in inner for node in defining) and f"global {function}" not in source


def _is_elsewhere(cells: Sequence[NotebookNode], wanted: _Wanted) -> bool:
    """Return whether another cell has the answer: two cells were merged, or the learner added a cell."""
    return any(_grade_id(cell) != wanted.name and _has_answer(cell, wanted) for cell in cells)


def _has_answer(cell: NotebookNode, wanted: _Wanted) -> bool:
    defines = cell.cell_type == "code" and wanted.function and _defines(cell.source, wanted.function)
    return bool(defines) and not _is_empty(cell.source, wanted)


def _restore_imports(cells: list[NotebookNode], released: NotebookNode, notes: list[str]) -> None:
    """Put the released imports at the top if they are missing or come after the first answer.

    In the learner's kernel, they had been run before the cell was deleted or moved.
    """
    first = next((place for place, cell in enumerate(released.cells) if _grade_id(cell)), 0)
    given = [cell.source for cell in released.cells[:first] if cell.cell_type == "code" and _is_import(cell.source)]
    own = next((place for place, cell in enumerate(cells) if _grade_id(cell)), 0)
    there = {line.strip() for cell in cells[: own + 1] if cell.cell_type == "code" for line in cell.source.split("\n")}
    lost = [source for source in given if not {line.strip() for line in source.split("\n")} <= there | {""}]
    if lost:
        cells.insert(0, new_code_cell("\n".join(lost)))
        notes.append(_("the released imports were missing at the top"))


def _is_import(source: str) -> bool:
    try:
        return all(isinstance(each, ast.Import | ast.ImportFrom) for each in ast.parse(source).body)
    except (SyntaxError, ValueError):
        return False


def _without_fence(source: str) -> str:
    """Return code without the Markdown fence around it."""
    found = re.fullmatch(r"\s*(`{3,}|~{3,})[^\n`]*\n(.*?)\n?\1\s*", source, re.DOTALL)
    return found[2] if found else source


def _without_metadata(cells: Sequence[NotebookNode], wanted: _Wanted, *, foreign: bool = False) -> NotebookNode | None:
    """Find the submitted cell that is ``wanted`` but has lost its metadata, by its id, text, or defined name.

    With ``foreign``, cells with the metadata of another assignment are considered, too.
    """
    free = [cell for cell in cells if foreign or "nbgrader" not in cell.metadata]
    code = [cell for cell in free if cell.cell_type == "code"]
    by_id = [cell for cell in free if cell.id == wanted.cell.get("id")]
    by_text = [cell for cell in free if cell.source.split() == wanted.cell.source.split()]
    if not wanted.answer:
        return next(iter([*by_text, *by_id]), None)
    defining = [cell for cell in code if wanted.function and _defines(cell.source, wanted.function)]
    return next(iter([*by_id, *reversed(defining), *by_text]), None)


def _defines(source: str, name: str) -> bool:
    pattern = rf"^[ \t]*(?:(?:async\s+)?def\s+{name}\b|(?:\w+\s*=\s*)?{name}\s*(?::[^=\n]*)?=(?!=))"
    return re.search(pattern, source, re.MULTILINE) is not None


def _place(cells: Sequence[NotebookNode], wanted: _Wanted, all_wanted: Sequence[_Wanted]) -> int:
    """Return the position for a missing cell: after the nearest preceding released cell that exists."""
    before = [each.name for each in all_wanted[: all_wanted.index(wanted)]]
    positions = {_grade_id(cell): position for position, cell in enumerate(cells)}
    if not wanted.answer and (last := _last_definition(cells, wanted, all_wanted)) is not None:
        return last + 1
    place = next((positions[name] + 1 for name in reversed(before) if name in positions), None)
    return len(cells) if place is None else place


def _last_definition(cells: Sequence[NotebookNode], wanted: _Wanted, all_wanted: Sequence[_Wanted]) -> int | None:
    """Return the position of the last cell that defines the answer which precedes ``wanted`` in the release."""
    answers = [each for each in all_wanted[: all_wanted.index(wanted)] if each.answer]
    if not answers:
        return None
    answer = answers[-1]
    defining = [
        position
        for position, cell in enumerate(cells)
        if _grade_id(cell) == answer.name
        or (answer.function and cell.cell_type == "code" and _defines(cell.source, answer.function))
    ]
    # Ignore later cells that repeat the stub or clear the value: the learner's check did not see them.
    full = [position for position in defining if not _is_empty(cells[position].source, answer)]
    return max(full or defining, default=None)


def _is_empty(source: str, answer: _Wanted) -> bool:
    """Return whether a cell has only the released stub, or sets the value to None or empty."""
    nothing = rf"(?:#.*\s*)*{answer.function}\s*=\s*(?:None|\.\.\.|\{{\}}|\[\]|r?\"{{2,6}})\s*(?:#.*)?\s*"
    return (
        not source.strip() or source.split() == answer.cell.source.split() or re.fullmatch(nothing, source) is not None
    )


def _behind_its_answer(
    cells: list[NotebookNode], kept: NotebookNode, wanted: _Wanted, all_wanted: Sequence[_Wanted], notes: list[str]
) -> None:
    """Move a graded cell after the answer that it grades if the answer comes later."""
    last = _last_definition(cells, wanted, all_wanted)
    position = next(position for position, cell in enumerate(cells) if cell is kept)
    if last is not None and last > position:
        cells.insert(last + 1, kept)
        del cells[position]
        notes.append(_("{name} was above its answer").format(name=wanted.name))
