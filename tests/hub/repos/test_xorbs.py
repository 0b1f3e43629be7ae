"""Files that begin with a whole xorb: written once, while it arrives, and the same bytes as without this shortcut."""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from autograde.hub import LocalHub
from autograde.hub.repos.xetformat import Term
from autograde.hub.storage.drafts import Drafts
from autograde.hub.web.turns import Places

from ..shards import file_name, packed, shard_of, xorb_name

#: Chunks of the two xorbs; the first is the larger one, as in uploads of hf_xet.
FIRST = [os.urandom(100_000), b"\x00\x3f\x80\x00" * 20_000, b"words " * 10_000, os.urandom(90_001)]
SECOND = [os.urandom(50_000), b"more words " * 1000]


class Uploader:
    """One person who uploads to one model."""

    def __init__(self, hub: LocalHub, name: str) -> None:
        self.hub, self.name, self.token = hub, name, hub.create_user(name).token
        self.post("/api/repos/create", json.dumps({"name": "m"}).encode(), self.token)
        given = self.post(f"/api/models/{name}/m/xet-write-token/main", None, self.token)
        self.cas, self.key = given["casUrl"], given["accessToken"]

    def post(self, address: str, body: bytes | None, key: str) -> dict[str, str]:
        url = address if address.startswith("http") else self.hub.endpoint + address
        request = urllib.request.Request(
            url, body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, str] = json.load(answer)
        return found

    def xorb(self, chunks: list[bytes], name: str = "", end: bytes = b"") -> None:
        """Send a xorb; its chunks are packed in all ways in turn."""
        body = b"".join(packed(chunk, number % 3) for number, chunk in enumerate(chunks)) + end
        self.post(f"{self.cas}/v1/xorbs/default/{name or xorb_name(chunks)}", body, self.key)

    def file(self, *parts: tuple[list[bytes], int, int], sha256: str | None = "", name: str = "") -> bytes:
        """Make a file of some chunks of xorbs; return its content."""
        chunks = [chunk for xorb, start, end in parts for chunk in xorb[start:end]]
        content = b"".join(chunks)
        terms = [Term(xorb_name(xorb), start, end, sum(map(len, xorb[start:end]))) for xorb, start, end in parts]
        if sha256 == "":
            sha256 = hashlib.sha256(content).hexdigest()
        self.post(f"{self.cas}/v1/shards", shard_of((name or file_name(chunks), terms, sha256)), self.key)
        return content

    def stored(self, content: bytes) -> Path:
        """The blob of a content, which is checked."""
        path = self.hub.hub.blobs.path(hashlib.sha256(content).hexdigest())
        assert path.read_bytes() == content
        return path

    def kept(self, chunks: list[bytes]) -> Path:
        """The file of a xorb."""
        sql = "SELECT xorbs.oid FROM xorbs JOIN users ON users.id = user_id WHERE users.name = ? AND hash = ?"
        row = self.hub.hub.database.one(sql, (self.name, xorb_name(chunks)))
        assert row
        return self.hub.hub.xorbs.path(row["oid"])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    with LocalHub(data=tmp_path / "hub") as opened:
        yield opened


@pytest.fixture
def ada(hub: LocalHub) -> Uploader:
    return Uploader(hub, "ada")


def whole(chunks: list[bytes]) -> tuple[list[bytes], int, int]:
    return (chunks, 0, len(chunks))


def test_file_of_one_xorb_is_written_once(ada: Uploader) -> None:
    ada.xorb(FIRST, end=b"XETBLOB" + b"\1" * 50)
    blob = ada.stored(ada.file(whole(FIRST)))
    assert blob.samefile(ada.kept(FIRST))
    assert blob.stat().st_mode & 0o222 == 0
    assert not list(ada.hub.hub.temporary.iterdir())


