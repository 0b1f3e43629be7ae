"""Record self-checks of exercises that learners' notebooks report: the question and the outcome, but no code.

Off until the teacher turns it on. Then the Hub announces it in ``/healthz``, and notebooks inform their learners.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograde.classroom import switches
from autograde.hub.public import (
    Call,
    Hub,
    Refusal,
    count_action,
    is_on,
    optional_text,
    set_switch,
    store,
    stored_values,
)

NAME = "classroom"

#: The outcomes that a notebook may report.
OUTCOMES = ("correct", "incorrect", "not-attempted", "could-not-run")

#: Most events per question and learner, and most questions per learner, so that a loop cannot fill the database.
_MOST = 1000

#: Most reports of one learner in five minutes.
_AT_ONCE = 300

_SECTION = re.compile(r"[\w.-]{1,40}", re.ASCII)
_QUESTION = re.compile(r"[A-Za-z_]\w{0,79}", re.ASCII)


@dataclass(frozen=True)
class Check:
    """A learner's checks of one question.

    Attributes:
        section: the exercise's section, ``"2.6"``.
        question: the question's name.
        outcome: the outcome of the last check, one of :data:`OUTCOMES`.
        correct: whether any check was correct.
        times: the number of checks.
        at: time of the last check, in milliseconds since 1970.
    """

    section: str
    question: str
    outcome: str
    correct: bool
    times: int
    at: int


def are_shown(hub: Hub) -> bool:
    """Return whether notebooks report checks to this Hub."""
    return is_on(hub, switches.CHECKS, False)


def show_checks(hub: Hub, wanted: bool) -> None:
    """Turn reports on or off. Earlier reports are kept."""
    set_switch(hub, switches.CHECKS, wanted)


def checks(hub: Hub, user_id: str = "") -> dict[str, list[Check]]:
    """Return the checks by the id of the learner; with ``user_id``, only this learner's."""
    found: dict[str, list[Check]] = {}
    for stored in stored_values(hub, NAME, user_id):
        section, __, question = stored.name.partition("/")
        value = stored.value
        check = Check(section, question, value["outcome"], value["correct"], value["times"], stored.changed_at)
        found.setdefault(stored.user_id, []).append(check)
    return found


def receive(call: Call) -> dict[str, Any]:
    """``POST /api/classroom/checks``: record one of the sender's checks.

    Raises:
        Refusal: 400, a field is missing or wrong; 429, there were too many reports.
    """
    user = call.caller.user
    if user is None or not are_shown(call.hub):
        return {"recorded": False}
    data = call.json()
    section, question, outcome = (optional_text(data, key) or "" for key in ("section", "question", "outcome"))
    if not _SECTION.fullmatch(section) or not _QUESTION.fullmatch(question) or outcome not in OUTCOMES:
        raise Refusal(400, "A check needs a section, a question and an outcome.")
    name = f"{section}/{question}"
    count_action(call.hub, "checks", user.id, _AT_ONCE)
    with call.hub.database.transaction():
        known = {check.name: check.value for check in stored_values(call.hub, NAME, user.id)}
        if name not in known and len(known) >= _MOST:
            raise Refusal(400, "There are too many questions.")
        before = known.get(name, {"correct": False, "times": 0})
        value = {
            "outcome": outcome, "correct": before["correct"] or outcome == "correct", "times": before["times"] + 1,
        }  # fmt: skip
        store(call.hub, NAME, user.id, name, value)
        if value["times"] <= _MOST:
            call.record("classroom.checked", question=name, outcome=outcome)
    return {"recorded": True}
