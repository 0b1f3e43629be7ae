"""Capture a learner's printed output, warnings and logs, so that nothing appears in the cell.

nbgrader gives no points for a graded cell with any text on stderr, but a correct answer may print some: a warning, a
progress bar, a log line, a library's load report.
"""

from __future__ import annotations

import base64
import contextlib
import io
import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from autograde.judge.error_lines import plain
from autograde.runner.answers.notebook import ipython_shell

#: Most characters that are kept per call.
LONGEST = 600

#: A handler of the kit. If it is missing from logging's list, ``logging.config`` has emptied the list.
_KNOWN = logging.NullHandler()

#: Consecutive letters and digits of a secret that count as the secret; fewer may be shown.
PIECE = 16


class Output(io.TextIOBase):
    """A text stream that keeps its first :data:`LONGEST` characters and discards the rest.

    Args:
        secrets: texts that must not be printed, such as access tokens.

    Attributes:
        text: the kept text.
        secret_printed: whether a secret was written anywhere in the output.
    """

    encoding = "utf-8"

    def __init__(self, secrets: Sequence[str] = ()) -> None:
        super().__init__()
        self.text = ""
        self.secret_printed = False
        self._pieces = {
            letters[place : place + PIECE]
            for letters in map(_letters, encoded(secrets))
            for place in range(max(len(letters) - PIECE + 1, 0))
        }
        self._end = ""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Keep as much as fits, and look for a piece of a secret, also across two writes."""
        if self._pieces and not self.secret_printed:
            written = self._end + _letters(text)
            self.secret_printed = any(piece in written for piece in self._pieces)
            self._end = written[-PIECE + 1 :]
        if len(self.text) < LONGEST:
            self.text = (self.text + text)[:LONGEST]
        return len(text)

    def take(self) -> str:
        """Return and clear the text written since the last call."""
        text, self.text = self.text, ""
        return plain(text).strip()


def encoded(secrets: Sequence[str]) -> Iterator[str]:
    """Yield the secrets as they are, backwards, in hexadecimal, and in Base64."""
    for secret in secrets:
        data = secret.encode()
        yield from (secret, secret[::-1], data.hex())
        # The Base64 form of a part of a text depends on its position.
        yield from (base64.b64encode(data[start:]).decode() for start in range(3))


def _letters(text: str) -> str:
    """Return only letters and digits, to find a secret that is printed with spaces between its characters."""
    return re.sub(r"[^A-Za-z0-9]", "", text)


@contextlib.contextmanager
def captured(secrets: Sequence[str] = ()) -> Iterator[Output]:
    """Redirect ``sys.stdout``, ``sys.stderr`` and warnings inside the block into the yielded stream.

    For code that runs in this process: imports, and answers on systems without process copies. Output of programs and C
    libraries is not captured.
    """
    output = Output(secrets)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), warnings.catch_warnings():
        _show_warnings()
        yield output


def _show_warnings() -> None:
    """Override `-W error`: record warnings, never raise; ignore ResourceWarnings, as Python does by default."""
    warnings.simplefilter("default")
    warnings.simplefilter("ignore", ResourceWarning)


#: Replaced streams of logging handlers, kept because Python would warn about an unclosed file when one is freed.
_REPLACED: list[Any] = []


def redirect_everything(descriptor: int) -> None:
    """Redirect all output of this process into a file descriptor, permanently; for a copy that ends after its work.

    This covers the streams, programs, C libraries, the streams of logging handlers, and a notebook's display.
    """
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    stream = io.TextIOWrapper(os.fdopen(1, "wb", buffering=0, closefd=False), "utf-8", "replace", write_through=True)
    sys.stdout = sys.stderr = stream
    _show_warnings()
    warnings.showwarning = _warn
    for handler in _console_handlers():
        _REPLACED.append(handler.stream)
        handler.stream = stream
    shell = ipython_shell()
    if shell is not None:
        shell.display_pub = _NoDisplay(stream)
    elif (functions := sys.modules.get("IPython.core.display_functions")) is not None:
        # Outside a notebook, display(Markdown(text)) prints only the object's type.
        vars(functions)["print"] = _print_contents


def _print_contents(*objects: object) -> None:
    """Print objects for ``display``, with the text that a notebook would show."""
    for each in objects:
        text = getattr(each, "data", None)
        sys.stdout.write(f"{each}\n{text}\n" if isinstance(text, str) else f"{each}\n")


#: MIME type of a displayed widget; its data are only the widget's id.
_WIDGET = "application/vnd.jupyter.widget-view+json"

#: The text of a tqdm progress bar, such as ``README.md:   0%|          | 0.00/5.11k``.
_PROGRESS_BAR = re.compile(r"\d%\|")


class _NoDisplay:
    """A notebook's display publisher that writes the text of displayed objects to the output."""

    is_publishing = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def publish(self, data: object = None, *_arguments: object, **_named: object) -> None:
        """Write every text that would be displayed, so that a secret in it is found; no progress bars.

        The libraries display progress bars as widgets, which the learner did not print.
        """
        if not isinstance(data, Mapping):
            self._stream.write(f"{data}\n")
        elif not (_WIDGET in data and _PROGRESS_BAR.search(str(data.get("text/plain")))):
            for kind, text in data.items():
                if kind != _WIDGET:
                    self._stream.write(f"{text}\n")

    def clear_output(self, wait: bool = False) -> None:
        """Do nothing."""


def _warn(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: Any = None
) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def _console_handlers() -> list[logging.StreamHandler[Any]]:
    """Return the logging handlers that write to a console; each refers to an earlier ``sys.stderr``."""
    return [
        handler
        for handler in _handlers()
        if isinstance(handler, logging.StreamHandler)
        and not isinstance(handler, logging.FileHandler)
        and not isinstance(handler.stream, io.StringIO)
        # The stream of logging's lastResort handler is a property that looks up sys.stderr each time.
        and not isinstance(getattr(type(handler), "stream", None), property)
    ]


def _handlers() -> list[logging.Handler]:
    """Return every handler of this process.

    They are taken from logging's own list, which has few entries. Reading the loggers of all libraries would copy 600
    pages of memory in a newly forked process, which takes 2 ms.
    """
    references: list[Any] = list(getattr(logging, "_handlerList", ()))
    found = [handler for reference in references if (handler := reference()) is not None]
    if _KNOWN in found:
        return found
    # logging.config empties the list, but the loggers of libraries keep their handlers.
    loggers = [logging.getLogger(), *list(logging.Logger.manager.loggerDict.values())]
    used = [handler for logger in loggers if isinstance(logger, logging.Logger) for handler in logger.handlers]
    return list(dict.fromkeys([*found, *used]))
