"""Resource limits of a submission."""

from __future__ import annotations

import contextlib
import resource
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_MB = 2**20


@dataclass(frozen=True)
class SandboxLimits:
    """Limits of one submission.

    Attributes:
        cell_seconds: wall time of one cell.
        grace_seconds: time for an interrupted cell to stop.
        notebook_seconds: wall time of the complete run, including reruns of cells.
        memory: memory of all processes together in bytes; also the address space of one process beyond its libraries.
        processes: number of simultaneous processes and threads.
        file_bytes: size of the largest file.
        disk_bytes: size of all files in the home folder; ``/tmp`` may hold half as much.
        open_files: open files of one process.
        sockets: sockets of all processes together; each can hold about 400 KB of kernel memory.
        output_bytes: printed text and pictures that are kept of one notebook.
        cell_output_bytes: printed text that is kept of one cell.
        reruns: number of times the notebook is restarted after a cell ended Python.
    """

    cell_seconds: float = 90.0
    grace_seconds: float = 3.0
    notebook_seconds: float = 300.0
    memory: int = 3072 * _MB
    processes: int = 256
    file_bytes: int = 256 * _MB
    disk_bytes: int = 512 * _MB
    open_files: int = 1024
    sockets: int = 2500
    output_bytes: int = 1_500_000
    cell_output_bytes: int = 50_000
    reruns: int = 5

    def to_json(self) -> dict[str, Any]:
        """Return the limits as a JSON value."""
        return asdict(self)


def restrict(limits: SandboxLimits) -> None:
    """Apply the limits that the kernel can enforce to this process and its children; this cannot be undone."""
    with contextlib.suppress(OSError):
        # If the machine runs out of memory, the kernel kills these processes before the grader.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with Path("/proc/self/statm").open() as file:
        mapped = int(file.read().split()[0]) * resource.getpagesize()
    wanted = {
        resource.RLIMIT_AS: mapped + limits.memory,
        resource.RLIMIT_CPU: int(limits.notebook_seconds) + 5,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 8 * _MB,
        resource.RLIMIT_MSGQUEUE: _MB,
        # All learners' signals and timers together may not be more than the system allows one user.
        resource.RLIMIT_SIGPENDING: 1000,
    }
    for limit, value in wanted.items():
        _soft, hard = resource.getrlimit(limit)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
