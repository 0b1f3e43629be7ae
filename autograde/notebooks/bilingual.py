"""Bilingual notebooks: extract one language, write the canonical form, and check the rules.

A notebook of the kit is written once for both languages. A cell tagged ``en`` or ``zh`` belongs to one language and
is next to its counterpart in the other; a cell with neither tag (nearly all code) belongs to both. The ``.ipynb`` is
the source, edited in JupyterLab, so :func:`canonical` removes everything that running it adds. The transforms are pure:
they never change their argument.
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

#: Cell metadata that is part of a notebook's content; the rest is state of an editor or a run.
CELL_METADATA = frozenset({"autograde", "deletable", "editable", "jupyter", "name", "nbgrader", "slideshow", "tags"})

#: Notebook metadata that is kept in addition to the kernel and the programming language.
NOTEBOOK_METADATA = frozenset({"autograde", "title"})

#: The kernel of every notebook; its name is the same on every machine.
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python", "pygments_lexer": "ipython3"}

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Generated ids: nbformat's eight hexadecimal digits, JupyterLab's UUID, a bare position.
_MACHINE_MADE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?(-zh)?|cell(-\d+)?(-zh)?")
_WORDS_IN_NAME = 6
_LONGEST_NAME = 64 - len("-zh")  # nbformat's limit, with room for the Chinese neighbour's name


#: Languages into which every cell is translated; :func:`problems` checks it.
COMPLETE = ("en", "zh")


def read(path: Path) -> NotebookNode:
    """Read the notebook at ``path``, in the newest version-4 format.

    Cells without an id, as in older notebooks, are named by their position: ``cell-3``.

    Raises:
        UnusableNotebook: the file does not exist, or is not a notebook.
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
        # problems() reports duplicate ids, and canonical() repairs them.
        numbered = deepcopy(notebook)
        for position, cell in enumerate(numbered.cells):
            cell.id = f"cell-{position}"
        nbformat.validate(numbered)
    except Exception as error:  # nbformat raises KeyError, TypeError or its own errors for a broken file
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise UnusableNotebook(f"{path} is not a valid notebook: {reason[0]}", again) from error
    return notebook


def tags(cell: NotebookNode) -> list[str]:
    """Return the cell's tags."""
    return list(cell.metadata.get("tags", []))


def language_of(cell: NotebookNode) -> str | None:
    """Return the cell's language, such as ``"en"`` or ``"zh"``; None if it belongs to all."""
    return next((language for language in LANGUAGES if language in tags(cell)), None)


def one_language(notebook: NotebookNode, language: str) -> NotebookNode:
    """Return the notebook in ``language``, without the other languages' cells and the language tags.

    In a language that is not in :data:`COMPLETE`, English cells without a translation are kept.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is one of {', '.join(LANGUAGES)}, not {language!r}")
    chosen = deepcopy(notebook)
    chosen.cells = [
        cell
        for position, cell in enumerate(chosen.cells)
        if language_of(cell) in (None, language)
        or (
            language not in COMPLETE
            and language_of(cell) == "en"
            and language not in _translations(chosen.cells, position)
        )
    ]
    for cell in chosen.cells:
        if "tags" in cell.metadata:
            kept = [tag for tag in tags(cell) if tag not in LANGUAGES]
            if kept:
                cell.metadata.tags = kept
            else:
                del cell.metadata["tags"]
    return chosen


def canonical(notebook: NotebookNode) -> str:
    """Return the canonical text of the notebook's file, without anything that a run or an editor added.

    It has no outputs, execution counts or widget state; keys are sorted, as JupyterLab writes them; unreadable ids are
    replaced by ones made from the cell's first words; there are no line breaks inside Chinese sentences, and one
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
    """Return a sentence for each of the kit's rules that the notebook breaks."""
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
    """Return whether a cell's id is readable: words in lower case joined by hyphens, not generated."""
    return bool(_KEBAB.fullmatch(name)) and not _MACHINE_MADE.fullmatch(name)


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the notebooks among ``paths`` and in folders among them, in a fixed order, without checkpoints.

    Raises:
        UnusableNotebook: a path does not exist.
    """
    for path in paths:
        if not path.exists():
            raise UnusableNotebook(f"There is no file or folder {path}.")
        found = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
        yield from (each for each in found if ".ipynb_checkpoints" not in each.parts)


def check(path: Path) -> list[str]:
    """Return the problems of the notebook file at ``path``: its :func:`problems`, and whether it is not canonical."""
    notebook = read(path)
    found = problems(notebook)
    if not found and path.read_text(encoding="utf-8") != canonical(notebook):
        found.append("Its text is not in the canonical form.")
    return found


def rewrite(path: Path) -> bool:
    """Rewrite the notebook file at ``path`` in canonical form; return whether that changed it."""
    before, after = path.read_text(encoding="utf-8"), canonical(read(path))
    if before != after:
        path.write_text(after, encoding="utf-8")
    return before != after


def _language_problems(cells: list[NotebookNode]) -> Iterator[str]:
    """Yield a sentence for every cell whose counterpart in the other language is missing or different in kind."""
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


def _translations(cells: list[NotebookNode], position: int) -> set[str | None]:
    """Return the languages of the cells that follow the English one at ``position`` before the next other cell."""
    following = map(language_of, cells[position + 1 :])
    return set(itertools.takewhile(lambda language: language not in (None, "en"), following))


def _neighbour(cells: list[NotebookNode], position: int, language: str) -> NotebookNode | None:
    """Return the cell at ``position`` if it exists and belongs to ``language``."""
    if 0 <= position < len(cells) and language_of(cells[position]) == language:
        return cells[position]
    return None


def _names(cells: list[NotebookNode]) -> list[str]:
    """Return a unique, readable id for every cell; a Chinese cell's is made from its English counterpart's."""
    # Reserve ids chosen by people, so that no other cell gets them.
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
        # Reserve the counterpart's id too, so that no cell in between gets it.
        if language_of(cell) == "en":
            taken.add(f"{name}-zh")
        names.append(name)
    return names


def _free(stem: str, taken: set[str]) -> str:
    """Return ``stem``, with a number if needed, so that it and its Chinese counterpart's id are free."""
    for number in itertools.count(1):
        end = f"-{number}" if number > 1 else ""
        name = stem[: _LONGEST_NAME - len(end)].rstrip("-") + end
        if name not in taken and f"{name}-zh" not in taken:
            return name
    raise AssertionError("unreachable: there are more numbers than cells")


def _words(cell: NotebookNode) -> str:
    """Return a readable id made from the cell's first ASCII words; without any, ``code``, ``text`` and so on."""
    for line in str(cell.source).splitlines():
        words = re.findall(r"[a-z][a-z0-9]*", line.lower())
        if words:
            stem = "-".join(words[:_WORDS_IN_NAME])
            if is_readable(stem):
                return stem
    return {"code": "code", "markdown": "text"}.get(cell.cell_type, "raw")
