"""Tasks with a Hub: functions that misbehave, and what a task's function can see and change."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub import HfApi, constants, get_token

from autograde import settings
from autograde.exercises import open_exercise
from autograde.exercises.asking import ask
from autograde.judge import Evidence, Outcome, Question, Verdict, to_html, to_text
from autograde.judge.observation import dumps, loads
from autograde.questions import question
from autograde.referee.local import LocalReferee
from autograde.runner.answers import hub_calls, hub_tasks, leaked_secrets, process_copy
from autograde.runner.hubs import ThrowAwayHub
from autograde.runner.scenario import Scenario

CREATE = question("2.3", "create_repository")


def _with_seconds(seconds: float) -> Question:
    """Return the question with another time limit."""
    assert CREATE.execution is not None
    return replace(CREATE, execution=replace(CREATE.execution, seconds=seconds))


def check(answer: object, section: str = "2.3", function: str = "create_repository", **options: Any) -> Verdict:
    verdict = ask(options.get("referee") or LocalReferee(), section, function, answer, graded=False)
    assert isinstance(verdict, Verdict)
    return verdict


def solution(name: str) -> str:
    return str(huggingface_hub.create_repo(name, private=True, exist_ok=True).repo_id)


def hang(_name: str) -> None:
    while True:
        time.sleep(0.05)


def fork(name: str) -> str:
    os.fork()
    return name


def remove_the_folder(name: str) -> str:
    Path.cwd().rmdir()
    return name


def replace_the_folder(name: str) -> str:
    Path.cwd().rmdir()
    (Path(os.environ["HOME"]).parent / "work").write_text("a file")
    return name


def shout(name: str) -> str:
    for _line in range(2_000):
        sys.stdout.write("x" * 1_000 + "\n")
        os.write(2, b"y" * 1_000)
    return name


def attack(name: str) -> str:
    HfApi().create_repo(f"ada/{name}")
    return name


def leave_a_mess(name: str) -> str:
    settings.set_environment({"HF_ENDPOINT": "http://127.0.0.1:9"})
    os.chdir("/")
    constants.HF_TOKEN_PATH = "/nowhere/token"
    HfApi.create_repo = HfApi.upload_file = None  # type: ignore[method-assign, assignment]
    return name


def state_of_this_process() -> tuple[object, ...]:
    client = (constants.ENDPOINT, constants.HF_TOKEN_PATH, HfApi().endpoint, HfApi.create_repo, HfApi.upload_file)
    return os.getcwd(), settings.environment(), *client


HARMFUL: dict[str, Callable[[str], object]] = {
    function.__name__: function
    for function in (hang, fork, remove_the_folder, replace_the_folder, shout, attack, leave_a_mess)
}


@pytest.mark.parametrize("harmful", HARMFUL)
def test_harmful_function_gets_a_verdict_and_changes_nothing_outside(
    harmful: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    short = _with_seconds(0.5)
    monkeypatch.setattr("autograde.questions.discovery.assignments", lambda: {"2.3": (short,)})
    before = state_of_this_process()
    verdict = check(HARMFUL[harmful])
    assert verdict.points == 0
    assert verdict.outcome in (Outcome.COULD_NOT_RUN, Outcome.INCORRECT)
    assert len(to_text(verdict, "zh")) < 3_000
    after = state_of_this_process()
    assert after == before
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_endless_function_is_reported_with_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    short = _with_seconds(0.3)
    monkeypatch.setattr("autograde.questions.discovery.assignments", lambda: {"2.3": (short,)})
    assert "within 0.3 seconds" in to_text(check(hang), "en")


def test_a_loop_that_repeats_a_refused_request_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_calls, "WITHOUT_PROGRESS", 1.0)
    monkeypatch.setattr(process_copy, "busy", lambda: 1.0)

    def retry(name: str) -> None:
        while True:
            try:  # noqa: SIM105
                huggingface_hub.create_repo(f"ada/{name}")
            except:  # noqa: E722 - what learners write
                pass

    started = time.monotonic()
    text = to_text(check(retry), "en")
    assert "did not finish within" in text
    assert time.monotonic() - started < CREATE.execution.seconds  # type: ignore[union-attr]


def test_second_call_does_not_see_objects_of_the_first() -> None:
    made: list[str] = []

    def create(name: str) -> str:
        # If both calls ran in one process, the second one would not use the Hub.
        if not made:
            made.append(solution(name))
        return made[0]

    verdict = check(create)
    assert verdict.points == check(solution).points
    assert made == []


def test_users_own_token_and_home_are_not_visible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = "hf_" + 34 * "Z"
    monkeypatch.setenv("HF_TOKEN", own)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    found = tmp_path / "found"

    def look(name: str) -> str:
        environment = settings.environment()
        found.write_text(f"{get_token()} {environment.get('HF_TOKEN')} {environment['HOME']} {name}")
        return name

    check(look)
    assert len(found.read_text().split()) == 4
    assert own not in found.read_text()
    assert str(tmp_path) not in found.read_text()
    assert get_token() == own


@pytest.mark.parametrize(
    ("endpoint", "left_at"), [("", "http://127.0.0.1:9"), ("http://127.0.0.1:1", "http://127.0.0.1:1")]
)
def test_client_in_a_notebook_without_a_hub_uses_an_unreachable_address(
    endpoint: str, left_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.setattr("autograde.exercises.exercise.ipython_shell", lambda: SimpleNamespace(kernel=True))
    monkeypatch.delitem(sys.modules, "huggingface_hub")
    open_exercise("2.6")
    assert settings.endpoint() == (endpoint or None)
    open_exercise("2.3")
    assert settings.endpoint() == left_at


def test_token_in_a_notebook_cell_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(user_ns={"In": ["", f"token = 'hf_{34 * 'q'}'"]})
    assert not leaked_secrets.token_in_notebook(solution)
    monkeypatch.setattr(leaked_secrets, "ipython_shell", lambda: shell)
    assert leaked_secrets.token_in_notebook(solution)


@pytest.mark.parametrize(
    ("before", "after", "removed"),
    [
        ("login('{token}')", "login(token)", True),
        ("mine = '{token}'", "mine = input()", True),
        ("def log_in(token):\n    return '{token}'", "def log_in(token):\n    login(token)\n    return 'x' * 99", True),
        ("login('{token}')", "print('something else altogether')", False),
        ("mine = '{token}'", "mine = '{token}'\nprint(1)", False),
        ("login('{token}')", "", False),
    ],
)
def test_token_removed_from_its_cell_no_longer_counts(
    before: str, after: str, removed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = f"hf_{34 * 'q'}"
    cells = ["", "import os", before.replace("{token}", token), after.replace("{token}", token), "check(log_in)"]
    monkeypatch.setattr(leaked_secrets, "ipython_shell", lambda: SimpleNamespace(user_ns={"In": cells}))
    assert leaked_secrets.token_in_notebook(solution) is not removed


@pytest.mark.parametrize(
    "body", ["x" * 34, "X" * 30, "yourtoken" * 4, "putyourowntokenherexxxxxxxxxxxx", "abcdefghijklmnopqrstuvwxyz0123"]
)
def test_a_placeholder_is_not_a_token(body: str) -> None:
    assert not leaked_secrets.has_token(f"login('hf_{body}')")
    assert leaked_secrets.has_token(f"login('hf_{body}')  # hf_{34 * 'q'}")


@pytest.mark.parametrize(
    "code",
    [
        "def log_in(token):\n    # mine: {token}\n    return token",
        'def log_in(token):\n    """Uses {token}."""\n    return token',
        "def log_in(token, spare='{token}'):\n    return token",
        "def log_in(token, *, spare='{token}'):\n    return token",
        "def log_in(token):\n    known = ('mei', (b'{token}',))\n    return token",
        "def log_in(token):\n    return token in {{'{token}'}}",
        "def log_in(token):\n    def again():\n        return '{token}'\n    return token",
    ],
)
def test_token_anywhere_in_the_function_is_found(code: str, tmp_path: Path) -> None:
    for own, noticed in ((f"hf_{34 * 'q'}", True), ("hf_hub_download", False)):
        path = tmp_path / f"{noticed}.py"
        path.write_text(code.format(token=own))
        names: dict[str, Any] = {}
        exec(compile(path.read_text(), str(path), "exec"), names)
        assert leaked_secrets.token_in_notebook(names["log_in"]) is noticed


@pytest.mark.parametrize("encode", [str, lambda token: base64.b64encode(token.encode()).decode()])
def test_printed_token_is_not_shown_in_the_verdict(tmp_path: Path, encode: Callable[[str], str]) -> None:
    kept = tmp_path / "token"

    def log_in(token: str) -> None:
        kept.write_text(encode(token))
        sys.stdout.write(f"this is {encode(token)}\n")

    verdict = check(log_in, "2.2", "log_in")
    token = kept.read_text()
    assert f"this is {token[:3]}" in verdict.noise
    assert not any(token in text for text in (to_text(verdict, "en"), to_html(verdict, "zh")))


class RecordingReferee(LocalReferee):
    """A grader outside of a sandbox: only text is exchanged, and the observed results are not."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanged: list[str] = []

    def cases(self, section: str, function: str, graded: bool) -> str:
        return self._recorded(super().cases(section, function, graded))

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        return self._recorded(super().prepare(section, function, graded, case))

    def verdict(self, section: str, function: str, graded: bool, evidence: str) -> str:
        self._recorded(evidence)
        return super().verdict(section, function, graded, evidence)

    def _recorded(self, text: str) -> str:
        self.exchanged.append(text)
        return text


