"""Explain a NameError in one sentence: which cells to run first.

A restarted kernel has no variables, but learners continue where they were. ``open_lesson`` installs the handler.
``autograde learn`` also adds it to the kernels' start-up files, because no lesson is open after a restart.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Collection
from types import TracebackType
from typing import Any

from autograde.i18n.translation import messages

_ = messages("widgets")

#: An IPython start-up file that installs the handler.
STARTUP = """\
from autograde.session import missing_names

missing_names.install()
"""


#: A Python name in a shell command, as in ``{clone}`` or ``{lesson.folder}``; not ``${HOME}``, ``@{u}`` or ``{a,b}``.
_IN_COMMAND = re.compile(r"(?<![$@{])\{([A-Za-z_]\w*)(?:\}|\.[A-Za-z_]|\[)")


class _MissingInCommand(NameError):
    """Raised when a shell command uses an undefined Python name."""


def install() -> None:
    """Install the handler in this process's kernel, if there is one."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    shell.set_custom_exc((NameError,), _explain)
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

    def expand(cmd: str, depth: int = 0, **settings: Any) -> str:
        # One frame more, because this wrapper is between the caller and var_expand.
        expanded = var_expand(cmd, depth=depth + 1, **settings)
        if expanded == cmd and (name := missing_in(cmd, shell.user_ns)):
            raise _MissingInCommand(f"name {name!r} is not defined", name=name)
        return expanded

    return expand


def sentence(name: str) -> str:
    """Return the message for an undefined name."""
    said = _("`{name}` is not defined yet: the cell above that defines it has not been run.")
    return said.format(name=name) + " " + _("Choose Run > Run All Above Selected Cell, then run this cell again.")


def _explain(
    shell: Any, kind: type[NameError], error: NameError, traceback: TracebackType, tb_offset: int | None = None
) -> None:
    """Show the message if the cell itself uses the name; show errors inside functions as usual."""
    last = traceback
    while last.tb_next is not None:
        last = last.tb_next
    in_the_cell = last.tb_frame.f_code.co_name == "<module>" and last.tb_frame.f_globals is shell.user_ns
    if error.name and (in_the_cell or isinstance(error, _MissingInCommand)):
        shell._showtraceback(NameError, error, [sentence(error.name)])
        return
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
