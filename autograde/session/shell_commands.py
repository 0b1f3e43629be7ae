"""Run the shell commands of a lesson's cells so that each ends by itself.

IPython runs ``!command`` by pexpect, and two things can then keep a cell busy for ever:

- The command finds a terminal, in which it may open a pager or an editor or ask for a password. A notebook has no
  keyboard for that.
- pexpect forks the kernel, goes on in Python in the copy, and waits until the copy has become the command. A kernel has
  many threads; a lock that one of them held at that moment is never released in the copy. ``!git show`` in lesson 2.4
  hung, and under load with the repository panel's thread a kernel waited in ``ptyprocess.spawn`` for ever.

Here a command gets a terminal for its output only, so that progress and colours stay, and ``subprocess`` starts it
without running Python in a copy of the kernel.
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

#: Variables with which git and other programs neither page, nor edit, nor ask.
UNATTENDED = {
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    # `git commit` without a message fails at once, and git's error names the option -m.
    "GIT_EDITOR": "false",
    "GIT_SEQUENCE_EDITOR": "false",
    # A merge takes git's own message.
    "GIT_MERGE_AUTOEDIT": "no",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
}

#: Programs that ask for passwords in a window.
ASKING = ("GIT_ASKPASS", "SSH_ASKPASS")

#: PaddedLines and columns of a command's terminal, as in IPython.
SIZE = (24, 80)

#: Seconds after which a command that was interrupted is killed.
GRACE = 2.0


def set_unattended(variables: MutableMapping[str, str]) -> None:
    """Add :data:`UNATTENDED` to an environment, and remove :data:`ASKING`."""
    for name in ASKING:
        variables.pop(name, None)
    variables.update(UNATTENDED)


def install() -> None:
    """Let ``!command`` in this process's kernel, if there is one, use :func:`run`; not on Windows, which has no such
    terminals."""
    from IPython import get_ipython

    shell: Any = get_ipython()
    if getattr(shell, "kernel", None) is None or os.name != "posix":
        return
    if "system" not in vars(shell):
        shell.system = _system(shell)


def _system(shell: Any) -> Callable[[str], None]:
    """Return a function like the shell's own ``system``."""

    def system(cmd: str) -> None:
        if cmd.rstrip().endswith("&"):
            raise OSError("Background processes not supported.")
        # Names in braces are looked up one frame above, in the cell or function that has the command.
        exit_code = run(shell.var_expand(cmd, depth=1))
        shell.user_ns["_exit_code"] = exit_code
        if shell.system_raise_on_error and exit_code != 0:
            raise subprocess.CalledProcessError(exit_code, cmd)

    return system


def run(command: str) -> int:
    """Run a command by ``sh``, print what it says while it says it, and return its exit code.

    The code is negative if a signal ended it. It is over when its process has ended, even if a program that it left in
    the background still has its terminal.

    Raises:
        KeyboardInterrupt: the kernel was interrupted; the command got the signal too.
    """
    import termios

    reading, writing = os.openpty()
    try:
        try:
            termios.tcsetwinsize(writing, SIZE)
            # A session of its own: there is no terminal from which a program could read a password.
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
    """Print what arrives until the command ends, or until a moment of ``time.monotonic()``."""
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
        except OSError:  # Linux reports the end of a terminal in this way
            arrived = b""
        if not arrived:
            break
        sys.stdout.write(lines.feed(decoder.decode(arrived)))
        sys.stdout.flush()
    sys.stdout.write(lines.feed(decoder.decode(b"", final=True)) + lines.end())


def _interrupt(reading: int, process: subprocess.Popen[bytes]) -> None:
    """Interrupt the command and its children, print their last words, and kill what does not end."""
    for number in (signal.SIGINT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        until = time.monotonic() + GRACE
        _print_output(reading, process, until)
        # Its output may end a moment before the process does.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(until - time.monotonic(), 0.1))
            return
