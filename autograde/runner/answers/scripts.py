"""Run a shell script with resource limits, and report its actions."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from autograde.judge.error_lines import error_lines, plain
from autograde.judge.execution import Ending
from autograde.judge.observation import Mapping, Observation, listed
from autograde.runner.answers.clones import state_of_clones
from autograde.runner.answers.process_copy import WITHOUT_PROGRESS, busy
from autograde.runner.answers.run_environment import RunEnvironment
from autograde.runner.answers.script_mistakes import commands, mistakes, unknown, unused

#: Bytes kept of the beginning and of the end of the output.
KEPT = 4_000
#: Largest number of characters reported of a command's line.
LONGEST_COMMAND = 100
#: Largest number of processes of a script at the same time.
MOST_PROCESSES = 64
#: Largest number of bytes that a script may leave in its folders.
MOST_BYTES = 400_000_000
#: Largest number of files reported of the working folder.
MOST_FILES = 100
#: Runs its argument without core dumps, with a limit on file sizes and (except for root) on the number of processes.
_LIMITED = f'ulimit -c 0; ulimit -u 4000 2>/dev/null; ulimit -f {MOST_BYTES // 1024}; exec bash --noprofile --norc "$1"'
#: Seconds between two checks of a running script.
_LOOK = 0.05


def run_script(script: str, environment: RunEnvironment, seconds: float, name: str = "script.sh") -> Mapping:
    """Run a script with bash in the working folder.

    Args:
        script: its text.
        environment: the script's folders and variables.
        seconds: wall time after which the script and all its processes are killed; earlier, if it starts no new program
            for :data:`~autograde.runner.answers.process_copy.WITHOUT_PROGRESS` seconds.
        name: the script's name in bash's messages.

    Returns:
        A dictionary with

        - ``ended``: how it ended, an :class:`~autograde.judge.execution.Ending`;
        - ``seconds``: how long it ran, a whole number;
        - ``exit``: its exit code, None if it was stopped;
        - ``running``: the command that was running when its time was over, ``""`` if there was none;
        - ``said``: the end of its output, of both streams;
        - ``errors``: the lines of its output that report an error;
        - ``unused``: the names of the variables in ``environment.variables`` that the script does not use;
        - ``unknown``: the names of variables that it uses but that are not set;
        - ``mistakes``: other mistakes in its text, each a :class:`~autograde.judge.script_reports.ScriptMistake`;
        - ``commands``: steps in its text, each a :class:`~autograde.judge.script_reports.GitCommand`;
        - ``clones``: the state of the working folder's clones (see :mod:`autograde.runner.answers.clones`);
        - ``files``: ``{path: sha256}`` of the working folder's files, except git's own;
        - ``model``: the same for the model folder.
    """
    script = script.replace("\r\n", "\n").replace("\0", "")
    file = environment.work.parent / name
    file.write_text(script, encoding="utf-8", errors="replace")
    run = _run(file, environment, seconds)

    def shortened(text: str) -> str:
        """Return the text with the paths of this run's folders shortened."""
        short = ((str(file), name), (environment.all_variables["HOME"], "~"), (str(environment.work.parent), "/tmp"))  # noqa: S108
        for long, instead in short:
            text = text.replace(long, instead)
        return text

    model = environment.variables.get("MODEL_FOLDER")
    return Mapping(
        (
            ("ended", run.ended),
            ("seconds", round(run.seconds)),
            ("exit", run.exit if run.ended == Ending.FINISHED else None),
            ("running", shortened(run.running)[:LONGEST_COMMAND]),
            ("said", shortened(run.output.text())),
            ("errors", listed(*error_lines(shortened(run.output.whole())))),
            ("unused", listed(*unused(script, environment.variables))),
            ("unknown", listed(*unknown(script, environment.all_variables)[:10])),
            ("mistakes", listed(*mistakes(script, environment.variables))),
            ("commands", listed(*commands(script))),
            ("clones", state_of_clones(environment)),
            ("files", Mapping(tuple(fingerprints(environment.work).items()))),
            ("model", Mapping(tuple(fingerprints(Path(model)).items()) if model else ())),
        )
    )


@dataclass(frozen=True)
class _Run:
    """How a script ran.

    Attributes:
        ended: how it ended.
        seconds: how long it ran.
        exit: its exit code; of no meaning if it was stopped.
        running: the command that was running when its time was over.
        output: both streams.
    """

    ended: Ending
    seconds: float
    exit: int
    running: str
    output: _Tail


