"""A learner's process with the judging side in another process works and contains no answers."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde import json_lines, settings
from autograde.errors import RefereeUnreachable, SolutionWithheld, UnknownQuestion
from autograde.questions import assignments, question
from autograde.referee import server
from autograde.referee.local import LocalReferee
from autograde.referee.remote import RemoteReferee

SEED = "the seed of this test"

#: Listens, prints a line when ready, and serves each connection with a separate judging side.
JUDGING_SIDE = f"""
import socket, sys
from autograde.referee.local import LocalReferee
from autograde.referee.server import serve
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
print("ready", flush=True)
while True:
    connection, _ = listening.accept()
    serve(LocalReferee({SEED!r}, solutions=False), connection)
"""

#: Records every import of a module with answers, works through an exercise, then searches all live objects.
LEARNER = """
import gc, json, sys
from contextlib import redirect_stdout
from io import StringIO
imported = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("autograde.questions", "autograde.referee.local", "autograde.grading")):
            imported.append(name)
        return None

sys.meta_path.insert(0, Watch())

from autograde.exercises import grade, open_exercise

def segment_ids(index, mark):
    k = index.index(mark)
    return [0] * k + [1] * (len(index) - k)

def right(index, mark):
    first = index.index(mark) + 1
    return [int(place >= first) for place in range(len(index))]

with redirect_stdout(StringIO()):
    exercise = open_exercise("2.6", language="en")
    for _ in range(3):
        exercise.segment_ids.check(segment_ids)
    exercise.segment_ids.hint(2)
    with redirect_stdout(StringIO()) as said:
        exercise.segment_ids.solution()
    withheld = "not available in a graded run" in said.getvalue()
    wrong = grade("2.6", "segment_ids", globals())
    points = grade("2.6", "segment_ids", {"segment_ids": right})

gc.collect()
from autograde.judge.question import Misconception, Question, RubricItem
held = [type(each).__name__ for each in gc.get_objects() if isinstance(each, (Question, Misconception, RubricItem))]
found = {"imported": imported, "held": held, "withheld": withheld, "wrong": wrong, "points": points}
print(json.dumps(found), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def judging_side(tmp_path: Path) -> Iterator[str]:
    """The path of a socket on which another process judges."""
    path = str(tmp_path / "referee")
    with subprocess.Popen([sys.executable, "-c", JUDGING_SIDE, path], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield path
        process.kill()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads another process's memory through /proc")
def test_learners_process_contains_no_answers_with_a_remote_judging_side(judging_side: str) -> None:
    environment = settings.environment() | {"AUTOGRADE_REFEREE": judging_side, "AUTOGRADE_LANGUAGE": "en"}
    with subprocess.Popen(
        [sys.executable, "-c", LEARNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        memory = b"".join(regions(process.pid))
        process.kill()
    assert found["imported"] == []
    assert found["held"] == []
    assert found["withheld"]
    asked = question("2.6", "segment_ids")
    assert found["wrong"] < asked.points == found["points"]
    # The search works: it finds a part of the learner's own program.
    assert b"first = index.index(mark) + 1" in memory
    for questions in assignments().values():
        for each in questions:
            assert each.teaching.solution.encode() not in memory, each.id


def regions(pid: int) -> Iterator[bytes]:
    """Yield the private writable memory of a process."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            bounds, rights, *_rest = line.split()
            if rights.startswith("rw"):
                start, end = (int(bound, 16) for bound in bounds.split("-"))
                try:
                    memory.seek(start)
                    yield memory.read(end - start)
                except (OSError, ValueError, OverflowError):
                    continue  # regions of the kernel cannot be read


def test_both_referees_give_the_same_answers(judging_side: str) -> None:
    local = LocalReferee(SEED, solutions=False)
    with RemoteReferee.at(judging_side) as remote:
        assert remote.sections() == local.sections()
        for section, questions in assignments().items():
            assert remote.cards(section) == local.cards(section)
            for each in questions:
                for graded in (False, True):
                    assert remote.cases(section, each.function, graded) == local.cases(section, each.function, graded)
                assert remote.smaller_cases(section, each.function) == local.smaller_cases(section, each.function)


def test_errors_are_sent_through_the_socket_with_their_messages(judging_side: str) -> None:
    with RemoteReferee.at(judging_side) as referee:
        with pytest.raises(UnknownQuestion, match="no exercise for section 9"):
            referee.cards("9")
        with pytest.raises(SolutionWithheld, match="segment_ids"):
            referee.solution("2.6", "segment_ids")


def test_error_names_the_socket_of_a_missing_referee(tmp_path: Path) -> None:
    with pytest.raises(RefereeUnreachable, match="nowhere"):
        RemoteReferee.at(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"method": "_seed_of", "arguments": [True]},
        {"method": "__class__", "arguments": []},
        {"method": "cases", "arguments": ["2.6", "segment_ids"]},
        {"method": "cases", "arguments": ["2.6", "segment_ids", 1]},
        {"method": "cases", "arguments": {"section": "2.6"}},
        {"method": ["cases"], "arguments": []},
    ],
    ids=["empty", "private", "dunder", "too-few", "number-for-boolean", "named", "list-as-name"],
)
def test_only_the_methods_of_the_interface_can_be_called(request_: dict[str, object]) -> None:
    assert server.answer(LocalReferee(SEED), request_)["error"] == "MalformedEvidence"


def test_failure_of_the_judging_side_reveals_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_referee: LocalReferee) -> str:
        raise RuntimeError("the expected value is 42")

    monkeypatch.setattr(LocalReferee, "sections", fail)
    answer = server.answer(LocalReferee(SEED), {"method": "sections", "arguments": []})
    assert answer["error"] == "Failed"
    assert "42" not in json.dumps(answer)


@pytest.mark.parametrize("sent", [b"not JSON\n", b"[1]\n", b"x" * 64], ids=["text", "list", "half a line"])
def test_a_connection_that_breaks_the_protocol_is_closed(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    serving = threading.Thread(target=server.serve, args=(LocalReferee(SEED), theirs))
    serving.start()
    with ours:
        ours.sendall(sent)
        ours.shutdown(socket.SHUT_WR)
        ours.settimeout(10)
        assert ours.recv(1) == b""
    serving.join(10)
    assert not serving.is_alive()


def test_a_message_longer_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "LONGEST_LINE", 100)
    ours, theirs = socket.socketpair()
    serving = threading.Thread(target=server.serve, args=(LocalReferee(SEED), theirs))
    serving.start()
    with ours:
        ours.sendall(json.dumps({"method": "cards", "arguments": ["x" * 200]}).encode() + b"\n")
        ours.settimeout(10)
        assert ours.recv(1) == b""
    serving.join(10)
    assert not serving.is_alive()
