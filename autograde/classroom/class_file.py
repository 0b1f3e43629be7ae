"""The lines and cells of a class list, from whatever kind of file they were read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.i18n.translation import translator

#: Most columns of a list; wider ones are rejected.
MOST_COLUMNS = 100

#: Invisible characters: zero-width spaces, soft hyphens, and marks for the writing direction.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True)
class Line:
    """The cells of a line, without surrounding spaces; lines are numbered from 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, at: int) -> str:
        """Return a cell; empty if the line is shorter."""
        return self.cells[at] if at < len(self.cells) else ""


@dataclass(frozen=True)
class ClassFile:
    """A class list's lines.

    Attributes:
        encoding: Python's name of the encoding; empty for a workbook.
        separator: the separator of columns; empty for a workbook and for a list with one column.
        lines: the lines that are not empty.
        text: the list as text; reading it again gives the same lines.
        sheet: the name of the workbook's sheet; empty for text.
        more_sheets: whether the workbook has sheets that were not read.
        guessed: whether the encoding was guessed from the bytes.
        hidden: the numbers of lines that are hidden in a workbook, by a filter or manually.
    """

    encoding: str
    separator: str
    lines: tuple[Line, ...]
    text: str
    sheet: str = ""
    more_sheets: bool = False
    guessed: bool = False
    hidden: tuple[int, ...] = ()


def refuse_wide(lines: Sequence[Line], language: str) -> None:
    """Raise if a line has more than :data:`MOST_COLUMNS` cells."""
    if any(len(line.cells) > MOST_COLUMNS for line in lines):
        _ = translator("classroom", language)
        message = _("This list has more than {n} columns. Keep only those that are needed.")
        raise HubRefused(message.format(n=MOST_COLUMNS))


def clean(cell: str) -> str:
    """Return a cell without invisible characters, surrounding spaces and double spaces."""
    return " ".join(_UNSEEN.sub("", cell).replace("＠", "@").split())
