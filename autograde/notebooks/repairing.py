"""Restore the structure of the released notebook in a submitted one: each graded and answer cell exactly once.

Editors copy, delete and move cells, change their types and strip their metadata. A learner's own text keeps its order;
only the cells that nbgrader needs are restored from the release.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograde.errors import UnusableNotebook
from autograde.i18n import messages
from autograde.notebooks.answer_code import code_in_text, mended, parsed
from autograde.notebooks.asking_code import without_questions
from autograde.notebooks.later_names import definitions_below, names_in, overwrites
from autograde.notebooks.reading import MOST_NOTES, SubmittedNotebook, read_submission, shortened
from autograde.notebooks.wanted_cells import CodeLimit, WantedCell, answer_before, grade_id, wanted_cells

_ = messages("cli")


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
    limit = CodeLimit.of(cells, released)
    wanted = wanted_cells(released, limit)
    names = {each.name for each in wanted}
    _make_code_again(cells, wanted, limit, notes)
    _mend_code(cells, wanted, limit, notes)
    of_this = any(grade_id(cell) in names for cell in cells)
    if not of_this and not any(_without_metadata(cells, each, foreign=True) is not None for each in wanted):
        raise UnusableNotebook(
            _("The notebook is not of this assignment: none of its exercises is in it."),
            _("Ask for the .ipynb file that was released."),
        )
    _keep_answers_in_graded_cells(cells, wanted, notes)
    _remove_joined_checks(cells, wanted)
    _remove_foreign_metadata(cells, names, notes)
    for each in wanted:
        _restore(cells, each, wanted, notes)
    _restore_imports(cells, released, notes)
    _check_before_overwriting(cells, wanted, notes)
    _bring_up_definitions(cells, wanted, limit, notes)
    for cell in cells:
        if cell.cell_type == "code":
            cell.execution_count = None
    book.cells = cells
    book.metadata["kernelspec"] = copy.deepcopy(released.metadata.get("kernelspec", {}))
    return SubmittedNotebook(book, tuple(notes[:MOST_NOTES]))


def _make_code_again(
    cells: list[NotebookNode], wanted: Sequence[WantedCell], limit: CodeLimit, notes: list[str]
) -> None:
    """Turn text cells with an answer, or with the name of a code cell, back into code cells."""
    of_code = {each.name for each in wanted if each.cell.cell_type == "code"}
    lost = [each for each in wanted if each.function and not any(each.is_answered_in(cell) for cell in cells)]
    for cell in list(cells):
        name = grade_id(cell)
        if cell.cell_type == "code" or not limit.allows(cell.source) or not (lost or name in of_code):
            continue
        text = mended(cell.source)
        answers = [each for each in lost if each.is_defined_in(text) and not each.is_empty_in(text)]
        if not (name in of_code or (answers and parsed(text) is not None)):
            _copy_answers(cells, cell, lost, notes)
            continue
        kind = name or answers[0].name
        notes.append(_("{name} was turned into a {kind} cell").format(name=kind, kind=cell.cell_type))
        cell.cell_type, cell.source = "code", text
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)


def _copy_answers(cells: list[NotebookNode], text: NotebookNode, lost: Sequence[WantedCell], notes: list[str]) -> None:
    """Copy lost answers in a text cell to code cells below it: the learner joined a text and an answer."""
    for each in reversed(lost):
        code = code_in_text(text.source, each.function)
        if each.is_defined_in(code) and not each.is_empty_in(code):
            place = _place_of(cells, text)
            cells.insert(place + 1, new_code_cell(code))
            notes.append(_("the answer of {name} was in a text cell").format(name=each.name))


def _mend_code(cells: list[NotebookNode], wanted: Sequence[WantedCell], limit: CodeLimit, notes: list[str]) -> None:
    """Mend answers that are not Python because of an editor or a merge, and separate what cannot succeed in them."""
    answers = [each for each in wanted if each.answer]
    functions = {each.function for each in answers}
    for cell in list(cells):
        if cell.cell_type != "code" or not limit.allows(cell.source):
            continue
        source = mended(cell.source)
        name = next((each.name for each in answers if grade_id(cell) == each.name or each.is_defined_in(source)), "")
        if not name:
            continue
        if source != cell.source:
            cell.source = source
            notes.append(_("the code of {name} had marks or characters that are not Python").format(name=name))
        asking, rest = without_questions(source, functions)
        if asking:
            cells.insert(_place_of(cells, cell), new_code_cell(asking))
            cell.source = rest
            notes.append(_("the cell of {name} asked for input, or used a module of Colab or Kaggle").format(name=name))


def _remove_joined_checks(cells: Sequence[NotebookNode], wanted: Sequence[WantedCell]) -> None:
    """Remove copies of graded cells' code from longer cells, because it would end these with an error."""
    graded = [each.cell.source for each in wanted if not each.answer]
    lines = {line for source in graded for line in source.split("\n") if line.startswith("grade(")}
    for cell in cells:
        if (
            cell.cell_type == "code"
            and cell.source.strip() not in graded
            and any(line in cell.source for line in lines)
        ):
            cell.source = "\n".join(line for line in cell.source.split("\n") if line.rstrip() not in lines)


