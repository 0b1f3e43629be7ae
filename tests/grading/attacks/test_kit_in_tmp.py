"""Grading with a kit that was unpacked below ``/tmp``: each learner's ``/tmp`` contains only the kit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.settings import KIT

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import autograde
from autograde.grading.sandbox import SandboxLimits
from autograde.grading.sandbox.executor import SandboxExecutor
from tests.grading.attacks.notebooks import RIGHT, Attack
assert autograde.__file__.startswith("/tmp/") and sys.prefix.startswith("/tmp/"), sys.prefix
executor = SandboxExecutor(SandboxLimits(cell_seconds=20, memory=400 * 2**20, processes=100))
for _learner in range(2):
    done = executor.run(Attack("tries to change the kit", RIGHT, (sys.argv[2],), points=10).job())
    assert done.verdicts["segment_ids"]["points"] == 10, done.notebook
    shown = done.notebook.decode()
    assert "SEEN " in shown, shown
    print(shown.split("SEEN ")[1].split("\\\\n")[0])
executor.close()
"""

CELL = """
import os
from pathlib import Path
import autograde

kit = Path(autograde.__file__).parents[1]
top = Path("/tmp", kit.parts[2])
seen = [sorted(os.listdir("/tmp")) == [top.name], sorted(os.listdir(kit)) == ["autograde"]]
Path("/tmp/mine").write_text("x")


def refused(change):
    try:
        change()
    except OSError:
        return True
    return False


changes = [
    lambda: (kit / "autograde" / "__init__.py").write_text(""),
    lambda: (kit / "autograde" / "sitecustomize.py").write_text(""),
    lambda: (kit / "torch.py").write_text(""),
    lambda: (top / "x").write_text(""),
    lambda: top.rename("/tmp/elsewhere"),
    lambda: kit.rename(top / "elsewhere"),
    lambda: (kit / "autograde" / "errors.py").unlink(),
    lambda: os.listdir(kit / "source"),
]
seen += [refused(change) for change in changes]
try:
    import autograde.questions
except ModuleNotFoundError:
    seen.append("hidden")
print("SEEN", *seen)
"""


@pytest.fixture
def unpacked() -> Iterator[Path]:
    """A folder in ``/tmp`` with the kit and its own Python."""
    folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir="/tmp"))  # the test needs a kit in /tmp
    folder.chmod(0o755)
    try:
        for name in ("autograde", "release", "source", "tests"):
            shutil.copytree(KIT / name, folder / "kit" / name, ignore=shutil.ignore_patterns("__pycache__"))
        venv.create(folder / "venv", symlinks=True)
        (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
        # Of this Python's path: its packages may be in the folder of another environment.
        found = [each for each in sys.path if each.endswith("-packages")]
        (packages / "kit.pth").write_text("\n".join(found), encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


def test_kit_below_tmp_works_and_is_read_only_for_learners(unpacked: Path) -> None:
    python = unpacked / "venv" / "bin" / "python"
    done = subprocess.run(
        [str(python), "-c", PROGRAM, str(unpacked / "kit"), CELL], cwd="/", capture_output=True, text=True, timeout=110,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, check=False,
    )  # fmt: skip
    nothing_changed = " ".join(["True"] * 10 + ["hidden"])
    assert done.stdout.splitlines() == [nothing_changed] * 2, (done.stdout, done.stderr[-3000:])


def test_python_installed_in_tmp_itself_gives_a_clear_error() -> None:
    tried = (
        "from autograde.grading.sandbox.namespaces import _build\n"
        "from autograde.grading.sandbox.view import View\n_build(View(('/usr', '/tmp'), ()))"
    )
    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=False)
    assert "Python is installed in /tmp itself" in done.stderr
