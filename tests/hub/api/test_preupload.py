"""What a client learns before a commit: which files go into LFS, which are ignored, and which are there already."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import JsonClient


@pytest.fixture
def preupload(
    hub: LocalHub, ada: Account, api: JsonClient, new_name: Callable[[str], str]
) -> Callable[..., dict[str, dict[str, Any]]]:
    """Ask about files of a repository with the file ``words.txt``; return the answer about each path."""
    name = f"{ada.name}/{new_name('preupload')}"
    hub.create_repository(name, files={"words.txt": b"words"})

    def ask(*files: dict[str, object], **more: str) -> dict[str, dict[str, Any]]:
        found = api("POST", f"/api/models/{name}/preupload/main", {"files": files, **more})
        assert found.status == 200, found.body
        return {answer["path"]: answer for answer in found.json["files"]}

    return ask


def sample(content: bytes) -> str:
    return base64.b64encode(content).decode()


def test_large_and_binary_files_go_into_lfs(preupload: Callable[..., dict[str, dict[str, Any]]]) -> None:
    found = preupload(
        {"path": "a.txt", "size": 5, "sample": sample(b"words")},
        {"path": "model.safetensors", "size": 5, "sample": sample(b"words")},
        {"path": "long.txt", "size": 10 * (1 << 20) + 1, "sample": sample(b"words")},
        {"path": "zero.dat", "size": 5, "sample": sample(b"\0\1\2\3\4")},
    )
    modes = {path: answer["uploadMode"] for path, answer in found.items()}
    assert modes == {"a.txt": "regular", "model.safetensors": "lfs", "long.txt": "lfs", "zero.dat": "lfs"}


def test_patterns_in_the_request_replace_those_of_the_repository(
    preupload: Callable[..., dict[str, dict[str, Any]]],
) -> None:
    files = [{"path": path, "size": 5} for path in ("model.bin", "notes.txt")]
    found = preupload(*files, gitAttributes="*.txt filter=lfs\n", gitIgnore="notes.*\n")
    assert [found[path]["uploadMode"] for path in ("model.bin", "notes.txt")] == ["regular", "lfs"]
    assert [found[path]["shouldIgnore"] for path in ("model.bin", "notes.txt")] == [False, True]


def test_id_of_an_existing_file_is_in_the_answer(preupload: Callable[..., dict[str, dict[str, Any]]]) -> None:
    found = preupload({"path": "words.txt", "size": 5}, {"path": "new.txt", "size": 5})
    assert found["words.txt"]["oid"] == hashlib.sha1(b"blob 5\0words").hexdigest()
    assert "oid" not in found["new.txt"]
