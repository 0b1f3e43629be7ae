"""The child process that works on an answer: it releases inherited resources, does the work, and exits."""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import faulthandler
import os
import signal
import socket
import stat
import sys
from itertools import takewhile

from autograde import settings
from autograde.runner.answers.channel import DONE, FAILED, SetupFailed, SocketChannel, Work
from autograde.runner.answers.held_interrupt import HeldInterrupt
from autograde.runner.answers.notebook import ipython_shell
from autograde.runner.answers.output import redirect_everything


def run_copy(work: Work, writing: int, output: int, dump: int, held: HeldInterrupt) -> None:
    """Do the work in the copy, and exit without cleanup. ``held`` is released once the copy gets no more interrupts."""
    try:
        os.setpgid(0, 0)
        held.release()
        _die_with_parent()
        _release_connections({writing, output, dump})
        faulthandler.register(signal.SIGUSR1, dump)
        # Otherwise the tokenizers library warns about the fork on stderr.
        settings.set_environment({**settings.environment(), "TOKENIZERS_PARALLELISM": "false"})
        redirect_everything(output)
        _no_input()
        _send_nothing_to_the_notebook()
        channel = SocketChannel(writing)
        try:
            last = next(reversed(sys.modules), "")
            work(channel)
            channel.write(DONE + " ".join(_imported_after(last)).encode("utf-8", "replace"))
        except SetupFailed as failed:
            channel.write(FAILED + str(failed).replace("\n", " ").encode("utf-8", "replace"))
        except BaseException:
            # The answer has broken something that the check needs.
            os._exit(1)
    finally:
        os._exit(0)


def _imported_after(last: str) -> list[str]:
    """Return the modules that were imported after the module ``last``; all modules if ``last`` was removed.

    A difference of two sets would be slower: touching each of 5000 names copies 1900 pages of memory (4 ms).
    """
    return sorted(takewhile(lambda name: name != last, reversed(sys.modules)))


def _die_with_parent() -> None:
    """Make Linux kill the copy when the notebook's process ends; on other systems, a hanging copy remains."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _release_connections(own: set[int]) -> None:
    """Release the pipes and sockets that the copy inherited, except its own.

    A program waits as long as a copy holds the other end of its pipe: a Hub in this process could not stop its git.
    Each descriptor is replaced instead of closed, because a reused number could be another object's file.
    """
    ended, other = socket.socketpair()
    other.close()
    nothing = os.open(os.devnull, os.O_RDWR)
    for name in os.listdir("/dev/fd"):
        number = int(name)
        with contextlib.suppress(OSError):
            mode = os.fstat(number).st_mode
            if number > 2 and number not in own | {ended.fileno(), nothing}:
                if stat.S_ISSOCK(mode):
                    os.dup2(ended.fileno(), number, inheritable=False)
                elif stat.S_ISFIFO(mode):
                    os.dup2(nothing, number, inheritable=False)
    ended.detach()


def _no_input() -> None:
    """Make ``input()`` raise EOFError immediately, because a check has no input."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    sys.stdin = os.fdopen(0, closefd=False)
    kernel = getattr(ipython_shell(), "kernel", None)
    builtins.input = getattr(kernel, "_sys_raw_input", builtins.input)


def _send_nothing_to_the_notebook() -> None:
    """Drop the messages of widgets, such as tqdm's bars, because the kernel warns about each one sent from a copy."""
    session = getattr(getattr(ipython_shell(), "kernel", None), "session", None)
    if session is not None:
        session.send = lambda *_arguments, **_named: None
