"""Install Python packages with pip, with the right torch and a progress bar."""

from __future__ import annotations

import queue
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from autograde import settings
from autograde.i18n.translation import messages
from autograde.setup.pip_errors import explain, is_unreachable

_ = messages("cli")

#: The extras of pyproject.toml that ``make`` installs for each kind of user.
EXTRAS = {"learner": "course", "developer": "course,dev,docs"}

#: Seconds between two progress lines, without a terminal.
_BETWEEN_LINES = 10.0
#: Seconds between two updates of the progress bar, in a terminal.
_BETWEEN_LOOKS = 0.2
#: Number of lines of pip's output that are kept to explain a failure.
_KEPT = 400
#: Files that show a driver for NVIDIA cards on Linux; ``/dev/dxg`` is the card in WSL.
_NVIDIA = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg")


#: Modules that the kit does not import, a third of all: tests, and transformers' models except BERT.
_SELDOM_IMPORTED = r"/tests?/|/transformers/models/(?!auto/|bert/)"


def has_nvidia_card(signs: Sequence[str] = _NVIDIA) -> bool:
    """Return whether this machine has an NVIDIA card with a driver, judging by the driver's files."""
    return any(Path(sign).exists() for sign in signs) or shutil.which("nvidia-smi") is not None


def install_cpu_torch(venv: Path, kit: Path, say: Callable[[str], object]) -> None:
    """Install torch for CPUs (200 MB instead of gigabytes) on Linux without an NVIDIA card.

    If the index does not answer, do nothing: torch is then installed from pip's default index.

    Raises:
        SetUpFailed: pip failed for another reason, such as a full disk.
    """
    index = settings.torch_index()
    pin = re.search(r"^torch==\S+", (kit / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if sys.platform != "linux" or not index or not pin or has_nvidia_card():
        return
    say(_("Fetching torch for CPUs from {index} …").format(index=index))
    # Only torch itself: its dependencies come from pip's default index.
    arguments = ["--no-deps", "--index-url", index, "--timeout", "10", "--retries", "1", pin[0]]
    code, output = pip_install(venv, arguments, say)
    if code and is_unreachable(output):
        say(
            _("{index} doesn't answer or has no torch for this machine, so torch comes from pip's usual index.").format(
                index=index
            )
        )
    elif code:
        raise explain(output, venv, code)


def install_kit(venv: Path, kit: Path, extra: str, say: Callable[[str], object]) -> None:
    """Install the kit and its requirements in the versions of constraints.txt.

    Args:
        venv: the environment to install into.
        kit: the kit's folder.
        extra: ``"learner"`` or ``"developer"``.
        say: prints a line.

    Raises:
        SetUpFailed: pip failed; the error says why and what to do.
    """
    _remove_old_name(venv)
    target = f"{kit}[{EXTRAS[extra]}]"
    code, output = pip_install(venv, ["-c", str(kit / "constraints.txt"), "-e", target], say)
    if code:
        raise explain(output, venv, code)
    compile_modules(venv, kit, say)


def compile_modules(venv: Path, kit: Path, say: Callable[[str], object]) -> None:
    """Compile the installed modules and the kit's to byte code with all processors.

    pip would use one processor and also compile tests. Other modules are compiled when they are first imported.
    """
    say(_("Compiling Python modules …"))
    command = [str(venv / "bin" / "python"), "-m", "compileall", "-q", "-q", "-j", "0", "-x", _SELDOM_IMPORTED]
    # Ignore errors: some packages have files for other versions of Python.
    subprocess.run(
        [*command, str(venv / "lib"), str(kit / "autograde")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def _remove_old_name(venv: Path) -> None:
    """Uninstall the kit under its former name, ``autograde``, because both would provide the same command."""
    if any(venv.glob("lib/python*/site-packages/autograde-[0-9]*.dist-info")):
        command = [str(venv / "bin" / "python"), "-m", "pip", "uninstall", "--yes", "--quiet", "autograde"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def pip_install(venv: Path, arguments: Sequence[str], say: Callable[[str], object]) -> tuple[int, str]:
    """Run ``pip install`` with a progress bar; without a terminal, print a line from time to time.

    Returns:
        pip's exit code, and the end of its output.
    """
    command = [
        str(venv / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-compile",  # see compile_modules
        "--progress-bar",
        "off",
    ]
    process = subprocess.Popen(
        [*command, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", env=settings.environment() | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout
    bar = sys.stdout.isatty()
    progress, kept, shown = PipProgress(_installed(venv)), list[str](), time.monotonic()
    with process:
        for line in _lines(process.stdout, _BETWEEN_LOOKS if bar else 1.0):
            if line is not None:
                kept = [*kept[-_KEPT:], line]
                progress.read(line)
            progress.installed = _installed(venv)
            if bar:
                _draw(progress.text())
            elif time.monotonic() - shown >= _BETWEEN_LINES:
                say(progress.text())
                shown = time.monotonic()
    if bar:
        _draw("")
    return process.returncode, "".join(kept)


@dataclass
class PipProgress:
    """The progress of a pip command.

    Attributes:
        before: number of packages installed at the start.
        installed: number of packages installed now.
        found: packages that pip has selected.
        fetched: packages whose file pip has fetched or is fetching.
        last: the current file, with its size as printed by pip.
        wanted: number of packages to install, once pip has selected all.
    """

    before: int
    installed: int = 0
    found: set[str] = field(default_factory=set)
    fetched: set[str] = field(default_factory=set)
    last: str = ""
    wanted: int = 0

    def read(self, line: str) -> None:
        """Read a line of pip's output."""
        if match := re.match(r"\s*Collecting ([A-Za-z0-9._-]+)", line):
            self.found.add(match[1].lower())
        elif match := re.match(r"\s*(?:Downloading|Using cached) (\S+\.(?:whl|tar\.gz))( \([^)]*\))?\s*$", line):
            name = match[1].rsplit("/", 1)[-1]
            self.fetched.add(name)
            self.last = f"{'-'.join(name.split('-')[:2])}{match[2] or ''}"
        elif match := re.match(r"Installing collected packages: (.*)", line):
            self.wanted = match[1].count(",") + 1

    def text(self) -> str:
        """Return the progress as one line."""
        if self.wanted:
            done = min(self.wanted, max(0, self.installed - self.before))
            return f"{_bar(done, self.wanted)} " + _("installed {done} of {wanted} packages").format(
                done=done, wanted=self.wanted
            )
        if self.fetched:
            return _("fetching package {number}: {last}").format(number=len(self.fetched), last=self.last)
        return _("finding out which packages are needed: {count} so far").format(count=len(self.found))


def _bar(done: int, total: int) -> str:
    width = 20
    filled = width * done // max(total, 1)
    return f"[{'#' * filled}{'.' * (width - filled)}]"


def _draw(text: str) -> None:
    """Replace the terminal's current line."""
    width = shutil.get_terminal_size().columns - 1
    sys.stdout.write(f"\r\x1b[K{text[:width]}")
    sys.stdout.flush()


def _installed(venv: Path) -> int:
    """Return the number of packages installed in ``venv``."""
    return sum(1 for _folder in venv.glob("lib/python*/site-packages/*.dist-info"))


def _lines(stream: IO[str], seconds: float) -> Iterator[str | None]:
    """Yield the lines of ``stream`` as they arrive, and None after every ``seconds`` without a line."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        for line in stream:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=seconds)
        except queue.Empty:
            yield None
        else:
            if line is None:
                return
            yield line