def test_xorb_stays_usable_after_a_file_was_continued_behind_it(ada: Uploader) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(whole(FIRST), whole(SECOND)))
    assert blob.samefile(ada.kept(FIRST))
    ada.stored(ada.file((FIRST, 1, 4), (SECOND, 0, 1), (FIRST, 0, 2)))
    ada.stored(ada.file(whole(SECOND), whole(FIRST)))
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("early", [False, True])
def test_file_is_the_same_without_a_draft(ada: Uploader, monkeypatch: pytest.MonkeyPatch, early: bool) -> None:
    """When too many xorbs arrive at the same time, they are read afterwards; and there are only some drafts."""
    if early:
        monkeypatch.setattr(Drafts, "begin", lambda self, scope: nullcontext(None))
    else:
        monkeypatch.setattr(Places, "take", lambda self, client: nullcontext(False))
    ada.xorb(FIRST, end=b"XETBLOB")
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(whole(FIRST), whole(SECOND)))
    assert not blob.samefile(ada.kept(FIRST))
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ada.xorb(SECOND, "0" * 64)
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("parts", [[(FIRST, 1, 4)], [(SECOND, 0, 2), (FIRST, 0, 4)], [(FIRST, 0, 3), (FIRST, 3, 4)]])
def test_file_that_begins_otherwise_is_assembled_from_the_xorbs(
    ada: Uploader, parts: list[tuple[list[bytes], int, int]]
) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(*parts))
    assert not blob.samefile(ada.kept(FIRST))
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("lie", [{"sha256": "0" * 64}, {"name": "0" * 64}])
def test_shard_that_lies_changes_nothing(ada: Uploader, lie: dict[str, str]) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ada.file(whole(FIRST), whole(SECOND), **lie)
    assert not [path for path in ada.hub.hub.blobs.root.rglob("*") if path.is_file()]
    assert ada.kept(FIRST).read_bytes() == b"".join(FIRST)
    ada.stored(ada.file(whole(FIRST), whole(SECOND)))


def test_xorb_with_another_name_is_refused_and_not_kept(ada: Uploader) -> None:
    for name in (xorb_name(SECOND), "0" * 64):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            ada.xorb(FIRST, name)
    assert not ada.hub.hub.database.all("SELECT * FROM xorbs")
    assert not [path for path in ada.hub.hub.xorbs.root.rglob("*") if path.is_file()]
    assert not list(ada.hub.hub.temporary.iterdir())
    ada.xorb(FIRST)
    ada.stored(ada.file(whole(FIRST)))


def test_second_file_with_the_same_content_leaves_no_tail(ada: Uploader) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    content = ada.file(whole(FIRST), whole(SECOND))
    bob = Uploader(ada.hub, "bob")
    bob.xorb(FIRST)
    bob.xorb(SECOND)
    assert bob.file(whole(FIRST), whole(SECOND)) == content
    assert bob.kept(FIRST).read_bytes() == b"".join(FIRST)
    ada.stored(content)


def test_restarted_hub_makes_the_file_of_xorbs_that_came_before(tmp_path: Path) -> None:
    with LocalHub(data=tmp_path / "hub") as hub:
        ada, port = Uploader(hub, "ada"), hub.port
        ada.xorb(FIRST)
        ada.xorb(SECOND)
    with LocalHub(data=tmp_path / "hub", port=port) as again:
        ada.hub = again
        ada.stored(ada.file(whole(FIRST), whole(SECOND)))


def test_file_is_written_anew_where_no_file_can_have_two_names(ada: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("not on this file system")

    monkeypatch.setattr(os, "link", refuse)
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    ada.stored(ada.file(whole(FIRST), whole(SECOND)))
    assert ada.kept(FIRST).read_bytes() == b"".join(FIRST)


def test_content_counts_and_not_what_was_sent(hub: LocalHub, ada: Uploader) -> None:
    """A megabyte of zeros arrives as some kilobytes."""
    zeros = [bytes(100_000)] * 10
    body = b"".join(packed(chunk, 1) for chunk in zeros)
    assert len(body) < 100_000
    ada.post(f"{ada.cas}/v1/xorbs/default/{xorb_name(zeros)}", body, ada.key)
    assert [row["size"] for row in hub.hub.database.all("SELECT size FROM xorbs")] == [1_000_000]
