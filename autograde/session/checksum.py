"""Tell the kit's own files in a workspace from those that the learner changed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.files import sha256


def checksum(path: Path, expected: str | None) -> str:
    """Return the SHA-256 of a file; for a notebook that was opened but not run, that of its canonical form.

    JupyterLab rewrites the metadata of every notebook that it opens.

    Args:
        path: the file.
        expected: the checksum of the kit's version.
    """
    found = sha256(path.read_bytes())
    if found != expected and path.suffix == ".ipynb":
        from autograde import notebooks

        with contextlib.suppress(UnusableNotebook):
            notebook = notebooks.read(path)
            was_run = any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
            canonical = sha256(notebooks.canonical(notebook).encode())
            if canonical == expected and not was_run:
                return canonical
    return found
