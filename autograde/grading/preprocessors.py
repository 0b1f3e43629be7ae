"""nbgrader preprocessors: what the kit adds to ``generate_assignment`` by configuration."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Enum

from autograde import notebooks
from autograde.settings import LANGUAGES


class OneLanguage(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes one language out of a bilingual notebook, before anything else looks at it."""

    language = Enum(LANGUAGES, LANGUAGES[0], help="The language of the learners.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook without the other language's cells."""
        return notebooks.one_language(nb, self.language), resources


class Canonical(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts the learners' notebook into the kit's canonical form: the same bytes on every build."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """The notebook in canonical form."""
        return nbformat.reads(notebooks.canonical(nb), as_version=4), resources
