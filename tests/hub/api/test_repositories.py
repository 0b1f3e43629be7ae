"""Repositories: visibility, renaming and deletion; private ones are indistinguishable from missing ones."""

from __future__ import annotations

import json

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import Ask, PythonClient


def test_repository_can_be_hidden_renamed_and_deleted(hub: LocalHub, ada: Account, python_client: PythonClient) -> None:
    name, renamed = f"{ada.name}/before", f"{ada.name}/after"
    result = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name, private=True)
        private = api.model_info(name).private
        api.update_repo_settings(name, private=False)
        public = api.model_info(name).private
        api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=name)
        api.move_repo(name, renamed)
        followed = api.model_info(name).id
        downloaded = open(api.hf_hub_download(name, "a.txt")).read()
        listed = [m.id for m in api.list_models(author=me)]
        api.delete_repo(renamed)
        api.delete_repo(renamed, missing_ok=True)
        result = [private, public, followed, downloaded, listed, api.repo_exists(renamed), api.repo_exists(name)]
        """,
        token=ada.token,
        name=name,
        renamed=renamed,
        me=ada.name,
    )
    assert result == [True, False, renamed, "x", [renamed], False, False]
    assert not hub.repository(renamed).exists


@pytest.fixture
def private(hub: LocalHub, ada: Account) -> str:
    """The full name of a private repository."""
    hub.create_repository(f"{ada.name}/private", private=True, files={"a.txt": b"a"})
    return f"{ada.name}/private"


def test_missing_and_private_repositories_give_the_same_response(
    hub: LocalHub, ask: Ask, private: str, bob: Account
) -> None:
    """For the API, downloads, git and LFS; without a token, with another user's token, and with their git."""
    missing = f"{private}-not"
    batch = json.dumps({"operation": "download", "objects": []}).encode()
    basic = {"Authorization": f"Bearer {bob.token}"}
    for headers in ({}, basic, {**basic, "User_Agent": "git/2.39"}):
        for method, path, body in [
            ("GET", "/api/models/{}", b""), ("GET", "/api/models/{}/tree/main", b""),
            ("GET", "/api/models/{}/refs", b""), ("GET", "/{}/raw/main/a", b""),
            ("GET", "/{}/resolve/main/a.txt", b""), ("HEAD", "/{}/resolve/main/a.txt", b""),
            ("GET", "/{}.git/info/refs?service=git-upload-pack", b""),
            ("GET", "/{}.git/info/refs?service=git-receive-pack", b""),
            ("POST", "/{}.git/info/lfs/objects/batch", batch), ("GET", "/api/models/{}/xet-write-token/main", b""),
            ("POST", "/api/models/{}/commit/main", b"{}"), ("PUT", "/api/models/{}/settings", b"{}"),
        ]:  # fmt: skip
            answers = []
            for name in (private, missing):
                status, answered, text = ask(hub, method, path.format(name), body, **headers)
                for changing in ("x-request-id", "date"):
                    answered.pop(changing, None)
                answers.append((status, answered, text.decode().replace(name, "NAME")))
            assert answers[0] == answers[1], (method, path)
            assert answers[0][0] in (401, 404)
