"""A file that starts with a complete xorb is written only once, while the xorb arrives, and has the right bytes."""

from __future__ import annotations

import hashlib
import json
import os
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from autograde.hub import LocalHub
from autograde.hub.repos.shards import ShardTerm
from autograde.hub.repos.xethashes import chunk_hash
from autograde.hub.repos.xorb_format import MAX_CHUNK, MAX_CHUNKS
from autograde.hub.repos.xorbs import opened
from autograde.hub.storage.blobs import BlobWriter
from autograde.hub.storage.drafts import Drafts
from autograde.hub.storage.drain import BATCH
from autograde.hub.web.turns import Places

from ..shards import file_name, packed, shard_of, xorb_name

#: Chunks of the two xorbs; the first is the larger one, as in uploads of hf_xet.
FIRST = [os.urandom(100_000), b"\x00\x3f\x80\x00" * 20_000, b"words " * 10_000, os.urandom(90_001)]
SECOND = [os.urandom(50_000), b"more words " * 1000]


class Uploader:
    """A user who uploads to a model."""

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
        """Upload a xorb; its chunks use each compression scheme in turn."""
        body = b"".join(packed(chunk, number % 3) for number, chunk in enumerate(chunks)) + end
        self.post(f"{self.cas}/v1/xorbs/default/{name or xorb_name(chunks)}", body, self.key)

    def file(self, *parts: tuple[list[bytes], int, int], sha256: str | None = "", name: str = "") -> bytes:
        """Create a file from some chunks of xorbs and return its content."""
        chunks = [chunk for xorb, start, end in parts for chunk in xorb[start:end]]
        content = b"".join(chunks)
        terms = [ShardTerm(xorb_name(xorb), start, end, sum(map(len, xorb[start:end]))) for xorb, start, end in parts]
        if sha256 == "":
            sha256 = hashlib.sha256(content).hexdigest()
        self.post(f"{self.cas}/v1/shards", shard_of((name or file_name(chunks), terms, sha256)), self.key)
        return content

    def stored(self, content: bytes) -> Path:
        """Return the blob of a content, after checking its bytes."""
        path = self.hub.hub.blobs.path(hashlib.sha256(content).hexdigest())
        assert path.read_bytes() == content
        return path

    def kept(self, chunks: list[bytes]) -> Path:
        """Return the file of a stored xorb."""
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


def complete(chunks: list[bytes]) -> tuple[list[bytes], int, int]:
    return (chunks, 0, len(chunks))


def test_file_of_one_xorb_is_written_once(ada: Uploader) -> None:
    ada.xorb(FIRST, end=b"XETBLOB" + b"\1" * 50)
    blob = ada.stored(ada.file(complete(FIRST)))
    assert blob.samefile(ada.kept(FIRST))
    assert blob.stat().st_mode & 0o222 == 0
    assert not list(ada.hub.hub.temporary.iterdir())


def test_xorb_stays_usable_after_a_longer_file_was_built_on_it(ada: Uploader) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(complete(FIRST), complete(SECOND)))
    assert blob.samefile(ada.kept(FIRST))
    ada.stored(ada.file((FIRST, 1, 4), (SECOND, 0, 1), (FIRST, 0, 2)))
    ada.stored(ada.file(complete(SECOND), complete(FIRST)))
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("early", [False, True])
def test_file_is_the_same_without_a_draft(ada: Uploader, monkeypatch: pytest.MonkeyPatch, early: bool) -> None:
    """If too many xorbs arrive at the same time, they are read afterwards; the number of drafts is limited, too."""
    if early:
        monkeypatch.setattr(Drafts, "begin", lambda self, scope: nullcontext(None))
    else:
        monkeypatch.setattr(Places, "take", lambda self, client: nullcontext(False))
    ada.xorb(FIRST, end=b"XETBLOB")
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(complete(FIRST), complete(SECOND)))
    assert not blob.samefile(ada.kept(FIRST))
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        ada.xorb(SECOND, "0" * 64)
    refused.value.close()
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("parts", [[(FIRST, 1, 4)], [(SECOND, 0, 2), (FIRST, 0, 4)], [(FIRST, 0, 3), (FIRST, 3, 4)]])
def test_file_that_does_not_start_with_a_complete_xorb_is_assembled(
    ada: Uploader, parts: list[tuple[list[bytes], int, int]]
) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    blob = ada.stored(ada.file(*parts))
    assert not blob.samefile(ada.kept(FIRST))
    assert not list(ada.hub.hub.temporary.iterdir())


