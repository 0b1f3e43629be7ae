"""Squashed, deleted or overwritten history is removed: git and the API no longer find it by its ids."""

from __future__ import annotations

import hashlib
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos import expunging
from autograde.hub.repos.bindings import bind
from autograde.hub.repos.unused import remove_unused
from autograde.hub.storage import locks
from autograde.hub.storage.gitstore import GitStore
from tests.hub.clients import Git, JsonClient, commit_body
from tests.hub.waiting import wait_until

SECRET = b"a token that was committed by mistake\n"


@pytest.fixture
def name(hub: LocalHub, ada: Account, new_name: Callable[[str], str]) -> str:
    """Create a repository with a secret and a large file in its history and return its name."""
    name = f"{ada.name}/{new_name('history')}"
    hub.create_repository(name, files={"secret.txt": SECRET, "w.bin": b"large" * 1000})
    return name


def ask(hub: LocalHub, ada: Account, method: str, path: str, body: object = None) -> int:
    return JsonClient(hub, ada.token)(method, path, body).status


def remove_secret(hub: LocalHub, ada: Account, name: str, branch: str = "main") -> None:
    body = commit_body(*({"key": "deletedFile", "value": {"path": path}} for path in ("secret.txt", "w.bin")))
    assert ask(hub, ada, "POST", f"/api/models/{name}/commit/{branch}", body) == 200


