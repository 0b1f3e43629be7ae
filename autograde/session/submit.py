"""``autograde submit``: check a notebook, and copy it to a folder for handing in."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from autograde.errors import NotReady, UnusableNotebook
from autograde.exercises.best_verdicts import find_workspace
from autograde.files import write_file
from autograde.i18n.translation import messages
from autograde.notebooks.answer_code import defines_answer, does_nothing, last_defined, parsed
from autograde.session.workspace import EXERCISES
from autograde.settings import KIT, LANGUAGES

_ = messages("cli")

#: Folder in a workspace for the files to hand in.
FOLDER = "to-hand-in"

#: Largest notebook in bytes.
LARGEST = 5_000_000

#: Metadata of a cell that nbgrader needs for grading.
_NEEDED = ("cell_type", "grade", "locked", "points", "schema_version", "solution", "task")


@dataclass(frozen=True)
class CheckedNotebook:
    """A notebook that is ready to be handed in.

    Attributes:
        file: the copy to hand in.
        source: the learner's notebook.
        saved: when it was last saved.
        tasks: number of tasks in the assignment.
        unanswered: headings of the tasks without an answer.
        elsewhere: headings of the tasks answered in a different cell, which grading also accepts.
        empty_fields: names of the fields that still have three dots, in tasks that have an answer.
        stopped: headings of the tasks whose answer stopped with an error when its cell was last run, with the error.
    """

    file: Path
    source: Path
    saved: datetime
    tasks: int
    unanswered: tuple[str, ...]
    elsewhere: tuple[str, ...]
    empty_fields: tuple[str, ...]
    stopped: tuple[tuple[str, str], ...]


def assignments(workspace: Path) -> list[str]:
    """Return the assignments in ``workspace``, for example ``2.6-load-the-downloaded-model``.

    Raises:
        NotReady: there are none.
    """
    found = sorted(
        folder.name for folder in (workspace / EXERCISES).glob("*") if (folder / f"{folder.name}.ipynb").is_file()
    )
    if not found:
        raise NotReady(
            _("There are no exercises in {folder}.").format(folder=workspace),
            _("Go to the folder in which you typed autograde learn, or add --workspace FOLDER."),
        )
    return found


def submit(workspace: Path, wanted: str, kit: Path = KIT) -> CheckedNotebook:
    """Check the notebook of an assignment and copy it to ``to-hand-in``.

    Args:
        workspace: the learner's folder.
        wanted: the assignment or its section: ``"2.6"``.
        kit: the folder that holds release/.

    Returns:
        The file to hand in, and the tasks without an answer.

    Raises:
        NotReady: the assignment does not exist, has no answers, is too large, or lacks cells that grading needs.
        UnusableNotebook: the notebook cannot be read.
    """
    name = _assignment(workspace, wanted)
    path = workspace / EXERCISES / name / f"{name}.ipynb"
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise NotReady(
            _("{path} is {size} MB; the limit is {largest} MB.").format(
                path=path, size=round(len(content) / 1e6, 1), largest=round(LARGEST / 1e6)
            ),
            _("In JupyterLab, choose Edit > Clear Outputs of All Cells, save, and try again."),
        )
    notebook = _read(path)
    released = _released(kit, name, notebook)
    _check_cells(path, notebook, released, section=name.partition("-")[0])
    empty = [(heading, _is_elsewhere(notebook, cell)) for heading, cell in _unanswered(notebook, released)]
    elsewhere = tuple(heading for heading, is_elsewhere in empty if is_elsewhere)
    unanswered = tuple(heading for heading, is_elsewhere in empty if not is_elsewhere)
    tasks = len([*_tasks(released)])
    if len(unanswered) == tasks:
        raise NotReady(
            _("{path} has no answers yet.").format(path=path),
            _("Write your answers, save with Ctrl-S, and try again."),
        )
    file = workspace / FOLDER / f"{name}.ipynb"
    write_file(file, content)
    saved = datetime.fromtimestamp(path.stat().st_mtime)
    return CheckedNotebook(
        file=file,
        source=path,
        saved=saved,
        tasks=tasks,
        unanswered=unanswered,
        elsewhere=elsewhere,
        empty_fields=tuple(_empty_fields(notebook, released)),
        stopped=tuple(_stopped(notebook, released)),
    )


def _assignment(workspace: Path, wanted: str) -> str:
    known = assignments(workspace)
    name = Path(wanted).name.removesuffix(".ipynb")
    for each in known:
        if name in (each, each.partition("-")[0]):
            return each
    raise NotReady(
        _("There is no exercise {wanted} in {folder}.").format(wanted=wanted, folder=workspace),
        _("Choose one of: {choices}.").format(choices=", ".join(each.partition("-")[0] for each in known)),
    )


def _read(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            # nbformat warns about ids that are missing or appear twice, which do not matter here.
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
            nbformat.validate(notebook)
    except Exception as error:  # nbformat fails in many ways on a damaged file
        reason = (str(error).splitlines() or ["?"])[0]
        raise UnusableNotebook(
            _("{path} cannot be read as a notebook: {reason}").format(path=path, reason=reason),
            _("Open it in JupyterLab and save it again, or get a fresh copy: autograde learn --reset {section}").format(
                section=path.stem.partition("-")[0]
            ),
        ) from error
    return notebook


def _released(kit: Path, name: str, notebook: Any) -> Any:
    """Return the released exercise in the language of the learner's notebook, found by the cells that both have."""
    files = (kit / "release" / language / name / f"{name}.ipynb" for language in LANGUAGES)
    found = [_read(file) for file in files if file.is_file()]
    if not found:
        raise NotReady(
            _("The kit in {folder} has no exercise {name}.").format(folder=kit, name=name),
            _("Run the command in the kit that your exercise is from."),
        )
    sources = {cell.source for cell in notebook.cells}
    return max(found, key=lambda released: sum(cell.source in sources for cell in released.cells))


