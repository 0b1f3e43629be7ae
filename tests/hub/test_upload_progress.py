"""Uploads in progress are tracked, in bounded memory."""

from __future__ import annotations

import threading

import pytest

from autograde.hub.upload_progress import MAX_UPLOADS, SHOWN, SILENCE, UploadProgress
from tests.hub.clock import Clock


@pytest.fixture
def uploads(clock: Clock) -> UploadProgress:
    return UploadProgress(clock)


def test_requests_of_one_push_are_one_upload(uploads: UploadProgress) -> None:
    """git-lfs sends a list of files, then each file, then the push itself."""
    uploads.announce("m", "1", "ada", "LFS", [("a", 10), ("b", 20)])
    for name, size in (("a", 10), ("b", 20)):
        (now,) = uploads.of("m")
        with uploads.receiving("m", "1", None, "LFS") as add:
            add(size)
        uploads.file_complete("m", "1", None, name, size)
    with uploads.receiving("m", "1", "ada", "git") as add:
        add(5)
    assert uploads.of("m") == [now]
    assert (now.user, now.protocol, now.received, now.announced) == ("ada", "git", 35, 30)
    assert (now.complete, now.outcome) == ({"a", "b"}, "")
    uploads.ended("m", "1", "ada", "done", (3, 35))
    assert (now.outcome, now.committed) == ("done", (3, 35))
    with uploads.receiving("m", "1", "ada", "git"):
        new, old = uploads.of("m")[0], now
        assert new is not old, "the next push is a new upload"


def test_uploads_of_different_users_and_repositories_are_separate(uploads: UploadProgress) -> None:
    with uploads.receiving("m", "1", "ada", "git"), uploads.receiving("m", "2", "bob", "git"):
        assert {upload.user for upload in uploads.of("m")} == {"ada", "bob"}
        assert uploads.of("n") == []


def test_file_announced_by_path_and_then_by_id_is_counted_once(uploads: UploadProgress) -> None:
    uploads.announce("m", "1", "ada", "HTTP", [("model.safetensors", 10), ("other.bin", 10)])
    uploads.announce("m", "1", "ada", "LFS", [("0" * 64, 10)])
    (now,) = uploads.of("m")
    assert now.announced == 20
    assert len(now.sizes) == 2
    uploads.file_complete("m", "1", None, "f" * 64, 10)
    uploads.file_complete("m", "1", None, "e" * 64, 10)
    uploads.file_complete("m", "1", None, "d" * 64, 10)
    assert now.complete == set(now.sizes), "Xet reports a file's id only when the file is complete"


def test_inactive_upload_is_shown_as_broken_off_and_then_forgotten(uploads: UploadProgress, clock: Clock) -> None:
    uploads.announce("m", "1", "ada", "LFS", [("a", 10)])
    clock.now += SILENCE
    assert [upload.outcome for upload in uploads.of("m")] == [""]
    clock.now += 1
    assert [upload.outcome for upload in uploads.of("m")] == ["broken off"]
    clock.now += SHOWN
    assert uploads.of("m") == []


def test_upload_with_an_open_request_is_not_broken_off(uploads: UploadProgress, clock: Clock) -> None:
    with uploads.receiving("m", "1", "ada", "git"):
        clock.now += 10 * SILENCE
        assert [upload.outcome for upload in uploads.of("m")] == [""]


def test_outcome_of_an_upload_is_shown_for_a_while(uploads: UploadProgress, clock: Clock) -> None:
    uploads.ended("m", "1", "ada", "done", (1, 2))
    assert [upload.outcome for upload in uploads.of("m")] == ["done"]
    clock.now += SHOWN
    assert uploads.of("m") == []


def test_number_of_uploads_and_files_in_memory_is_limited(uploads: UploadProgress) -> None:
    for number in range(3 * MAX_UPLOADS):
        uploads.announce(f"m{number}", "1", "ada", "LFS", [("a", 1)])
    assert sum(bool(uploads.of(f"m{number}")) for number in range(3 * MAX_UPLOADS)) == MAX_UPLOADS
    uploads.announce("m", "1", "ada", "LFS", [(str(number), 1) for number in range(50_000)])
    (now,) = uploads.of("m")
    assert now.announced == len(now.sizes) < 50_000


def test_concurrent_uploads_are_counted_correctly(uploads: UploadProgress) -> None:
    def send(user: str) -> None:
        for __ in range(50):
            with uploads.receiving("m", user, user, "LFS") as add:
                for ___ in range(20):
                    add(1)
            uploads.of("m")

    threads = [threading.Thread(target=send, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(upload.received, upload.requests) for upload in uploads.of("m")} == {(1000, 0)}