@pytest.mark.parametrize("wrong", [{"sha256": "0" * 64}, {"name": "0" * 64}])
def test_shard_with_a_wrong_hash_or_name_changes_nothing(ada: Uploader, wrong: dict[str, str]) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        ada.file(complete(FIRST), complete(SECOND), **wrong)
    refused.value.close()
    assert not [path for path in ada.hub.hub.blobs.root.rglob("*") if path.is_file()]
    assert ada.kept(FIRST).read_bytes() == b"".join(FIRST)
    ada.stored(ada.file(complete(FIRST), complete(SECOND)))


@pytest.mark.parametrize("plain", [True, False])
def test_open_xorb_of_many_chunks_takes_little_memory(ada: Uploader, plain: bool) -> None:
    """The Hub keeps sixteen of them open for each request that assembles files."""
    many = [number.to_bytes(2, "big") for number in range(MAX_CHUNKS)]
    if not plain:
        ada.xorb(FIRST)  # only the first xorb of a draft is stored uncompressed
    ada.xorb(many)
    row = ada.hub.hub.database.one("SELECT scope FROM xorbs WHERE hash = ?", (xorb_name(many),))
    assert row
    tracemalloc.start()
    try:
        with opened(ada.hub.hub, row["scope"], xorb_name(many)) as xorb:
            assert list(xorb.contents(8000, MAX_CHUNKS)) == many[8000:]
            assert xorb.hashes(5, 7) == [chunk_hash(chunk) for chunk in many[5:7]]
            assert xorb.length == MAX_CHUNKS
            assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


def test_xorb_with_a_wrong_name_is_rejected_and_not_kept(ada: Uploader) -> None:
    for name in (xorb_name(SECOND), "0" * 64):
        with pytest.raises(urllib.error.HTTPError, match="400") as refused:
            ada.xorb(FIRST, name)
        refused.value.close()
    assert not ada.hub.hub.database.all("SELECT * FROM xorbs")
    assert not [path for path in ada.hub.hub.xorbs.root.rglob("*") if path.is_file()]
    assert not list(ada.hub.hub.temporary.iterdir())
    ada.xorb(FIRST)
    ada.stored(ada.file(complete(FIRST)))


def test_second_upload_of_the_same_content_leaves_the_xorb_unchanged(ada: Uploader) -> None:
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    content = ada.file(complete(FIRST), complete(SECOND))
    bob = Uploader(ada.hub, "bob")
    bob.xorb(FIRST)
    bob.xorb(SECOND)
    assert bob.file(complete(FIRST), complete(SECOND)) == content
    assert bob.kept(FIRST).read_bytes() == b"".join(FIRST)
    ada.stored(content)


def test_restarted_hub_builds_files_from_earlier_xorbs(tmp_path: Path) -> None:
    with LocalHub(data=tmp_path / "hub") as hub:
        ada, port = Uploader(hub, "ada"), hub.port
        ada.xorb(FIRST)
        ada.xorb(SECOND)
    with LocalHub(data=tmp_path / "hub", port=port) as again:
        ada.hub = again
        ada.stored(ada.file(complete(FIRST), complete(SECOND)))


def test_file_is_copied_where_hard_links_are_not_supported(ada: Uploader, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("not on this file system")

    monkeypatch.setattr(os, "link", refuse)
    ada.xorb(FIRST)
    ada.xorb(SECOND)
    ada.stored(ada.file(complete(FIRST), complete(SECOND)))
    assert ada.kept(FIRST).read_bytes() == b"".join(FIRST)


def test_size_of_a_xorb_is_the_size_of_its_unpacked_content(hub: LocalHub, ada: Uploader) -> None:
    """A megabyte of zeros is uploaded as a few kilobytes."""
    zeros = [bytes(100_000)] * 10
    body = b"".join(packed(chunk, 1) for chunk in zeros)
    assert len(body) < 100_000
    ada.post(f"{ada.cas}/v1/xorbs/default/{xorb_name(zeros)}", body, ada.key)
    assert [row["size"] for row in hub.hub.database.all("SELECT size FROM xorbs")] == [1_000_000]


def test_chunks_that_unpack_to_much_are_written_a_megabyte_at_a_time(
    ada: Uploader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chunks take a few hundred bytes each, so that all of them arrive in one piece."""
    sizes = list[int]()
    write_here = BlobWriter.write_here

    def noted(writer: BlobWriter, batch: list[bytes | memoryview]) -> None:
        sizes.append(sum(map(len, batch)))
        write_here(writer, batch)

    monkeypatch.setattr(BlobWriter, "write_here", noted)
    zeros = [bytes(MAX_CHUNK)] * 40
    body = b"".join(packed(chunk, 1) for chunk in zeros)
    assert len(body) < MAX_CHUNK
    ada.post(f"{ada.cas}/v1/xorbs/default/{xorb_name(zeros)}", body, ada.key)
    assert sum(sizes) == 40 * MAX_CHUNK
    assert max(sizes) <= BATCH + MAX_CHUNK
