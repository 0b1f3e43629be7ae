"""Checksums that tell whether a file of the kit was changed in a workspace or a course, and their manifest."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

from autograde.errors import UnusableNotebook
from autograde.files import sha256, write_file


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


def read_manifest(path: Path) -> dict[str, str]:
    """Return the path and SHA-256 of each file that the kit wrote.

    Without a readable manifest, it is empty, so that every file counts as changed and is kept.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def write_manifest(path: Path, manifest: Mapping[str, str]) -> None:
    """Save the path and SHA-256 of each file that the kit wrote."""
    write_file(path, json.dumps(manifest, indent=1, sort_keys=True).encode())
