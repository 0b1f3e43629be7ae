"""Run an answer to a task that needs a Hub, on the Hub that the judging side prepared, and report what it did.

A function is called with ``huggingface_hub`` pointed at that Hub. Nothing here knows the right answers, or the user's
own Hub, account or token.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

from autograde import settings
from autograde.errors import MalformedEvidence
from autograde.judge.describing import ENDED, TIME_LIMIT
from autograde.judge.observation import Mapping, Observation, Raised, dumps, from_json, listed, loads, to_json
from autograde.judge.observation import Sequence as ObservedSequence
from autograde.judge.question import EFFECTS, GAVE_AWAY, LONGEST_NOISE, Evidence, Reply
from autograde.runner.answers.calling import call, evidence, is_empty, setting_up, unfinished
from autograde.runner.answers.forms import submit
from autograde.runner.answers.leaked_secrets import password_in_form, token_in_answer, token_in_notebook
from autograde.runner.answers.model_runs import load_once, watched
from autograde.runner.answers.observing import clean_text, observe
from autograde.runner.answers.output import captured
from autograde.runner.answers.process_copy import WITHOUT_PROGRESS, Channel, Limit, Report, run_apart
from autograde.runner.answers.request_progress import requests_as_progress
from autograde.runner.answers.run_environment import RunEnvironment, run_environment
from autograde.runner.answers.scripts import run_script
from autograde.runner.answers.slow_imports import import_again, import_for
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
    take = _all_in_one_copy if kind == "call" and not _needs_hub(requests) else _one_by_one
    return Evidence(found.given, found.type, tuple(take(hub_side, section, function, graded, answer, requests)))


def _needs_hub(requests: Sequence[dict[str, Any]]) -> bool:
    return any(request["act"]["hub"] for request in requests)


def _one_by_one(
    hub_side: HubSide, section: str, function: str, graded: bool, answer: Any, requests: Sequence[dict[str, Any]]
) -> Iterator[Reply]:
    """Yield the reply to each case: prepare its Hub, run the answer, let the judging side look."""
    for request in requests:
        seconds, kind = request["act"]["seconds"], request["act"]["kind"]
        with contextlib.ExitStack() as stack:
            run = _prepared(stack, hub_side, section, function, graded, request)
            if kind == "call":
                reply = _call(hub_side, answer, run, seconds)
            elif kind == "script":
                reply = _script(function, answer, run, seconds)
            else:
                reply = _form(answer, run)
        hub_side.observe(section, function, graded, request["name"])
        yield reply
        if _over(reply.value):
            break


def _all_in_one_copy(
    hub_side: HubSide, section: str, function: str, graded: bool, answer: Any, requests: Sequence[dict[str, Any]]
) -> Iterator[Reply]:
    """Yield the reply to each case of a function that needs a folder, but no Hub."""
    with contextlib.ExitStack() as stack:
        runs = []
        for request in requests:
            runs.append(_prepared(stack, hub_side, section, function, graded, request))
            hub_side.observe(section, function, graded, request["name"])
        calls = _calls(answer, runs, requests[0]["act"]["seconds"], None)
        yield from (_report(answer, run, [call]) for run, call in zip(runs, calls, strict=False))


@dataclass(frozen=True)
class _Run:
    """A case that is prepared.

    Attributes:
        scenario: what the judging side prepared.
        environment: the folders and variables of the run.
        arguments: of the call; for a form, the names of its fields.
    """

    scenario: Scenario
    environment: RunEnvironment
    arguments: list[Any]


def _prepared(
    stack: contextlib.ExitStack, hub_side: HubSide, section: str, function: str, graded: bool, request: dict[str, Any]
) -> _Run:
    """Return a case, prepared; ``stack`` removes its folders."""
    described: Any = loads(hub_side.prepare(section, function, graded, request["name"]))
    scenario = Scenario.from_json(described)
    environment = stack.enter_context(run_environment(scenario))
    return _Run(scenario, environment, [_told(from_json(argument), environment) for argument in request["arguments"]])


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


def _call(hub_side: HubSide, answer: Any, run: _Run, seconds: float) -> Reply:
    """Call a function as often as the scenario says, logged in as the scenario's account."""
    calls: list[_Call] = []
    # Don't import libraries for a function that is not written yet.
    models = run.scenario.model and not _is_stub(answer)
    for time in range(run.scenario.times):
        if time:
            hub_side.between()
        # In a new copy each time, so that a second call finds nothing that the first one kept.
        calls += _calls(answer, [run], seconds, run.environment.variables.get("MODEL_FOLDER") if models else None)
        if isinstance(calls[-1].reply.value, Raised):
            break
    return _report(answer, run, calls)


def _report(answer: object, run: _Run, calls: Sequence[_Call]) -> Reply:
    """Return what is reported of the calls of one case."""
    scenario, last = run.scenario, calls[-1]
    report = Mapping(
        (
            ("returned", listed(*(_by_name(each.reply.value, scenario) for each in calls))),
            ("argument", last.argument),
            ("variable", last.variable),
            ("saved", _saved(scenario, run.environment)),
            ("token_in_answer", token_in_answer(answer)),
            ("token_in_notebook", token_in_notebook(answer)),
            ("token_printed", any(GAVE_AWAY in each.reply.effects for each in calls)),
            ("ran", last.ran),
        )
    )
    effects = frozenset[str]().union(*(each.reply.effects for each in calls))
    return Reply(report, effects, _without_tokens(last.reply.printed, scenario))


