"""``autograde submit``: check a notebook, and copy it to a folder for handing in."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from autograde import notebooks
from autograde.errors import NotReady, UnusableNotebook
from autograde.exercises.best_verdicts import find_workspace
from autograde.files import write_file
from autograde.i18n.translation import messages
from autograde.notebooks.answer_code import parsed
from autograde.notebooks.reading import SubmittedNotebook, read_submission
from autograde.notebooks.repairing import repair
from autograde.notebooks.wanted_cells import answered_cells, grade_id
from autograde.session.workspace import EXERCISES
from autograde.settings import KIT, LANGUAGES

_ = messages("cli")

#: Folder in a workspace for the files to hand in.
FOLDER = "to-hand-in"

#: Largest notebook in bytes.
LARGEST = 5_000_000


@dataclass(frozen=True)
class CheckedNotebook:
    """A notebook that is ready to be handed in.

    Attributes:
        file: the copy to hand in.
        source: the learner's notebook.
        saved: when it was last saved.
        tasks: number of tasks in the assignment.
        unanswered: headings of the tasks without an answer.
        notes: what grading notes, mostly what it repairs: a copied cell, or an answer in another cell.
        empty_fields: names of the fields that still have three dots, in tasks that have an answer.
        stopped: headings of the tasks whose answer stopped with an error when its cell was last run, with the error.
    """

    file: Path
    source: Path
    saved: datetime
    tasks: int
    unanswered: tuple[str, ...]
    notes: tuple[str, ...]
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
        NotReady: the assignment does not exist, has no answers, or is too large.
        UnusableNotebook: the notebook cannot be read, or is not of this assignment.
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
    repaired, released = _repaired(path, content, kit)
    answered = answered_cells(repaired.notebook, released)
    tasks = list(_tasks(released))
    if not answered:
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
        tasks=len(tasks),
        unanswered=tuple(heading for heading, name in tasks if name not in answered),
        notes=repaired.notes,
        empty_fields=tuple(_empty_fields(repaired.notebook, answered)),
        stopped=tuple(_stopped(content, tasks)),
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


def _repaired(path: Path, content: bytes, kit: Path) -> tuple[SubmittedNotebook, NotebookNode]:
    """Repair a notebook as grading does; return it with the released one."""
    try:
        released = _released(kit, path.stem, read_submission(content).notebook)
        return repair(content, released), released
    except UnusableNotebook as error:
        raise UnusableNotebook(
            _("{path} cannot be read as a notebook: {reason}").format(path=path, reason=error.what),
            _("Open it in JupyterLab and save it again, or get a fresh copy: autograde learn --reset {section}").format(
                section=path.stem.partition("-")[0]
            ),
        ) from error


def _released(kit: Path, name: str, notebook: NotebookNode) -> NotebookNode:
    """Return the released exercise in the language of the learner's notebook, found by the cells that both have."""
    files = (kit / "release" / language / name / f"{name}.ipynb" for language in LANGUAGES)
    found = [notebooks.read(file) for file in files if file.is_file()]
    if not found:
        raise NotReady(
            _("The kit in {folder} has no exercise {name}.").format(folder=kit, name=name),
            _("Run the command in the kit that your exercise is from."),
        )
    sources = {cell.source for cell in notebook.cells}
    return max(found, key=lambda released: sum(cell.source in sources for cell in released.cells))


def _tasks(released: NotebookNode) -> Iterator[tuple[str, str]]:
    """Yield the heading of each task, and the name of the cell for its answer."""
    heading = ""
    for cell in released.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE)):
            heading = found[1]
        if cell.metadata.get("nbgrader", {}).get("solution"):
            yield heading or grade_id(cell), grade_id(cell)


def _stopped(content: bytes, tasks: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield heading and error of each answer that stopped with an error, as its saved output says."""
    errors = dict(_errors(content))
    for heading, name in tasks:
        if error := errors.get(name):
            yield heading, error


def _errors(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the name of each cell that has a saved error, and the error's name; nothing for a damaged notebook."""
    try:
        book = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return
    for cell in book.get("cells", []) if isinstance(book, dict) else []:
        match cell:
            case {"metadata": {"nbgrader": {"grade_id": str(name)}}, "outputs": [*outputs]}:
                for output in outputs:
                    match output:
                        case {"output_type": "error", "ename": str(error)}:
                            yield name, error


def _empty_fields(notebook: NotebookNode, answered: Set[str]) -> Iterator[str]:
    """Yield the names of the fields that are still ``...`` in a dictionary that was partly filled in."""
    for cell in notebook.cells:
        code = parsed(cell.source) if grade_id(cell) in answered else None
        for each in () if code is None else ast.walk(code):
            if isinstance(each, ast.Dict):
                for key, value in zip(each.keys, each.values, strict=True):
                    is_empty = isinstance(value, ast.Constant) and value.value is ...
                    if is_empty and isinstance(key, ast.Constant):
                        yield str(key.value)


def find_folder(workspace: Path) -> Path:
    """Return the workspace that contains the current folder; otherwise ``workspace``."""
    return find_workspace(Path.cwd()) or workspace.absolute()
