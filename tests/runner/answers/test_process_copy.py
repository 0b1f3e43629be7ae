"""Functions that hang or end Python: the check goes on, and says what happened."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograde.exercises import open_exercise
from autograde.judge import to_text
from autograde.judge.describing import ENDED, INTERRUPTED, TIME_LIMIT
from autograde.judge.observation import Raised, listed
from autograde.runner.answers import process_copy
from autograde.runner.answers.calling import evidence
from autograde.runner.answers.channel import Channel, SocketChannel
from autograde.runner.answers.process_copy import End, Limit, run_apart

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of a process on this system")

CASES = [{"name": str(place), "arguments": [{"list": [1, 2]}, 2]} for place in range(3)]


def swallow(_index: list[int], _mark: int) -> None:
    while True:
        try:  # noqa: SIM105
            time.sleep(60)
        except:  # noqa: E722 - what learners write
            pass


def swallow_twice(_index: list[int], _mark: int) -> None:
    while True:
        try:  # noqa: SIM105
            swallow(_index, _mark)
        except:  # noqa: E722 - what learners write
            pass


def count_in_c(_index: list[int], _mark: int) -> int:
    return sum(range(2 * 10**10))


@pytest.mark.parametrize("answer", [swallow, swallow_twice, count_in_c], ids=lambda answer: answer.__name__)
def test_a_function_that_cannot_be_interrupted_is_killed(answer: Callable[..., object]) -> None:
    began = time.monotonic()
    found = evidence(answer, CASES, 0.2)
    assert time.monotonic() - began < 10
    (reply,) = found.replies
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.value.message) == (TIME_LIMIT, "0.2")


def test_the_line_at_which_a_killed_function_was_is_told() -> None:
    (reply,) = evidence(count_in_c, CASES, 0.2).replies
    assert isinstance(reply.value, Raised)
    assert reply.value.line == "return sum(range(2 * 10**10))"


@pytest.mark.parametrize(
    ("end", "code"), [(lambda: os._exit(3), "3"), (lambda: os.kill(os.getpid(), signal.SIGKILL), "-9")]
)
def test_a_function_that_ends_python_ends_only_its_copy(end: Callable[[], object], code: str) -> None:
    def answer(index: list[int], _mark: int) -> list[int]:
        if len(told) == 1:
            end()
        told.append(1)
        return index

    told: list[int] = []
    first, second = evidence(answer, CASES).replies
    assert first.value == listed(1, 2)
    assert second.value == Raised(ENDED, code)
    assert told == [], "the copy's objects are not this process's"


def test_what_a_function_changes_in_its_copy_stays_there(capfd: pytest.CaptureFixture[str]) -> None:
    def answer(index: list[int], _mark: int) -> list[int]:
        sys.modules["json"] = None  # type: ignore[assignment]
        del sys.path[:]
        sys.stdout.write("said")
        return index

    found = evidence(answer, CASES)
    assert [(reply.value, reply.printed) for reply in found.replies] == [(listed(1, 2), "said")] * 3
    assert sys.path
    assert sys.modules["json"] is not None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("thing", [None, 3, "text", {"a": 1}, int])
def test_what_is_no_function_is_looked_at_here(thing: object) -> None:
    assert evidence(thing, CASES).given in ("missing", "other", "text", "entries")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_check_of_a_function_that_ends_python_says_so(language: str) -> None:
    asked = open_exercise("2.6", language=language).segment_ids
    asked.check(lambda _index, _mark: os._exit(0))
    assert asked.verdict is not None
    assert "(exit code 0)" in to_text(asked.verdict, "en")


def test_a_function_checked_in_another_thread_is_killed_too() -> None:
    found: list[Raised] = []

    def work() -> None:
        found.extend(
            reply.value for reply in evidence(count_in_c, CASES, 0.2).replies if isinstance(reply.value, Raised)
        )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert [value.type for value in found] == [TIME_LIMIT]


def test_the_stop_button_ends_the_check_with_a_reply() -> None:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    (reply,) = evidence(swallow, CASES, 30).replies
    assert isinstance(reply.value, Raised)
    assert reply.value.type == INTERRUPTED


def test_work_that_gets_on_has_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_copy, "busy", lambda: 1.0)

    def work(channel: Channel, getting_on: bool) -> None:
        channel.start()
        for _step in range(4):
            if getting_on:
                channel.progress()
            time.sleep(0.3)

    assert run_apart(lambda channel: work(channel, True), Limit(20, 0.9)).end is End.DONE
    assert run_apart(lambda channel: work(channel, False), Limit(20, 0.9)).end is End.TIME
    assert run_apart(lambda channel: work(channel, True), Limit(0.5, 0.9)).end is End.TIME


@pytest.mark.parametrize(("load", "factor"), [(0.1, 1), (4.0, 2), (100.0, 4)])
def test_a_busy_computer_gives_more_time(load: float, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert process_copy.busy() == factor


def test_input_finds_nothing_at_once() -> None:
    (reply,) = evidence(lambda _index, _mark: input("name?"), CASES[:1]).replies
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.printed) == ("EOFError", "name?")


def runs(status: Path) -> bool:
    """Whether a process runs still; one that has ended may wait to be collected by the process that adopted it."""
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def test_programs_that_a_function_leaves_running_are_ended() -> None:
    def answer(_index: list[int], _mark: int) -> int:
        return subprocess.Popen(["sleep", "600"]).pid

    (reply,) = evidence(answer, CASES[:1]).replies
    assert isinstance(reply.value, int)
    status = Path("/proc", str(reply.value), "status")
    deadline = time.monotonic() + 20
    while runs(status):
        assert time.monotonic() < deadline


def test_without_copies_the_answer_runs_here_and_the_verdict_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(os, "fork")
    seen: list[object] = []
    asked = open_exercise("2.6", language="zh").segment_ids

    def answer(index: object, _mark: object) -> None:
        seen.append(index)
        sys.stdout.write("said")

    asked.check(answer)
    assert seen
    assert asked.verdict is not None
    assert asked.verdict.noise == "said"
    assert "停止按钮" in capsys.readouterr().out


def arguments(count: int) -> list[dict[str, Any]]:
    return CASES[:count]


def test_no_call_is_made_when_there_are_no_cases() -> None:
    assert evidence(swallow, arguments(0)).replies == ()


def test_a_time_limit_for_every_socket_does_not_end_the_copy_while_it_waits() -> None:
    def work(channel: Channel) -> None:
        assert isinstance(channel, SocketChannel)
        channel.send(str(os.get_blocking(channel.writing)))

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(0.001)
    try:
        outcome = run_apart(work, Limit(60))
    finally:
        socket.setdefaulttimeout(before)
    assert [report.text for report in outcome.reports] == ["True"]
