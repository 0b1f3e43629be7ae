"""Large contents of a commit are kept in a file instead of memory."""

from __future__ import annotations

from pathlib import Path

from autograde.hub.storage.spool import LARGE, Spool, SpooledBytes


def test_large_contents_are_read_back_from_the_file(tmp_path: Path) -> None:
    contents = [bytes([number]) * (LARGE + number) for number in range(3)]
    with Spool(tmp_path) as spool:
        kept = [spool.add(content) for content in contents]
        for content, found in zip(contents, kept, strict=True):
            assert isinstance(found, SpooledBytes)
            assert (found.size, found.read(), found.read(5)) == (len(content), content, content[:5])
        assert not list(tmp_path.iterdir()), "the file has no name that a crash could leave"


def test_short_content_is_kept_in_memory(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        assert spool.add(b"short") == b"short"