def _mark(cell: Any) -> dict[str, Any]:
    found = cell.metadata.get("nbgrader", {})
    return dict(found) if isinstance(found, dict) else {}


def _check_cells(path: Path, notebook: Any, released: Any, section: str) -> None:
    """Check that each cell that nbgrader grades exists exactly once, with its metadata.

    Raises:
        NotReady: a cell is missing, duplicated, or has lost its metadata.
    """
    marks: dict[str, list[dict[str, Any]]] = {}
    for cell in notebook.cells:
        mark = _mark(cell)
        marks.setdefault(str(mark.get("grade_id", "")), []).append(mark)
    for cell in released.cells:
        wanted = _mark(cell)
        if not wanted:
            continue
        identity = wanted["grade_id"]
        found = marks.get(identity, [])
        if not found:
            what = _("The cell {cell} is missing from {path}; its task can't be graded without it.")
        elif len(found) > 1:
            what = _("The cell {cell} appears {count} times in {path}; grading needs it once.")
        elif any(found[0].get(key) != wanted.get(key) for key in _NEEDED):
            what = _("The cell {cell} of {path} has lost metadata that grading needs.")
        else:
            continue
        raise NotReady(
            what.format(cell=identity, path=path, count=len(found)),
            _(
                "If you copied a cell by accident, delete the copy. Otherwise get a fresh notebook with autograde "
                "learn --reset {section} and copy your answers into it; your old one is kept."
            ).format(section=section),
        )


def _tasks(released: Any) -> Iterator[tuple[str, Any]]:
    """Yield the heading of each task, and the released cell for its answer."""
    heading = ""
    for cell in released.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE)):
            heading = found[1]
        if _mark(cell).get("solution"):
            yield heading or str(_mark(cell)["grade_id"]), cell


def _unanswered(notebook: Any, released: Any) -> Iterator[tuple[str, Any]]:
    """Yield the heading and the released cell of each task whose cell has no answer."""
    answers = {_mark(cell).get("grade_id"): cell.source for cell in notebook.cells}
    for heading, cell in _tasks(released):
        own = answers.get(_mark(cell)["grade_id"], "")
        if _bare(own) == _bare(cell.source) or does_nothing(own, last_defined(cell.source)[0]):
            yield heading, cell


def _is_elsewhere(notebook: Any, released_cell: Any) -> bool:
    """Return whether a task is answered in a different cell, which grading also accepts."""
    name, is_function = last_defined(released_cell.source)
    return any(
        cell.cell_type == "code"
        and defines_answer(cell.source, name, is_function=is_function)
        and _bare(cell.source) != _bare(released_cell.source)
        and not does_nothing(cell.source, name)
        for cell in notebook.cells
    )


def _stopped(notebook: Any, released: Any) -> Iterator[tuple[str, str]]:
    """Yield heading and error of each answer that stopped with an error, as its saved output says."""
    errors = {
        _mark(cell).get("grade_id"): str(output.get("ename", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("output_type") == "error"
    }
    for heading, cell in _tasks(released):
        if error := errors.get(_mark(cell)["grade_id"]):
            yield heading, error


def _empty_fields(notebook: Any, released: Any) -> Iterator[str]:
    """Yield the names of the fields that are still ``...`` in a dictionary that was partly filled in."""
    before = {_mark(cell).get("grade_id"): _bare(cell.source) for cell in released.cells}
    for cell in notebook.cells:
        mark = _mark(cell)
        if not mark.get("solution") or before.get(mark.get("grade_id")) == _bare(cell.source):
            continue
        code = parsed(cell.source)
        if code is None:
            continue  # for example with a shell command
        for each in ast.walk(code):
            if isinstance(each, ast.Dict):
                for key, value in zip(each.keys, each.values, strict=True):
                    is_empty = isinstance(value, ast.Constant) and value.value is ...
                    if is_empty and isinstance(key, ast.Constant):
                        yield str(key.value)


def _bare(source: str) -> str:
    """Return code without blank lines and trailing spaces."""
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip())


def find_folder(workspace: Path) -> Path:
    """Return the workspace that contains the current folder; otherwise ``workspace``."""
    return find_workspace(Path.cwd()) or workspace.absolute()
