"""``make stick`` makes a folder for machines without internet. pip is replaced, which would download for minutes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from autograde.settings import KIT

MAKE = ("make", "--old-file=learner")


def make_stick(folder: Path, bin_folder: Path) -> Path:
    """Run ``make stick`` in a copy of the kit, with the programs of ``bin_folder`` in place of those of .venv."""
    # Without -f, tar writes to the tape drive in TAPE.
    environment = {**os.environ, "TAPE": str(folder / "tape")}
    subprocess.run([*MAKE, f"BIN={bin_folder}", "stick"], cwd=folder, env=environment, check=True, capture_output=True)
    return folder / "stick"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with a ``python`` that knows no index of torch, and a ``pip`` that does nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("python", "pip"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("downloaded", [False, True], ids=["clone", "ZIP file of the kit"])
def test_stick_has_the_kit_and_git_lfs(tmp_path: Path, programs: Path, downloaded: bool) -> None:
    """A machine without git-lfs was told to fetch it from the internet; without .git, git clone failed."""
    kit = tmp_path / "kit"
    if downloaded:
        kit.mkdir()
    else:
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{KIT}", str(kit)], check=True)
    shutil.copy(KIT / "Makefile", kit)
    for name in (".venv", "workspace", ".tools"):
        (kit / name).mkdir()
        (kit / name / "large").write_text("not for the room")
    for __ in range(2):  # the second time, the folder of the first is replaced, not copied into itself
        stick = make_stick(kit, programs)
        found = {path.name for path in (stick / "kit").iterdir()}
        assert "Makefile" in found
        assert not found & {".venv", "workspace", ".tools", "stick"}
        version = subprocess.run(
            [str(stick / "bin" / "git-lfs"), "version"], capture_output=True, text=True, check=True
        )
        assert version.stdout.startswith("git-lfs/")


def test_missing_git_lfs_is_reported_before_downloads(tmp_path: Path, programs: Path) -> None:
    """The last lines were ``cp: cannot stat ''``."""
    shutil.copy(KIT / "Makefile", tmp_path)
    pip = programs / "pip"
    pip.write_text(f"#!/bin/sh\ntouch {tmp_path}/downloaded\n")
    for name in ("make", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [*MAKE, f"BIN={programs}", "stick"], cwd=tmp_path, env={"PATH": str(programs)}, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.startswith("git-lfs is not on this machine")
    assert "sudo apt-get install git-lfs" in done.stderr
    assert not (tmp_path / "downloaded").exists()
