"""A request whose repository is deleted meanwhile gets an ordinary error, not a server error."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.core import Hub
from autograde.hub.environment import client_environment
from autograde.hub.people.accounts import User
from autograde.hub.repos import quota
from autograde.hub.repos.repositories import Repository, delete_repository, find_repository, repository_by_id
from autograde.hub.storage.gitstore import RepositoryDeleted
from autograde.hub.web import calls, tickets
from tests.hub.clients import JsonClient, commit_body, file_line

DATA = b"weights" * 100
OID = hashlib.sha256(DATA).hexdigest()
COMMIT = commit_body(file_line("b.txt", b"b"))
TALK = {"title": "x", "description": "y"}
REQUESTS: list[tuple[str, str, Any]] = [
    ("POST", "/api/models/eve/m/commit/main", COMMIT),
    ("POST", "/api/models/eve/m/branch/b", {}),
    ("POST", "/api/models/eve/m/tag/main", {"tag": "t"}),
    ("POST", "/api/models/eve/m/discussions", TALK),
    ("POST", "/api/models/eve/m/discussions", TALK | {"pullRequest": True}),
    ("POST", "/api/models/eve/m/super-squash/main", {"message": "x"}),
    ("POST", "/api/models/eve/m/preupload/main", {"files": [{"path": "a", "size": 1}]}),
    ("POST", "/api/models/eve/m/like", None),
    ("PUT", "/api/models/eve/m/settings", {"private": True}),
    ("GET", "/api/models/eve/m", None),
    ("GET", "/api/models/eve/m/tree/main", None),
    ("GET", "/api/models/eve/m/commits/main", None),
    ("GET", "/api/models/eve/m/refs", None),
    ("GET", "/eve/m/resolve/main/a.txt", None),
    ("GET", "/eve/m", None),
    ("GET", "/eve/m/tree/main", None),
    ("GET", "/eve/m/blob/main/a.txt", None),
    ("GET", "/eve/m/commits/main", None),
    ("GET", "/eve/m/discussions", None),
    ("GET", "/eve/m.git/info/refs?service=git-upload-pack", None),
]


@pytest.fixture
def course() -> Iterator[tuple[LocalHub, Account]]:
    with LocalHub() as hub:
        eve = hub.create_user("eve")
        hub.create_repository("eve/m", files={"a.txt": b"a"})
        yield hub, eve


def ask(hub: LocalHub, who: Account, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    is_page = method == "GET" and not path.startswith("/api")
    answer = JsonClient(hub, who.token)(method, path, body, Accept="text/html" if is_page else "")
    return answer.status, answer.body


def found_and_deleted(hub: Hub, type: str, full_name: str) -> Repository | None:
    found = find_repository(hub, type, full_name)
    if found is not None:
        delete_repository(hub, found)
    return found


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS, ids=lambda value: str(value)[:40])
def test_request_whose_repository_is_deleted_meanwhile_gets_no_server_error(
    course: tuple[LocalHub, Account],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    method: str,
    path: str,
    body: Any,
) -> None:
    hub, eve = course
    monkeypatch.setattr(calls, "find_repository", found_and_deleted)
    status, content = ask(hub, eve, method, path, body)
    assert find_repository(hub.hub, "model", "eve/m") is None
    # Some reads answer as for an empty repository.
    assert status in ((200, 303, 404, 409) if method == "GET" else (200, 404, 409)), content
    assert "Traceback" not in caplog.text


def test_write_to_a_deleted_repository_is_reported(
    course: tuple[LocalHub, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, eve = course
    monkeypatch.setattr(calls, "find_repository", found_and_deleted)
    status, content = ask(hub, eve, "POST", "/api/models/eve/m/discussions", TALK)
    assert (status, json.loads(content)["error"]) == (404, "The repository was deleted while this request was handled.")


def test_upload_to_a_deleted_repository_is_rejected(
    course: tuple[LocalHub, Account], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hub, eve = course
    batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": OID, "size": len(DATA)}]}
    __, answer = ask(hub, eve, "POST", "/eve/m.git/info/lfs/objects/batch", batch)
    address = json.loads(answer)["objects"][0]["actions"]["upload"]["href"].split(str(hub.port), 1)[1]
    lookups = []

    def found(hub: Hub, repository_id: str) -> Repository | None:
        lookups.append(repository_id)
        repository = repository_by_id(hub, repository_id)
        # The first two lookups happen before the file arrives.
        if len(lookups) == 3 and repository:
            delete_repository(hub, repository)
        return repository

    monkeypatch.setattr(tickets, "repository_by_id", found)
    status, content = ask(hub, eve, "PUT", address, DATA)
    assert len(lookups) >= 3
    assert status == 404, content
    assert "Traceback" not in caplog.text


def test_push_ends_without_an_error_if_its_repository_is_deleted(
    course: tuple[LocalHub, Account], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    hub, eve = course
    deleted = []

    def count(hub: Hub, repository: Repository, size: int, payer: User | None = None) -> None:
        delete_repository(hub, repository)
        deleted.append(repository)
        counted(hub, repository, size, payer)

    counted = quota.count_git
    monkeypatch.setattr(quota, "count_git", count)
    environment = client_environment(hub.endpoint, tmp_path)
    for command in (
        "init -q -b work .",
        "-c user.name=eve -c user.email=e@example.org commit -q --allow-empty -m x",
        f"push -q http://eve:{eve.token}@127.0.0.1:{hub.port}/eve/m work",
    ):
        subprocess.run(["git", *command.split()], cwd=tmp_path, env=environment, check=True, timeout=60)
    assert deleted
    assert "Traceback" not in caplog.text


def test_git_commands_raise_an_error_for_a_deleted_repository(course: tuple[LocalHub, Account]) -> None:
    hub = course[0].hub
    repository = find_repository(hub, "model", "eve/m")
    assert repository
    git = hub.git

    def read() -> None:
        with git.reader(repository.id) as reader:
            delete_repository(hub, repository)
            reader.close()
            raise BrokenPipeError

    with pytest.raises(RepositoryDeleted):
        read()
    assert [*git.path(repository.id).parent.iterdir()] == []
    with pytest.raises(RepositoryDeleted):
        git.run(repository.id, "rev-parse", "HEAD")
