"""Create a package with one working question, for an author to change."""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path
from string import Template

from autograde.errors import FolderUnusable
from autograde.settings import KIT

_TEMPLATES = Path(__file__).parent / "templates"

_FUNCTION = re.compile(r"[a-z][a-z0-9_]*")
_SECTION = re.compile(r"[0-9]+(\.[0-9]+)?")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def create(folder: Path, section: str, function: str) -> list[Path]:
    """Create the package in a new folder and return its files.

    Args:
        folder: the new folder. Its name becomes the name of the package and of the assignment.
        section: the number of the new section, for example ``"7.1"``.
        function: the name of the function that learners write.

    Raises:
        FolderUnusable: the folder exists, the kit has this section, or one of the names cannot be used.
    """
    name = folder.name
    if not _NAME.fullmatch(name):
        raise FolderUnusable(
            f"{name!r} cannot be the name of an exercise.", "Use small letters, digits and hyphens: word-count"
        )
    if not _SECTION.fullmatch(section):
        raise FolderUnusable(f"{section!r} is not the number of a section.", "Use a number such as 7 or 7.1.")
    if found := next((KIT / "source").glob(f"{section}-*"), None):
        raise FolderUnusable(
            f"The kit has an exercise for section {section} already: {found.name}.",
            "Choose another number, such as 7.1.",
        )
    if not _FUNCTION.fullmatch(function) or keyword.iskeyword(function):
        raise FolderUnusable(
            f"{function!r} cannot be the name of a function.", "Use small letters, digits and _: count_words"
        )
    if folder.exists():
        raise FolderUnusable(f"{folder} exists already.", "Choose another name, or delete that folder.")
    package, assignment = name.replace("-", "_"), f"{section}-{name}"
    names = {
        "name": name,
        "package": package,
        "section": section,
        "function": function,
        "cell": function.replace("_", "-"),
        "title": name.replace("-", " ").capitalize(),
    }
    files = {
        "pyproject.toml": _filled("pyproject.toml", names),
        f"{package}/__init__.py": f'"""Questions of section {section}."""\n',
        f"{package}/{function}.py": _filled("question.py", names),
        f"{package}/zh.po": _filled("zh.po", names),
        f"source/{assignment}/{assignment}.ipynb": _notebook(names),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return [folder / path for path in files]


def _filled(template: str, names: dict[str, str]) -> str:
    text = (_TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(names)


def _notebook(names: dict[str, str]) -> str:
    """Return the notebook with a cell for each block of the template; a block begins with ``%%``, kind and name."""
    cells = []
    for block in _filled("cells", names).split("%% ")[1:]:
        head, _newline, source = block.partition("\n")
        kind, cell, *tags = head.split()
        metadata: dict[str, object] = {"tags": tags} if tags else {}
        if cell == names["cell"] or cell.startswith("grade-"):
            graded = cell.startswith("grade-")
            metadata["nbgrader"] = {
                "grade": graded,
                "grade_id": cell,
                "locked": graded,
                **({"points": 2} if graded else {}),
                "schema_version": 3,
                "solution": not graded,
                "task": False,
            }
        extra: dict[str, object] = {"execution_count": None, "outputs": []} if kind == "code" else {}
        lines = source.strip("\n").splitlines(keepends=True)
        cells.append({"cell_type": kind, "id": cell, "metadata": metadata, **extra, "source": lines})
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
