"""Uploads in progress are tracked, in bounded memory."""

from __future__ import annotations

import threading

import pytest

from autograde.hub.incoming import MOST, SILENCE, TOLD, Incoming
from tests.hub.clock import Clock


@pytest.fixture
def incoming(clock: Clock) -> Incoming:
    return Incoming(clock)


def test_many_requests_are_one_arrival(incoming: Incoming) -> None:
    """As git-lfs pushes: a list of files, each file, then the push itself."""
    incoming.announce("m", "1", "ada", "LFS", [("a", 10), ("b", 20)])
    for name, size in (("a", 10), ("b", 20)):
        (now,) = incoming.of("m")
        with incoming.receiving("m", "1", None, "LFS") as add:
            add(size)
        incoming.whole("m", "1", None, name, size)
    with incoming.receiving("m", "1", "ada", "git") as add:
        add(5)
    assert incoming.of("m") == [now]
    assert (now.user, now.way, now.received, now.announced) == ("ada", "git", 35, 30)
    assert (now.here, now.outcome) == ({"a", "b"}, "")
    incoming.ended("m", "1", "ada", "done", (3, 35))
    assert (now.outcome, now.brought) == ("done", (3, 35))
    with incoming.receiving("m", "1", "ada", "git"):
        new, old = incoming.of("m")[0], now
        assert new is not old, "the next push is another"


def test_people_and_repositories_are_told_apart(incoming: Incoming) -> None:
    with incoming.receiving("m", "1", "ada", "git"), incoming.receiving("m", "2", "bob", "git"):
        assert {arrival.user for arrival in incoming.of("m")} == {"ada", "bob"}
        assert incoming.of("n") == []


def test_a_file_that_is_announced_by_its_path_and_then_by_its_id_is_one(incoming: Incoming) -> None:
    incoming.announce("m", "1", "ada", "HTTP", [("model.safetensors", 10), ("other.bin", 10)])
    incoming.announce("m", "1", "ada", "LFS", [("0" * 64, 10)])
    (now,) = incoming.of("m")
    assert now.announced == 20
    assert len(now.sizes) == 2
    incoming.whole("m", "1", None, "f" * 64, 10)
    incoming.whole("m", "1", None, "e" * 64, 10)
    incoming.whole("m", "1", None, "d" * 64, 10)
    assert now.here == set(now.sizes), "Xet knows a file's id only when it is whole"


def test_an_upload_of_which_nothing_is_heard_was_broken_off_and_is_forgotten(incoming: Incoming, clock: Clock) -> None:
    incoming.announce("m", "1", "ada", "LFS", [("a", 10)])
    clock.now += SILENCE
    assert [arrival.outcome for arrival in incoming.of("m")] == [""]
    clock.now += 1
    assert [arrival.outcome for arrival in incoming.of("m")] == ["broken off"]
    clock.now += TOLD
    assert incoming.of("m") == []


def test_a_slow_request_is_not_broken_off_while_it_is_open(incoming: Incoming, clock: Clock) -> None:
    with incoming.receiving("m", "1", "ada", "git"):
        clock.now += 10 * SILENCE
        assert [arrival.outcome for arrival in incoming.of("m")] == [""]


def test_the_end_is_told_for_a_while(incoming: Incoming, clock: Clock) -> None:
    incoming.ended("m", "1", "ada", "done", (1, 2))
    assert [arrival.outcome for arrival in incoming.of("m")] == ["done"]
    clock.now += TOLD
    assert incoming.of("m") == []


def test_memory_is_bounded(incoming: Incoming) -> None:
    for number in range(3 * MOST):
        incoming.announce(f"m{number}", "1", "ada", "LFS", [("a", 1)])
    assert sum(bool(incoming.of(f"m{number}")) for number in range(3 * MOST)) == MOST
    incoming.announce("m", "1", "ada", "LFS", [(str(number), 1) for number in range(50_000)])
    (now,) = incoming.of("m")
    assert now.announced == len(now.sizes) < 50_000


def test_threads_do_not_disturb_each_other(incoming: Incoming) -> None:
    def send(user: str) -> None:
        for __ in range(50):
            with incoming.receiving("m", user, user, "LFS") as add:
                for ___ in range(20):
                    add(1)
            incoming.of("m")

    threads = [threading.Thread(target=send, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(arrival.received, arrival.requests) for arrival in incoming.of("m")} == {(1000, 0)}
