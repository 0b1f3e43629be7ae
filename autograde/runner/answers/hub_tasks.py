"""Run an answer to a task that needs a Hub, on the Hub that the judging side prepared, and report what it did.

A function is called with ``huggingface_hub`` pointed at that Hub. Nothing here knows the right answers, or the user's
own Hub, account or token.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

from autograde import settings
from autograde.judge.describing import TIME_LIMIT
from autograde.judge.observation import Mapping, Observation, Raised, from_json, listed, loads
from autograde.judge.question import GAVE_AWAY, LONGEST_NOISE, Evidence, Reply
from autograde.runner.answers.calling import called, evidence, is_empty
from autograde.runner.answers.capturing import captured
from autograde.runner.answers.forgetting import remember
from autograde.runner.answers.forms import submit
from autograde.runner.answers.leaked_secrets import password_in_form, token_in_answer, token_in_notebook
from autograde.runner.answers.model_runs import watched
from autograde.runner.answers.observing import observe
from autograde.runner.answers.run_environment import RunEnvironment, run_environment
from autograde.runner.answers.scripts import run_script
from autograde.runner.scenario import Scenario


class HubSide(Protocol):
    """The part of the judging side that prepares and observes the Hub."""

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """Prepare a case on a new Hub; return its scenario as JSON."""

    def between(self) -> None:
        """Tell the judging side that a function was called once and will be called again."""

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Tell the judging side that the run is over."""


def run_hub_task(
    hub_side: HubSide, section: str, function: str, graded: bool, answer: object, requests: Sequence[dict[str, Any]]
) -> Evidence:
    """Run the answer on every case; return what the learner's side can report. The judging side observes the Hub
    itself.

    Args:
        hub_side: prepares and observes the Hub.
        section: of the question.
        function: the name of the question's function or value.
        graded: whether the cases are the graded ones.
        answer: the learner's answer.
        requests: the cases, each with ``act``: its kind and its time limit.
    """
    found = evidence(answer, ())
    kind = requests[0]["act"]["kind"]
    if found.given != {"call": "function", "script": "text", "form": "entries"}[kind]:
        return found
    runs: dict[str, Callable[..., Reply]] = {"call": partial(_call, hub_side), "script": _script, "form": _form}
    run = runs[kind]
    replies: list[Reply] = []
    for request in requests:
        scenario = Scenario.from_json(loads(hub_side.prepare(section, function, graded, request["name"])))  # type: ignore[arg-type]  # the referee writes dictionaries
        with run_environment(scenario) as environment:
            arguments = [_told(from_json(argument), environment) for argument in request["arguments"]]
            replies.append(run(function, answer, arguments, scenario, environment, request["act"]["seconds"]))
        hub_side.observe(section, function, graded, request["name"])
        if _over(replies[-1].value):
            break
    return Evidence(found.given, found.type, tuple(replies))


def _told(argument: Observation, environment: RunEnvironment) -> Any:
    """Return an argument; ``$NAME`` is replaced by the variable of that name."""
    if isinstance(argument, str) and argument.startswith("$"):
        return environment.variables[argument[1:]]
    return argument


def _over(report: Observation) -> bool:
    """Return whether a run took so long that no other case is tried."""
    if isinstance(report, Mapping):
        calls = report.get("returned")
        last = getattr(calls, "items", (None,))[-1:]
        return report.get("ended") == "time" or (bool(last) and _over(last[0]))
    return isinstance(report, Raised) and report.type in (TIME_LIMIT, "KeyboardInterrupt")


def _call(
    hub_side: HubSide,
    _function: str,
    answer: Any,
    arguments: list[Any],
    scenario: Scenario,
    environment: RunEnvironment,
    seconds: float,
) -> Reply:
    """Call a function as often as the scenario says, logged in as the scenario's account."""
    results: list[Reply] = []
    noticed: dict[str, Observation] = {"argument": False, "variable": ""}

    def notice(result: object) -> None:
        # Compare identity, not equality: the same text read from elsewhere is another object.
        noticed["argument"] = type(result) is str and any(result is argument for argument in arguments)
        noticed["variable"] = _told_as(settings.environment().get("HF_TOKEN", ""), scenario)

    # Don't import libraries for a function that is not written yet.
    folder = environment.variables.get("MODEL_FOLDER") if scenario.model and not _is_stub(answer) else None
    forget = remember(answer)
    with _client(scenario, environment):
        for time in range(scenario.times):
            if time:
                forget()
                hub_side.between()
            with _inside(environment), watched(folder) as runs:
                results.append(called(answer, arguments, seconds, notice, scenario.tokens()))
                saved = _saved(scenario, environment)
            if isinstance(results[-1].value, Raised):
                break
    report = Mapping(
        (
            ("returned", listed(*(_by_name(result.value, scenario) for result in results))),
            *noticed.items(),
            ("saved", saved),
            ("token_in_answer", token_in_answer(answer)),
            ("token_in_notebook", token_in_notebook(answer)),
            ("token_printed", any(GAVE_AWAY in result.effects for result in results)),
            ("ran", listed(*runs)),
        )
    )
    effects = frozenset[str]().union(*(result.effects for result in results))
    return Reply(report, effects, _without_tokens(results[-1].printed, scenario))