def test_only_text_without_answers_is_exchanged_with_the_referee() -> None:
    referee = RecordingReferee()
    check(solution, referee=referee)
    assert all(type(text) is str for text in referee.exchanged)
    assert not any("apache" in text or "private" in text for text in referee.exchanged)
    for text in referee.exchanged[1:-1]:
        scenario = Scenario.from_json(loads(text))  # type: ignore[arg-type]
        assert loads(dumps(scenario.to_json())) == loads(text)


def test_forged_report_without_a_run_gives_no_points() -> None:
    forged = Evidence("function", "function", ())
    sent = dumps({**forged.to_json(), "replies": [{"value": {"dict": []}, "effects": [], "printed": ""}]})
    assert '"our-fault"' in LocalReferee().verdict("2.3", "create_repository", True, sent)


def test_hub_is_stopped_if_the_run_environment_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    usual = ThrowAwayHub.prepare

    def prepare(hub: ThrowAwayHub, case: Any) -> Scenario:
        scenario = usual(hub, case)
        started.append(hub)
        return scenario

    def broken(*_arguments: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(ThrowAwayHub, "prepare", prepare)
    monkeypatch.setattr(hub_tasks, "run_environment", broken)
    verdict = check(solution)
    assert verdict.outcome is Outcome.OUR_FAULT
    assert "no room" in to_text(verdict, "en")
    assert [hub.seen().items for hub in started] == [()]


def test_findings_are_shown_as_a_table() -> None:
    verdict = check(solution)
    assert "license: expected apache-2.0, found no model card" in to_text(verdict, "en")
    assert "许可证" in to_html(verdict, "zh")
    assert to_html(verdict, "zh").count("<tr") == 5


def test_exception_after_creating_the_repository_is_quoted() -> None:
    def careless(name: str) -> str:
        repo_id = huggingface_hub.create_repo(name, exist_ok=True).repo_id
        raise KeyError(f"\x1b[31m{repo_id}\x1b[0m is nowhere")

    referee = LocalReferee()
    for graded in (False, True):
        verdict = ask(referee, "2.3", "create_repository", careless, graded=graded)
        # The first line of a check's table is about another mistake: the repository is public.
        for language in ("en", "zh"):
            text = to_text(verdict, language)
            assert "KeyError" in text
            assert "is nowhere" in text
            assert "\x1b" not in text
        assert (verdict.outcome, verdict.points) == (Outcome.INCORRECT, 3)
