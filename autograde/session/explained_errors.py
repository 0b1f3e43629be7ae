"""Install the messages that explain common errors in cells: undefined names and wrong syntax.

They are needed before a lesson is open, for example after a restart of the kernel. So they are installed when a kernel
starts: by :mod:`autograde.session.kernel_startup` in each kernel of the environment that the kit is installed in, and
by ``autograde learn`` in its kernels. ``open_lesson`` installs them too.
"""

from __future__ import annotations

from typing import Any

from autograde.session import missing_names, syntax_errors

#: An IPython start-up file that installs the messages.
STARTUP = """\
from autograde.session import explained_errors

explained_errors.install()
"""


def install() -> None:
    """Install the messages in this process's kernel, if there is one."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is None:
        return
    missing_names.install(shell)
    syntax_errors.install(shell)
