"""Call a function of a task that needs a Hub or a folder, and report its result, the token it used, and leaks."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FunctionType
from typing import Any, Protocol

from autograde import settings
from autograde.errors import MalformedEvidence
from autograde.judge.describing import ENDED
from autograde.judge.evidence import EFFECTS, LONGEST_NOISE, PRINTED_TOKEN, Reply
from autograde.judge.observation import Mapping, Observation, Raised, dumps, from_json, listed, loads, to_json
from autograde.judge.observation import Sequence as ObservedSequence
from autograde.runner.answers.calling import call, setting_up, unfinished
from autograde.runner.answers.channel import Channel
from autograde.runner.answers.leaked_secrets import token_in_answer, token_in_notebook
from autograde.runner.answers.model_runs import load_once, watched
from autograde.runner.answers.observing import clean_text
from autograde.runner.answers.output import captured, encoded
from autograde.runner.answers.prepared_client import prepare_client, use_in_copy
from autograde.runner.answers.process_copy import WITHOUT_PROGRESS, Limit, Report, run_apart
from autograde.runner.answers.redirected_client import inside, redirected_client
from autograde.runner.answers.request_progress import requests_as_progress
from autograde.runner.answers.run_environment import RunEnvironment
from autograde.runner.answers.slow_imports import import_again, import_for
from autograde.runner.scenario import Scenario


class Meanwhile(Protocol):
    """The judging side's interface for actions between two calls."""

    def between(self) -> None:
        """Notify the judging side that a function was called once and will be called again."""


@dataclass(frozen=True)
class PreparedCase:
    """A prepared case.

    Attributes:
        scenario: the scenario from the judging side.
        environment: the folders and variables of the run.
        arguments: the arguments of the call; for a form, the names of its fields.
        earlier: the arguments of an earlier call in the same process; empty for none.
    """

    scenario: Scenario
    environment: RunEnvironment
    arguments: list[Any]
    earlier: list[Any] = field(default_factory=list)


def call_on_hub(hub_side: Meanwhile, answer: Any, run: PreparedCase, seconds: float) -> Reply:
    """Call a function as often as the scenario says, logged in as the scenario's account."""
    calls: list[_Call] = []
    # Don't import libraries for a function that is not written yet.
    folder = run.environment.variables.get("MODEL_FOLDER") if run.scenario.model and not _is_stub(answer) else None
    # Only the last call counts.
    runs = [replace(run, arguments=run.earlier), run] if run.earlier else [run]
    for time in range(run.scenario.times):
        if time:
            hub_side.between()
        # Use a new copy each time, so that a second call cannot use anything that the first one stored.
        calls.append(calls_in_copy(answer, runs, seconds, folder)[-1])
        if isinstance(calls[-1].reply.value, Raised):
            break
    return report_of(answer, run, calls)


def report_of(answer: object, run: PreparedCase, calls: Sequence[_Call]) -> Reply:
    """Return the report on the calls of one case."""
    scenario, last = run.scenario, calls[-1]
    report = Mapping(
        (
            ("returned", listed(*(_by_name(each.reply.value, scenario) for each in calls))),
            ("argument", last.argument),
            ("variable", last.variable),
            ("saved", _saved(scenario, run.environment)),
            ("token_in_answer", token_in_answer(answer)),
            ("token_in_notebook", token_in_notebook(answer)),
            ("token_printed", any(PRINTED_TOKEN in each.reply.effects for each in calls)),
            ("ran", last.ran),
            ("file_changed", _file_changed(run)),
        )
    )
    effects = frozenset[str]().union(*(each.reply.effects for each in calls))
    return Reply(report, effects, _without_tokens(last.reply.printed, scenario))


@dataclass(frozen=True)
class _Call:
    """The result of one call of a function.

    Attributes:
        reply: the value and the output.
        argument: whether the function returned the same object that was passed to it.
        variable: the variable whose token it stored in ``HF_TOKEN``; ``other``, or ``""``.
        ran: the models that ran.
    """

    reply: Reply
    argument: Observation = False
    variable: Observation = ""
    ran: Observation = field(default_factory=listed)


