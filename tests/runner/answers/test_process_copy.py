"""Functions that hang or end Python: the check continues and reports what happened."""

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
def test_function_that_cannot_be_interrupted_is_killed(answer: Callable[..., object]) -> None:
    started = time.monotonic()
    found = evidence(answer, CASES, 0.2)
    assert time.monotonic() - started < 10
    (reply,) = found.replies
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.value.message) == (TIME_LIMIT, "0.2")


def test_line_of_a_killed_function_is_reported() -> None:
    (reply,) = evidence(count_in_c, CASES, 0.2).replies
    assert isinstance(reply.value, Raised)
    assert reply.value.line == "return sum(range(2 * 10**10))"


@pytest.mark.parametrize(
    ("end", "code"), [(lambda: os._exit(3), "3"), (lambda: os.kill(os.getpid(), signal.SIGKILL), "-9")]
)
def test_function_that_ends_python_ends_only_its_copy(end: Callable[[], object], code: str) -> None:
    def answer(index: list[int], _mark: int) -> list[int]:
        if len(calls) == 1:
            end()
        calls.append(1)
        return index

    calls: list[int] = []
    first, second = evidence(answer, CASES).replies
    assert first.value == listed(1, 2)
    assert second.value == Raised(ENDED, code)
    assert calls == [], "the copy changed an object of this process"


def test_changes_in_the_copy_do_not_affect_this_process(capfd: pytest.CaptureFixture[str]) -> None:
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
def test_values_other_than_functions_are_observed_without_calling(thing: object) -> None:
    assert evidence(thing, CASES).given in ("missing", "other", "text", "entries")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_verdict_reports_that_the_function_ended_python(language: str) -> None:
    asked = open_exercise("2.6", language=language).segment_ids
    asked.check(lambda _index, _mark: os._exit(0))
    assert asked.verdict is not None
    assert "(exit code 0)" in to_text(asked.verdict, "en")


def test_function_checked_in_another_thread_is_killed() -> None:
    found: list[Raised] = []

    def work() -> None:
        found.extend(
            reply.value for reply in evidence(count_in_c, CASES, 0.2).replies if isinstance(reply.value, Raised)
        )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert [value.type for value in found] == [TIME_LIMIT]


def test_interrupt_ends_the_check_with_a_reply() -> None:
    def answer(index: list[int], mark: int) -> None:
        # From the copy, so that the interrupt arrives while the check waits for it.
        os.kill(os.getppid(), signal.SIGINT)
        swallow(index, mark)

    (reply,) = evidence(answer, CASES, 30).replies
    assert isinstance(reply.value, Raised)
    assert reply.value.type == INTERRUPTED


def test_interrupt_right_after_the_fork_leaves_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, copies = os.fork, list[int]()

    def interrupted_fork() -> int:
        if copy := fork():
            copies.append(copy)
            os.kill(os.getpid(), signal.SIGINT)
        return copy

    # A second thread: the system may give it the signal, as in a notebook.
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    monkeypatch.setattr(os, "fork", interrupted_fork)
    try:
        outcome = run_apart(lambda channel: swallow([], 0), Limit(20))
    finally:
        ended.set()
        thread.join()
    assert outcome.end is End.INTERRUPTED
    with pytest.raises(ChildProcessError):
        os.waitpid(copies[0], os.WNOHANG)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_work_that_reports_progress_gets_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_copy, "busy", lambda: 1.0)

    def work(channel: Channel, progressing: bool) -> None:
        channel.start()
        for _step in range(4):
            if progressing:
                channel.progress()
            time.sleep(0.3)

    assert run_apart(lambda channel: work(channel, True), Limit(20, 0.9)).end is End.DONE
    assert run_apart(lambda channel: work(channel, False), Limit(20, 0.9)).end is End.TIME
    assert run_apart(lambda channel: work(channel, True), Limit(0.5, 0.9)).end is End.TIME


@pytest.mark.parametrize(("load", "factor"), [(0.1, 1), (4.0, 2), (100.0, 4)])
def test_time_limit_is_longer_on_a_busy_computer(load: float, factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert process_copy.busy() == factor


def test_input_raises_eof_error_at_once() -> None:
    (reply,) = evidence(lambda _index, _mark: input("name?"), CASES[:1]).replies
    assert isinstance(reply.value, Raised)
    assert (reply.value.type, reply.printed) == ("EOFError", "name?")


def is_running(status: Path) -> bool:
    """Return whether a process is still running and not a zombie that its new parent has not yet reaped."""
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def test_programs_left_running_by_a_function_are_ended() -> None:
    def answer(_index: list[int], _mark: int) -> int:
        return subprocess.Popen(["sleep", "600"]).pid

    (reply,) = evidence(answer, CASES[:1]).replies
    assert isinstance(reply.value, int)
    status = Path("/proc", str(reply.value), "status")
    deadline = time.monotonic() + 20
    while is_running(status):
        assert time.monotonic() < deadline


def test_answer_runs_in_this_process_with_a_notice_if_fork_is_missing(
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


def test_function_is_not_called_without_cases() -> None:
    assert evidence(swallow, arguments(0)).replies == ()


def test_default_socket_timeout_does_not_affect_the_copy() -> None:
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


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="this system does not tell how long it waited")
def test_time_in_which_other_programs_keep_a_function_from_running_does_not_count() -> None:
    """A right answer was stopped after five seconds while another learner's processes used the computer."""

    def compute(_index: list[int], _mark: int) -> str:
        while time.process_time() < 1:  # of the copy
            pass
        return "done"

    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _number in range(2)]
    try:
        (reply,) = evidence(compute, CASES[:1], 2).replies
    finally:
        os.sched_setaffinity(0, before)
        for each in others:
            each.kill()
            each.wait()
    assert reply.value == "done"
