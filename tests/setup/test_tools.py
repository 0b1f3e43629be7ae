"""Programs outside Python: how they are found, and the exact command to install a missing one."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from autograde.errors import MissingTool
from autograde.setup import tools

MANAGERS = ["apt-get", "dnf", "pacman", "apk", "brew", "conda"]


def program(folder: Path, name: str, line: str = "") -> None:
    """Create a program called ``name`` that prints ``line``."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{line}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the only one on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_git_is_found_with_its_version() -> None:
    assert tools.missing([tools.GIT]) == []
    assert tools.GIT.version_text().startswith("git version")


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize("root", [True, False])
def test_missing_program_is_reported_with_the_command_to_install_it(
    path: Path, monkeypatch: pytest.MonkeyPatch, manager: str, root: bool
) -> None:
    program(path, manager)
    monkeypatch.setattr(tools, "is_root", lambda: root)
    with pytest.raises(MissingTool, match="git-lfs") as caught:
        tools.require([tools.GIT_LFS])
    assert caught.value.fix.endswith("git-lfs")
    assert (f"{manager} " in caught.value.fix, "sudo" in caught.value.fix) == (
        True,
        not root and manager in tools.SYSTEM_MANAGERS,
    )


@pytest.mark.parametrize(("root", "command"), [(False, "conda install"), (True, "apt-get install")])
def test_conda_is_suggested_if_the_system_package_manager_needs_root(
    path: Path, monkeypatch: pytest.MonkeyPatch, root: bool, command: str
) -> None:
    for name in ("apt-get", "conda"):
        program(path, name)
    monkeypatch.setattr(tools, "is_root", lambda: root)
    command_text = tools.how_to_get([tools.GIT_LFS])
    assert command in command_text
    assert "sudo" not in command_text
    # conda-forge has no browser.
    assert ("sudo apt-get" in tools.how_to_get([tools.CHROMIUM])) == (not root)


def test_without_a_package_manager_only_the_names_are_shown(path: Path) -> None:
    with pytest.raises(MissingTool, match="git"):
        tools.require(tools.FOR_LEARNERS)
    assert "git, git-lfs" in tools.how_to_get(tools.FOR_LEARNERS)


def test_program_is_found_by_any_of_its_names(path: Path) -> None:
    assert tools.CHROMIUM.path() is None
    program(path, "google-chrome")
    assert tools.CHROMIUM.path() == str(path / "google-chrome")


def test_program_for_another_system_is_not_reported_as_missing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert tools.missing(tools.EVERY_TOOL) == [tools.GIT, tools.GIT_LFS]


def test_program_that_cannot_start_has_no_version(path: Path) -> None:
    (path / "git").write_bytes(b"\x7fELF not really")
    (path / "git").chmod(0o755)
    assert tools.GIT.version_text() == ""
    assert tools.GIT_LFS.version_text() == ""
