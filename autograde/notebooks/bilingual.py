"""Notebooks as files: one language out of a bilingual notebook, the canonical form, and the rules it keeps.

A notebook of the kit is written once for both languages. A cell tagged ``en`` or ``zh`` belongs to one language and
stands beside its neighbour of the other; a cell with neither tag (nearly all code) belongs to both. The ``.ipynb`` is
the source, edited in JupyterLab, so everything that a run leaves in it is taken out again by :func:`canonical`.
The transforms are pure: they never change the notebook that they are given.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograde.errors import UnusableNotebook
from autograde.i18n.line_breaks import joined
from autograde.settings import LANGUAGES

#: Cell metadata that belongs to the text of a notebook; the rest is the state of an editor or of a run.
CELL_METADATA = frozenset({"autograde", "deletable", "editable", "jupyter", "name", "nbgrader", "slideshow", "tags"})

#: Notebook metadata that is kept besides the kernel and the programming language.
NOTEBOOK_METADATA = frozenset({"autograde", "title"})

#: One kernel for every notebook: its name is the same on every machine, its display name is not shown to a file.
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python", "pygments_lexer": "ipython3"}

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Names that a program gave: nbformat's eight hexadecimal digits, JupyterLab's UUID, a bare position.
_MACHINE_MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?(-zh)?|cell(-\d+)?(-zh)?")
_WORDS_IN_NAME = 6
_LONGEST_NAME = 64 - len("-zh")  # nbformat's limit, with room for the Chinese neighbour's name


def read(path: Path) -> NotebookNode:
    """The notebook at ``path``, in the newest version-4 format.

    A cell without an id, as older notebooks have, is named after its position: ``cell-3``.

    Raises:
        UnusableNotebook: there is no such file, or it is not a notebook.
    """
    again = "Save it again in JupyterLab, or take it back from git."
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnusableNotebook(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:
        raise UnusableNotebook(f"{path} is not a notebook: it does not hold JSON ({error}).", again) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise UnusableNotebook(f"{path} is not a notebook: it does not say which notebook format it has.", again)
    try:
        notebook: NotebookNode = nbformat.reader.reads(json.dumps(raw))
        if notebook.nbformat != 4:
            notebook = nbformat.convert(notebook, 4)
        notebook.nbformat_minor = max(5, notebook.nbformat_minor)
        for position, cell in enumerate(notebook.cells):
            cell.setdefault("id", f"cell-{position}")
        # Ids that occur twice are for problems() to report and canonical() to mend.
        numbered = deepcopy(notebook)
        for position, cell in enumerate(numbered.cells):
            cell.id = f"cell-{position}"
        nbformat.validate(numbered)
    except Exception as error:  # nbformat lets KeyError, TypeError and its own errors out of a broken file
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise UnusableNotebook(f"{path} is not a valid notebook: {reason[0]}", again) from error
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """The cell's tags."""
    return list(cell.metadata.get("tags", []))


def language_of(cell: NotebookNode) -> str | None:
    """The language that the cell belongs to: ``"en"``, ``"zh"``, or None when it belongs to both."""
    return next((language for language in LANGUAGES if language in tags(cell)), None)


def one_language(notebook: NotebookNode, language: str) -> NotebookNode:
    """What a learner of ``language`` sees: the other language's cells and the language tags are gone."""
    if language not in LANGUAGES:
        raise ValueError(f"language is one of {', '.join(LANGUAGES)}, not {language!r}")
    chosen = deepcopy(notebook)
    chosen.cells = [cell for cell in chosen.cells if language_of(cell) in (None, language)]
    for cell in chosen.cells:
        if "tags" in cell.metadata:
            kept = [tag for tag in tags(cell) if tag not in LANGUAGES]
            if kept:
                cell.metadata.tags = kept
            else:
                del cell.metadata["tags"]
    return chosen


