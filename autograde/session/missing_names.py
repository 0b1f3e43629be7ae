"""Explain a NameError in one sentence that says which cells to run first.

A restarted kernel has no variables, but learners continue where they were.
"""

from __future__ import annotations

import builtins
import linecache
import re
import symtable
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Any

from autograde.i18n.translation import sentences, translator
from autograde.session.cell_errors import Explanation, explain_errors
from autograde.session.kernel_notebooks import START, course_cells, language, notebook_of_the_kit

#: A Python name in a shell command, as in ``{clone}`` or ``{lesson.folder}``; not ``${HOME}``, ``@{u}`` or ``{a,b}``.
_IN_COMMAND = re.compile(r"(?<![$@{])\{([A-Za-z_]\w*)(?:\}|\.[A-Za-z_]|\[)")

#: A line with a shell command or a magic command, possibly after an assignment of its output.
_COMMAND_LINE = re.compile(r"(?m)^([ \t]*)(?:([\w, ]+=)[ \t]*)?[!%].*$")


class _MissingInCommand(NameError):
    """Raised when a shell command uses an undefined Python name."""


def install(shell: Any) -> None:
    """Install the handler in a kernel's shell."""
    explain_errors(shell, _explain, NameError)
    if "var_expand" not in vars(shell):
        shell.var_expand = _checked(shell, shell.var_expand)


def missing_in(command: str, names: Collection[str]) -> str | None:
    """Return the first Python name in braces in ``command`` that is undefined; None if there is none."""
    for found in _IN_COMMAND.finditer(command):
        if found[1] not in names and not hasattr(builtins, found[1]):
            return found[1]
    return None


def _checked(shell: Any, var_expand: Callable[..., str]) -> Callable[..., str]:
    """Wrap IPython's ``var_expand``, which leaves ``{clone}`` unchanged if ``clone`` is undefined: raise an error."""

    def expand(cmd: str, depth: int = 0, **options: Any) -> str:
        # One more frame, because this wrapper is between the caller and var_expand.
        expanded = var_expand(cmd, depth=depth + 1, **options)
        if expanded == cmd and (name := missing_in(cmd, shell.user_ns)) and defining_notebook(START, name):
            raise _MissingInCommand(f"name {name!r} is not defined", name=name)
        return expanded

    return expand


def sentence(name: str, language: str) -> str:
    """Return the message for an undefined name."""
    _ = translator("widgets", language)
    message = _("`{name}` is not defined yet: the cell above that defines it has not been run.")
    advice = _("Run all cells above this one (in JupyterLab: Run > Run All Above Selected Cell), then run it again.")
    return sentences(message.format(name=name), advice)


def quotes(name: str, language: str) -> str:
    """Return the message for a text without quotation marks, which Python takes for a name."""
    _ = translator("widgets", language)
    message = _("`{name}` is not defined: without quotation marks, Python takes it for the name of a variable.")
    advice = _('If you mean the text, put it in quotation marks: "{name}".')
    return sentences(message.format(name=name), advice.format(name=name))


def is_value_without_quotes(line: str, name: str) -> bool:
    """Return whether ``name`` is a dictionary's value, ``"hub": a``, or a blank's word, ``fill("the-word", add)``."""
    before = r"""(["'])[^"']*\1\s*:|\bfill\(\s*(["'])[^"']*\2\s*,"""
    return re.search(rf"(?:{before})\s*{re.escape(name)}(?!\w)", line) is not None


def _explain(shell: Any, error: BaseException, traceback: TracebackType) -> Explanation | None:
    """Return the message if a notebook in this folder defines the cell's name, or if a text lacks quotation marks.

    Otherwise the name is misspelt or used inside a function, and the traceback is more helpful.
    """
    assert isinstance(error, NameError)
    last = traceback
    while last.tb_next is not None:
        last = last.tb_next
    in_the_cell = last.tb_frame.f_code.co_name == "<module>" and last.tb_frame.f_globals is shell.user_ns
    if not error.name or not (in_the_cell or isinstance(error, _MissingInCommand)):
        return None
    if notebook := defining_notebook(START, error.name):
        return Explanation(sentence(error.name, language(notebook)))
    line = linecache.getline(last.tb_frame.f_code.co_filename, last.tb_lineno)
    if is_value_without_quotes(line, error.name) and (notebook := notebook_of_the_kit(START)):
        return Explanation(quotes(error.name, language(notebook)))
    return None


def defining_notebook(folder: Path, name: str) -> Path | None:
    """Return a lesson or exercise in ``folder`` with a cell that defines ``name``; None if there is none."""
    for path in sorted(folder.glob("*.ipynb")):
        if any(name in _defined(code) for code in course_cells(path)):
            return path
    return None


def _defined(code: str) -> set[str]:
    """Return the names that a cell defines by assignment, import, function or class."""
    python = _COMMAND_LINE.sub(lambda found: found[1] + (f"{found[2]} 0" if found[2] else "pass"), code)
    try:
        symbols = symtable.symtable(python, "cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {each.get_name() for each in symbols if each.is_assigned() or each.is_imported() or each.is_namespace()}
