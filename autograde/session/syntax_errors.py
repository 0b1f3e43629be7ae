"""Explain a SyntaxError in a cell in the learner's language, below Python's own lines."""

from __future__ import annotations

import linecache
import re
from types import TracebackType
from typing import Any

from autograde.i18n.translation import marked as _
from autograde.i18n.translation import sentences, translator
from autograde.session.cell_errors import Explanation, explain_errors
from autograde.session.kernel_notebooks import START, language, notebook_of_the_kit

#: Parts of Python's messages, and what to do about each; the first that fits is used.
_ADVICE = (
    ("forgot a comma", _("Look at the place of the `^`: a comma may be missing there.")),
    ("expected ':'", _("The line above the `^` needs a colon `:` at its end.")),
    (
        "was never closed|unterminated",
        _("Look at the place of the `^`: a bracket or a quotation mark is opened there, but not closed."),
    ),
    (
        "expected an indented block",
        _("Below a line that ends with a colon `:`, at least one line must begin with four more spaces."),
    ),
    ("invalid character", _("Python does not know a character at the `^`: type it again in English input mode.")),
    ("non-printable", _("The space above the `^` is not an ordinary one: type it again in English input mode.")),
    (
        "indent|tabs|outside function",
        _("Look at the spaces at the beginning of the line: each line inside a function begins with four."),
    ),
    # Below "indent", because Python also says "unindent does not match".
    ("unmatched|does not match", _("The bracket above the `^` has no matching one before it.")),
    ("", _("Look at the `^` and just before it: often a comma, a colon, a bracket or a quotation mark is missing.")),
)

_NOT_RUN = _("Python can't read this cell, so no line of it has run.")


def install(shell: Any) -> None:
    """Install the explanation in a kernel's shell."""
    explain_errors(shell, _explain, SyntaxError)


def sentence(error: SyntaxError, reader: str) -> str:
    """Return the explanation of an error in the reader's language."""
    translated = translator("widgets", reader)
    message = error.msg or ""
    if message == "invalid decimal literal" and not (error.text or "")[error.offset or 0 :][:1].isascii():
        # What early releases of Python 3.11 say about a wide comma after a number.
        message = "invalid character"
    advice = next(advice for part, advice in _ADVICE if re.search(part, message))
    return sentences(translated(_NOT_RUN), translated(advice))


def _explain(shell: Any, error: BaseException, traceback: TracebackType) -> Explanation | None:
    """Return Python's lines with the explanation below; None outside the kit's notebooks and for code that has run.

    A cell's code may compile other code, for example with ``eval`` or ``import``: then the traceback is needed.
    """
    assert isinstance(error, SyntaxError)
    notebook = notebook_of_the_kit(START)
    at: TracebackType | None = traceback
    while at is not None:
        if at.tb_frame.f_globals is shell.user_ns:
            return None
        at = at.tb_next
    if notebook is None:
        return None
    shown = _pythons_error(error)
    lines = shell.SyntaxTB.structured_traceback(type(shown), shown, [])
    return Explanation("\n".join([*lines, sentence(shown, language(notebook))]))


def _pythons_error(error: SyntaxError) -> SyntaxError:
    """Return Python's own error for a cell that ends too early, which IPython only calls "incomplete input"."""
    if error.msg == "incomplete input" and error.filename:
        try:
            compile("".join(linecache.getlines(error.filename)), error.filename, "exec")
        except SyntaxError as own:
            # IPython would also show `error`, which is its context.
            own.__context__ = None
            return own
    return error