def canonical(notebook: NotebookNode) -> str:
    """The text of the notebook's file: what people wrote, and nothing that a run or an editor left behind.

    No outputs, execution counts or widget state; keys in alphabetical order, as JupyterLab writes them; an id that
    does not read is replaced by one made from the cell's first words; no line break inside a Chinese sentence; one
    newline at the end.
    """
    clean = deepcopy(notebook)
    clean.nbformat, clean.nbformat_minor = 4, 5
    kept = {name: value for name, value in clean.metadata.items() if name in NOTEBOOK_METADATA}
    clean.metadata = nbformat.from_dict({"kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO, **kept})
    for cell in clean.cells:
        cell.metadata = nbformat.from_dict({name: cell.metadata[name] for name in CELL_METADATA & set(cell.metadata)})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        else:
            cell.pop("outputs", None)
            cell.pop("execution_count", None)
        if not cell.get("attachments", True):
            del cell["attachments"]
        if cell.cell_type == "markdown" and "zh" in tags(cell):
            cell.source = joined(cell.source)
    for cell, name in zip(clean.cells, _names(clean.cells), strict=True):
        cell.id = name
    return str(nbformat.writes(clean)).rstrip("\n") + "\n"


def problems(notebook: NotebookNode) -> list[str]:
    """Every rule of the kit's notebooks that this one breaks, each in one sentence; empty when it keeps them all."""
    found: list[str] = []
    cells = notebook.cells
    if notebook.metadata.get("widgets"):
        found.append("The notebook's metadata hold the state of widgets.")
    for name in sorted(set(notebook.metadata) - NOTEBOOK_METADATA - {"kernelspec", "language_info", "widgets"}):
        found.append(f"The notebook's metadata hold {name!r}, which belongs to an editor or a run.")
    seen: set[str] = set()
    for cell in cells:
        if cell.id in seen:
            found.append(f"Two cells have the id {cell.id!r}.")
        seen.add(cell.id)
        if not is_readable(cell.id):
            found.append(f"The id {cell.id!r} does not read: use words in lower case joined by hyphens.")
        if cell.get("outputs"):
            found.append(f"Cell {cell.id!r} holds outputs.")
        if cell.get("execution_count") is not None:
            found.append(f"Cell {cell.id!r} holds an execution count.")
        for name in sorted(set(cell.metadata) - CELL_METADATA):
            found.append(f"Cell {cell.id!r} holds the metadata {name!r}, which belong to an editor or a run.")
        if set(LANGUAGES) <= set(tags(cell)):
            found.append(f"Cell {cell.id!r} is tagged with both languages: a cell for both has no language tag.")
    found.extend(_language_problems(cells))
    return found


def is_readable(name: str) -> bool:
    """Whether a cell's id was given by a person: words in lower case joined by hyphens."""
    return bool(_KEBAB.fullmatch(name)) and not _MACHINE_MADE.fullmatch(name)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every notebook among ``paths`` and in the folders among them, in a fixed order, without editors' checkpoints.

    Raises:
        UnusableNotebook: a path does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UnusableNotebook(f"There is no file or folder {path}.")
        found = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        yield from (each for each in found if ".ipynb_checkpoints" not in each.parts)


def check(path: Path) -> list[str]:
    """What is wrong with the notebook file at ``path``: its :func:`problems`, and whether its text is canonical."""
    notebook = read(path)
    found = problems(notebook)
    if not found and path.read_text(encoding="utf-8") != canonical(notebook):
        found.append("Its text is not in the canonical form.")
    return found


def rewrite(path: Path) -> bool:
    """Put the notebook file at ``path`` into its canonical form; whether that changed it."""
    before, after = path.read_text(encoding="utf-8"), canonical(read(path))
    if before != after:
        path.write_text(after, encoding="utf-8")
    return before != after


def _language_problems(cells: list[NotebookNode]) -> Iterator[str]:
    """A sentence for every cell of one language that has no neighbour of the other, or an unlike one."""
    for position, cell in enumerate(cells):
        language = language_of(cell)
        if language == "en":
            if _neighbour(cells, position + 1, "zh") is None:
                yield f"Cell {cell.id!r} is in English and no Chinese cell follows it."
        elif language == "zh":
            english = _neighbour(cells, position - 1, "en")
            if english is None:
                yield f"Cell {cell.id!r} is in Chinese and does not follow an English cell."
                continue
            if cell.id != f"{english.id}-zh":
                yield f"Cell {cell.id!r} stands beside {english.id!r}: its id should be '{english.id}-zh'."
            if cell.cell_type != english.cell_type:
                yield f"Cell {cell.id!r} is {cell.cell_type} and its English neighbour is {english.cell_type}."


def _neighbour(cells: list[NotebookNode], position: int, language: str) -> NotebookNode | None:
    """The cell at ``position`` when there is one and it belongs to ``language``."""
    if 0 <= position < len(cells) and language_of(cells[position]) == language:
        return cells[position]
    return None


def _names(cells: list[NotebookNode]) -> list[str]:
    """An id for every cell: unique, readable, a Chinese cell's made from its English neighbour's."""
    # A person's own id is never given to another cell that only asks for a name.
    taken: set[str] = set()
    names: list[str] = []
    for position, cell in enumerate(cells):
        english = _neighbour(cells, position - 1, "en") if language_of(cell) == "zh" else None
        if english is not None:
            name = f"{names[-1]}-zh"
        else:
            stem = cell.id if is_readable(cell.id) else _words(cell)
            later = {other.id for other in cells[position + 1 :]} if stem != cell.id else set()
            name = _free(stem, taken | later)
        taken.add(name)
        # The neighbour's name is promised too, so that no cell in between can take it.
        if language_of(cell) == "en":
            taken.add(f"{name}-zh")
        names.append(name)
    return names


def _free(stem: str, taken: set[str]) -> str:
    """``stem``, or ``stem`` with the first number that makes it free together with its Chinese neighbour's name."""
    for number in itertools.count(1):
        end = f"-{number}" if number > 1 else ""
        name = stem[: _LONGEST_NAME - len(end)].rstrip("-") + end
        if name not in taken and f"{name}-zh" not in taken:
            return name
    raise AssertionError("unreachable: there are more numbers than cells")


def _words(cell: NotebookNode) -> str:
    """A readable id from the cell's first words; ``code`` or ``text`` and so on when it has none in ASCII."""
    for line in str(cell.source).splitlines():
        words = re.findall(r"[a-z][a-z0-9]*", line.lower())
        if words:
            stem = "-".join(words[:_WORDS_IN_NAME])
            if is_readable(stem):
                return stem
    return {"code": "code", "markdown": "text"}.get(cell.cell_type, "raw")
