"""Upload progress on a repository's page, shown to its readers only; also followed in a real browser."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright import sync_api as playwright

from autograde.hub import Account, LocalHub
from tests.hub.clients import Git, commit_body, file_line
from tests.local_requests import OPENER
from tests.plain_browser import Browser
from tests.real_browser import chromium


class Gate:
    """A proxy between git and the Hub that forwards a limited number of bytes.

    Args:
        port: the Hub's.
    """

    def __init__(self, port: int) -> None:
        self._port, self._allowed = port, 0
        self._more = threading.Condition()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._sockets: list[socket.socket] = [self._listening]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def allow(self, number: int) -> None:
        """Let ``number`` more bytes through to the Hub."""
        with self._more:
            self._allowed += number
            self._more.notify_all()

    def close(self) -> None:
        """Stop accepting connections."""
        self.allow(1 << 40)
        for opened in self._sockets:
            with suppress(OSError):
                # Closing alone does not wake a thread that waits.
                opened.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for opened in self._sockets:
            opened.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, __ = self._listening.accept()
                hub = socket.create_connection(("127.0.0.1", self._port))
                self._sockets += [client, hub]
                self._start(self._pass, client, hub, True)
                self._start(self._pass, hub, client, False)

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 14):
                if counted:
                    with self._more:
                        self._more.wait_for(lambda: self._allowed >= len(data), 60)
                        self._allowed -= len(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def gate(hub: LocalHub) -> Iterator[Gate]:
    opened = Gate(hub.port)
    yield opened
    opened.close()


def call(hub: LocalHub, account: Account, path: str, body: bytes, kind: str = "application/json") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": kind}
    with OPENER.open(urllib.request.Request(hub.endpoint + path, body, headers)) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


@pytest.fixture
def repository(hub: LocalHub, ada: Account) -> str:
    call(hub, ada, "/api/repos/create", b'{"name": "m"}')
    return f"{ada.name}/m"


class Slow:
    """A request whose body the test sends in pieces."""

    def __init__(self, hub: LocalHub, method: str, path: str, length: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
        self.connection.putrequest(method, path)
        for name, value in ({"Content-Length": str(length)} | headers).items():
            self.connection.putheader(name, value)
        self.connection.endheaders()

    def send(self, data: bytes) -> None:
        self.connection.send(data)

    def end(self) -> int:
        answer = self.connection.getresponse()
        answer.read()
        self.connection.close()
        return answer.status


def until(get_page: Callable[[], str], words: str) -> str:
    """Return the result of ``get_page`` once it contains ``words``; another process may still be sending bytes."""
    for __ in range(500):
        if words in (found := get_page()):
            return found
        threading.Event().wait(0.02)
    raise AssertionError(f"{words!r} is not in {found!r}")


def test_upload_progress_is_shown_to_readers_only(
    hub: LocalHub, ada: Account, bob: Account, repository: str, open_browser: type[Browser]
) -> None:
    browser, bobs = open_browser(hub).log_in(ada.name), open_browser(hub).log_in(bob.name)
    content = os.urandom(300_000)
    announced = {"operation": "upload", "objects": [{"oid": hashlib.sha256(content).hexdigest(), "size": 300_000}]}
    answer = call(hub, ada, f"/{repository}.git/info/lfs/objects/batch", json.dumps(announced).encode())
    path = answer["objects"][0]["actions"]["upload"]["href"].removeprefix(hub.endpoint)

    def get_page() -> str:
        return str(browser.get(f"/{repository}/incoming").text)

    assert f"Upload by {ada.name}: 0 Bytes of 300 kB received, 0 of 1 large files" in get_page()
    slow = Slow(hub, "PUT", path, len(content), {})
    slow.send(content[:100_000])
    page = until(get_page, "100 kB of 300 kB received")
    assert '<progress max="300000" value="100000"' in page
    assert 'data-every="1"' in page
    assert "100 kB of 300 kB received" in browser.get(f"/{repository}").text, "the page itself, without JavaScript"
    assert "100 kB" in browser.get(f"/{repository}/tree/main").text
    assert "100 kB" in open_browser(hub).get(f"/{repository}/incoming").text, (
        "a public repository is visible to everyone"
    )
    version = browser.get(f"/{repository}/incoming").headers["etag"]
    assert browser.get(f"/{repository}/incoming", If_None_Match=version).status == 304
    call_settings = urllib.request.Request(
        f"{hub.endpoint}/api/models/{repository}/settings", b'{"private": true}', method="PUT",
        headers={"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"},
    )  # fmt: skip
    OPENER.open(call_settings).close()
    assert bobs.get(f"/{repository}/incoming").status == 404
    assert open_browser(hub).get(f"/{repository}/incoming").status == 404
    slow.send(content[100_000:])
    assert slow.end() == 200
    until(get_page, "300 kB of 300 kB received, 1 of 1 large files")


def test_uploads_of_others_are_not_announced_on_the_owners_page(
    hub: LocalHub, bob: Account, repository: str, open_browser: type[Browser]
) -> None:
    """Readers may upload for a pull request, but that is not shown on the owner's page."""
    announced = {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 60 << 30}]}
    call(hub, bob, f"/{repository}.git/info/lfs/objects/batch", json.dumps(announced).encode())
    files = {"files": [{"path": "model.safetensors", "size": 60 << 30, "sample": ""}]}
    call(hub, bob, f"/api/models/{repository}/preupload/main?create_pr=1", json.dumps(files).encode())
    assert bob.name not in open_browser(hub).get(f"/{repository}/incoming").text


