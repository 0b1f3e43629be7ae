"""Requests with many patterns, paths or files: each has a limit, and hostile ones end quickly."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.api import discussions
from autograde.hub.config import HubConfig, Limits
from autograde.hub.people import access_tokens, accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import buckets, repositories
from autograde.hub.repos.buckets import BucketFile
from autograde.hub.repos.gitattributes import is_lfs_path
from autograde.hub.repos.gitignore import ignored
from autograde.hub.repos.wildmatch import MAX_PATTERNS
from autograde.hub.server import RunningHub
from tests.hub.clients import JsonClient


@pytest.fixture(scope="module")
def course() -> Iterator[tuple[LocalHub, Account]]:
    with LocalHub() as hub:
        eve = hub.create_user("eve")
        hub.create_repository("eve/m", files={"a.txt": b"a"})
        yield hub, eve


def ask(hub: LocalHub, who: Account, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
    answer = JsonClient(hub, who.token)(method, path, body)
    assert answer.status < 500, answer.body
    return answer.status, answer.body


PREUPLOAD = "/api/models/eve/m/preupload/main"
FILES = [{"path": f"folder/{n}.bin", "size": 1, "sample": ""} for n in range(256)]


@pytest.mark.parametrize("pattern", ["*{}*x*y*z*", "{}", "a/**/{}/**/b", "[{}]*", "?{}*"])
def test_thousands_of_patterns_are_refused_or_fast(course: tuple[LocalHub, Account], pattern: str) -> None:
    lines = "".join(pattern.format(n) + " filter=lfs\n" for n in range(4000))
    started = time.monotonic()
    status, __ = ask(*course, "POST", PREUPLOAD, {"files": FILES, "gitAttributes": lines})
    assert status == (200 if pattern == "{}" else 413)
    status, __ = ask(*course, "POST", PREUPLOAD, {"files": FILES, "gitIgnore": lines})
    assert status == 413
    assert time.monotonic() - started < 15


def test_request_with_many_files_and_slow_patterns_is_rejected_in_time(course: tuple[LocalHub, Account]) -> None:
    lines = "".join(f"**/*{n}*a*b*c*d* filter=lfs\n" for n in range(MAX_PATTERNS))
    files = [{"path": "/".join(["abcd" * 20] * 10) + f"/{n}", "size": 1} for n in range(3000)]
    started = time.monotonic()
    status, content = ask(*course, "POST", PREUPLOAD, {"files": files, "gitAttributes": lines})
    assert status == 413
    assert b"fewer files" in content
    assert time.monotonic() - started < 30


def test_many_patterns_without_wildcards_are_fast() -> None:
    """They are allowed, because the Hub itself adds a line for each large file that no pattern covers."""
    lines = "".join(f"weights/{n}.dat filter=lfs\n" for n in range(5000)) + "one\\*.dat filter=lfs\n"
    started = time.thread_time()
    assert is_lfs_path(lines, "weights/4999.dat")
    assert is_lfs_path(lines, "anywhere/one*.dat")
    assert not is_lfs_path(lines, "weights/5000.dat")
    assert not is_lfs_path(lines, "other/weights/1.dat")
    assert time.thread_time() - started < 2
    assert not is_lfs_path(lines + "weights/4999.dat -filter\n", "weights/4999.dat")


def test_too_many_ignore_patterns_are_refused() -> None:
    with pytest.raises(Refusal, match="patterns"):
        ignored("*.x\n" * (MAX_PATTERNS + 1), "a")


@pytest.mark.parametrize("files", [[1], [None], ["a"], [[]], [{"path": 1, "size": 1}], [{"path": "a"}]], ids=range(6))
def test_invalid_file_entries_are_refused(course: tuple[LocalHub, Account], files: list[Any]) -> None:
    assert ask(*course, "POST", PREUPLOAD, {"files": files})[0] == 400


def test_attributes_that_are_not_text_are_ignored(course: tuple[LocalHub, Account]) -> None:
    body = {"files": FILES[:1], "gitAttributes": [1], "gitIgnore": {"a": 1}}
    assert ask(*course, "POST", PREUPLOAD, body)[0] == 200


def test_request_for_too_many_paths_is_refused(course: tuple[LocalHub, Account]) -> None:
    paths = ["a.txt"] * 20_000
    assert ask(*course, "POST", "/api/models/eve/m/paths-info/main", {"paths": paths})[0] == 413
    assert ask(*course, "POST", "/api/models/eve/m/paths-info/main", {"paths": paths[:2000], "expand": True})[0] == 413
    assert ask(*course, "POST", "/api/models/eve/m/paths-info/main", {"paths": paths[:500], "expand": True})[0] == 200
    assert ask(*course, "POST", PREUPLOAD, {"files": FILES * 50})[0] == 413


def test_note_of_a_collection_is_sanitised(course: tuple[LocalHub, Account]) -> None:
    hub, eve = course
    status, content = ask(hub, eve, "POST", "/api/collections", {"title": "t", "namespace": "eve"})
    assert status == 200
    slug = json.loads(content)["slug"]
    note = "**bold** <script>alert(1)</script><img src=x onerror=alert(1)>"
    body = {"item": {"type": "model", "id": "eve/m"}, "note": note}
    status, content = ask(hub, eve, "POST", f"/api/collections/{slug}/items", body)
    assert status == 200
    shown = json.loads(content)["items"][0]["note"]
    assert shown["text"] == note
    assert "<strong>bold</strong>" in shown["html"]
    assert "script" not in shown["html"]
    assert "onerror" not in shown["html"]


def test_total_size_of_request_bodies_in_memory_is_limited(tmp_path: Path) -> None:
    running = RunningHub(HubConfig(data=tmp_path, durable=False, limits=Limits(bodies=100_000)))
    running.start()
    try:
        statuses: list[int] = []

        def send() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
            connection.request("POST", "/api/validate-yaml", json.dumps({"content": "x" * 60_000}))
            statuses.append(connection.getresponse().status)
            connection.close()

        # The first body lacks its last byte, so it stays in memory.
        first = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        body = json.dumps({"content": "x" * 60_000}).encode()
        first.putrequest("POST", "/api/validate-yaml")
        first.putheader("Content-Length", str(len(body)))
        first.endheaders(body[:-1])
        end = time.monotonic() + 20
        while running.hub.pending_bytes.add("bodies", 0) < len(body) - 1 and time.monotonic() < end:
            threading.Event().wait(0.01)
        send()
        assert statuses == [503]
        first.send(body[-1:])
        assert first.getresponse().status == 200
        first.close()
        send()
        assert statuses == [503, 200]
    finally:
        running.stop()


def test_comments_are_rendered_for_a_limited_time(
    course: tuple[LocalHub, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty comments of a tenth of a second each once delayed every request for their discussion by six seconds."""
    hub, eve = course
    status, body = ask(hub, eve, "POST", "/api/models/eve/m/discussions", {"title": "t", "description": "**a**"})
    path = f"/api/models/eve/m/discussions/{json.loads(body)['num']}"
    assert ask(hub, eve, "POST", f"{path}/comment", {"comment": "**b** <i>"})[0] == 200
    monkeypatch.setattr(discussions, "_SECONDS", 0.0)
    status, body = ask(hub, eve, "GET", path)
    assert status == 200
    shown = [event["data"]["latest"]["html"] for event in json.loads(body)["events"]]
    assert shown == ["<p><strong>a</strong></p>\n", "<pre>**b** &lt;i&gt;</pre>"]


def test_bucket_has_a_limited_number_of_files(tmp_path: Path) -> None:
    running = RunningHub(HubConfig(data=tmp_path, durable=False, limits=Limits(files=3)))
    running.start()
    try:
        hub = running.hub
        owner = accounts.create_user(hub, "eve")
        token = access_tokens.create_token(hub, owner)
        bucket = repositories.create_repository(hub, owner, "b", type="bucket")
        for name in ("a", "b", "c"):
            buckets.put(hub, bucket, BucketFile(name, "0" * 64, 1, "f" * 64, 0, 0))
        statuses = []
        for kind in ("addFile", "deleteFile"):
            connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
            line = json.dumps({"type": kind, "path": "a", "xetHash": "f" * 64})
            connection.request("POST", "/api/buckets/eve/b/batch", line, {"Authorization": f"Bearer {token}"})
            statuses.append(connection.getresponse().status)
            connection.close()
        assert statuses == [413, 200]
    finally:
        running.stop()
