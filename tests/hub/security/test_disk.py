"""The storage quota covers every kind of upload, is checked while bytes arrive, and is freed by deletion."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.hub.config import HubConfig, Limits
from autograde.hub.environment import client_environment
from autograde.hub.people import access_tokens, accounts
from autograde.hub.repos import quota
from autograde.hub.repos.repositories import find_repository
from autograde.hub.server import RunningHub
from autograde.hub.storage.pending_bytes import PendingBytes
from tests.hub.clients import commit_body, file_line

ROOM = 1_000_000
PART = 1000


class SmallQuotaHub:
    """A Hub with a quota of one megabyte for each user, and ada's connection to it."""

    def __init__(self, folder: Path) -> None:
        config = HubConfig(
            data=folder, durable=False, password_cost=16, multipart_above=PART, limits=Limits(owner_storage=ROOM)
        )
        self.running = RunningHub(config)
        self.hub = self.running.hub
        self.ada = accounts.create_user(self.hub, "ada")
        self.token = access_tokens.create_token(self.hub, self.ada)
        self.port = self.running.port
        self.running.start()
        self.ask("POST", "/api/repos/create", {"name": "m"})

    def ask(self, method: str, path: str, body: Any = None, *, authorized: bool = True) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}"} if authorized else {}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        # The Hub may refuse before the end of the body.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, content, headers)
        try:
            answer = connection.getresponse()
            received = answer.read()
        except (ConnectionResetError, http.client.HTTPException):
            return 413, {}
        finally:
            connection.close()
        assert answer.status < 500, received
        return answer.status, json.loads(received) if received.startswith((b"{", b"[")) else received

    def used(self) -> int:
        return quota.used(self.hub, self.ada.id)

    def on_disk(self) -> int:
        """Return the bytes of large files and of unfinished uploads."""
        folders = (self.hub.data / "blobs", self.hub.data / "tmp", self.hub.data / "xorbs")
        return sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())

    def batch(self, *contents: bytes, parts: bool = False) -> list[dict[str, Any]]:
        objects = [{"oid": hashlib.sha256(content).hexdigest(), "size": len(content)} for content in contents]
        request = {"operation": "upload", "objects": objects, "transfers": ["multipart" if parts else "basic"]}
        status, answer = self.ask("POST", "/ada/m.git/info/lfs/objects/batch", request)
        assert status == 200
        found: list[dict[str, Any]] = answer["objects"]
        return found

    def put(self, href: str, content: bytes) -> int:
        return self.ask("PUT", href.partition(f":{self.port}")[2], content, authorized=False)[0]

    def commit(self, content: bytes, path: str = "x.txt") -> int:
        return self.ask("POST", "/api/models/ada/m/commit/main", commit_body(file_line(path, content)))[0]


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallQuotaHub]:
    found = SmallQuotaHub(tmp_path / "data")
    yield found
    found.running.stop()


def parts_of(small: SmallQuotaHub, content: bytes) -> tuple[dict[str, str], str]:
    """Return the URLs of an upload's parts, and the URL that completes it."""
    (answer,) = small.batch(content, parts=True)
    upload = answer["actions"]["upload"]
    return {n: href for n, href in upload["header"].items() if n.isdigit()}, upload["href"]


@pytest.mark.parametrize("numbers", [[1] * 1000, [1, 1, 2, 3], [1, 2], [1, 2, 4], [0, 1, 2], [3, 2, 1, 1], []])
def test_upload_is_completed_only_with_each_part_once(small: SmallQuotaHub, numbers: list[int]) -> None:
    content = os.urandom(3 * PART)
    parts, complete = parts_of(small, content)
    for number, href in parts.items():
        assert small.put(href, content[(int(number) - 1) * PART : int(number) * PART]) == 200
    path = complete.partition(f":{small.port}")[2]
    body = {"parts": [{"partNumber": number, "etag": "x"} for number in numbers]}
    assert small.ask("POST", path, body, authorized=False)[0] == 400
    assert small.on_disk() == 3 * PART
    all_parts = {"parts": [{"partNumber": number, "etag": "x"} for number in (3, 1, 2)]}
    assert small.ask("POST", path, all_parts, authorized=False)[0] == 200
    assert small.on_disk() == 3 * PART