def test_progress_and_end_of_an_http_commit_are_shown(
    hub: LocalHub, ada: Account, repository: str, open_browser: type[Browser]
) -> None:
    body = commit_body(file_line("a.txt", os.urandom(750_000).hex().encode()))
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/x-ndjson"}
    slow = Slow(hub, "POST", f"/api/models/{repository}/commit/main", len(body), headers)
    slow.send(body[:1_000_000])
    browser = open_browser(hub, Accept_Language="zh")

    def get_page() -> str:
        return str(browser.get(f"/{repository}/incoming").text)

    state = until(get_page, f"{ada.name} 正在上传：已收到 1 MB").split('data-state="')[1].split('"')[0]
    slow.send(body[1_000_000:])
    assert slow.end() == 200
    page = until(get_page, "上传了 1 个文件（1.5 MB）")
    assert f'data-state="{state}"' not in page, "the browser reloads when the state changes"


def test_rejected_push_is_shown(
    hub: LocalHub, ada: Account, repository: str, git: Git, tmp_path: Path, open_browser: type[Browser]
) -> None:
    git("clone", f"{hub.endpoint}/{repository}", tmp_path / "m")
    (tmp_path / "m" / "large.txt").write_bytes(os.urandom(11 << 20))
    git("add", ".", cwd=tmp_path / "m")
    git("commit", "-m", "too large", cwd=tmp_path / "m")
    git("push", cwd=tmp_path / "m", check=False)
    page = open_browser(hub).get(f"/{repository}").text
    assert f"The upload of {ada.name} was refused" in page


def test_page_follows_a_slow_push(
    hub: LocalHub, ada: Account, repository: str, git: Git, gate: Gate, tmp_path: Path
) -> None:
    """From the empty page to the list of files without a reload; screen readers hear each message once."""
    folder = tmp_path / "m"
    gate.allow(1 << 20)
    git("clone", f"{gate.endpoint}/{repository}", folder)
    (folder / "model.safetensors").write_bytes(os.urandom(3_000_000))
    (folder / "config.json").write_text("{}")
    git("add", ".", cwd=folder)
    git("commit", "-m", "weights", cwd=folder)
    with chromium() as browser:
        page = browser.new_page(base_url=hub.endpoint, locale="en-US")
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"/{repository}")
        page.evaluate("window.sameDocument = true")
        heading = page.get_by_role("heading", name="This repository is empty: fill it with git")
        playwright.expect(heading).to_be_visible()
        push = subprocess.Popen(
            ["git", "-c", "credential.helper=", "push", "--quiet"], cwd=folder, env=git.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            bar = page.get_by_role("progressbar", name="Upload")
            bar.wait_for()
            assert page.locator("#said").text_content() == f"{ada.name} is uploading."
            before = float(bar.get_attribute("value") or "nan")
            gate.allow(800_000)
            page.get_by_text(re.compile(r"1\.[5-8]\d? MB of 3 MB received")).first.wait_for()
            assert float(bar.get_attribute("value") or "nan") > before
            assert "0 of 1 large files" in page.locator(".uploads").inner_text()
            gate.allow(1 << 30)
            page.get_by_text(f"{ada.name} uploaded 2 files, 3 MB.").first.wait_for()
            assert push.wait(30) == 0
        finally:
            push.kill()
        heading.wait_for(state="detached")
        assert page.locator("#said").text_content() == f"{ada.name} uploaded 2 files, 3 MB."
        assert "3 files" in page.locator(".facts").inner_text()
        assert page.evaluate("window.sameDocument"), "no reload"
        assert errors == []
