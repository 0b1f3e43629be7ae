"""nbgrader preprocessors: what the kit adds to ``generate_assignment`` by configuration."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum, Unicode

from autograde import notebooks
from autograde.settings import LANGUAGES


class OneLanguage(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes one language out of a bilingual notebook, before anything else looks at it."""

    language = Enum(LANGUAGES, LANGUAGES[0], help="The language of the learners.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook without the other language's cells."""
        return notebooks.one_language(nb, self.language), resources


class NoBareStub(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes nbgrader's stub for a solution out of cells whose answer is a value and no function.

    A function's stub raises when the function is called. At the top of a cell, or in the text of a script, it would
    raise when the cell runs: "Run all" on a fresh release is to raise nothing. There the template above it (a
    dictionary's names with ``...``, an empty script) says what to fill in. Comes after ``ClearSolutions``.
    """

    stub = Unicode("", help="The stub that ClearSolutions puts in; its comment stays where more code follows it.").tag(
        config=True
    )

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """The cell without a stub at the left margin."""
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
        """The notebook in canonical form."""
        return nbformat.reads(notebooks.canonical(nb), as_version=4), resources
