"""Extend stock ``nbgrader autograde``: repair submissions, and continue after a kernel has died."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from functools import cache
from glob import escape, glob
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters import Autograde, base
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import Execute

from autograde.errors import UnusableNotebook
from autograde.files import write_file
from autograde.grading.submissions.notebook_files import find, has_answers
from autograde.grading.submissions.notebook_names import name_notebook, read_file
from autograde.grading.submissions.submitted_files import read_files, read_with_checkpoints
from autograde.i18n import messages
from autograde.notebooks import read as read_notebook
from autograde.notebooks.reading import LARGEST
from autograde.notebooks.repairing import repair

_ = messages("cli")


class RepairingExporter(NotebookExporter):
    """Repairs submissions with :func:`autograde.notebooks.repairing.repair`; exports others unchanged."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **named: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Export the notebook in ``filename``.

        Raises:
            UnusableNotebook: the submission cannot be read; nbgrader continues with the next learner.
        """
        converter: Any = self.parent
        if resources is None or not getattr(converter, "_sanitizing", False):
            return super().from_filename(filename, resources, **named)
        course, assignment = converter.coursedir, resources["nbgrader"]["assignment"]
        folder = Path(course.format_path(course.release_directory, ".", assignment))
        name = resources["nbgrader"]["notebook"]
        released = read_notebook(folder / f"{name}.ipynb")
        chosen, content = _handed_in(Path(filename), released, course.ignore)
        if chosen != Path(filename).name:
            converter.log.warning("%s: %s", filename, _("found in {name}").format(name=chosen))
        repaired = repair(content, released)
        for note in repaired.notes:
            converter.log.warning(_("Repaired in {file}: {note}").format(file=filename, note=note))
        exported: Any = super()
        return exported.from_notebook_node(repaired.notebook, resources, **named)  # type: ignore[no-any-return]


def _handed_in(path: Path, released: NotebookNode, ignored: Sequence[str]) -> tuple[str, bytes]:
    """Return the name and the bytes of the notebook to grade: ``path``, or the copy that the learner worked in.

    ``autograde grade`` makes the same choice, so that both give the same grades.

    Raises:
        OSError: the notebook cannot be read.
        UnusableNotebook: it is not an ordinary file, or too large, or several others have answers instead.
    """
    there = os.path.lexists(path)
    content = read_file(path, LARGEST) if there else b""
    # An instructor's own assignment may have several notebooks, none of which replaces another.
    if path.stem == path.parent.name:
        try:
            files, everything = read_with_checkpoints(path.parent, ignored)
        except (OSError, UnusableNotebook):
            # Do not search among too many or unreadable files.
            return path.name, content
        name, found = find(path.stem, everything, files.refused, released) or (path.name, None)
        return (path.name, content) if found is None else (name, found)
    return path.name, content


@cache
def read_as_autograde_grade_does() -> None:
    """Make ``nbgrader autograde`` read submissions in folders and archives, and no links, in this process.

    It looks for notebooks, and copies the other files, before it uses anything that a configuration can replace.
    """
    stock, stock_copy, stock_files = Autograde.init_notebooks, Autograde.init_assignment, base.find_all_files

    def init_notebooks(converter: Any) -> None:
        course = converter.coursedir
        inside: dict[str, list[str]] = {}
        for folder in glob(course.format_path(course.submitted_directory, course.student_id, course.assignment_id)):
            name = os.path.basename(folder)
            released = Path(course.format_path(course.release_directory, ".", name), f"{name}.ipynb")
            if not glob(os.path.join(escape(folder), "*.ipynb")) and _is_inside(Path(folder), released, course.ignore):
                inside[folder] = [os.path.join(folder, released.name)]
        with suppress(NbGraderException) if inside else nullcontext():
            stock(converter)
        converter.assignments |= inside
        for folder in [each for each in converter.assignments if "\n" in each]:
            # nbgrader stops at such a name.
            converter.log.error(_("{name}: nbgrader cannot grade a folder with this name.").format(name=repr(folder)))
            del converter.assignments[folder]

    def init_assignment(converter: Any, assignment: str, student: str) -> None:
        try:
            base.find_all_files = ordinary_files
            stock_copy(converter, assignment, student)
        finally:
            base.find_all_files = stock_files

    def ordinary_files(folder: str, exclude: Sequence[str]) -> list[str]:
        # A link is followed with the instructor's rights, and its text would be in the feedback; a pipe never ends.
        return [each for each in stock_files(folder, exclude) if stat.S_ISREG(os.lstat(each).st_mode)]

    Autograde.init_notebooks, Autograde.init_assignment = init_notebooks, init_assignment


def _is_inside(folder: Path, released: Path, ignored: Sequence[str]) -> bool:
    """Return whether a submission without a notebook in its folder has a usable one elsewhere."""
    try:
        book = read_notebook(released)
        _name, content = _handed_in(folder / released.name, book, ignored)
    except (OSError, UnusableNotebook):
        return False
    return has_answers(content, book) is not None


def recognise_renamed(released: Path, notebooks: list[str], assignment: str, student: str) -> None:
    """Copy a renamed submission to the name that nbgrader expects; nbgrader's ``pre_convert_hook``.

    Args:
        released: the folder with the released assignments.
        notebooks: the paths of the submission's notebooks; the copy is added.
        assignment: pattern of the assignments that are graded; not used.
        student: pattern of the learners that are graded; not used.
    """
    if not notebooks or not os.path.lexists(notebooks[0]):
        return
    folder = Path(notebooks[0]).parent
    copy = name_notebook(folder) or _name_by_content(folder, released / folder.name / f"{folder.name}.ipynb")
    if copy is not None:
        notebooks.append(str(copy))


def _name_by_content(folder: Path, released: Path) -> Path | None:
    """Copy the notebook with the assignment's exercises if no file name identifies it; return the copy."""
    expected = folder / released.name
    if os.path.lexists(expected) or not released.is_file():
        return None
    try:
        files = read_files(folder, ())
        _name, content = find(folder.name, files.content, files.refused, read_notebook(released)) or ("", None)
        if content is None:
            return None
        write_file(expected, content)
    except (OSError, UnusableNotebook):
        return None
    return expected


class SurvivingExecute(Execute):  # type: ignore[misc]
    """Runs a notebook; if a cell kills the kernel, runs the notebook again without that cell."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook, and again after each cell that kills the kernel."""
        self._deadly: set[int] = set()
        while True:
            self._running = -1
            try:
                return super().preprocess(nb, resources, km)  # type: ignore[no-any-return]
            except DeadKernelError:
                if self._running in self._deadly:
                    raise
                self._deadly.add(self._running)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell, or give it an error output if it killed an earlier kernel."""
        if index in self._deadly:
            what = _("This cell ended the whole Python process. It was left out, and the others were run again.")
            error = {"output_type": "error", "ename": "KernelDied", "evalue": what, "traceback": [what]}
            cell.outputs, cell.execution_count = [NotebookNode(error)], None
            return cell, resources
        self._running = index
        return super().preprocess_cell(cell, resources, index)  # type: ignore[no-any-return]
