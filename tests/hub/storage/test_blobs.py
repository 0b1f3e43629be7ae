"""Blobs are stored completely or not at all, even when an upload fails."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from autograde.hub.storage.blobs import BlobRefused, BlobStore

CONTENT = b"weights " * 10_000
OID = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(params=[False, True], ids=["throw-away", "durable"])
def blobs(tmp_path: Path, request: pytest.FixtureRequest) -> BlobStore:
    return BlobStore(tmp_path / "blobs", tmp_path / "tmp", durable=request.param)


def nothing_is_left(blobs: BlobStore) -> bool:
    return not list(blobs.temporary.iterdir()) and not [p for p in blobs.root.rglob("*") if p.is_file()]


def test_blob_is_found_by_its_sha256(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        for start in range(0, len(CONTENT), 1000):
            writer.write(CONTENT[start : start + 1000])
        assert not blobs.has(OID)
        assert writer.commit(oid=OID, size=len(CONTENT)) == OID
    assert blobs.has(OID)
    assert blobs.path(OID).read_bytes() == CONTENT
    assert not list(blobs.temporary.iterdir())


def test_finished_blob_is_read_only(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        writer.write(CONTENT)
        writer.commit()
    assert blobs.path(OID).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize(
    ("expected", "words"),
    [({"oid": "0" * 64}, "SHA-256"), ({"size": 1}, "1 were announced"), ({"size": len(CONTENT) + 1}, "announced")],
)
def test_upload_with_wrong_size_or_hash_stores_nothing(blobs: BlobStore, expected: dict[str, Any], words: str) -> None:
    with blobs.writer() as writer:
        writer.write(CONTENT)
        with pytest.raises(BlobRefused, match=words):
            writer.commit(**expected)
    assert nothing_is_left(blobs)


def test_interrupted_upload_stores_nothing(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        writer.write(CONTENT)
        assert not nothing_is_left(blobs)
    assert nothing_is_left(blobs)


def test_same_blob_stored_twice_is_one_file(blobs: BlobStore) -> None:
    def write() -> None:
        with blobs.writer() as writer:
            writer.write(CONTENT)
            writer.commit(oid=OID)

    threads = [threading.Thread(target=write) for __ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in blobs.root.rglob("*") if path.is_file()] == [OID]
    assert blobs.path(OID).read_bytes() == CONTENT
    assert not list(blobs.temporary.iterdir())


def test_received_bytes_can_be_read_before_commit(blobs: BlobStore) -> None:
    with blobs.writer() as writer:
        with writer.mapped() as data:
            assert len(data) == 0
        writer.write(CONTENT)
        with writer.mapped() as data:
            assert data[:] == CONTENT


def test_part_of_an_upload_is_kept_outside_the_store(blobs: BlobStore, tmp_path: Path) -> None:
    with blobs.writer() as writer:
        writer.write(CONTENT)
        assert writer.keep(tmp_path / "part") == OID
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert nothing_is_left(blobs)


_WRITER = """
import os, sys
from pathlib import Path
from autograde.hub.storage.blobs import BlobStore
blobs = BlobStore(Path(sys.argv[1]), Path(sys.argv[2]), durable=True)
writer = blobs.writer()
while True:
    writer.write(b"x" * 65536)
    if writer.size == 1 << 20:
        print("growing", flush=True)
"""


def test_kill_9_leaves_no_incomplete_blob_and_next_start_removes_temporary_files(tmp_path: Path) -> None:
    from autograde.hub.config import HubConfig
    from autograde.hub.core import Hub

    data = tmp_path / "data"
    root, temporary = data / "blobs" / "sha256", data / "tmp"
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(root), str(temporary)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "growing\n"
    child.kill()
    child.wait()
    child.stdout.close()
    assert [p for p in root.rglob("*") if p.is_file()] == []
    assert list(temporary.iterdir()), "the next start must have a temporary file to remove"
    Hub(HubConfig(data=data, durable=False)).close()
    assert not list(temporary.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_full_disk_raises_and_stores_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=False)
    if mounted.returncode:
        pytest.skip("this container may not mount")
    try:
        blobs = BlobStore(disk / "blobs", disk / "tmp", durable=True)
        # A thread writes large contents, so the error may appear only at commit.
        with blobs.writer() as writer, pytest.raises(OSError, match="No space"):  # noqa: PT012
            writer.write(b"x" * (1 << 20))
            writer.commit()
        assert nothing_is_left(blobs)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
