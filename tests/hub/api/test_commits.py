"""Commits and uploads by the unmodified client, in both protocols for large files."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import PythonClient


@pytest.fixture(params=["xet", "lfs"])
def client(request: pytest.FixtureRequest) -> PythonClient:
    """A client for each upload protocol for large files: Xet (the default) and LFS."""
    found: PythonClient = request.getfixturevalue({"xet": "python_client", "lfs": "lfs_client"}[request.param])
    return found


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, bytes]:
    """Create a folder with every kind of file; return the content of each path."""
    generator = random.Random(7)
    files = {
        "config.json": b'{"hidden_size": 768}',
        "vocab.txt": "\n".join(map(str, range(3000))).encode(),
        "model.safetensors": generator.randbytes(3 << 20),
        "floats.bin": b"\x00\x00\x80\x3f" * 200_000,
        "sub/模型 1.txt": "你好".encode(),
        "empty.txt": b"",
        "sub/tiny.pt": b"\0",
    }
    root = tmp_path / "folder"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return files


def test_uploaded_folder_downloads_unchanged(
    hub: LocalHub, ada: Account, client: PythonClient, folder: dict[str, bytes], tmp_path: Path
) -> None:
    name = f"{ada.name}/model"
    steps = client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        url = api.create_repo(name)
        commit = api.upload_folder(repo_id=name, folder_path=folder, commit_message="the folder")
        info = api.model_info(name)
        down = api.snapshot_download(name, local_dir=target)
        one = api.hf_hub_download(name, "model.safetensors", local_dir=target + "-one")
        files = sorted(api.list_repo_files(name))
        again = api.upload_folder(repo_id=name, folder_path=folder)
        result = {"url": str(url), "oid": commit.oid, "sha": info.sha, "files": files, "again": again.oid}
        """,
        token=ada.token,
        name=name,
        folder=str(tmp_path / "folder"),
        target=str(tmp_path / "down"),
    )
    view = hub.repository(name)
    assert {path: content for path, content in view.files().items() if path != ".gitattributes"} == folder
    assert set(view.lfs_paths()) == {"model.safetensors", "floats.bin", "sub/tiny.pt"}
    assert steps["url"] == f"{hub.endpoint}/{name}"
    assert steps["oid"] == steps["sha"] == view.head()
    assert steps["files"] == sorted([*folder, ".gitattributes"])
    assert steps["again"] == steps["oid"], "nothing has changed, so nothing is committed"
    assert {path: (tmp_path / "down" / path).read_bytes() for path in folder} == folder
    assert (tmp_path / "down-one" / "model.safetensors").read_bytes() == folder["model.safetensors"]
    assert [commit.title for commit in view.commits()] == ["the folder", "initial commit"]


def test_bytes_streams_copies_and_deletions_can_be_committed(hub: LocalHub, ada: Account, client: PythonClient) -> None:
    name = f"{ada.name}/forms"
    client.run(
        """
        import io
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.upload_file(path_or_fileobj=b"bytes", path_in_repo="a.bin", repo_id=name)
        api.upload_file(path_or_fileobj=io.BytesIO(b"a stream" * 1000), path_in_repo="b.bin", repo_id=name)
        operations = [huggingface_hub.CommitOperationAdd(f"n/{n}.bin", bytes([n]) * 1000) for n in range(20)]
        api.create_commit(name, operations, commit_message="many")
        api.create_commit(name, [
            huggingface_hub.CommitOperationCopy("a.bin", "copied.bin"),
            huggingface_hub.CommitOperationDelete("n/0.bin"),
            huggingface_hub.CommitOperationDelete("n/1.bin"),
        ], commit_message="move things")
        """,
        token=ada.token,
        name=name,
    )
    files = hub.repository(name).files()
    del files[".gitattributes"]
    expected = {f"n/{n}.bin": bytes([n]) * 1000 for n in range(2, 20)}
    assert files == expected | {"a.bin": b"bytes", "b.bin": b"a stream" * 1000, "copied.bin": b"bytes"}
