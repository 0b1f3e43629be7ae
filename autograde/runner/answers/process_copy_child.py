"""The copy of a process that works on an answer: it lets go of what it inherited, does the work, and exits."""

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
from typing import IO

from autograde import settings
from autograde.runner.answers.channel import DONE, FAILED, SetupFailed, SocketChannel, Work
from autograde.runner.answers.notebook import ipython_shell
from autograde.runner.answers.output import redirect_everything


def be_the_copy(work: Work, writing: int, output: int, dump: IO[bytes]) -> None:
    """Run in the copy: do the work, and exit without cleanup."""
    try:
        os.setpgid(0, 0)
        _die_with_parent()
        _let_go_of_connections({writing, output, dump.fileno()})
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
            # The answer has broken what the check itself needs.
            os._exit(1)
    finally:
        os._exit(0)


def _imported_after(last: str) -> list[str]:
    """Return the modules that were imported after the module ``last``; all of them if that is gone.

    Not the difference of two sets: touching each of 5000 names copies 1900 pages of memory, which takes 4 ms.
    """
    return sorted(takewhile(lambda name: name != last, reversed(sys.modules)))


def _die_with_parent() -> None:
    """Ask Linux to kill the copy together with the notebook; elsewhere a copy that hangs then stays."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _let_go_of_connections(own: set[int]) -> None:
    """Let go of the pipes and sockets that the copy inherited, except its own.

    A copy that holds the end of a pipe to a program keeps that program waiting: a Hub of this process could not end its
    git. Each descriptor is replaced and not closed: a number that is used again could be another object's file.
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
    """Make ``input()`` raise EOFError at once: a check cannot be typed into."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    sys.stdin = os.fdopen(0, closefd=False)
    kernel = getattr(ipython_shell(), "kernel", None)
    builtins.input = getattr(kernel, "_sys_raw_input", builtins.input)


def _send_nothing_to_the_notebook() -> None:
    """Drop the messages of widgets, such as tqdm's bars: the kernel warns about each that a copy tries to send."""
    session = getattr(getattr(ipython_shell(), "kernel", None), "session", None)
    if session is not None:
        session.send = lambda *_arguments, **_named: None
