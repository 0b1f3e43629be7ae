"""Run an answer to a task that needs a Hub on the Hub prepared by the judging side, and report its actions.

A function is called with ``huggingface_hub`` pointed at that Hub. This module has no access to right answers, or to the
user's own Hub, account or token.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class HubTask:
    """A question whose answer needs a Hub or a folder.

    Attributes:
        hub_side: prepares and observes the Hub.
        section: the question's section.
        function: the name of the question's function or variable.
        graded: whether the cases are the graded ones.
    """

    hub_side: HubSide
    section: str
    function: str
    graded: bool

    def run(self, answer: object, requests: Sequence[dict[str, Any]]) -> Evidence:
        """Run the answer on every case; return the learner's side's report.

        The judging side observes the Hub itself.

        Args:
            answer: the learner's answer.
            requests: the cases, each with ``execution``: its kind and its time limit.
        """
        # Without requests, this only classifies the answer.
        found = evidence(answer, ())
        kind = requests[0]["execution"]["kind"]
        if found.given != {"call": "function", "script": "text", "form": "entries"}[kind]:
            return found
        needs_hub = any(request["execution"]["hub"] for request in requests)
        take = self._one_by_one if kind != ExecutionKind.CALL or needs_hub else self._all_in_one_copy
        return Evidence(found.given, found.type, tuple(take(answer, requests)))

    def _one_by_one(self, answer: Any, requests: Sequence[dict[str, Any]]) -> Iterator[Reply]:
        """Yield the reply to each case: prepare its Hub, run the answer, let the judging side observe it."""
        for request in requests:
            seconds, kind = request["execution"]["seconds"], request["execution"]["kind"]
            with contextlib.ExitStack() as stack:
                case = self._prepare(stack, request)
                if kind == ExecutionKind.CALL:
                    reply = call_on_hub(self.hub_side, answer, case, seconds)
                elif kind == ExecutionKind.SCRIPT:
                    reply = _run_script(self.function.replace("_sh", ".sh"), answer, case, seconds)
                else:
                    reply = _submit_form(answer, case)
            self._observe(request)
            yield reply
            if _over(reply.value):
                break

    def _all_in_one_copy(self, answer: Any, requests: Sequence[dict[str, Any]]) -> Iterator[Reply]:
        """Yield the reply to each case of a function that needs a folder but not a Hub."""
        with contextlib.ExitStack() as stack:
            cases = []
            for request in requests:
                cases.append(self._prepare(stack, request))
                self._observe(request)
            calls = calls_in_copy(answer, cases, requests[0]["execution"]["seconds"], None)
            yield from (report_of(answer, case, [call]) for case, call in zip(cases, calls, strict=False))

    def _prepare(self, stack: contextlib.ExitStack, request: dict[str, Any]) -> PreparedCase:
        """Prepare a case; its folders are removed by ``stack``."""
        described: Any = loads(self.hub_side.prepare(self.section, self.function, self.graded, request["name"]))
        scenario = Scenario.from_json(described)
        environment = stack.enter_context(run_environment(scenario))
        arguments = [_expanded(from_json(argument), environment) for argument in request["arguments"]]
        return PreparedCase(
            scenario, environment, arguments, [_expanded(argument, environment) for argument in scenario.earlier]
        )

    def _observe(self, request: dict[str, Any]) -> None:
        self.hub_side.observe(self.section, self.function, self.graded, request["name"])


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


def _run_script(name: str, answer: Any, case: PreparedCase, seconds: float) -> Reply:
    report = run_script(str.__str__(answer), case.environment, seconds, name)
    return Reply(report, printed=str(report.get("said"))[:LONGEST_NOISE])


def _submit_form(answer: Any, case: PreparedCase) -> Reply:
    """Submit the form with the learner's values for the case's fields; the kit fills in the others."""
    entries = {key: value for key, value in dict.items(answer) if type(key) is str}
    own = {name: None if is_empty(value := entries.get(name)) else value for name in case.arguments}
    filled = {"username": "somebody-new", "email": "somebody-new@example.org"} | own
    report = [("fields", observe(own)), ("password", password_in_form(answer))]
    if all(type(value) is str for value in filled.values()):
        report += submit({name: str(value) for name, value in filled.items()}, case.scenario).items
    return Reply(Mapping(tuple(report)))
