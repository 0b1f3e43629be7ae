"""Save and restore a Hub's state."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograde.errors import FolderUnusable
from autograde.hub import LocalHub

UPLOAD = """
import os, sys
from huggingface_hub import HfApi
api = HfApi(token=sys.argv[1])
api.create_repo("m", exist_ok=True)
print(api.upload_file(repo_id="ada/m", path_in_repo=sys.argv[2], path_or_fileobj=sys.argv[3].encode() * 4000))
"""


def upload(hub: LocalHub, token: str, path: str, text: str) -> None:
    command = [sys.executable, "-c", UPLOAD, token, path, text]
    subprocess.run(command, env=hub.environment(), check=True, capture_output=True)


def test_restored_hub_has_its_old_data_and_accepts_the_same_upload_again(tmp_path: Path) -> None:
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        home = tmp_path / "home"
        upload(hub, ada.token, "a.bin", "first")
        # The client's cache of uploaded chunks must survive the restore; otherwise the test proves nothing.
        environment = hub.environment(home)
        before, endpoint = hub.repository("ada/m").files(), hub.endpoint
        saved = hub.snapshot(tmp_path / "saved")
        for __ in range(2):
            command = [sys.executable, "-c", UPLOAD, ada.token, "b.bin", "second"]
            subprocess.run(command, env=environment, check=True, capture_output=True)
            assert hub.repository("ada/m").files() == {**before, "b.bin": b"second" * 4000}
            hub.create_user("eve")
            hub.restore(saved)
            assert hub.endpoint == endpoint
            assert hub.repository("ada/m").files() == before
            assert [event.user for event in hub.events(kind="account.created")] == []


def test_snapshot_is_a_data_folder_that_shares_its_blobs(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "data") as hub:
        ada = hub.create_user("ada")
        upload(hub, ada.token, "a.bin", "x")
        files = hub.repository("ada/m").files()
        saved = hub.snapshot(tmp_path / "saved")
        with pytest.raises(FolderUnusable, match="already"):
            hub.snapshot(saved)
    blobs = [path for path in (saved / "blobs").rglob("*") if path.is_file()]
    assert blobs
    assert all(path.samefile(tmp_path / "data" / path.relative_to(saved)) for path in blobs)
    with LocalHub(data=saved) as again:
        assert again.repository("ada/m").files() == files


def test_snapshot_leaves_out_what_git_is_still_writing(tmp_path: Path) -> None:
    """As during the hourly cleaning, which repacks repositories."""
    with LocalHub() as hub:
        hub.create_user("ada")
        hub.create_repository("ada/m")
        path = hub.hub.git.path(hub.repository("ada/m")._found().id)
        for name in ("objects/pack/.tmp-7-pack-1.pack", "objects/pack/tmp_pack_1", "refs/heads/main.lock"):
            (path / name).touch()
        saved = hub.snapshot(tmp_path / "saved")
        copied = saved / path.relative_to(hub.hub.data)
    assert (copied / "HEAD").exists()
    assert [file.name for file in copied.rglob("*") if "tmp" in file.name or file.suffix == ".lock"] == []


def test_invalid_snapshot_is_rejected_and_the_hub_keeps_running(tmp_path: Path) -> None:
    with LocalHub() as hub:
        hub.create_user("ada")
        with pytest.raises(FolderUnusable, match="not a snapshot"):
            hub.restore(tmp_path)
        assert hub.create_token("ada")
