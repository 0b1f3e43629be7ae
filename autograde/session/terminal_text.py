"""Convert terminal output for a notebook, which handles ``\\r`` by overwriting and cannot erase a line."""

from __future__ import annotations

import re

_PARTS = re.compile(r"(\r*\n|\r)")
#: Escape sequences for colours and for git's "erase to the end of the line", which have no width.
_CONTROL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class PaddedLines:
    """Pads each line that overwrites a longer one, so that no part of the longer one remains visible.

    git-lfs does not end its last progress line, such as ``Uploading LFS objects: 100% (1/1), 123 MB``, and git writes
    ``Enumerating objects: 9, done.`` over its beginning.
    """

    def __init__(self) -> None:
        self._column = self._width = 0
        self._held = ""

    def feed(self, text: str) -> str:
        """Return the text to print for the next piece of output. A final ``\\r`` is held back until more arrives."""
        text = self._held + text
        kept = text.rstrip("\r")
        self._held = text[len(kept) :]
        return "".join(map(self._part, _PARTS.split(kept)))

    def end(self) -> str:
        """Return the text to print after the command has ended: the line break after a final ``\\r``.

        Otherwise the next output of the cell would overwrite that line.
        """
        held, self._held = self._held, ""
        return self._part("\r\n") if held and self._width else held

    def _part(self, part: str) -> str:
        if part.endswith("\n"):
            padding = " " * (self._width - self._column) if self._column else ""
            self._column = self._width = 0
            return padding + part
        if part == "\r":
            self._column = 0
        else:
            self._column += len(_CONTROL.sub("", part))
            self._width = max(self._width, self._column)
        return part
