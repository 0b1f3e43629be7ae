"""Drafts of files: one per scope, limited in number, and dropped after a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.drafts import MAX_DRAFTS, TIMEOUT, Draft, Drafts
from tests.hub.clock import Clock


@pytest.fixture
def drafts(tmp_path: Path, clock: Clock) -> Drafts:
    return Drafts(BlobStore(tmp_path / "blobs", tmp_path / "tmp", durable=False), clock)


def kept(drafts: Drafts, scope: str) -> Draft | None:
    with drafts.begin(scope) as draft:
        if draft is not None:
            draft.writer.write(b"content")
            draft.keep("xorb", [(bytes(32), 7)])
    return draft


def test_draft_can_be_taken_once_and_only_if_it_was_kept(drafts: Drafts, tmp_path: Path) -> None:
    with drafts.begin("ada") as draft:
        assert draft is not None
        assert drafts.take("ada") is None
        with drafts.begin("ada") as second:
            assert second is None
    assert drafts.take("ada") is None
    assert not list((tmp_path / "tmp").iterdir())
    first = kept(drafts, "ada")
    assert first is not None
    assert kept(drafts, "ada") is None
    assert drafts.take("bob") is None
    assert drafts.take("ada") is first
    assert drafts.take("ada") is None
    first.writer.discard()


def test_number_of_drafts_is_limited_until_old_ones_are_dropped(drafts: Drafts, clock: Clock, tmp_path: Path) -> None:
    assert all(kept(drafts, f"person {number}") for number in range(MAX_DRAFTS))
    assert kept(drafts, "another person") is None
    clock.now = TIMEOUT + 1
    assert kept(drafts, "another person") is not None
    assert drafts.take("person 0") is None
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    drafts.close()
    assert not list((tmp_path / "tmp").iterdir())