def calls_in_copy(answer: Any, runs: Sequence[PreparedCase], seconds: float, folder: str | None) -> list[_Call]:
    """Call the function for each of the runs in one copy of this process, until a call does not return.

    Args:
        answer: the function.
        runs: the arguments and the environment of each call.
        seconds: wall time of a call.
        folder: folder of the model whose runs are recorded; None to record none.
    """
    with setting_up(), captured():
        if folder is not None:
            load_once(folder)
    import_for(answer)
    if any(run.scenario.endpoint for run in runs):
        prepare_client()

    def work(channel: Channel) -> None:
        for run in runs:
            report_fields = _noticed_call(answer, run, folder, channel)
            channel.send(dumps(to_json(report_fields)))

    secrets = tuple(token for run in runs for token in run.scenario.tokens())
    outcome = run_apart(work, Limit(seconds, WITHOUT_PROGRESS), secrets)
    import_again(outcome.imported)
    calls = [_read_call(report) for report in outcome.reports[: len(runs)]]
    if len(calls) < len(runs):
        # Show the limit that was reached: that of the call, or the shorter one without progress.
        limit = min(seconds, max(WITHOUT_PROGRESS, round(outcome.seconds)))
        calls.append(_Call(unfinished(outcome, answer, f"{limit:g}")))
    return calls


def _noticed_call(answer: Any, run: PreparedCase, folder: str | None, channel: Channel) -> Mapping:
    """Call the function once, in the copy; return a dictionary with the fields of :class:`_Call`."""
    noticed: dict[str, Observation] = {"argument": False, "variable": ""}

    def notice(result: object) -> None:
        # Compare identity, not equality: an equal text from another source is a different object.
        noticed["argument"] = type(result) is str and any(result is argument for argument in run.arguments)
        noticed["variable"] = _variable_of(settings.environment().get("HF_TOKEN", ""), run.scenario)

    with contextlib.ExitStack() as stack:
        with setting_up():
            if run.scenario.endpoint:
                use_in_copy()
                stack.enter_context(redirected_client(run.scenario, run.environment))
                stack.enter_context(requests_as_progress(channel))
            stack.enter_context(inside(run.environment))
            model_runs = stack.enter_context(watched(folder))
        channel.start()
        reply = call(answer, run.arguments, notice)
    report_fields = (("value", reply.value), ("effects", listed(*sorted(reply.effects))), *noticed.items())
    return Mapping((*report_fields, ("ran", listed(*model_runs))))


def _read_call(report: Report) -> _Call:
    """Return the call that the copy reported."""
    try:
        report_fields = from_json(loads(report.text))
    except (MalformedEvidence, ValueError):
        # The answer has broken the reporting, for example by replacing ``os.write``.
        report_fields = None
    if not isinstance(report_fields, Mapping):
        return _Call(Reply(Raised(ENDED, "0")))
    effects = report_fields.get("effects")
    names = {str(name) for name in effects.items} if isinstance(effects, ObservedSequence) else set()
    if report.secret_printed:
        names.add(PRINTED_TOKEN)
    reply = Reply(report_fields.get("value"), frozenset(names & EFFECTS), clean_text(report.printed, LONGEST_NOISE))
    return _Call(reply, report_fields.get("argument"), report_fields.get("variable"), report_fields.get("ran"))


def _is_stub(answer: object) -> bool:
    """Return whether a function can only raise NotImplementedError."""
    return type(answer) is FunctionType and answer.__code__.co_names == ("NotImplementedError",)


def _file_changed(run: PreparedCase) -> bool:
    """Return whether the answer has removed or changed a planned file in the working folder."""
    if run.scenario.folder:
        return False
    return any(not _holds(run.environment.work / file.path, file.content()) for file in run.scenario.files)


def _holds(path: Path, content: bytes) -> bool:
    """Return whether a path is a regular file with this content; anything else, such as a pipe, is not opened."""
    try:
        found = path.lstat()
        return stat.S_ISREG(found.st_mode) and found.st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def _saved(scenario: Scenario, environment: RunEnvironment) -> str:
    """Return the name of the variable whose token is saved for the client; ``other``, or ``""``."""
    try:
        token = (environment.home / "huggingface" / "token").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ""
    return _variable_of(token, scenario)


def _variable_of(token: str, scenario: Scenario) -> str:
    """Return the name of the variable that contains a token; ``other``, or ``""`` for none."""
    return next((name for name, value in scenario.variables.items() if value == token), "other") if token else ""


def _by_name(value: Observation, scenario: Scenario) -> Observation:
    """Return an observation with a token replaced by the name of its variable, ``$READ_TOKEN``."""
    if isinstance(value, str) and value in scenario.tokens():
        return f"${_variable_of(value, scenario)}"
    return value


def _without_tokens(printed: str, scenario: Scenario) -> str:
    """Return printed output with the tokens shortened, so that no token is shown in a notebook."""
    for token in encoded(scenario.tokens()):
        printed = printed.replace(token.rstrip("="), f"{token[:6]}…")
    return printed
