"""Incoming bytes are written and hashed on a separate thread."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.drain import BATCH, Drain


def drains() -> int:
    return sum(thread.name == "hub:drain" for thread in threading.enumerate())


@settings(deadline=None)
@given(sizes=st.lists(st.sampled_from([0, 1, 65_536, BATCH - 1, BATCH, 3 * BATCH + 7]), max_size=6))
def test_file_and_digest_match_the_written_bytes(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    path = tmp_path_factory.mktemp("drain") / "file"
    pieces = [random.Random(place).randbytes(size) for place, size in enumerate(sizes)]
    with path.open("wb") as file:
        drain = Drain(file.fileno())
        for piece in pieces:
            drain.write(piece)
        digest = drain.hexdigest()
    assert path.read_bytes() == b"".join(pieces)
    assert digest == hashlib.sha256(b"".join(pieces)).hexdigest()
    assert drains() == 0


def test_writing_continues_after_a_digest(tmp_path: Path) -> None:
    content = os.urandom(3 * BATCH)
    with (tmp_path / "file").open("wb") as file:
        drain = Drain(file.fileno())
        drain.write(content)
        assert drain.hexdigest() == hashlib.sha256(content).hexdigest()
        drain.write(content)
        assert drain.hexdigest() == hashlib.sha256(content * 2).hexdigest()
        drain.close()
    assert (tmp_path / "file").read_bytes() == content * 2


@pytest.mark.parametrize("size", [10, 5 * BATCH])
def test_full_disk_raises_in_the_writing_thread(size: int) -> None:
    with Path("/dev/full").open("wb") as full:
        drain = Drain(full.fileno())
        with pytest.raises(OSError, match="No space") as raised:  # noqa: PT012 - either call may raise
            for _ in range(20):
                drain.write(b"x" * size)
            drain.hexdigest()
        assert raised.value.errno == errno.ENOSPC
        drain.close()
    assert drains() == 0


def test_abandoned_writer_leaves_no_file_and_no_thread(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs", tmp_path / "tmp", durable=False)

    def abandoned() -> None:
        with store.writer() as writer:
            writer.write(b"x" * 5 * BATCH)
            raise RuntimeError("the client went away")

    with pytest.raises(RuntimeError):
        abandoned()
    assert list((tmp_path / "tmp").iterdir()) == []
    assert drains() == 0


CONTENT = os.urandom(3 * BATCH + 17)


@pytest.fixture
def descriptor() -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        yield file.fileno()


@pytest.mark.parametrize("size", [1, 1000, BATCH - 1, 2 * BATCH])
@pytest.mark.parametrize("ahead", [False, True])
def test_pieces_of_any_size_become_the_file_and_its_hash(descriptor: int, size: int, ahead: bool) -> None:
    content = CONTENT[: max(size * 3000, 50_000)]
    seen: list[bytes] = []
    written = Drain(descriptor, ahead=ahead, also=lambda batch: seen.extend(map(bytes, batch)))
    for start in range(0, len(content), size):
        written.write(memoryview(content)[start : start + size])
    assert written.hexdigest() == hashlib.sha256(content).hexdigest()
    written.close()
    assert os.pread(descriptor, len(content) + 1, 0) == content
    assert b"".join(seen) == content


def test_partial_writes_of_the_system_are_continued(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "writev", lambda file, batch: os.write(file, bytes(batch[0])[:1000]), raising=False)
    written = Drain(descriptor)
    for start in range(0, len(CONTENT), 300_000):
        written.write(CONTENT[start : start + 300_000])
    written.flush()
    assert os.pread(descriptor, len(CONTENT) + 1, 0) == CONTENT


def test_full_drain_calls_back_when_it_has_room_again(descriptor: int) -> None:
    held, room = threading.Event(), threading.Event()

    def wait(batch: Sequence[bytes | memoryview]) -> None:
        assert held.wait(60)

    written = Drain(descriptor, also=wait)
    assert not written.is_full(room.set)
    piece = bytes(BATCH)
    while not written.is_full(room.set):
        written.write(piece)
    assert not room.is_set()
    held.set()
    assert room.wait(60)
    written.close()


def test_error_in_the_callback_is_raised_in_the_writer(descriptor: int) -> None:
    def refuse(batch: Sequence[bytes | memoryview]) -> None:
        raise ValueError("not these bytes")

    drain = Drain(descriptor, also=refuse)
    drain.write(bytes(BATCH))
    with pytest.raises(ValueError, match="not these"):
        drain.flush()
    drain.close()


def test_bytes_written_in_the_calling_thread_come_after_those_before(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs", tmp_path / "tmp", durable=False)
    content, calling = os.urandom(4 * BATCH), threading.get_ident()
    threads = set[int]()
    with store.writer(also=lambda _batch: threads.add(threading.get_ident())) as writer:
        writer.write(content[:1])
        writer.write_here([content[1:10], memoryview(content)[10:BATCH]])
        assert (writer.size, threads) == (BATCH, {calling})
        writer.write(content[BATCH:])
        with store.open(writer.commit()) as stream:
            assert stream.read() == content
    assert drains() == 0