def _run(file: Path, environment: RunEnvironment, seconds: float) -> _Run:
    """Run the script in a file until it ends or exceeds a limit, and kill all its processes."""
    process = subprocess.Popen(
        [*_apart(), "bash", "--noprofile", "--norc", "-c", _LIMITED, "bash", str(file)],
        cwd=environment.work, env=environment.all_variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout
    began = time.monotonic()
    output = _Tail(process.stdout)
    try:
        ended = _watch(process, environment, began + seconds)
        took = time.monotonic() - began
        running = _running(process.pid, file) if ended == Ending.TIME else ""
    finally:
        # Background processes are killed too.
        _kill(process.pid, environment)
        process.wait()
        output.join()
    return _Run(ended, took, process.returncode, running, output)


@lru_cache(maxsize=1)
def _apart() -> tuple[str, ...]:
    """Return the command that runs a script in its own process namespace; empty if the system has none.

    The kernel kills all processes of such a namespace together, even if this process is killed; a fork bomb creates
    processes faster than they can be listed from outside. The user stays the same: for another user, git would consider
    every file of a clone changed, and ``git checkout`` would download weights unnecessarily.
    """
    for more in ((), ("--user", "--map-current-user")):
        command = ("setpriv", "--pdeathsig", "KILL", "unshare", *more, "--pid", "--fork", "--kill-child")
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([*command, "true"], check=True, capture_output=True, timeout=10)
            return command
    return ()


def _watch(process: subprocess.Popen[bytes], environment: RunEnvironment, deadline: float) -> Ending:
    """Wait until the script ends or exceeds a limit; return how it ended."""
    looks = 0
    programs = _Programs()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK)
            return Ending.FINISHED if not _too_large(environment) else Ending.DISK
        looks += 1
        members = _session(process.pid)
        if time.monotonic() > min(deadline, programs.last_new(members) + WITHOUT_PROGRESS * busy()):
            return Ending.TIME
        if len(members) > MOST_PROCESSES:
            return Ending.PROCESSES
        if looks % 10 == 0 and _too_large(environment):
            return Ending.DISK


class _Programs:
    """Detects when a script starts a program with a new command line.

    A repeated program does not count as progress, because a loop that retries must be stopped.
    """

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._last_new = time.monotonic()

    def last_new(self, members: Sequence[int]) -> float:
        """Return when the last new program was detected, or the current time if processes cannot be listed.

        Args:
            members: the script's processes.
        """
        lines = set()
        for number in members:
            with contextlib.suppress(OSError):
                lines.add(Path("/proc", str(number), "cmdline").read_bytes())
        if not lines or not lines <= self._seen:
            self._seen |= lines
            self._last_new = time.monotonic()
        return self._last_new


def _session(leader: int) -> list[int]:
    """Return the processes of the script's session (Linux only)."""
    found = []
    for entry in _processes():
        with contextlib.suppress(OSError, ValueError, IndexError):
            # Fields after the name in brackets: state, parent, group, session.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def _running(leader: int, script: Path) -> str:
    """Return the command that the script waits for; ``""`` if bash itself is busy, or if it is unknown."""
    marker = os.fsencode(script)
    parents: dict[int, int] = {}
    lines: dict[int, list[bytes]] = {}
    for number in _session(leader):
        with contextlib.suppress(OSError, ValueError, IndexError):
            folder = Path("/proc", str(number))
            parents[number] = int((folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
            lines[number] = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    # Skip bash, subshells and the command that starts them: their lines contain the script's path.
    of_bash = {number for number, line in lines.items() if marker in line}
    own = [number for number in lines if number not in of_bash and parents[number] in of_bash]
    return b" ".join(lines[max(own)]).decode("utf-8", "replace") if own else ""


def _processes() -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (entry for entry in Path("/proc").iterdir() if entry.name.isdecimal())


def _living_in(home: str) -> list[int]:
    """Return the processes with this home folder, including those outside the script's session (Linux only)."""
    marker = b"HOME=" + os.fsencode(home)
    found = []
    for entry in _processes():
        with contextlib.suppress(OSError):
            if marker in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return found


def _kill(leader: int, environment: RunEnvironment) -> None:
    """Kill all processes that the script started. Repeat until none is left, because of fork bombs."""
    for _round in range(50):
        with contextlib.suppress(OSError):
            os.killpg(leader, signal.SIGKILL)
        rest = [*_session(leader), *_living_in(environment.all_variables["HOME"])]
        for number in rest:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        if not rest:
            return


def _too_large(environment: RunEnvironment) -> bool:
    """Return whether the script's folders contain more bytes than allowed."""
    total = 0
    for folder, _folders, files in os.walk(environment.work.parent):
        for name in files:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
        if total > MOST_BYTES:
            return True
    return False


class _Tail:
    """Reads a stream to its end in a thread, and keeps its first and its last :data:`KEPT` bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._first, self._kept = stream, b"", b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                room = KEPT - len(self._first)
                self._first += chunk[:room]
                self._kept = (self._kept + chunk[room:])[-KEPT:]

    def join(self) -> None:
        """Wait for the end of the stream, after all its writers have ended."""
        self._thread.join(5)
        self._stream.close()

    def whole(self) -> str:
        """Return the kept beginning and end."""
        return self._first.decode("utf-8", "replace") + self._kept.decode("utf-8", "replace")

    def text(self) -> str:
        """Return the last complete lines as a terminal would show them, at most 500 characters."""
        lines = plain((self._first + self._kept)[-KEPT:].decode("utf-8", "replace")).split("\n")
        kept: list[str] = []
        for line in reversed(lines):
            if sum(map(len, kept)) + len(kept) + len(line) > 500:
                break
            kept.append(line)
        return "\n".join(reversed(kept)).strip()


def fingerprints(folder: Path) -> dict[str, Observation]:
    """Return ``{path: sha256}`` of the files in a folder, without git's own files and links."""
    found: dict[str, Observation] = {}
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(files):
            path = Path(at, name)
            if len(found) >= MOST_FILES or not path.is_file() or path.is_symlink():
                continue
            with contextlib.suppress(OSError), path.open("rb") as file:
                relative = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
                found[relative[:500]] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
