"""Diffs of commits made with real git, compared with the known changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.repos.diffs import EMPTY_TREE, FileChange, changes
from autograde.hub.repos.repositories import Repository
from tests.hub.clients import Git

#: Every kind of change in one commit: the files before and after.
BEFORE = {
    "same.txt": b"1\n", "edited.txt": b"a\nb\nc\n", "gone.txt": b"x\ny\n", "old/name.txt": b"line\n" * 20,
    "moved.txt": b"".join(b"row %d\n" % n for n in range(40)), "picture.png": b"\0\1", "tab\tname": b"1\n",
    "kind": b"text\n", "中文 名.txt": b"1\n",
}  # fmt: skip
AFTER = {
    "same.txt": b"1\n", "edited.txt": b"a\nB\nc\nd\n", "new.txt": b"+++ looks like a header\n--- so does this\n",
    "new/name.txt": b"line\n" * 20, "far/moved.txt": b"".join(b"row %d\n" % n for n in range(39)),
    "picture.png": b"\0\2", "tab\tname": b"2\n", "empty": b"", "中文 名.txt": b"2\n", 'quote"d\n': b"diff --git a b\n",
}  # fmt: skip


@pytest.fixture
def ends(hub: LocalHub, ada: Account, git: Git, tmp_path: Path) -> tuple[Repository, str, str]:
    """Create a repository; return it with its first and last commit."""
    repository = hub.create_repository(f"{ada.name}/diffs")
    folder = tmp_path / "work"
    git("clone", "--quiet", f"{hub.endpoint}/{ada.name}/diffs", folder)
    git("rm", "--quiet", ".gitattributes", cwd=folder)
    heads: list[str] = []
    for files in (BEFORE, AFTER):
        git("rm", "-r", "--quiet", "--ignore-unmatch", ".", cwd=folder)
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        if files is AFTER:
            (folder / "kind").symlink_to("same.txt")
        git("add", "--all", cwd=folder)
        git("commit", "--quiet", "-m", "x", cwd=folder)
        heads.append(git("rev-parse", "HEAD", cwd=folder).strip())
    # Push straight into the repository's folder, because the Hub rejects two of the names.
    git("push", "--quiet", hub.hub.git.path(repository._found().id), "main", cwd=folder)
    first, last = heads
    return repository._found(), first, last


def by_path(found: list[FileChange]) -> dict[str, FileChange]:
    return {change.path: change for change in found}


def sides(change: FileChange) -> tuple[str, str]:
    """Return the text before and after, as far as the diff lines show it."""
    texts = ["".join(line[1:] + "\n" for line in change.lines if line[:1] in (" ", sign)) for sign in "-+"]
    return texts[0], texts[1]


def test_diff_shows_every_kind_of_change(hub: LocalHub, ends: tuple[Repository, str, str]) -> None:
    repository, before, after = ends
    found = by_path(changes(hub.hub, repository, before, after, limit=1 << 20))
    assert {path: change.status for path, change in found.items()} == {
        "edited.txt": "M", "gone.txt": "D", "new.txt": "A", "new/name.txt": "R", "far/moved.txt": "R",
        "picture.png": "M", "tab\tname": "M", "kind": "T", "empty": "A", "中文 名.txt": "M", 'quote"d\n': "A",
    }  # fmt: skip
    assert found["new/name.txt"].old_path == "old/name.txt"
    assert found["far/moved.txt"].old_path == "moved.txt"
    assert found["picture.png"].binary
    assert not found["picture.png"].lines
    for path, change in found.items():
        if path in BEFORE and path in AFTER and not change.binary:
            assert sides(change) == (BEFORE[path].decode(), AFTER[path].decode())
        if not change.binary:
            signs = [line[:1] for line in change.lines]
            assert (change.added, change.removed) == (signs.count("+"), signs.count("-")) or change.status == "R"
        assert change.complete
    assert sides(found["new.txt"])[1] == AFTER["new.txt"].decode()
    assert sides(found['quote"d\n'])[1] == AFTER['quote"d\n'].decode()


def test_diff_of_first_commit_adds_every_file(hub: LocalHub, ends: tuple[Repository, str, str]) -> None:
    repository, before, __ = ends
    found = changes(hub.hub, repository, EMPTY_TREE, before, limit=1 << 20)
    assert {change.path for change in found} == set(BEFORE)
    assert {change.status for change in found} == {"A"}


@pytest.mark.parametrize("limit", [0, 1, 20, 60])
def test_truncated_diff_is_marked_and_still_lists_every_file(
    hub: LocalHub, ends: tuple[Repository, str, str], limit: int
) -> None:
    repository, before, after = ends
    whole = changes(hub.hub, repository, before, after, limit=1 << 20)
    cut = changes(hub.hub, repository, before, after, limit=limit)
    assert [change.path for change in cut] == [change.path for change in whole]
    assert sum(len(line) + 1 for change in cut for line in change.lines) <= limit
    for short, long in zip(cut, whole, strict=True):
        assert short.complete == (short.lines == long.lines)