def squash(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    remove_secret(hub, ada, name)
    assert ask(hub, ada, "POST", f"/api/models/{name}/super-squash/main") == 200


def delete_branch(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    assert ask(hub, ada, "POST", f"/api/models/{name}/branch/other") == 200
    remove_secret(hub, ada, name)
    assert ask(hub, ada, "POST", f"/api/models/{name}/super-squash/main") == 200
    assert ask(hub, ada, "DELETE", f"/api/models/{name}/branch/other") == 200


def force_push(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    clone = tmp_path / "rewritten"
    git("init", "--quiet", "--initial-branch", "main", clone)
    (clone / "a").write_text("a")
    git("add", ".", cwd=clone)
    git("commit", "--quiet", "-m", "a", cwd=clone)
    git("push", "--quiet", "--force", f"{hub.endpoint}/{name}", "main", cwd=clone)


def delete_tag(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    assert ask(hub, ada, "POST", f"/api/models/{name}/tag/main", {"tag": "v1", "message": "m"}) == 200
    force_push(hub, ada, name, git, tmp_path)
    assert ask(hub, ada, "DELETE", f"/api/models/{name}/tag/v1") == 200


def delete_by_push(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    assert ask(hub, ada, "POST", f"/api/models/{name}/branch/other") == 200
    force_push(hub, ada, name, git, tmp_path)
    git("push", "--quiet", f"{hub.endpoint}/{name}", ":other", cwd=tmp_path / "rewritten")


@pytest.mark.parametrize(
    "way", [squash, delete_branch, force_push, delete_tag, delete_by_push], ids=lambda w: w.__name__
)
def test_removed_commit_cannot_be_fetched_by_its_id(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, way: Callable[..., None]
) -> None:
    before = hub.repository(name)
    commit = before.head()
    assert commit
    row = hub.hub.database.one("SELECT oid FROM bindings JOIN repositories ON repositories.id = repository_id"
                               " WHERE name = ?", (name.partition("/")[2],))  # fmt: skip
    assert row
    large = row["oid"]
    # Make the Hub's open reader load the commit.
    assert ask(hub, ada, "GET", f"/api/models/{name}/tree/{commit}") == 200
    way(hub, ada, name, git, tmp_path)
    for path in (
        f"/api/models/{name}/revision/{commit}", f"/api/models/{name}/tree/{commit}",
        f"/api/models/{name}/commits/{commit}", f"/{name}/resolve/{commit}/secret.txt",
        f"/{name}/raw/{commit}/secret.txt", f"/{name}/commit/{commit}",
        f"/{name}/blob/{commit}/secret.txt",
    ):  # fmt: skip
        assert ask(hub, ada, "GET", path) == 404, path
    fresh = tmp_path / "fresh"
    git("init", "--quiet", fresh)
    for version in ("0", "2"):
        git("-c", f"protocol.version={version}", "fetch", f"{hub.endpoint}/{name}", commit, cwd=fresh, check=False)
        assert git.code, f"protocol {version} still serves the commit"
    objects = hub.hub.git.path(before._found().id)
    found = subprocess.run(
        ["git", f"--git-dir={objects}", "cat-file", "-e", commit], capture_output=True, check=False
    ).returncode  # fmt: skip
    assert found
    assert large not in {item["oid"] for item in hub.hub.database.all("SELECT oid FROM bindings")}
    assert not hub.hub.blobs.has(large)
    # The rest of the repository is intact.
    subprocess.run(["git", f"--git-dir={objects}", "fsck", "--strict"], check=True, capture_output=True)
    assert before.head()


def remove_large_file(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    deletions = {"sha": [hashlib.sha256(b"large" * 1000).hexdigest()], "rewriteHistory": True}
    assert ask(hub, ada, "POST", f"/api/models/{name}/lfs-files/batch", {"deletions": deletions}) == 200
    assert [event.kind for event in hub.events(repository=name)].count("lfs.deleted") == 1


@pytest.mark.parametrize(
    "way", [squash, delete_branch, force_push, delete_by_push, remove_large_file], ids=lambda w: w.__name__
)
def test_history_lost_during_a_long_push_is_removed_by_the_next_cleaning(
    hub: LocalHub,
    ada: Account,
    name: str,
    git: Git,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[..., None],
) -> None:
    """The change itself succeeds, and is not reported as refused."""
    monkeypatch.setattr(expunging, "_MAX_WAIT", 0.0)
    commit, repository = hub.repository(name).head(), hub.repository(name)._found()
    lost = "SELECT oid FROM lost_history WHERE repository_id = ?"
    hub.hub.locks.begin_push(repository.id)
    try:
        way(hub, ada, name, git, tmp_path)
    finally:
        hub.hub.locks.end_push(repository.id)
    assert hub.hub.database.all(lost, (repository.id,))
    assert {upload.outcome for upload in hub.hub.upload_progress.of(repository.id)} <= {"done"}
    remove_unused(hub.hub)
    assert ask(hub, ada, "GET", f"/api/models/{name}/revision/{commit}") == 404
    assert hub.hub.database.all(lost, (repository.id,)) == []
    objects = hub.hub.git.path(repository.id)
    subprocess.run(["git", f"--git-dir={objects}", "fsck", "--strict"], check=True, capture_output=True)


def test_history_of_a_used_repository_waits_for_a_later_cleaning(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expunging, "_MAX_WAIT", 0.0)
    monkeypatch.setattr(locks, "_MAX_WAIT", 0.0)
    commit, repository = hub.repository(name).head(), hub.repository(name)._found()
    hub.hub.locks.begin_push(repository.id)
    try:
        squash(hub, ada, name, git, tmp_path)
        remove_unused(hub.hub)
        assert ask(hub, ada, "GET", f"/api/models/{name}/revision/{commit}") == 200
    finally:
        hub.hub.locks.end_push(repository.id)
    remove_unused(hub.hub)
    assert ask(hub, ada, "GET", f"/api/models/{name}/revision/{commit}") == 404


def test_postponed_history_is_deleted_by_the_next_deletion(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together: otherwise its large files would stay, because their names were deleted with the newer history."""
    monkeypatch.setattr(expunging, "_MAX_WAIT", 0.0)
    repository = hub.repository(name)._found()
    hub.hub.locks.begin_push(repository.id)
    try:
        squash(hub, ada, name, git, tmp_path)
    finally:
        hub.hub.locks.end_push(repository.id)
    force_push(hub, ada, name, git, tmp_path)
    for table in ("lost_history", "bindings"):
        assert hub.hub.database.all(f"SELECT oid FROM {table} WHERE repository_id = ?", (repository.id,)) == []


def test_lost_history_is_recorded_before_waiting_for_a_push(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it does not stay for ever when the Hub is killed meanwhile."""
    monkeypatch.setattr(expunging, "_MAX_WAIT", 60.0)
    repository = hub.repository(name)._found()
    lost = "SELECT oid FROM lost_history WHERE repository_id = ?"
    hub.hub.locks.begin_push(repository.id)
    changing = threading.Thread(target=squash, args=(hub, ada, name, git, tmp_path))
    try:
        changing.start()
        end = time.monotonic() + 20
        while not hub.hub.database.all(lost, (repository.id,)) and time.monotonic() < end:
            changing.join(0.01)
        assert hub.hub.database.all(lost, (repository.id,))
        assert changing.is_alive()
    finally:
        hub.hub.locks.end_push(repository.id)
        changing.join()
    assert hub.hub.database.all(lost, (repository.id,)) == []


def test_changes_during_a_long_push_do_not_keep_others_out(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path
) -> None:
    assert ask(hub, ada, "POST", f"/api/models/{name}/branch/other") == 200
    remove_secret(hub, ada, name, "other")
    repository = hub.repository(name)._found()
    answers: list[int] = []
    hub.hub.locks.begin_push(repository.id)
    try:
        removing = threading.Thread(
            target=lambda: answers.append(ask(hub, ada, "DELETE", f"/api/models/{name}/branch/other"))
        )
        removing.start()
        while not hub.hub.database.all("SELECT 1 FROM lost_history WHERE repository_id = ?", (repository.id,)):
            assert removing.is_alive()
            removing.join(0.01)
        started = time.monotonic()
        remove_secret(hub, ada, name)
        # Another push, whose end deletes nothing because the first still runs.
        git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "clone")
        git("commit", "--quiet", "--allow-empty", "-m", "c", cwd=tmp_path / "clone")
        git("push", "--quiet", cwd=tmp_path / "clone")
        removing.join()
        assert time.monotonic() - started < 15
        assert answers == [200]
    finally:
        hub.hub.locks.end_push(repository.id)


def test_postponed_history_is_removed_at_the_end_of_the_next_push(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expunging, "_MAX_WAIT", 0.0)
    commit, repository = hub.repository(name).head(), hub.repository(name)._found()
    hub.hub.locks.begin_push(repository.id)
    try:
        squash(hub, ada, name, git, tmp_path)
    finally:
        hub.hub.locks.end_push(repository.id)
    git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "clone")
    git("commit", "--quiet", "--allow-empty", "-m", "c", cwd=tmp_path / "clone")
    git("push", "--quiet", cwd=tmp_path / "clone")
    assert ask(hub, ada, "GET", f"/api/models/{name}/revision/{commit}") == 404


def test_large_files_are_removed_beside_history_that_is_already_gone(
    hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a Hub that was killed when it had deleted the history, but not its record. git ran for each id."""
    repository, run, calls = hub.repository(name)._found(), GitStore.started, Counter[str]()
    for number in range(100):
        hub.hub.database.execute("INSERT INTO lost_history VALUES (?, ?)", (repository.id, f"{number:040x}"))

    def counted(git: GitStore, *arguments: str, **more: Any) -> AbstractContextManager[subprocess.Popen[bytes]]:
        calls[arguments[1]] += 1
        return run(git, *arguments, **more)

    monkeypatch.setattr(GitStore, "started", counted)
    squash(hub, ada, name, git, tmp_path)
    assert calls["rev-list"] < 10
    for table in ("lost_history", "bindings"):
        assert hub.hub.database.all(f"SELECT oid FROM {table} WHERE repository_id = ?", (repository.id,)) == []


def test_history_of_tens_of_thousands_of_deleted_branches_does_not_stop_the_cleaning(hub: LocalHub, name: str) -> None:
    """They were arguments of one git process, and the error ended the cleaning of all repositories."""
    git_store, repository = hub.hub.git, hub.repository(name)._found()
    commit = b"commit refs/heads/gone\ncommitter e <e@x> 1700000000 +0000\ndata 0\n"
    git_store.run(repository.id, "fast-import", "--quiet", stdin=commit * 45_000)
    lost = git_store.run(repository.id, "rev-list", "gone").decode().split()
    git_store.run(repository.id, "update-ref", "-d", "refs/heads/gone")
    with hub.hub.database.transaction():
        for oid in lost:
            hub.hub.database.execute("INSERT INTO lost_history VALUES (?, ?)", (repository.id, oid))
    remove_unused(hub.hub)
    # The Hub's own cleaning may have begun with this repository before.
    wait_until(lambda: not hub.hub.database.all("SELECT oid FROM lost_history"))


def test_pack_that_a_killed_cleaning_left_is_deleted(hub: LocalHub, ada: Account, name: str) -> None:
    """It has the size of the repository and does not count against the quota."""
    left = hub.hub.git.path(hub.repository(name)._found().id) / "objects" / "pack" / ".tmp-1-pack-1.pack"
    left.parent.mkdir(exist_ok=True)
    left.touch()
    assert ask(hub, ada, "POST", f"/api/models/{name}/super-squash/main") == 200
    assert not left.exists()


def test_history_with_a_tag_is_kept(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    commit = hub.repository(name).head()
    assert ask(hub, ada, "POST", f"/api/models/{name}/tag/main", {"tag": "v1"}) == 200
    squash(hub, ada, name, git, tmp_path)
    assert hub.repository(name).files("v1")["secret.txt"] == SECRET
    assert ask(hub, ada, "GET", f"/{name}/resolve/{commit}/w.bin") == 200


def test_uncommitted_large_file_is_kept(hub: LocalHub, ada: Account, name: str, git: Git, tmp_path: Path) -> None:
    repository = hub.repository(name)._found()
    with hub.hub.blobs.writer() as writer:
        writer.write(b"coming")
        oid = writer.commit()
    bind(hub.hub, repository.id, oid, 6)
    squash(hub, ada, name, git, tmp_path)
    assert hub.hub.blobs.has(oid)


def test_concurrent_pushes_and_squash_leave_an_intact_repository(
    hub: LocalHub, ada: Account, name: str, tmp_path: Path
) -> None:
    environment = hub.environment(tmp_path / "home")
    url = f"http://{ada.name}:{ada.token}@127.0.0.1:{hub.port}/{name}"
    clones = []
    for number in range(3):
        clone = tmp_path / f"clone-{number}"
        subprocess.run(["git", "clone", "-q", url, clone], env=environment, check=True, capture_output=True)
        (clone / f"n{number}").write_text("x")
        for command in (["checkout", "-qb", f"b{number}"], ["add", "."], ["commit", "-qm", "x"]):
            subprocess.run(["git", *command], cwd=clone, env=environment, check=True, capture_output=True)
        clones.append(clone)
    commands = [["git", "-C", str(clone), "push", "-q", url, f"b{number}"] for number, clone in enumerate(clones)]
    pushes = [subprocess.Popen(command, env=environment) for command in commands]
    assert ask(hub, ada, "POST", f"/api/models/{name}/super-squash/main") == 200
    # A push may lose the race: it was prepared for history that the squash has removed. Then it is rejected completely
    # and succeeds when it is repeated.
    for command, push in zip(commands, pushes, strict=True):
        if push.wait(60):
            subprocess.run(command, env=environment, check=True, capture_output=True)
    git_dir = hub.hub.git.path(hub.repository(name)._found().id)
    subprocess.run(["git", f"--git-dir={git_dir}", "fsck", "--strict"], check=True, capture_output=True)
    assert set(hub.repository(name).branches()) == {"main", "b0", "b1", "b2"}
