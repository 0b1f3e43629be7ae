"""The programs outside Python: found, missed, and the exact command that gets them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from autograde.errors import MissingTool
from autograde.setup import tools

MANAGERS = ["apt-get", "dnf", "pacman", "apk", "brew", "conda"]


def program(folder: Path, name: str, line: str = "") -> None:
    """A program called ``name`` that prints ``line``."""
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{line}'\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found; empty."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_this_machines_git_is_found_with_its_version() -> None:
    assert tools.missing([tools.GIT]) == []
    assert tools.GIT.version_text().startswith("git version")


@pytest.mark.parametrize("manager", MANAGERS)
@pytest.mark.parametrize("root", [True, False])
def test_a_missing_program_comes_with_the_command_to_type(
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
def test_conda_is_named_where_the_systems_manager_needs_an_administrator(
    path: Path, monkeypatch: pytest.MonkeyPatch, root: bool, command: str
) -> None:
    for name in ("apt-get", "conda"):
        program(path, name)
    monkeypatch.setattr(tools, "is_root", lambda: root)
    told = tools.how_to_get([tools.GIT_LFS])
    assert command in told
    assert "sudo" not in told
    # conda-forge has no browser.
    assert ("sudo apt-get" in tools.how_to_get([tools.CHROMIUM])) == (not root)


def test_without_a_package_manager_the_name_is_told(path: Path) -> None:
    with pytest.raises(MissingTool, match="git"):
        tools.require(tools.FOR_LEARNERS)
    assert "git, git-lfs" in tools.how_to_get(tools.FOR_LEARNERS)


def test_any_of_a_programs_names_will_do(path: Path) -> None:
    assert tools.CHROMIUM.path() is None
    program(path, "google-chrome")
    assert tools.CHROMIUM.path() == str(path / "google-chrome")


def test_a_program_of_another_system_is_not_missed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert tools.missing(tools.EVERY_TOOL) == [tools.GIT, tools.GIT_LFS]


def test_a_program_that_prints_nothing_or_cannot_start_has_no_version(path: Path) -> None:
    (path / "git").write_bytes(b"\x7fELF not really")
    (path / "git").chmod(0o755)
    assert tools.GIT.version_text() == ""
    assert tools.GIT_LFS.version_text() == ""
