"""A sentence instead of a NameError: what to run first, when a cell uses a name that an earlier cell makes.

A restarted kernel has forgotten everything, and learners go on where they were. ``open_lesson`` installs the handler;
``autograde learn`` also puts it into the kernels' start-up files, because after a restart no lesson is open.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any

from autograde.i18n.translation import messages

_ = messages("widgets")

#: An IPython start-up file that installs the handler.
STARTUP = """\
from autograde.session import missing_names

missing_names.install()
"""


def install() -> None:
    """Let the kernel that this runs in explain missing names; without a kernel, do nothing."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), _explain)


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
    if error.name and last.tb_frame.f_code.co_name == "<module>" and last.tb_frame.f_globals is shell.user_ns:
        shell._showtraceback(kind, error, [sentence(error.name)])
        return
    lines = shell.InteractiveTB.structured_traceback(kind, error, traceback, tb_offset=tb_offset)
    shell._showtraceback(kind, error, lines)