@dataclass(frozen=True)
class _Call:
    """What one call of a function did.

    Attributes:
        reply: the value and the output.
        argument: whether the function returned the very object that it was given.
        variable: the variable whose token it put into ``HF_TOKEN``; ``other``, or ``""``.
        ran: the models that ran.
    """

    reply: Reply
    argument: Observation = False
    variable: Observation = ""
    ran: Observation = field(default_factory=listed)


def _calls(answer: Any, runs: Sequence[_Run], seconds: float, folder: str | None) -> list[_Call]:
    """Call the function for each of the runs, all in one copy of this process; none after one that did not come back.

    Args:
        answer: the function.
        runs: what it is called with, and where.
        seconds: wall time of a call.
        folder: of the model whose runs are noticed; None for none.
    """
    with setting_up(), captured():
        if folder is not None:
            load_once(folder)
    import_for(answer)

    def work(channel: Channel) -> None:
        for run in runs:
            told = _noticed_call(answer, run, folder, channel)
            channel.send(dumps(to_json(told)))

    secrets = tuple(token for run in runs for token in run.scenario.tokens())
    outcome = run_apart(work, Limit(seconds, WITHOUT_PROGRESS), secrets)
    import_again(outcome.imported)
    calls = [_read_call(report) for report in outcome.reports[: len(runs)]]
    if len(calls) < len(runs):
        # The limit that was reached may be that without progress.
        limit = min(seconds, max(WITHOUT_PROGRESS, round(outcome.seconds)))
        calls.append(_Call(unfinished(outcome, answer, f"{limit:g}")))
    return calls


def _noticed_call(answer: Any, run: _Run, folder: str | None, channel: Channel) -> Mapping:
    """Call the function once, in the copy; return a dictionary with the fields of :class:`_Call`."""
    noticed: dict[str, Observation] = {"argument": False, "variable": ""}

    def notice(result: object) -> None:
        # Compare identity, not equality: the same text read from elsewhere is another object.
        noticed["argument"] = type(result) is str and any(result is argument for argument in run.arguments)
        noticed["variable"] = _told_as(settings.environment().get("HF_TOKEN", ""), run.scenario)

    with contextlib.ExitStack() as stack:
        with setting_up():
            if run.scenario.endpoint:
                stack.enter_context(_client(run.scenario, run.environment))
                stack.enter_context(requests_as_progress(channel))
            stack.enter_context(_inside(run.environment))
            runs = stack.enter_context(watched(folder))
        channel.start()
        reply = call(answer, run.arguments, notice)
    told = (("value", reply.value), ("effects", listed(*sorted(reply.effects))), *noticed.items())
    return Mapping((*told, ("ran", listed(*runs))))


def _read_call(report: Report) -> _Call:
    """Return the call that the copy reported."""
    try:
        told = from_json(loads(report.text))
    except (MalformedEvidence, ValueError):
        # The answer has replaced what the copy writes its report with.
        told = None
    if not isinstance(told, Mapping):
        return _Call(Reply(Raised(ENDED, "0")))
    effects = told.get("effects")
    names = {str(name) for name in effects.items} if isinstance(effects, ObservedSequence) else set()
    if report.told_secret:
        names.add(GAVE_AWAY)
    reply = Reply(told.get("value"), frozenset(names & EFFECTS), clean_text(report.printed, LONGEST_NOISE))
    return _Call(reply, told.get("argument"), told.get("variable"), told.get("ran"))


def _is_stub(answer: object) -> bool:
    """Return whether a function can only raise NotImplementedError."""
    return type(answer) is FunctionType and answer.__code__.co_names == ("NotImplementedError",)


def _script(function: str, answer: Any, run: _Run, seconds: float) -> Reply:
    report = run_script(str.__str__(answer), run.environment, seconds, function.replace("_sh", ".sh"))
    return Reply(report, printed=str(report.get("said"))[:LONGEST_NOISE])


def _form(answer: Any, run: _Run) -> Reply:
    """Submit the form with the learner's fields that the case names; the kit makes up the others."""
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    own = {name: None if is_empty(value := entries.get(name)) else value for name in run.arguments}
    filled = {"username": "somebody-new", "email": "somebody-new@example.org"} | own
    report = [("fields", observe(own)), ("password", password_in_form(answer))]
    if all(type(value) is str for value in filled.values()):
        report += submit({name: str(value) for name, value in filled.items()}, run.scenario).items
    return Reply(Mapping(tuple(report)))


@contextlib.contextmanager
def _client(scenario: Scenario, environment: RunEnvironment) -> Iterator[None]:
    """Inside the block, this process's ``huggingface_hub`` uses the scenario's Hub and home folder."""
    from autograde.hub.imported_client import imported_client

    with (
        imported_client(scenario.endpoint, environment.home),
        _every_client(scenario.endpoint),
        _changed_uploads(scenario.uploaded_becomes),
    ):
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