def _is_stub(answer: object) -> bool:
    """Return whether a function can only raise NotImplementedError."""
    return type(answer) is FunctionType and answer.__code__.co_names == ("NotImplementedError",)


def _script(
    function: str, answer: Any, _arguments: list[Any], _scene: Scenario, environment: RunEnvironment, seconds: float
) -> Reply:
    report = run_script(str.__str__(answer), environment, seconds, function.replace("_sh", ".sh"))
    return Reply(report, printed=str(report.get("said"))[:LONGEST_NOISE])


def _form(
    _function: str, answer: Any, arguments: list[Any], scenario: Scenario, _environment: RunEnvironment, _seconds: float
) -> Reply:
    """Submit the form with the learner's fields that the case names; the kit makes up the others."""
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    own = {name: None if is_empty(value := entries.get(name)) else value for name in arguments}
    filled = {"username": "somebody-new", "email": "somebody-new@example.org"} | own
    report = [("fields", observe(own)), ("password", password_in_form(answer))]
    if all(type(value) is str for value in filled.values()):
        report += submit({name: str(value) for name, value in filled.items()}, scenario).items
    return Reply(Mapping(tuple(report)))


@contextlib.contextmanager
def _client(scenario: Scenario, environment: RunEnvironment) -> Iterator[None]:
    """Inside the block, this process's ``huggingface_hub`` uses the scenario's Hub and home folder."""
    with contextlib.ExitStack() as stack:
        if scenario.endpoint:
            from autograde.hub.imported_client import imported_client

            with captured():
                # A library that is imported here for the first time may print something.
                stack.enter_context(imported_client(scenario.endpoint, environment.home))
                stack.enter_context(_every_client(scenario.endpoint))
                stack.enter_context(_changed_uploads(scenario.uploaded_becomes))
        yield


@contextlib.contextmanager
def _inside(environment: RunEnvironment) -> Iterator[None]:
    """Inside the block, this process uses the working folder and the variables of ``environment``."""
    before, folder = settings.environment(), os.open(".", os.O_RDONLY)
    try:
        settings.set_environment(environment.all_variables)
        _enter(environment.work)
        yield
    finally:
        os.fchdir(folder)
        os.close(folder)
        settings.set_environment(before)


def _enter(folder: Path) -> None:
    """Change to the folder; create it again if an earlier call removed or replaced it."""
    try:
        os.chdir(folder)
    except OSError:
        with contextlib.suppress(OSError):
            folder.rename(folder.with_name("what-an-earlier-call-left"))
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)


@contextlib.contextmanager
def _every_client(endpoint: str) -> Iterator[None]:
    """Inside the block, every ``HfApi`` uses ``endpoint``, even one that was created before for another Hub."""
    import huggingface_hub

    client: Any = huggingface_hub.HfApi

    def keep(api: Any, value: object) -> None:
        api.__dict__["endpoint"] = value

    client.endpoint = property(lambda _api: endpoint, keep)
    try:
        yield
    finally:
        del client.endpoint


@contextlib.contextmanager
def _changed_uploads(text: str) -> Iterator[None]:
    """Inside the block, replace each local file's content by ``text`` once it is uploaded; with ``""``, do nothing.

    This distinguishes functions that read the local file from those that read the downloaded one.
    """
    if not text:
        yield
        return
    import huggingface_hub

    client: Any = huggingface_hub.HfApi
    before = client.create_commit

    @functools.wraps(before)
    def create_commit(api: Any, repo_id: str, operations: Any, *given: Any, **named: Any) -> Any:
        planned = list(operations)
        made = before(api, repo_id, planned, *given, **named)
        for operation in planned:
            path = getattr(operation, "path_or_fileobj", None)
            if isinstance(path, str | Path):
                with contextlib.suppress(OSError):
                    Path(path).write_text(text, encoding="utf-8")
        return made

    client.create_commit = create_commit
    try:
        yield
    finally:
        client.create_commit = before


def _saved(scenario: Scenario, environment: RunEnvironment) -> str:
    """Return which token is saved for the client: its variable's name, ``other``, or ``""``."""
    try:
        token = (environment.home / "huggingface" / "token").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
    return _told_as(token, scenario)


def _told_as(token: str, scenario: Scenario) -> str:
    """Return the name of the variable that contains a token; ``other``, or ``""`` for none."""
    return next((name for name, value in scenario.variables.items() if value == token), "other") if token else ""


def _by_name(value: Observation, scenario: Scenario) -> Observation:
    """Return an observation in which a token is replaced by its variable, ``$READ_TOKEN``."""
    if isinstance(value, str) and value in scenario.tokens():
        return f"${_told_as(value, scenario)}"
    return value


def _without_tokens(printed: str, scenario: Scenario) -> str:
    """Return what was printed with the tokens shortened, so that none is shown in a notebook."""
    for token in scenario.tokens():
        printed = printed.replace(token, f"{token[:6]}…")
    return printed
