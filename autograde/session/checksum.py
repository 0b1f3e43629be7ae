"""Compute checksums that distinguish unchanged files of the kit in a workspace from files that the learner changed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.files import sha256


def checksum(path: Path, expected: str | None) -> str:
    """Return the SHA-256 of a file, or of the canonical form of a notebook that was opened but not run.

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
