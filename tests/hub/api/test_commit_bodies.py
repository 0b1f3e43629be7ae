"""Bodies of commits that are not what a client sends: the answer names the line, and nothing is committed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import JsonClient

HEADER = {"key": "header", "value": {"summary": "x"}}


def file(path: object, content: str = "words") -> dict[str, object]:
    return {"key": "file", "value": {"path": path, "content": content, "encoding": "utf-8"}}


def large(oid: str, size: object) -> dict[str, object]:
    return {"key": "lfsFile", "value": {"path": "w.bin", "algo": "sha256", "oid": oid, "size": size}}


@pytest.fixture
def commit(
    hub: LocalHub, ada: Account, api: JsonClient, new_name: Callable[[str], str]
) -> Callable[[bytes], tuple[int, str]]:
    """Send a body to a new repository; return the status and the message."""
    name = f"{ada.name}/{new_name('bodies')}"
    before = len(hub.create_repository(name).commits())

    def send(body: bytes) -> tuple[int, str]:
        found = api("POST", f"/api/models/{name}/commit/main", body, Content_Type="application/x-ndjson")
        assert len(hub.repository(name).commits()) == before + (found.status == 200)
        return found.status, str(found.json.get("error", ""))

    return send


def lines(*items: object) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "no header line"),
        (lines(file("a.txt")), "no header line"),
        (lines(HEADER) + b"{", "Line 2 of the commit cannot be read: This is not JSON"),
        (lines(HEADER, {"key": "file"}), "Line 2 of the commit cannot be read"),
        (lines(HEADER, file("a.txt"), {"key": "copy", "value": {"path": "b"}}), "Line 3 .* no operation 'copy'"),
        (lines(HEADER, file(3)), "Line 2 .* a path is a text"),
        (lines(HEADER, large("0" * 63, 1)), "Line 2 .* 64 hexadecimal digits"),
        (lines(HEADER, large("0" * 64, "1")), "Line 2 .* and a size"),
    ],
)  # fmt: skip
def test_malformed_body_is_refused_with_its_line(
    commit: Callable[[bytes], tuple[int, str]], body: bytes, message: str
) -> None:
    status, error = commit(body)
    assert status == 400
    assert re.search(message, error), error


def test_empty_lines_are_skipped(commit: Callable[[bytes], tuple[int, str]]) -> None:
    assert commit(b"\n" + lines(HEADER) + b"  \n" + lines(file("a.txt"))) == (200, "")