def _bring_up_definitions(
    cells: list[NotebookNode], wanted: Sequence[WantedCell], limit: CodeLimit, notes: list[str]
) -> None:
    """Copy definitions that an answer uses from cells below its graded cell; in the learner's kernel they had run."""
    names = [names_in(_code(cell)) if limit.allows(_code(cell)) else None for cell in cells]
    for answer, own, place in _answers_with_checks(cells, wanted):
        below = [code for cell in cells[place + 1 :] if limit.allows(code := _code(cell))]
        if missing := definitions_below(names[:place], names[own], below):
            cells.insert(own, new_code_cell(missing))
            names.insert(own, names_in(missing))
            notes.append(_("{name} uses what is defined further down").format(name=answer.name))


def _check_before_overwriting(cells: list[NotebookNode], wanted: Sequence[WantedCell], notes: list[str]) -> None:
    """Move a graded cell above a cell that stores something else under the answer's name, such as a loop."""
    for answer, own, place in _answers_with_checks(cells, wanted):
        codes = {between: _code(cells[between]) for between in range(own + 1, place) if answer.callable}
        for between, code in codes.items():
            if answer.limit.allows(code) and overwrites(code, answer.function):
                cells.insert(between, cells.pop(place))
                notes.append(_("the answer of {name} was overwritten before its check").format(name=answer.name))
                break


def _answers_with_checks(
    cells: list[NotebookNode], wanted: Sequence[WantedCell]
) -> Iterator[tuple[WantedCell, int, int]]:
    """Yield each answer, the place of the last cell with it above its graded cell, and the place of the graded cell."""
    for each in wanted:
        answer = None if each.answer else answer_before(each, wanted)
        if answer is None:
            continue
        place = next(place for place, cell in enumerate(cells) if grade_id(cell) == each.name)
        own = max((at for at in range(place) if answer.is_answered_in(cells[at])), default=None)
        if own is not None:
            yield answer, own, place


def _code(cell: NotebookNode) -> str:
    source: str = cell.source if cell.cell_type == "code" else ""
    return source


def _place_of(cells: Sequence[NotebookNode], wanted: NotebookNode) -> int:
    """Return a cell's place; another cell may be equal to it."""
    return next(place for place, cell in enumerate(cells) if cell is wanted)


def _keep_answers_in_graded_cells(cells: list[NotebookNode], wanted: Sequence[WantedCell], notes: list[str]) -> None:
    """Copy an answer in a graded cell to a separate cell, because graded cells are restored from the release."""
    graded = {each.name: each for each in wanted if not each.answer}
    for cell in list(cells):
        each = graded.get(grade_id(cell))
        if each is None or cell.cell_type != "code" or each.is_text_of(cell.source):
            continue
        answer = answer_before(each, wanted)
        if answer is not None and answer.is_defined_in(cell.source):
            own = new_code_cell(cell.source.replace(each.cell.source, "").rstrip() + "\n")
            cells.insert(_place_of(cells, cell), own)
            notes.append(_("{name} had an answer in it, which was kept").format(name=each.name))


