"""Compute checksums that tell whether a file of the kit was changed, in a learner's workspace or a course."""

from __future__ import annotations

import contextlib
from copy import deepcopy
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.files import sha256


def checksum(path: Path, expected: str | None) -> str:
    """Return the SHA-256 of a file, or ``expected`` for a notebook that was opened or run but not edited.

    JupyterLab rewrites the metadata of every notebook that it opens, and running a notebook adds outputs, execution
    counts, the state of widgets and an empty cell after the last one.

    Args:
        path: the file.
        expected: the checksum of the kit's version.
    """
    found = sha256(path.read_bytes())
    if found != expected and path.suffix == ".ipynb":
        from autograde import notebooks

        with contextlib.suppress(UnusableNotebook):
            notebook = deepcopy(notebooks.read(path))
            while (canonical := sha256(notebooks.canonical(notebook).encode())) != expected:
                if not notebook.cells or notebook.cells[-1].source.strip():
                    return found
                notebook.cells.pop()
            return canonical
    return found
