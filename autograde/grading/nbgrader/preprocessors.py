"""nbgrader preprocessors that the kit adds to ``generate_assignment``."""

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
