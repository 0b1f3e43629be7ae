"""Run an answer to a task that needs a Hub on the Hub prepared by the judging side, and report its actions.

A function is called with ``huggingface_hub`` pointed at that Hub. This module has no access to right answers, or to the
user's own Hub, account or token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from autograde.judge.describing import INTERRUPTED, TIME_LIMIT
from autograde.judge.evidence import LONGEST_NOISE, Evidence, Reply
from autograde.judge.execution import Ending, ExecutionKind
from autograde.judge.observation import Mapping, Observation, Raised, from_json, loads
from autograde.runner.answers.calling import evidence, is_empty
from autograde.runner.answers.forms import submit
from autograde.runner.answers.hub_calls import Meanwhile, PreparedCase, call_on_hub, calls_in_copy, report_of
from autograde.runner.answers.leaked_secrets import password_in_form
from autograde.runner.answers.observing import observe
from autograde.runner.answers.run_environment import RunEnvironment, run_environment
from autograde.runner.answers.scripts import run_script
from autograde.runner.scenario import Scenario


class HubSide(Meanwhile, Protocol):
    """The part of the judging side that prepares and observes the Hub."""

    def prepare(self, section: str, function: str, graded: bool, case: str) -> str:
        """Prepare a case on a new Hub; return its scenario as JSON."""

    def observe(self, section: str, function: str, graded: bool, case: str) -> None:
        """Notify the judging side that the run is over."""


def run_hub_task(
    hub_side: HubSide, section: str, function: str, graded: bool, answer: object, requests: Sequence[dict[str, Any]]
) -> Evidence:
    """Run the answer on every case; return the learner's side's report.

    The judging side observes the Hub itself.

    Args:
        hub_side: prepares and observes the Hub.
        section: the question's section.
        function: the name of the question's function or variable.
        graded: whether the cases are the graded ones.
        answer: the learner's answer.
        requests: the cases, each with ``execution``: its kind and its time limit.
    """
    found = evidence(answer, ())
    kind = requests[0]["execution"]["kind"]
    if found.given != {"call": "function", "script": "text", "form": "entries"}[kind]:
        return found
    take = _all_in_one_copy if kind == ExecutionKind.CALL and not _needs_hub(requests) else _one_by_one
    return Evidence(found.given, found.type, tuple(take(hub_side, section, function, graded, answer, requests)))


def _needs_hub(requests: Sequence[dict[str, Any]]) -> bool:
    return any(request["execution"]["hub"] for request in requests)


def _one_by_one(
    hub_side: HubSide, section: str, function: str, graded: bool, answer: Any, requests: Sequence[dict[str, Any]]
) -> Iterator[Reply]:
    """Yield the reply to each case: prepare its Hub, run the answer, let the judging side observe it."""
    for request in requests:
        seconds, kind = request["execution"]["seconds"], request["execution"]["kind"]
        with contextlib.ExitStack() as stack:
            run = _prepared(stack, hub_side, section, function, graded, request)
            if kind == ExecutionKind.CALL:
                reply = call_on_hub(hub_side, answer, run, seconds)
            elif kind == ExecutionKind.SCRIPT:
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
    """Yield the reply to each case of a function that needs a folder but not a Hub."""
    with contextlib.ExitStack() as stack:
        runs = []
        for request in requests:
            runs.append(_prepared(stack, hub_side, section, function, graded, request))
            hub_side.observe(section, function, graded, request["name"])
        calls = calls_in_copy(answer, runs, requests[0]["execution"]["seconds"], None)
        yield from (report_of(answer, run, [call]) for run, call in zip(runs, calls, strict=False))


def _prepared(
    stack: contextlib.ExitStack, hub_side: HubSide, section: str, function: str, graded: bool, request: dict[str, Any]
) -> PreparedCase:
    """Prepare a case; its folders are removed by ``stack``."""
    described: Any = loads(hub_side.prepare(section, function, graded, request["name"]))
    scenario = Scenario.from_json(described)
    environment = stack.enter_context(run_environment(scenario))
    return PreparedCase(
        scenario, environment, [_expanded(from_json(argument), environment) for argument in request["arguments"]]
    )


def _expanded(argument: Observation, environment: RunEnvironment) -> Any:
    """Return an argument with ``$NAME`` replaced by the variable's value."""
    if isinstance(argument, str) and argument.startswith("$"):
        return environment.variables[argument[1:]]
    return argument


def _over(report: Observation) -> bool:
    """Return whether to skip the other cases: a run exceeded its time limit or was interrupted."""
    if isinstance(report, Mapping):
        calls = report.get("returned")
        last = getattr(calls, "items", (None,))[-1:]
        return report.get("ended") == Ending.TIME or (bool(last) and _over(last[0]))
    return isinstance(report, Raised) and report.type in (TIME_LIMIT, INTERRUPTED)


def _script(function: str, answer: Any, run: PreparedCase, seconds: float) -> Reply:
    report = run_script(str.__str__(answer), run.environment, seconds, function.replace("_sh", ".sh"))
    return Reply(report, printed=str(report.get("said"))[:LONGEST_NOISE])


def _form(answer: Any, run: PreparedCase) -> Reply:
    """Submit the form with the learner's values for the case's fields; the kit fills in the others."""
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    own = {name: None if is_empty(value := entries.get(name)) else value for name in run.arguments}
    filled = {"username": "somebody-new", "email": "somebody-new@example.org"} | own
    report = [("fields", observe(own)), ("password", password_in_form(answer))]
    if all(type(value) is str for value in filled.values()):
        report += submit({name: str(value) for name, value in filled.items()}, run.scenario).items
    return Reply(Mapping(tuple(report)))
