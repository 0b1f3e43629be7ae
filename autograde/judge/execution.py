"""How an answer is run in the initial state of a case, and how its result is assembled.

The referee creates the case's :class:`~autograde.judge.initial_state.InitialState` on a new Hub, the learner's side
runs the answer, and this module combines what both report into the observation that the rubric examines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from autograde.judge.cases import Case
from autograde.judge.observation import Mapping, Observation, Other, Raised

#: Type name of the observation for a script that had to be stopped.
STOPPED = "stopped script"


class ExecutionKind(StrEnum):
    """The way in which an answer is run."""

    #: Call a function.
    CALL = "call"
    #: Run a shell script.
    SCRIPT = "script"
    #: Submit the fields of a form.
    FORM = "form"


class Ending(StrEnum):
    """How a script ended."""

    #: It ran to its end.
    FINISHED = "finished"
    #: It was stopped because it took too long.
    TIME = "time"
    #: It was stopped because it started too many programs.
    PROCESSES = "processes"
    #: It was stopped because it wrote too much.
    DISK = "disk"


#: Computes the judged answer from the case, the learner's side's report and the state of the Hub.
Join = Callable[[Case, Mapping, Mapping], Observation]


@dataclass(frozen=True)
class Execution:
    """How an answer is run and which result is judged.

    Attributes:
        kind: call a function, run a script, or submit a form.
        join: computes the judged answer.
        seconds: time limit for one case (wall time); in stock nbgrader a cell has 30.
    """

    kind: ExecutionKind
    join: Join
    seconds: float = 15.0


def judged_answer(execution: Execution, case: Case, report: Observation, seen: Mapping) -> Observation:
    """Return the judged answer.

    An exception that left the Hub unchanged is the complete answer. So is a script that had to be stopped: it is
    represented by an object of the type :data:`STOPPED` with the reason, the seconds until then and, after a colon, the
    command that was running, or a variable that is not set.
    """
    if not isinstance(report, Mapping):
        return report
    last = report.sequence("returned")[-1:]
    if last and isinstance(last[0], Raised) and seen.get("untouched") is not False:
        return last[0]
    if report.get("ended") not in (None, Ending.FINISHED):
        about = report.get("running") or next((f"${name}" for name in report.sequence("unknown")), "")
        return Other(STOPPED, f"{report.get('ended')} {report.get('seconds')}: {about}")
    return execution.join(case, report, seen)


def calls(report: Mapping) -> tuple[Observation, ...]:
    """Return the results of all calls of a function, at least one.

    Raises:
        ValueError: the report has no call.
    """
    returned = report.sequence("returned")
    if not returned:
        raise ValueError("a report without a call")
    return returned


def replaced(answer: Observation, **changes: Observation) -> Mapping:
    """Return a copy of a dictionary with some values replaced."""
    assert isinstance(answer, Mapping)
    return Mapping(tuple((name, changes.get(name, value)) for name, value in answer.items))
