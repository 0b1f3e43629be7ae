"""Fixtures for the tests of the API."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import Git, JsonClient, PythonClient

_HISTORY = """
api = huggingface_hub.HfApi(token=token)
api.create_repo(name)
def put(path, content, **more):
    api.upload_file(repo_id=name, path_in_repo=path, path_or_fileobj=content, **more)
put("keep.bin", b"keep" * 100)
put("drop.bin", b"drop" * 100)
put("note.txt", b"data 5\\nM 100644 lies\\n", commit_message="M 100644 x\\n\\ndata 3\\nabc")
api.create_branch(name, branch="side")
put("side.bin", b"side" * 100, revision="side")
put("drop.bin", b"last" * 100)
api.create_tag(name, tag="v1", tag_message="first")
"""


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file for which the client uses every compression scheme: noise, floats, text and repetition."""
    generator = random.Random(11)
    path = tmp_path / "weights.bin"
    floats = b"".join(b"%c\x00\x80\x3f" % generator.randrange(256) for __ in range(100_000))
    path.write_bytes(generator.randbytes(500_000) + floats + b"words and words " * 40_000 + bytes(700_000))
    return path


@pytest.fixture
def write_token(hub: LocalHub) -> Callable[[Account, str], tuple[str, str]]:
    """Return ``(casUrl, access token)`` for a user and a repository."""

    def get(account: Account, name: str) -> tuple[str, str]:
        request = urllib.request.Request(
            f"{hub.endpoint}/api/models/{name}/xet-write-token/main",
            headers={"Authorization": f"Bearer {account.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found = json.load(answer)
        return found["casUrl"], found["accessToken"]

    return get


@pytest.fixture
def history(ada: Account, python_client: PythonClient) -> str:
    """Return the name of a repository of ada with two branches, a tag and large files."""
    full_name = f"{ada.name}/history"
    python_client.run(_HISTORY, token=ada.token, name=full_name)
    return full_name


@pytest.fixture
def name(hub: LocalHub, ada: Account) -> str:
    """A new model repository of ada."""
    assert JsonClient(hub, ada.token)("POST", "/api/repos/create", {"name": "m"}).status == 200
    return f"{ada.name}/m"


@pytest.fixture
def clone(hub: LocalHub, name: str, git: Git, tmp_path: Path) -> Path:
    """A clone of the new repository."""
    git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "clone")
    return tmp_path / "clone"
