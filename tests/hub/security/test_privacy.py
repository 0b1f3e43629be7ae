"""Other users of the machine cannot read the kit's files, even if their permissions were open before."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde import settings
from autograde.errors import FolderUnusable
from autograde.files import private_file, private_folder
from autograde.hub import LocalHub, client_environment
from autograde.session import open_lesson, workspace

NOBODY = 65534


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """Make new files readable and writable for all users unless the code restricts them."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def others(path: Path) -> list[Path]:
    """Return the paths in a folder that another user can access; empty when the folder itself is private."""
    if mode(path) & 0o077 == 0:
        return []
    return [path, *(inside for inside in path.rglob("*") if mode(inside) & 0o007)]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Create a data folder that all users can read, as earlier versions did."""
    data = tmp_path / "data"
    with LocalHub(data=data) as hub:
        hub.create_user("ada", password="correct horse")
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return data


def test_open_data_folder_becomes_private(filled: Path, tmp_path: Path) -> None:
    with LocalHub(data=filled) as hub:
        hub.create_repository("ada/m", files={"a.bin": b"x" * 10})
        hub.environment()
        assert mode(filled) == 0o700
        assert others(filled) == []
        for name in ("hub.db", "instance.json"):
            assert mode(filled / name) == 0o600, name
        beside = list(filled.glob("hub.db-*"))
        assert beside
        assert [path for path in beside if mode(path) & 0o077] == []


def test_snapshot_is_private(filled: Path, tmp_path: Path) -> None:
    with LocalHub(data=filled) as hub:
        saved = hub.snapshot(tmp_path / "saved")
        assert mode(saved) == 0o700
        assert mode(saved / "instance.json") == mode(saved / "hub.db") == 0o600
        saved.chmod(0o755)
        hub.restore(saved)
        assert mode(filled) == 0o700
        assert mode(filled / "instance.json") == mode(filled / "hub.db") == 0o600


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("name", ["hub.db", "instance.json", "repos", "blobs", "client"])
def test_another_user_cannot_access_data_or_snapshot(filled: Path, tmp_path: Path, name: str) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        if str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    with LocalHub(data=filled) as hub:
        hub.environment()
        saved = hub.snapshot(tmp_path / "saved")
        for path in (filled / name, saved / name):
            code = f"import os, sys; os.setuid({NOBODY}); os.stat(sys.argv[1])"
            command = [sys.executable, "-c", code, str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "PermissionError" in done.stderr


def test_open_workspace_folder_becomes_private(tmp_path: Path) -> None:
    (tmp_path / settings.PRIVATE).mkdir(mode=0o755)
    assert mode(workspace.prepare(tmp_path)) == 0o700


def test_open_client_home_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    client_environment("http://127.0.0.1:1", tmp_path / "home")
    assert mode(tmp_path / "home") == 0o700


def test_lesson_does_not_use_a_folder_made_by_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder's name in /tmp can be guessed, so another user may create it first to steal a token."""
    monkeypatch.setattr(open_lesson, "_START", tmp_path / "a file")
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    trap = tmp_path / f"autograde-{Path.home().name}"
    other_folder = tmp_path / "other_folder"
    other_folder.mkdir()
    trap.symlink_to(other_folder)
    found, temporary = open_lesson._workspace()
    assert temporary
    assert found != trap
    assert not list(other_folder.iterdir())
    assert mode(found) == 0o700


def test_symlink_is_not_accepted_as_a_private_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(FolderUnusable, match="another user"):
        private_folder(tmp_path / "link", owned=True)


def test_private_file_keeps_its_content(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("content")
    (tmp_path / "x").chmod(0o666)
    private_file(tmp_path / "x")
    assert mode(tmp_path / "x") == 0o600
    assert (tmp_path / "x").read_text() == "content"
