"""Run the shell commands of a lesson's cells so that they cannot hang.

IPython runs ``!command`` with pexpect, and two things can then block a cell forever:

- The command detects a terminal, in which it may open a pager or an editor or ask for a password, but a notebook has
  no keyboard input for it.
- pexpect forks the kernel, runs Python in the child, and waits until the child has executed the command. A kernel has
  many threads, and a lock that one of them holds during the fork is never released in the child. ``!git show`` in
  lesson 2.4 hung, and under load with the repository panel's thread a kernel waited in ``ptyprocess.spawn`` forever.

Here a command gets a terminal only for its output, so that progress bars and colours work, and ``subprocess`` starts it
without running Python in a forked kernel.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any

from autograde.session.terminal_text import PaddedLines

#: Variables that prevent git and other programs from opening a pager or an editor, or asking questions.
UNATTENDED = {
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    # `git commit` without a message fails immediately, and git's error mentions the option -m.
    "GIT_EDITOR": "false",
    "GIT_SEQUENCE_EDITOR": "false",
    # A merge uses git's default message.
    "GIT_MERGE_AUTOEDIT": "no",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
}

#: Programs that ask for passwords in a window.
ASKING = ("GIT_ASKPASS", "SSH_ASKPASS")

#: Lines and columns of a command's terminal, as in IPython.
SIZE = (24, 80)

#: Seconds after which an interrupted command is killed.
GRACE = 2.0


def set_unattended(variables: MutableMapping[str, str]) -> None:
    """Add :data:`UNATTENDED` to an environment, and remove :data:`ASKING`."""
    for name in ASKING:
        variables.pop(name, None)
    variables.update(UNATTENDED)


def install() -> None:
    """Make ``!command`` in this process's kernel, if there is one, use :func:`run`.

    Does nothing on Windows, which does not have this kind of terminal.
    """
    from IPython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is None or os.name != "posix":
        return
    if "system" not in vars(shell):
        shell.system = _system(shell)


def _system(shell: Any) -> Callable[[str], None]:
    """Return a replacement for the shell's ``system``."""

    def system(cmd: str) -> None:
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        # Look up names in braces one frame above, in the cell or function with the command.
        exit_code = run(shell.var_expand(cmd, depth=1))
        shell.user_ns["_exit_code"] = exit_code
        if shell.system_raise_on_error and exit_code != 0:
            raise subprocess.CalledProcessError(exit_code, cmd)

    return system


def run(command: str) -> int:
    """Run a command with ``sh``, print its output as it arrives, and return its exit code.

    The code is negative if a signal ended it. The command has ended when its process has, even if a program that it
    started in the background still uses its terminal.

    Raises:
        KeyboardInterrupt: the kernel was interrupted; the command received the signal, too.
    """
    import termios

    reading, writing = os.openpty()
    try:
        try:
            termios.tcsetwinsize(writing, SIZE)
            # A new session has no controlling terminal from which a program could read a password.
            process = subprocess.Popen(
                ["/bin/sh", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
            )
        finally:
            os.close(writing)
        try:
            _print_output(reading, process)
        except KeyboardInterrupt:
            _interrupt(reading, process)
            raise
    finally:
        os.close(reading)
    code = process.wait()
    return 128 - code if code > 128 else code


def _print_output(reading: int, process: subprocess.Popen[bytes], until: float | None = None) -> None:
    """Print output until the command ends, or until the time ``until`` of ``time.monotonic()``."""
    decoder, lines = codecs.getincrementaldecoder("utf-8")("replace"), PaddedLines()
    while until is None or time.monotonic() < until:
        ended = process.poll() is not None
        ready, _writable, _exceptional = select.select([reading], [], [], 0 if ended else 0.05)
        if not ready:
            if ended:
                break
            continue
        try:
            arrived = os.read(reading, 65536)
        except OSError:  # on Linux, this is the end of the terminal's output
            arrived = b""
        if not arrived:
            break
        sys.stdout.write(lines.feed(decoder.decode(arrived)))
        sys.stdout.flush()
    sys.stdout.write(lines.feed(decoder.decode(b"", final=True)) + lines.end())


def _interrupt(reading: int, process: subprocess.Popen[bytes]) -> None:
    """Interrupt the command and its children, print their remaining output, and kill those that do not end."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        until = time.monotonic() + GRACE
        _print_output(reading, process, until)
        # Its output may end shortly before the process does.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(until - time.monotonic(), 0.1))
            return
