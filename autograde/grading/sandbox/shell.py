"""The IPython shell of a learner's process: works as in a Jupyter kernel, but records its messages."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

from ipykernel import zmqshell
from IPython.core.error import UsageError
from traitlets.config import Config

from autograde.grading.sandbox.recording import Recorder, RecordingSession, Stream


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """A kernel's shell without a kernel. Libraries recognise a notebook by the name of this class."""

    def enable_gui(self, gui: Any = None) -> None:
        """Refuse GUI event loops, because the sandbox has no display.

        Raises:
            UsageError: a GUI was requested.
        """
        if gui not in (None, "inline"):
            raise UsageError(f"There is no display for {gui}.")


def make_shell() -> Any:
    """Return this process's shell, created once before learners' processes are forked."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # A rich traceback takes 80 to 250 ms.
    config.InteractiveShell.xmode = "Plain"
    shell: Any = ZMQInteractiveShell.instance(config=config)
    session = RecordingSession()
    shell.display_pub.session = session
    shell.displayhook.session = session
    shell.displayhook.get_execution_count = lambda: shell.execution_count
    # Libraries distinguish a notebook from a terminal by this attribute.
    shell.kernel = SimpleNamespace(session=session, shell=shell, iopub_socket=None, eventloop=None)
    # Otherwise exit() would end the process instead of its cell.
    shell.user_ns["exit"] = shell.user_ns["quit"] = sys.exit
    _warm_up(shell)
    return shell


def _warm_up(shell: Any) -> None:
    """Create what IPython creates with the first cell, once here instead of in every learner's process."""
    # Python specialises a function's code after eight runs.
    for _run in range(10):
        shell.run_cell("def function(value):\n    return value\n\nfunction(0);", silent=True)
    del shell.user_ns["function"]
    shell.display_formatter.format(shell.kernel)
    getattr(shell, "logger", None)


def record(shell: Any, recorder: Recorder) -> None:
    """Send the shell's outputs and Python's printed text to ``recorder``."""
    shell.display_pub.session.recorder = recorder
    sys.stdout, sys.stderr = Stream(recorder, "stdout"), Stream(recorder, "stderr")
    # For libraries that bypass a replaced sys.stdout.
    setattr(sys, "__stdout__", sys.stdout)  # noqa: B010 - a final name for mypy
    setattr(sys, "__stderr__", sys.stderr)  # noqa: B010 - as above