def _remove_foreign_metadata(cells: Sequence[NotebookNode], names: set[str], notes: list[str]) -> None:
    """Remove nbgrader's metadata from cells of other assignments."""
    for cell in cells:
        name = grade_id(cell)
        if "nbgrader" in cell.metadata and name not in names:
            del cell.metadata["nbgrader"]
            notes.append(_("a cell of another assignment: {name}").format(name=shortened(name) or "?"))


def _restore(cells: list[NotebookNode], wanted: WantedCell, all_wanted: Sequence[WantedCell], notes: list[str]) -> None:
    """Make ``wanted`` appear in ``cells`` exactly once, with the metadata of the release."""
    found = [cell for cell in cells if grade_id(cell) == wanted.name]
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
    defining = [cell for cell in found if wanted.is_defined_in(cell.source)]
    full = [cell for cell in defining if not wanted.is_empty_in(cell.source)]
    kept = (full or defining or found)[-1]
    others = [cell for cell in found if cell is not kept]
    for other in others:
        del other.metadata["nbgrader"]
        if not wanted.answer or wanted.is_empty_in(other.source):
            # A copy of a graded cell would only run the check again, and the released text would clear the answer.
            del cells[_place_of(cells, other)]
    if kept.cell_type != wanted.cell.cell_type:
        notes.append(_("{name} was turned into a {kind} cell").format(name=wanted.name, kind=kept.cell_type))
        kept.cell_type = wanted.cell.cell_type
        if kept.cell_type == "code":
            kept.outputs, kept.execution_count = [], None
            kept.source = mended(kept.source) if wanted.limit.allows(kept.source) else kept.source
    kept.metadata["nbgrader"] = copy.deepcopy(wanted.cell.metadata.nbgrader)
    if wanted.answer and wanted.is_empty_in(kept.source) and kept.source and _is_elsewhere(cells, wanted):
        kept.source = ""
        notes.append(_("the answer of {name} was in another cell").format(name=wanted.name))
    if wanted.function and wanted.limit.allows(kept.source) and _is_inside(kept.source, wanted.function):
        notes.append(_("the answer of {name} is inside a class or a function").format(name=wanted.name))
    if not wanted.answer:
        kept.source = wanted.cell.source
        _behind_its_answer(cells, kept, wanted, all_wanted, notes)


