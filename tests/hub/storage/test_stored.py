"""Large contents of a commit are kept in a file instead of memory."""

from __future__ import annotations

from pathlib import Path

from autograde.hub.storage.stored import LARGE, Store, Stored


def test_large_contents_are_read_back_from_the_file(tmp_path: Path) -> None:
    contents = [bytes([number]) * (LARGE + number) for number in range(3)]
    with Store(tmp_path) as store:
        kept = [store.add(content) for content in contents]
        for content, found in zip(contents, kept, strict=True):
            assert isinstance(found, Stored)
            assert (found.size, found.read(), found.read(5)) == (len(content), content, content[:5])
        assert not list(tmp_path.iterdir()), "the file has no name that a crash could leave"


def test_short_content_is_kept_in_memory(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        assert store.add(b"short") == b"short"
