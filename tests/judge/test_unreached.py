"""Why a script never reached the repository: the cause that explains the others comes first."""

from __future__ import annotations

import pytest

from autograde.judge.observation import Mapping, listed
from autograde.judge.unreached import named, reason
from autograde.questions import question

NOT_FOUND = "fatal: repository 'http://127.0.0.1/x/y/' not found"
#: What a report may hold, the more telling first, and the reason that it is.
CAUSES = (
    ("slips", "notebook", "notebook"),
    ("slips", "prompt", "prompt"),
    ("slips", "typographic", "typographic"),
    ("slips", "quotes", "quotes"),
    ("unknown", "owner", "unknown"),
    ("slips", "hub", "hub"),
    ("unused", "OWNER", "owner"),
    ("unused", "NAME", "name"),
    ("complaints", NOT_FOUND, "address"),
)


def report(*causes: tuple[str, str, str]) -> Mapping:
    held = {
        name: [text for where, text, _reason in causes if where == name] for name in ("unknown", "unused", "complaints")
    }
    slips = ["clone", *(text for where, text, _reason in causes if where == "slips")]
    return Mapping((("slips", listed(*slips)), *((name, listed(*found)) for name, found in held.items())))


@pytest.mark.parametrize("place", range(len(CAUSES)))
def test_each_cause_hides_those_that_follow_from_it(place: int) -> None:
    assert reason(report(CAUSES[place])) == CAUSES[place][2]
    assert reason(report(*CAUSES[place:])) == CAUSES[place][2]


def test_without_a_clone_nothing_is_said_of_its_address() -> None:
    assert reason(Mapping((("slips", listed("push")), ("unused", listed("OWNER", "NAME"))))) == "no clone command"
    assert reason(report()) == ""


def test_every_reason_has_a_name() -> None:
    reasons: list[str] = []

    def models(*given: str) -> tuple[()]:
        reasons.extend(given)
        return ()

    asked = question("2.4", "upload_sh").misconceptions
    assert len(named(models, {each.id: () for each in asked})) == len(reasons)
    assert [each.id for each in named(models, {"copied-prompt": ()})] == ["copied-prompt"]
    assert {*reasons} == {found for _where, _text, found in CAUSES} | {"no clone command"}
