"""Find the kit's notebook that a kernel runs, and its language.

A kernel does not know its notebook, only the folder in which it was started.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from autograde import settings
from autograde.session.languages import workspace_language

#: The notebook's folder: kernels start there, and this module is imported before any code changes the folder.
START = Path.cwd()

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def notebook_of_the_kit(folder: Path) -> Path | None:
    """Return a notebook in ``folder`` that uses the kit; None if there is none."""
    return next((path for path in sorted(folder.glob("*.ipynb")) if any(course_cells(path))), None)


def course_cells(path: Path) -> Iterator[str]:
    """Yield the code of a notebook's cells; nothing if the notebook does not use the kit."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    if any(re.search(r"(?m)^(from|import) autograde\b", each) for each in code):
        yield from code


def language(notebook: Path) -> str:
    """Return the language of a notebook in plain Jupyter, where ``AUTOGRADE_LANGUAGE`` is not set."""
    if "AUTOGRADE_LANGUAGE" in settings.environment():
        return settings.language()
    # An exercise is two folders below the workspace.
    chosen = next(filter(None, map(workspace_language, notebook.parents[:3])), None)
    return chosen or ("zh" if _CHINESE.search(notebook.read_text(encoding="utf-8")) else "en")
