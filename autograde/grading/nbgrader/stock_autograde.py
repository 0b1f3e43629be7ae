"""What the kit puts into stock ``nbgrader autograde`` by configuration: repairs, and a kernel that may die."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute

from autograde import notebooks
from autograde.grading.submissions.notebook_names import name_notebook, read_file
from autograde.grading.submissions.reading import LARGEST
from autograde.grading.submissions.repairing import repair
from autograde.i18n import messages

_ = messages("cli")


class RepairingExporter(NotebookExporter):
    """Reads a submission through :func:`autograde.grading.submissions.repairing.repair`; other notebooks as usual."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **named: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Export the notebook in ``filename``.

        Raises:
            UnusableNotebook: the submission cannot be read; nbgrader goes on with the next learner.
        """
        converter: Any = self.parent
        if resources is None or not getattr(converter, "_sanitizing", False):
            return super().from_filename(filename, resources, **named)
        course, assignment = converter.coursedir, resources["nbgrader"]["assignment"]
        folder = Path(course.format_path(course.release_directory, ".", assignment))
        name = resources["nbgrader"]["notebook"]
        repaired = repair(read_file(Path(filename), LARGEST), notebooks.read(folder / f"{name}.ipynb"))
        for note in repaired.notes:
            converter.log.warning(_("Repaired in {file}: {note}").format(file=filename, note=note))
        exported: Any = super()
        return exported.from_notebook_node(repaired.notebook, resources, **named)  # type: ignore[no-any-return]


def recognise_renamed(notebooks: list[str], assignment: str, student: str) -> None:
    """Copy a renamed submission to the name that nbgrader expects; nbgrader's ``pre_convert_hook``.

    Args:
        notebooks: the paths of the submission's notebooks; the copy is added.
        assignment: pattern of the assignments that are graded; not used.
        student: pattern of the learners that are graded; not used.
    """
    if not notebooks:
        return
    if (copy := name_notebook(Path(notebooks[0]).parent)) is not None:
        notebooks.append(str(copy))


class SurvivingExecute(Execute):  # type: ignore[misc]
    """Runs a notebook; a cell that kills the kernel costs itself, and the notebook is run again without it."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook, once more after each cell that killed the kernel."""
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
        """Run one cell; one that killed a kernel before gets an error instead."""
        if index in self._deadly:
            what = _("This cell ended the whole Python process. It was left out, and the others were run again.")
            error = {"output_type": "error", "ename": "KernelDied", "evalue": what, "traceback": [what]}
            cell.outputs, cell.execution_count = [NotebookNode(error)], None
            return cell, resources
        self._running = index
        return super().preprocess_cell(cell, resources, index)  # type: ignore[no-any-return]