def test_parts_of_many_uploads_share_the_quota(small: SmallQuotaHub) -> None:
    """Each upload alone would fit in the quota."""
    refused = 0
    for number in range(4):
        content = bytes([number]) * (ROOM // 2)
        parts, __ = parts_of(small, content)
        for href in list(parts.values()):
            refused += small.put(href, b"x" * PART) == 413
    assert refused
    assert small.on_disk() <= ROOM


def test_concurrent_uploads_share_the_quota(small: SmallQuotaHub) -> None:
    pending = small.hub.pending_bytes
    repository = find_repository(small.hub, "model", "ada/m")
    assert repository
    (answer,) = small.batch(os.urandom(ROOM // 2))
    with pending.counting(*quota.free_space(small.hub, repository)) as take:
        take(ROOM // 2 + 10_000)
        assert small.put(answer["actions"]["upload"]["href"], os.urandom(ROOM // 2)) == 413
    assert small.on_disk() == 0


def test_commits_count_against_the_quota(small: SmallQuotaHub) -> None:
    before = small.used()
    assert small.commit(os.urandom(400_000).replace(b"\0", b"\1")) == 200
    assert small.used() - before == 400_000
    assert small.commit(os.urandom(400_000).replace(b"\0", b"\1"), "y.txt") == 200
    assert small.commit(os.urandom(400_000).replace(b"\0", b"\1"), "z.txt") == 413
    assert small.commit(b"small", "z.txt") == 200


def test_pushes_count_against_the_quota_and_are_refused_while_they_arrive(small: SmallQuotaHub, tmp_path: Path) -> None:
    environment = client_environment(f"http://127.0.0.1:{small.port}", tmp_path / "home")
    clone = tmp_path / "clone"
    url = f"http://ada:{small.token}@127.0.0.1:{small.port}/ada/m"

    def git(*arguments: str, check: bool = True) -> int:
        done = subprocess.run(["git", *arguments], env=environment, capture_output=True, check=False)
        assert not check or not done.returncode, done.stderr
        return done.returncode

    git("clone", "-q", url, str(clone))
    before = small.used()
    for name, accepted in (("a", True), ("b", False)):
        (clone / name).write_bytes(os.urandom(600_000).replace(b"\0", b"\1"))
        git("-C", str(clone), "add", ".")
        git("-C", str(clone), "commit", "-qm", name)
        assert (git("-C", str(clone), "push", "-q", check=False) == 0) is accepted
    assert 600_000 < small.used() - before < 700_000


def test_duplicate_repository_counts_against_the_quota(small: SmallQuotaHub) -> None:
    assert small.commit(os.urandom(400_000).replace(b"\0", b"\1")) == 200
    assert small.ask("POST", "/api/models/ada/m/duplicate", {"repository": "ada/copy"})[0] == 200
    assert small.used() > 800_000
    assert small.ask("POST", "/api/models/ada/m/duplicate", {"repository": "ada/copy2"})[0] == 413
    assert find_repository(small.hub, "model", "ada/copy2") is None


def test_large_files_copied_to_another_repository_count_against_the_quota(small: SmallQuotaHub) -> None:
    content = os.urandom(ROOM * 6 // 10)
    (answer,) = small.batch(content)
    assert small.put(answer["actions"]["upload"]["href"], content) == 200
    small.ask("POST", "/api/repos/create", {"name": "other"})
    body = {
        "target": {"type": "model", "name": "ada/other"},
        "files": [{"sha256": hashlib.sha256(content).hexdigest()}],
    }
    assert small.ask("POST", "/api/models/ada/m/lfs-files/duplicate", body)[0] == 413


def test_deleting_a_repository_deletes_its_files_from_the_disk(small: SmallQuotaHub) -> None:
    content = os.urandom(300_000)
    (answer,) = small.batch(content)
    assert small.put(answer["actions"]["upload"]["href"], content) == 200
    assert small.on_disk() == 300_000
    assert small.ask("DELETE", "/api/repos/delete", {"name": "m"})[0] == 200
    assert small.on_disk() == 0
    assert small.used() == 0


def test_file_shared_with_another_repository_is_not_deleted(small: SmallQuotaHub) -> None:
    content = os.urandom(300_000)
    (answer,) = small.batch(content)
    assert small.put(answer["actions"]["upload"]["href"], content) == 200
    assert small.ask("POST", "/api/models/ada/m/duplicate", {"repository": "ada/copy"})[0] == 200
    assert small.ask("DELETE", "/api/repos/delete", {"name": "m"})[0] == 200
    assert small.on_disk() == 300_000


def test_large_lfs_batch_is_refused(small: SmallQuotaHub) -> None:
    objects = [{"oid": f"{number:064x}", "size": 1} for number in range(2000)]
    request = {"operation": "upload", "objects": objects}
    assert small.ask("POST", "/ada/m.git/info/lfs/objects/batch", request)[0] == 413


def test_parts_of_abandoned_uploads_are_deleted(tmp_path: Path) -> None:
    now = 0.0
    pending = PendingBytes(clock=lambda: now)
    (tmp_path / "part").write_bytes(b"x" * 10)
    pending.keep_part(tmp_path / "part", "ada", 10)
    now = 100.0
    pending.remove_old_parts(200)
    assert pending.add("ada", 0) == 10
    now = 300.0
    pending.remove_old_parts(200)
    assert pending.add("ada", 0) == 0
    assert not (tmp_path / "part").exists()
