"""Squash, removal of large files, and duplication, by the unmodified client."""

from __future__ import annotations

import hashlib

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import ClientError, PythonClient

MAKE = """
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
def name(ada: Account, python_client: PythonClient) -> str:
    full_name = f"{ada.name}/history"
    python_client.run(MAKE, token=ada.token, name=full_name)
    return full_name


def test_squashed_branch_has_one_commit_with_the_same_files(
    hub: LocalHub, ada: Account, python_client: PythonClient, name: str
) -> None:
    repository = hub.repository(name)
    files, side = repository.files(), repository.commits("side")
    python_client.run("huggingface_hub.HfApi(token=token).super_squash_history(name)", token=ada.token, name=name)
    assert repository.files() == files
    (only,) = repository.commits()
    assert only.parents == ()
    assert repository.commits("side") == side


def test_large_file_is_removed_from_every_commit_of_every_ref(
    hub: LocalHub, ada: Account, python_client: PythonClient, name: str
) -> None:
    repository = hub.repository(name)
    before, messages = repository.files(), [c.message for c in repository.commits("side")]
    listed = python_client.run(
        """
api = huggingface_hub.HfApi(token=token)
files = list(api.list_lfs_files(name))
result = [sorted((f.filename, f.size, f.ref) for f in files)]
api.permanently_delete_lfs_files(name, [f for f in files if f.file_oid == oid])
result.append(sorted(f.filename for f in api.list_lfs_files(name)))
""",
        token=ada.token,
        name=name,
        oid=hashlib.sha256(b"drop" * 100).hexdigest(),
    )
    files = [("drop.bin", "main"), ("drop.bin", "main"), ("keep.bin", "main"), ("side.bin", "side")]
    assert listed == [[[path, 400, ref] for path, ref in files], ["drop.bin", "keep.bin", "side.bin"]]
    # In main's last commit, drop.bin has different bytes, which stay.
    assert repository.files() == before
    assert "drop.bin" not in repository.files("side")
    assert repository.files("side")["note.txt"] == before["note.txt"]
    assert [c.message for c in repository.commits("side")] == messages
    assert all("drop.bin" not in repository.files(c.oid) for c in repository.commits("side"))
    assert repository.head("v1") in [c.oid for c in repository.commits()]


def test_duplicate_has_all_files_and_survives_deletion_of_the_original(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    copy = f"{bob.name}/copied"
    code = "huggingface_hub.HfApi(token=token).duplicate_repo(name, copy, private=False, exist_ok=exist_ok)"
    python_client.run(code, token=bob.token, name=name, copy=copy, exist_ok=False)
    for revision in ("main", "side", "v1"):
        assert hub.repository(copy).files(revision) == hub.repository(name).files(revision)
    with pytest.raises(client_error, match="already exists"):
        python_client.run(code, token=bob.token, name=name, copy=copy, exist_ok=False)
    python_client.run(code, token=bob.token, name=name, copy=copy, exist_ok=True)
    files = hub.repository(copy).files()
    python_client.run("huggingface_hub.HfApi(token=token).delete_repo(name)", token=ada.token, name=name)
    assert hub.repository(copy).files() == files


def test_other_users_cannot_rewrite_history(
    bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    for action in ("super_squash_history(name)", "list_lfs_files(name).__next__()"):
        with pytest.raises(client_error, match="403"):
            python_client.run(f"huggingface_hub.HfApi(token=token).{action}", token=bob.token, name=name)
