"""Configure nbgrader's ``generate_assignment``, which makes learners' notebooks: the kit's preprocessors and the stub.

Used by the course's nbgrader and by release builds, which therefore make the same notebooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Enum, Unicode
from traitlets.config import Config

from autograde import notebooks
from autograde.settings import LANGUAGES

#: Replaces the solution in learners' notebooks. It raises, so that a missing answer is recognised.
CODE_STUB = "# YOUR CODE HERE / 在这里写代码\nraise NotImplementedError()"


def configure(config: Config, root: Path, language: str) -> None:
    """Set what decides the notebooks that the course in ``root`` releases in a language.

    ``source/`` stays bilingual. Learners' notebooks are written to ``release/<language>``.
    """
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "huggingface-hub"
    config.CourseDirectory.release_directory = f"release/{language}"
    # release/ is in git, so it always exists: without this, the assignment would never enter the gradebook.
    config.GenerateAssignment.force = True
    usual = GenerateAssignment.class_traits()["preprocessors"].default()
    config.GenerateAssignment.preprocessors = [OneLanguage, *_with_no_bare_stub(usual), Canonical]
    config.OneLanguage.language = language
    config.ClearSolutions.code_stub = {"python": CODE_STUB}
    config.NoBareStub.stub = CODE_STUB


def _with_no_bare_stub(usual: Sequence[type]) -> list[type]:
    """Return nbgrader's default preprocessors with ours after the removal of solutions and before the checksums."""
    place = usual.index(ClearSolutions) + 1
    return [*usual[:place], NoBareStub, *usual[place:]]


class OneLanguage(NbGraderPreprocessor):  # type: ignore[misc]
    """Reduces a bilingual notebook to one language, before any other preprocessor runs."""

    language = Enum(LANGUAGES, LANGUAGES[0], help="The language of the learners.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook without the other language's cells."""
        return notebooks.one_language(nb, self.language), resources


class NoBareStub(NbGraderPreprocessor):  # type: ignore[misc]
    """Removes nbgrader's solution stub from cells whose answer is a value instead of a function.

    A stub in a function raises when the function is called. At the top level of a cell, or in the text of a script, it
    would raise when the cell runs, but "Run all" on a fresh release must not fail. In these cells the template above
    the stub (a dictionary with ``...`` as values, an empty script) shows what to fill in. Runs after
    ``ClearSolutions``.
    """

    stub = Unicode("", help="The stub that ClearSolutions puts in; its comment stays where more code follows it.").tag(
        config=True
    )

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the cell without a stub at the left margin."""
        if cell.cell_type == "code" and utils.is_solution(cell):
            lines, stub = cell.source.split("\n"), self.stub.split("\n")
            for place in range(len(lines) - len(stub), -1, -1):
                if lines[place : place + len(stub)] == stub:
                    after = lines[place + len(stub) :]
                    comment = [line for line in stub if line.startswith("#")] if any(map(str.strip, after)) else []
                    lines[place : place + len(stub)] = comment
            cell.source = "\n".join(lines).rstrip("\n")
        return cell, resources


class Canonical(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the learners' notebook into the kit's canonical form: the same bytes on every build."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook in canonical form."""
        return nbformat.reads(notebooks.canonical(nb), as_version=4), resources
