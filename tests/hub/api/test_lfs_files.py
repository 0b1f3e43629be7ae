"""Large files are listed and removed for good, by the unmodified client."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import rewriting
from tests.hub.clients import PythonClient


def test_large_file_is_removed_from_every_commit_of_every_ref(
    hub: LocalHub, ada: Account, python_client: PythonClient, history: str
) -> None:
    repository = hub.repository(history)
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
        name=history,
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


def test_history_is_not_rewritten_if_a_push_changes_it_meanwhile(
    hub: LocalHub, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pushed commits were lost."""
    export, found = rewriting._export, hub.repository(history)
    repository, before = found._found(), {ref: found.head(ref) for ref in ("side", "v1")}
    oid = hashlib.sha256(b"drop" * 100).hexdigest()

    def export_before_a_push(*arguments: Any) -> None:
        export(*arguments)
        hub.hub.git.update_ref(repository.id, "refs/heads/main", before["side"] or "")

    monkeypatch.setattr(rewriting, "_export", export_before_a_push)
    with pytest.raises(Refusal, match="updated meanwhile") as refused:
        rewriting.remove_lfs_files(hub.hub, repository, {oid}, rewrite=True)
    assert refused.value.status == 409
    assert {ref: found.head(ref) for ref in ("main", "side", "v1")} == before | {"main": before["side"]}
    monkeypatch.setattr(rewriting, "_export", export)
    assert "drop.bin" in found.files("main")
    rewriting.remove_lfs_files(hub.hub, repository, {oid}, rewrite=True)
    assert "drop.bin" not in found.files("main")


def test_branch_that_is_pushed_while_the_history_is_rewritten_is_kept(
    hub: LocalHub, history: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, found = rewriting._export, hub.repository(history)
    repository, head = found._found(), found.head()

    def export_after_a_push(*arguments: Any) -> None:
        hub.hub.git.update_ref(repository.id, "refs/heads/new", head or "")
        export(*arguments)

    monkeypatch.setattr(rewriting, "_export", export_after_a_push)
    oid = hashlib.sha256(b"drop" * 100).hexdigest()
    with pytest.raises(Refusal, match="refs/heads/new was updated meanwhile"):
        rewriting.remove_lfs_files(hub.hub, repository, {oid}, rewrite=True)
    assert (found.head(), found.head("new")) == (head, head)
