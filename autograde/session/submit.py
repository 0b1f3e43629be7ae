"""``autograde submit``: the notebook to hand in, checked and put where it is easy to find."""

from __future__ import annotations

import re
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
from autograde.session.workspace import EXERCISES
from autograde.settings import KIT, LANGUAGES

_ = messages("cli")

#: Inside a workspace: where the files to hand in are put.
FOLDER = "to-hand-in"

#: Bytes that a notebook may have: graders open hundreds of them.
LARGEST = 5_000_000

#: What nbgrader writes about a cell and needs again when it grades it.
_NEEDED = ("cell_type", "grade", "locked", "points", "schema_version", "solution", "task")


@dataclass(frozen=True)
class Submission:
    """A notebook that is ready to be handed in.

    Attributes:
        file: where it is.
        source: the learner's notebook, of which it is a copy.
        saved: when that was saved last.
        tasks: how many answers the assignment asks for.
        unanswered: the tasks that are as they were released, by the heading above each.
    """

    file: Path
    source: Path
    saved: datetime
    tasks: int
    unanswered: tuple[str, ...]


def assignments(workspace: Path) -> list[str]:
    """The assignments in ``workspace``, for example ``2.6-load-the-downloaded-model``."""
    return sorted(
        folder.name for folder in (workspace / EXERCISES).glob("*") if (folder / f"{folder.name}.ipynb").is_file()
    )


def submit(workspace: Path, wanted: str, kit: Path = KIT) -> Submission:
    """Check the notebook of an assignment and copy it to ``to-hand-in``.

    Args:
        workspace: the learner's folder.
        wanted: the assignment or its section: ``"2.6"``.
        kit: the folder that holds release/.

    Returns:
        The file to hand in, and what is still unanswered in it.

    Raises:
        NotReady: there is no such assignment here, nothing in it is answered, it is too large, or cells that grading
            needs are missing.
        UnusableNotebook: the notebook cannot be read.
    """
    name = _assignment(workspace, wanted)
    path = workspace / EXERCISES / name / f"{name}.ipynb"
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise NotReady(
            _("{path} has {size} MB; {largest} MB is the most that can be handed in.").format(
                path=path, size=round(len(content) / 1e6, 1), largest=round(LARGEST / 1e6)
            ),
            _("In JupyterLab, choose Edit > Clear Outputs of All Cells, save, then try again."),
        )
    notebook = _read(path)
    released = _released(kit, name, notebook)
    _check_cells(path, notebook, released, section=name.partition("-")[0])
    unanswered = tuple(_unanswered(notebook, released))
    tasks = sum(1 for cell in released.cells if _mark(cell).get("solution"))
    if len(unanswered) == tasks:
        raise NotReady(
            _("Nothing is answered in {path}: it is the exercise as you got it.").format(path=path),
            _("Write your answers, save with Ctrl-S, then try again."),
        )
    file = workspace / FOLDER / f"{name}.ipynb"
    write_file(file, content)
    saved = datetime.fromtimestamp(path.stat().st_mtime)
    return Submission(file=file, source=path, saved=saved, tasks=tasks, unanswered=unanswered)


def _assignment(workspace: Path, wanted: str) -> str:
    known = assignments(workspace)
    if not known:
        raise NotReady(
            _("There are no exercises in {folder}.").format(folder=workspace),
            _("Name your folder: autograde submit {wanted} --workspace FOLDER").format(wanted=wanted),
        )
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
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        reason = (str(error).splitlines() or ["?"])[0]
        raise UnusableNotebook(
            _("{path} cannot be read as a notebook: {reason}").format(path=path, reason=reason),
            _("Open it in JupyterLab and save it again, or start afresh: autograde learn --reset {section}").format(
                section=path.stem.partition("-")[0]
            ),
        ) from error
    return notebook


def _released(kit: Path, name: str, notebook: Any) -> Any:
    """The released exercise in the language of the learner's notebook: the one that shares most of its cells."""
    files = (kit / "release" / language / name / f"{name}.ipynb" for language in LANGUAGES)
    found = [_read(file) for file in files if file.is_file()]
    if not found:
        raise NotReady(
            _("The kit in {folder} has no exercise {name}.").format(folder=kit, name=name),
            _("Take the kit that your exercise came from, and type the command there."),
        )
    sources = {cell.source for cell in notebook.cells}
    return max(found, key=lambda released: sum(cell.source in sources for cell in released.cells))


def _mark(cell: Any) -> dict[str, Any]:
    found = cell.metadata.get("nbgrader", {})
    return dict(found) if isinstance(found, dict) else {}


def _check_cells(path: Path, notebook: Any, released: Any, section: str) -> None:
    """Find every cell that nbgrader grades, once and with the metadata that it was released with.

    Raises:
        NotReady: one is missing, is there twice, or lost its metadata.
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
            what = _("The cell {cell} is missing from {path}, and without it nothing can be graded there.")
        elif len(found) > 1:
            what = _("The cell {cell} is {count} times in {path}; grading needs it once.")
        elif any(found[0].get(key) != wanted.get(key) for key in _NEEDED):
            what = _("The cell {cell} of {path} lost what nbgrader needs to grade it.")
        else:
            continue
        raise NotReady(
            what.format(cell=identity, path=path, count=len(found)),
            _(
                "Take a fresh copy with autograde learn --reset {section}, and copy your answers into it; yours is "
                "kept beside it. A cell that was copied by accident can simply be deleted."
            ).format(section=section),
        )


def _unanswered(notebook: Any, released: Any) -> Iterator[str]:
    """The heading above each task whose answer is as it was released."""
    answers = {_mark(cell).get("grade_id"): _bare(cell.source) for cell in notebook.cells}
    heading = ""
    for cell in released.cells:
        if cell.cell_type == "markdown" and (found := re.search(r"^#+ +(.+)$", cell.source, re.MULTILINE)):
            heading = found[1]
        mark = _mark(cell)
        if mark.get("solution") and answers.get(mark["grade_id"]) == _bare(cell.source):
            yield heading or str(mark["grade_id"])


def _bare(source: str) -> str:
    """Code without blank lines and blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in source.splitlines() if line.strip())


def find_folder(workspace: Path) -> Path:
    """The workspace that this process works in, where it works in one; otherwise ``workspace``."""
    return find_workspace(Path.cwd()) or workspace.absolute()
