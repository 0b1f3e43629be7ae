"""The list of a repository's refs."""

from __future__ import annotations

import pytest

from autograde.hub.core import Hub
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.refs import ListedRef, list_refs


def test_commit_of_an_annotated_tag_is_found_on_request(store: Hub) -> None:
    store.git.create("abcd")
    stream = (
        b"commit refs/heads/main\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\ndata 1\nm\n\n"
        b"tag v1\nfrom refs/heads/main\ntagger a <a@b> 1 +0000\ndata 1\nt\n"
    )
    store.git.run("abcd", "fast-import", "--quiet", stdin=stream)
    commit, tag = store.git.run("abcd", "rev-parse", "main", "v1").decode().split()
    found = list_refs(store.git, "abcd", commits=True)
    assert found == [ListedRef("refs/heads/main", commit, commit), ListedRef("refs/tags/v1", tag, commit)]
    assert list_refs(store.git, "abcd", "refs/tags/") == [ListedRef("refs/tags/v1", tag, tag)]


def test_refs_are_listed_without_reading_their_objects(store: Hub) -> None:
    """With thousands of branches, creating one took three times as long. And a damaged ref prevented it."""
    store.git.create("abcd")
    lost = "1" * 40
    (store.git.path("abcd") / "refs/heads/lost").write_text(f"{lost}\n")
    assert list_refs(store.git, "abcd") == [ListedRef("refs/heads/lost", lost, lost)]
    with pytest.raises(GitError, match="missing object"):
        list_refs(store.git, "abcd", commits=True)