def _is_inside(source: str, function: str) -> bool:
    """Return whether code defines a function only within a class or another function, where it cannot be called."""
    tree = parsed(source)
    if tree is None or f"global {function}" in source:
        return False
    defined = False
    left: list[tuple[ast.AST, bool]] = [(statement, False) for statement in tree.body]
    while left:
        node, inside = left.pop()
        if isinstance(node, ast.FunctionDef) and node.name == function:
            if not inside:
                return False
            defined = True
        inside = inside or isinstance(node, ast.ClassDef | ast.FunctionDef)
        left += [
            (each, inside)
            for each in ast.iter_child_nodes(node)
            if isinstance(each, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]
    return defined


def _is_elsewhere(cells: Sequence[NotebookNode], wanted: WantedCell) -> bool:
    """Return whether another cell has the answer: two cells were merged, or the learner added a cell."""
    return any(grade_id(cell) != wanted.name and wanted.is_answered_in(cell) for cell in cells)


def _restore_imports(cells: list[NotebookNode], released: NotebookNode, notes: list[str]) -> None:
    """Put the released imports at the top if they are missing or come after the first answer.

    In the learner's kernel, they had been run before the cell was deleted or moved.
    """
    first = next((place for place, cell in enumerate(released.cells) if grade_id(cell)), 0)
    given = [cell.source for cell in released.cells[:first] if cell.cell_type == "code" and _is_import(cell.source)]
    own = next((place for place, cell in enumerate(cells) if grade_id(cell)), 0)
    there = {line.strip() for cell in cells[: own + 1] if cell.cell_type == "code" for line in cell.source.split("\n")}
    lost = [source for source in given if not {line.strip() for line in source.split("\n")} <= there | {""}]
    if lost:
        cells.insert(0, new_code_cell("\n".join(lost)))
        notes.append(_("the released imports were missing at the top"))


def _is_import(source: str) -> bool:
    tree = parsed(source)
    return tree is not None and all(isinstance(each, ast.Import | ast.ImportFrom) for each in tree.body)


def _without_metadata(
    cells: Sequence[NotebookNode], wanted: WantedCell, *, foreign: bool = False
) -> NotebookNode | None:
    """Find the submitted cell that is ``wanted`` but has lost its metadata, by its id, text, or defined name.

    With ``foreign``, cells with the metadata of another assignment are considered, too.
    """
    free = [cell for cell in cells if foreign or "nbgrader" not in cell.metadata]
    code = [cell for cell in free if cell.cell_type == "code"]
    by_id = [cell for cell in free if cell.id == wanted.cell.get("id")]
    by_text = [cell for cell in free if wanted.is_text_of(cell.source)]
    if not wanted.answer:
        return next(iter([*by_text, *by_id]), None)
    defining = [cell for cell in code if wanted.is_defined_in(cell.source)]
    return next(iter([*by_id, *reversed(defining), *by_text]), None)


def _place(cells: Sequence[NotebookNode], wanted: WantedCell, all_wanted: Sequence[WantedCell]) -> int:
    """Return the position for a missing cell: after the nearest preceding released cell that exists."""
    before = [each.name for each in all_wanted[: all_wanted.index(wanted)]]
    positions = {grade_id(cell): position for position, cell in enumerate(cells)}
    if not wanted.answer and (last := _last_definition(cells, wanted, all_wanted)) is not None:
        return last + 1
    place = next((positions[name] + 1 for name in reversed(before) if name in positions), None)
    return len(cells) if place is None else place


def _last_definition(cells: Sequence[NotebookNode], wanted: WantedCell, all_wanted: Sequence[WantedCell]) -> int | None:
    """Return the position of the last cell that defines the answer which precedes ``wanted`` in the release."""
    answer = answer_before(wanted, all_wanted)
    if answer is None:
        return None
    defining = [
        position
        for position, cell in enumerate(cells)
        if grade_id(cell) == answer.name or (cell.cell_type == "code" and answer.is_defined_in(cell.source))
    ]
    # Ignore later cells that repeat the stub or clear the value: the learner's check did not see them.
    full = [position for position in defining if not answer.is_empty_in(cells[position].source)]
    return max(full or defining, default=None)


def _behind_its_answer(
    cells: list[NotebookNode],
    kept: NotebookNode,
    wanted: WantedCell,
    all_wanted: Sequence[WantedCell],
    notes: list[str],
) -> None:
    """Move a graded cell after the answer that it grades if the answer comes later.

    Of an answer above and one below, the one counts that the learner's own check saw last.
    """
    answer, last = answer_before(wanted, all_wanted), _last_definition(cells, wanted, all_wanted)
    position = _place_of(cells, kept)
    if answer is None or last is None or last < position:
        return
    note = _("{name} was above its answer")
    if any(answer.is_answered_in(cell) for cell in cells[:position]):
        below = [place for place in range(position, len(cells)) if answer.is_answered_in(cells[place])]
        seen = [place for place in below if not _ran_after(cells[place], kept)]
        note = _("{name} has an answer above it and another one below, which counts")
        if not seen:
            note = _("{name} has an answer above it, which counts, and another one below, which was run after it")
        last = max(seen, default=-1)
    if last > position:
        cells.insert(last + 1, kept)
        del cells[position]
    notes.append(note.format(name=wanted.name))


def _ran_after(cell: NotebookNode, other: NotebookNode) -> bool:
    """Return whether the learner ran a cell after another one; False if their numbers do not tell."""
    first, second = other.get("execution_count"), cell.get("execution_count")
    return first is not None and second is not None and bool(first < second)
