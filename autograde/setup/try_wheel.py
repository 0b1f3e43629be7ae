"""``make wheel``: test the built wheel in new environments by using it as its users would.

Two environments in a temporary folder: the base install with pytest runs a test that uses the fixture ``local_hub``;
the extra ``course`` opens the lessons in an empty folder and grades the sample class. Needs the package index.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograde import settings
from autograde.setup.packages import install_cpu_torch, pip_install

#: A developer's first test.
FIRST_TEST = """\
def test_a_new_repository_has_its_first_commit(local_hub):
    local_hub.create_user("ada")
    local_hub.create_repository("ada/first")
    assert local_hub.repository("ada/first").commits()
"""


def main() -> int:
    """Test the wheel given on the command line; return the exit code of the first step that fails."""
    wheel, kit = Path(sys.argv[1]).resolve(), settings.KIT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for step in (_try_base, _try_course):
            if code := step(wheel, kit, folder):
                return code
    return 0


def _try_base(wheel: Path, kit: Path, folder: Path) -> int:
    venv = _install(wheel, kit, folder / "base", ["pytest"])
    (folder / "test_first.py").write_text(FIRST_TEST, encoding="utf-8")
    return _run([str(venv / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"], folder)


def _try_course(wheel: Path, kit: Path, folder: Path) -> int:
    venv = folder / "course"
    _venv(venv)
    install_cpu_torch(venv, kit, print)
    _install(wheel, kit, venv, [], extra="course")
    empty = folder / "empty"
    empty.mkdir()
    command = str(venv / "bin" / "autograde")
    for arguments in (["--version"], ["doctor"], ["demo"], ["grade-demo"]):
        if code := _run([command, *arguments], empty):
            return code
    return _learn(command, empty)


def _learn(command: str, folder: Path) -> int:
    """Start the lessons, and stop them when both addresses have been printed; return 0 on success."""
    with subprocess.Popen(
        [command, "learn", "--no-browser"], cwd=folder, stdout=subprocess.PIPE, text=True, env=_environment()
    ) as process:
        assert process.stdout
        shown = []
        for line in process.stdout:
            print(line, end="", flush=True)  # noqa: T201
            shown += [word for word in line.split() if word.startswith("http://127.0.0.1")]
            if len(shown) == 2:
                break
        process.send_signal(signal.SIGINT)
        process.communicate()
    lessons = list(folder.glob("workspace/*.ipynb"))
    return 0 if len(shown) == 2 and lessons else 1


def _venv(venv: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)


def _install(wheel: Path, kit: Path, venv: Path, others: Sequence[str], extra: str = "") -> Path:
    if not venv.exists():
        _venv(venv)
    target = f"{wheel}[{extra}]" if extra else str(wheel)
    code, output = pip_install(venv, ["-c", str(kit / "constraints.txt"), target, *others], print)
    if code:
        sys.exit(output)
    size = sum(path.stat().st_size for path in venv.rglob("*") if path.is_file())
    print(f"{extra or 'base'}: {size / 1e6:.0f} MB in the environment", flush=True)  # noqa: T201
    return venv


def _run(command: Sequence[str], folder: Path) -> int:
    print(f"$ {' '.join(command)}", flush=True)  # noqa: T201
    return subprocess.run(command, cwd=folder, check=False, env=_environment()).returncode


def _environment() -> dict[str, str]:
    return settings.environment() | {"PYTHONUNBUFFERED": "1", "AUTOGRADE_LANGUAGE": "en"}


if __name__ == "__main__":
    sys.exit(main())
