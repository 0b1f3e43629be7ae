"""Copies from a hostile Hub: it cannot overwrite other files or have the token sent to another address."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from autograde.errors import HubRefused, HubUnreachable
from autograde.hub import LocalHub
from autograde.hub.mirror.copying import copy
from autograde.hub.mirror.source import Source, blob_id, wanted
from autograde.hub.people import accounts, organizations
from tests.hub.mirror.opening import opened

COMMIT = "1" * 40
BLOB = "2" * 40

#: What git gets from a server before it asks for objects.
CAPABILITIES = b"001e# service=git-upload-pack\n0000000eversion 2\n0013ls-refs=unborn\n000afetch\n0000"

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def server(answer: Answer) -> Iterator[str]:
    """Run a server that answers every request with this function, and yield its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def do_POST(self) -> None:
            answer(self)

        def log_message(self, *arguments: object) -> None:
            """Print nothing."""

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}"
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


def send(request: http.server.BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def send_raw(request: http.server.BaseHTTPRequestHandler, answer: bytes) -> None:
    request.wfile.write(answer)
    request.close_connection = True


def hub_with(files: list[Any], contents: bytes = b"", info: Any = None) -> Answer:
    """Answer like a Hub with one repository that has these entries, all with the same contents."""

    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        if "/tree/" in request.path:
            send(request, json.dumps(files).encode())
        elif "/revision/" in request.path:
            send(request, json.dumps({"sha": COMMIT} if info is None else info).encode())
        else:
            send(request, contents)

    return answer


def copied(endpoint: str, data: Path, name: str = "far/m") -> None:
    source = Source(endpoint, pause=lambda seconds: None)
    with opened(data) as hub:
        copy(hub, source, source.describe(wanted(name)), report=lambda path, size: None)


def test_id_of_a_large_file_cannot_name_another_file_of_this_machine(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_bytes(b"mine")
    for oid in ("../../mine.txt", str(mine), "../instance.json", "0" * 63, 7, None):
        entry = {"type": "file", "path": "w.bin", "size": 9, "oid": BLOB, "lfs": {"oid": oid}}
        with server(hub_with([entry], b"more text")) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
            copied(endpoint, tmp_path / "data")
    assert mine.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "files",
    [
        {"type": "file"}, [None], [{"type": "file", "path": "a", "size": -1, "oid": BLOB}],
        [{"type": "file", "path": "a", "size": 1, "oid": "../x"}],
        [{"type": "file", "path": ["a"], "size": 1, "oid": BLOB}],
        [{"type": "file", "path": "a", "size": 1, "oid": BLOB, "lfs": "x"}],
        [{"type": "file", "path": "a", "size": 10**400, "oid": BLOB}],
    ],
)  # fmt: skip
def test_malformed_list_of_files_is_rejected(tmp_path: Path, files: Any) -> None:
    with server(hub_with(files)) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


@pytest.mark.parametrize("info", [[], "x", {"sha": "main"}, {"sha": f"{COMMIT}/../x"}, {"sha": None}])
def test_malformed_description_is_rejected(tmp_path: Path, info: Any) -> None:
    with server(hub_with([], info=info)) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


def test_endless_list_of_files_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.hub.mirror.source._MAX_PAGES", 5)

    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        if "/tree/" in request.path:
            send(request, b"[]", Link=f'<{request.path}>; rel="next"')
        else:
            send(request, json.dumps({"sha": COMMIT}).encode())

    with server(answer) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


@pytest.mark.parametrize("address", ["/tree/", "/revision/"])
def test_deeply_nested_answer_is_rejected(tmp_path: Path, address: str) -> None:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        deep = address in request.path
        send(request, b"[" * 200_000 if deep else json.dumps({"sha": COMMIT}).encode())

    with server(answer) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


def test_list_of_too_many_files_is_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograde.hub.mirror.source._MAX_FILES", 2)
    files = [{"type": "file", "path": f"{number}.txt", "size": 1, "oid": BLOB} for number in range(3)]
    with server(hub_with(files)) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


@pytest.mark.parametrize("target", ["http://[::1/x", "http://\xff/\x80"])
def test_redirection_to_something_that_is_not_an_address_is_rejected(tmp_path: Path, target: str) -> None:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        if "/resolve/" in request.path:
            send(request, b"", 302, Location=target)
        else:
            hub_with([{"type": "file", "path": "a.txt", "size": 1, "oid": BLOB}])(request)

    with server(answer) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
        copied(endpoint, tmp_path / "data")


def test_submodule_file_that_git_refuses_is_not_copied(tmp_path: Path) -> None:
    """Earlier versions of git ran such an address as an option (CVE-2018-17456)."""
    content = b'[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'
    entry = {"type": "file", "path": ".gitmodules", "size": len(content), "oid": blob_id(content)}
    with server(hub_with([entry], content)) as endpoint, pytest.raises(HubRefused, match="Git does not accept"):
        copied(endpoint, tmp_path / "data")


def test_file_with_more_bytes_than_announced_is_refused(tmp_path: Path) -> None:
    for more in ({"path": "a.txt"}, {"path": "w.bin", "lfs": {"oid": "3" * 64}}):
        entry = {"type": "file", "size": 10, "oid": BLOB, **more}
        with server(hub_with([entry], bytes(5_000_000))) as endpoint, pytest.raises(HubRefused, match="no Hub gives"):
            copied(endpoint, tmp_path / "data")
    assert not [path for path in (tmp_path / "data" / "mirror").iterdir() if path.stat().st_size > 10]


def test_texts_of_another_hub_cannot_change_the_terminal(tmp_path: Path) -> None:
    """Names of files, the licence, and the first line of an answer that is not HTTP were printed as they are."""
    large = {"type": "file", "path": "a\u202egnp.exe", "size": 1, "oid": BLOB, "lfs": {"oid": sha256(b"x").hexdigest()}}
    info = {"sha": COMMIT, "gated": "\x1b[31m", "cardData": {"license": "\x1b]0;gone\x07"}}
    printed = list[str]()
    with server(hub_with([large], b"x", info)) as endpoint, opened(tmp_path / "data") as hub:
        source = Source(endpoint)
        done = copy(hub, source, source.describe(wanted("far/m")), report=lambda path, size: printed.append(path))
    no_http = b"\x1b]0;gone\x07 200\r\n\r\n"
    with (
        server(lambda request: send_raw(request, no_http)) as endpoint,
        pytest.raises(HubUnreachable) as unreachable,
    ):
        copied(endpoint, tmp_path / "data")
    printed += [done.licence, done.gated, unreachable.value.what]
    assert len(printed) == 4
    assert [text for text in printed if not text.isprintable()] == []


def test_message_of_another_hub_cannot_change_the_terminal(tmp_path: Path) -> None:
    def answer(request: http.server.BaseHTTPRequestHandler) -> None:
        send(request, b"", 400, X_Error_Message="\x1b]0;gone\x07\x1b[2J")

    with server(answer) as endpoint, pytest.raises(HubRefused) as refused:
        copied(endpoint, tmp_path / "data")
    assert "\x1b" not in str(refused.value)


def test_copy_with_history_does_not_send_the_token_to_another_address(tmp_path: Path) -> None:
    received: list[str] = []

    def other_server(request: http.server.BaseHTTPRequestHandler) -> None:
        received.append(request.headers.get("Authorization", ""))
        send(request, CAPABILITIES, Content_Type="application/x-git-upload-pack-advertisement")

    with server(other_server) as other:

        def answer(request: http.server.BaseHTTPRequestHandler) -> None:
            if "/info/refs" in request.path:
                send(request, b"", 302, Location=other + request.path)
            else:
                hub_with([])(request)

        with server(answer) as endpoint:
            source = Source(endpoint, "hf_secret", pause=lambda seconds: None)
            with opened(tmp_path / "data") as hub, pytest.raises(HubRefused):
                copy(hub, source, source.describe(wanted("far/m")), history=True, report=lambda path, size: None)
    assert not any("hf_secret" in value for value in received)


def test_history_with_file_names_that_a_push_may_not_have_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalHub() as school:
        monkeypatch.setattr(school.hub, "config", replace(school.hub.config, portable_names=False))
        school.create_user("far")
        school.create_repository("far/m", files={"con": b"x\n"})
        source = Source(school.endpoint)
        with opened(tmp_path / "data") as hub, pytest.raises(HubRefused, match="device on Windows"):
            copy(hub, source, source.describe(wanted("far/m")), history=True, report=lambda path, size: None)


def test_copy_never_belongs_to_a_learner(tmp_path: Path) -> None:
    with LocalHub() as school:
        for name in ("eve", "group"):
            school.create_user(name)
            school.create_repository(f"{name}/m", files={"a.txt": b"a\n"})
        source = Source(school.endpoint)
        with opened(tmp_path / "data") as hub:
            eve = accounts.create_user(hub, "eve")
            group = accounts.create_user(hub, "group", kind="org")
            organizations.add_member(hub, group, eve)
            for name in ("eve", "group"):
                at = source.describe(wanted(f"{name}/m"))
                with pytest.raises(HubRefused, match="belongs to people"):
                    copy(hub, source, at, report=lambda path, size: None)
