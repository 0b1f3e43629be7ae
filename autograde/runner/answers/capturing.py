"""Capture everything that a learner's function prints, warns or logs, so that nothing reaches the cell.

nbgrader gives no point to a graded cell with any text on stderr, and a correct answer may well print some: a warning,
a progress bar, a logger's line, a library's load report. So all ways to the outside lead into one small buffer here:
``sys.stdout`` and ``sys.stderr``, the streams that logging handlers hold, the file descriptors themselves, and the
notebook's display.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from autograde.judge.complaints import plain

#: Largest number of characters kept of one call.
LONGEST = 600

#: So many letters and digits of a secret in a row give it away: the first and the last few alone do not.
PIECE = 16


class Noise(io.TextIOBase):
    """A text stream that keeps its first :data:`LONGEST` characters and discards the rest.

    Attributes:
        text: the kept text.
        told: whether a secret was written anywhere in the output.
    """

    encoding = "utf-8"

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self.text = ""
        self.told = False
        self._pieces = {
            letters[place : place + PIECE]
            for letters in map(_letters, secrets)
            for place in range(max(len(letters) - PIECE + 1, 0))
        }
        self._end = ""

    def search(self, text: str) -> None:
        """Look for a piece of a secret in what was written, also where it goes on from what was written before."""
        if self._pieces and not self.told:
            written = self._end + _letters(text)
            self.told = any(piece in written for piece in self._pieces)
            self._end = written[-PIECE + 1 :]

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, text: str) -> int:
        """Keep what fits."""
        self.search(str(text))
        if len(self.text) < LONGEST:
            self.text = (self.text + str(text))[:LONGEST]
        return len(text)

    def warn(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """Keep a warning; takes the place of ``warnings.showwarning``."""
        self.write(warnings.formatwarning(message, category, filename, lineno, line))

    def take(self) -> str:
        """What was written since the last time, and forget it."""
        text, self.text = self.text, ""
        return plain(text).strip()


def _letters(text: str) -> str:
    """Letters and digits alone: a secret is one with blanks between its characters, too."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


@contextlib.contextmanager
def captured(secrets: Sequence[str] = ()) -> Iterator[Noise]:
    """Redirect all output inside the block into the yielded stream; restore everything afterwards.

    ``secrets`` are looked for in all that is written and displayed (see :class:`Noise`).
    """
    noise = Noise(secrets)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_descriptors(noise))
        stack.enter_context(_logging(noise))
        stack.enter_context(_display(noise))
        stack.enter_context(contextlib.redirect_stdout(noise))
        stack.enter_context(contextlib.redirect_stderr(noise))
        stack.enter_context(warnings.catch_warnings())
        # Override `-W error`: record warnings, never raise.
        warnings.simplefilter("default")
        warnings.showwarning = noise.warn
        yield noise


@contextlib.contextmanager
def _descriptors(noise: Noise) -> Iterator[None]:
    """Lead the file descriptors 1 and 2 into a file: programs and C libraries write there."""
    saved: dict[int, int] = {}
    with tempfile.TemporaryFile() as file:
        try:
            for descriptor in (1, 2):
                # A process without a console has no such descriptor, and nothing to keep quiet.
                with contextlib.suppress(OSError):
                    saved[descriptor] = os.dup(descriptor)
                    os.dup2(file.fileno(), descriptor)
            yield
        finally:
            for descriptor, copy in saved.items():
                os.dup2(copy, descriptor)
                os.close(copy)
        file.seek(0)
        noise.write(file.read(LONGEST).decode("utf-8", "replace"))
        while chunk := file.read(1 << 20):
            noise.search(chunk.decode("utf-8", "replace"))


@contextlib.contextmanager
def _logging(noise: Noise) -> Iterator[None]:
    """Lead every logging handler that writes to a console into ``noise``; files and texts in memory stay what they are.

    A handler holds the stream that was ``sys.stderr`` when it was made, which may be another one by now.
    """
    before = [(handler, handler.stream) for handler in _console_handlers()]
    for handler, _stream in before:
        handler.stream = noise
    try:
        yield
    finally:
        for handler, stream in before:
            handler.stream = stream
        for handler in _console_handlers():
            if handler.stream is noise:
                # A library that was imported inside made it: from now on it speaks to the notebook.
                handler.stream = sys.stderr


def _console_handlers() -> list[logging.StreamHandler[Any]]:
    loggers = [logging.getLogger(), *list(logging.Logger.manager.loggerDict.values())]
    handlers = [
        handler
        for logger in loggers
        if isinstance(logger, logging.Logger)
        for handler in logger.handlers
        if isinstance(handler, logging.StreamHandler)
        and not isinstance(handler, logging.FileHandler)
        and not isinstance(handler.stream, io.StringIO)
        # logging's own last resort looks sys.stderr up each time (its stream is a property), and that is noise by now.
        and not isinstance(getattr(type(handler), "stream", None), property)
    ]
    return list(dict.fromkeys(handlers))


@contextlib.contextmanager
def _display(noise: Noise) -> Iterator[None]:
    """Keep a notebook's display (progress bars, figures, widgets) out of the cell."""
    shell = ipython_shell()
    if shell is None:
        yield
        return
    from IPython.core.displaypub import CapturingDisplayPublisher

    before = shell.display_pub
    shell.display_pub = shown = CapturingDisplayPublisher()
    try:
        yield
    finally:
        shell.display_pub = before
        noise.search(str(shown.outputs))


def ipython_shell() -> Any | None:
    """The IPython shell that this process runs in; None outside IPython, which is not imported to find out."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()
