"""Measure and kill the processes of a sandbox, from outside."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096

#: Whether this kernel lists the children of each thread.
_HAS_CHILDREN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")


class Process:
    """A process that may end at any time; signals never reach another process with a reused id.

    Attributes:
        pid: the process id.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._file = os.pidfd_open(pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; do nothing if the process has ended."""
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(self._file, number)

    def close(self) -> None:
        """Release the handle of the process."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def tree(root: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{name}/stat", "rb") as file:
                children.setdefault(int(file.read().rpartition(b")")[2].split()[1]), []).append(int(name))
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], ())
    return found


def tree_now(root: int) -> list[int]:
    """Return the same as :func:`tree`, but a process that ends meanwhile may hide some of the others.

    It reads only these processes instead of all processes of the machine, which takes several milliseconds.
    """
    if not _HAS_CHILDREN:
        return tree(root)
    found, waiting = [], [root]
    while waiting:
        found.append(waiting.pop())
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{found[-1]}/task"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    waiting += map(int, Path(f"/proc/{found[-1]}/task/{thread}/children").read_bytes().split())
    return found


def memory(processes: list[int], enough: int) -> int:
    """Return the memory of processes in bytes; count shared pages once if the sum exceeds ``enough``."""
    plain = sum(_resident(pid) for pid in processes)
    return plain if plain <= enough else sum(_proportional(pid) for pid in processes)


def sockets(pid: int) -> int:
    """Return the number of sockets in a process's network namespace; 0 if unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/net/sockstat").read_text(encoding="ascii").split()[2])
    return 0


def peak(pid: int) -> int:
    """Return the peak memory of a process in bytes; 0 if unknown."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/status").read_text(errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(errors="replace").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0
    return _resident(pid)
