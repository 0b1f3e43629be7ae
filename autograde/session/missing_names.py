"""A sentence instead of a NameError: what to run first, when a cell uses a name that an earlier cell makes.

A restarted kernel has forgotten everything, and learners go on where they were. ``open_lesson`` installs the handler;
``autograde learn`` also puts it into the kernels' start-up files, because after a restart no lesson is open.
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
    """A shell command uses a name that does not exist."""


def install() -> None:
    """Let the kernel that this runs in explain missing names; without a kernel, do nothing."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return
    shell.set_custom_exc((NameError,), _explain)
    if "var_expand" not in vars(shell):
        shell.var_expand = _checked(shell, shell.var_expand)


def missing_in(command: str, names: Collection[str]) -> str | None:
    """The first Python name in braces in ``command`` that is neither in ``names`` nor built in; None without one."""
    for found in _IN_COMMAND.finditer(command):
        if found[1] not in names and not hasattr(builtins, found[1]):
            return found[1]
    return None


def _checked(shell: Any, var_expand: Callable[..., str]) -> Callable[..., str]:
    """IPython's ``var_expand``, which leaves ``{clone}`` as it is when there is no ``clone``, with an error instead."""

    def expand(cmd: str, depth: int = 0, **settings: Any) -> str:
        # One frame more: the names of a function that runs a command are looked up there.
        expanded = var_expand(cmd, depth=depth + 1, **settings)
        if expanded == cmd and (name := missing_in(cmd, shell.user_ns)):
            raise _MissingInCommand(f"name {name!r} is not defined", name=name)
        return expanded

    return expand


def sentence(name: str) -> str:
    """What to do when ``name`` is not there yet."""
    said = _("`{name}` does not exist yet: a cell further up makes it, and the kernel has not run that cell.")
    return said.format(name=name) + " " + _("Choose Run > Run All Above Selected Cell, then run this cell again.")


def _explain(
    shell: Any, kind: type[NameError], error: NameError, traceback: TracebackType, tb_offset: int | None = None
) -> None:
    """Show the sentence when the cell itself misses the name; an error inside a function is shown as always."""
    last = traceback
    while last.tb_next is not None:
        last = last.tb_next
    in_the_cell = last.tb_frame.f_code.co_name == "<module>" and last.tb_frame.f_globals is shell.user_ns
    if error.name and (in_the_cell or isinstance(error, _MissingInCommand)):
        shell._showtraceback(NameError, error, [sentence(error.name)])
        return
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
