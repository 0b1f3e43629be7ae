"""Why a script never reached the repository: the cause that explains the others comes first."""

from __future__ import annotations

import pytest

from autograde.judge.clone_failures import cause, misconceptions
from autograde.judge.observation import Mapping, listed
from autograde.judge.question import WrongModel
from autograde.questions import question

NOT_FOUND = "fatal: repository 'http://127.0.0.1/x/y/' not found"
#: The report's field, the entry in it, and the cause that it indicates; an earlier cause explains the later ones.
CAUSES = (
    ("mistakes", "notebook", "notebook"),
    ("mistakes", "prompt", "prompt"),
    ("mistakes", "typographic", "typographic"),
    ("mistakes", "quotes", "quotes"),
    ("mistakes", "python", "python"),
    ("errors", "download.sh: line 2: unexpected EOF while looking for matching `\"'", "syntax"),
    ("unknown", "owner", "unknown-variable"),
    ("mistakes", "hub", "another-hub"),
    ("unused", "OWNER", "fixed-owner"),
    ("unused", "NAME", "fixed-name"),
    ("errors", NOT_FOUND, "wrong-address"),
)


def report(*causes: tuple[str, str, str]) -> Mapping:
    held = {
        name: [text for where, text, _reason in causes if where == name] for name in ("unknown", "unused", "errors")
    }
    mistakes = [text for where, text, _reason in causes if where == "mistakes"]
    return Mapping(
        (
            ("mistakes", listed(*mistakes)),
            ("commands", listed("clone")),
            *((name, listed(*found)) for name, found in held.items()),
        )
    )


@pytest.mark.parametrize("place", range(len(CAUSES)))
def test_earlier_cause_hides_the_later_ones(place: int) -> None:
    assert cause(report(CAUSES[place])) == CAUSES[place][2]
    assert cause(report(*CAUSES[place:])) == CAUSES[place][2]


def test_script_without_a_clone_is_not_blamed_for_the_address() -> None:
    assert cause(Mapping((("commands", listed("push")), ("unused", listed("OWNER", "NAME"))))) == "no-clone-command"
    assert cause(report()) == ""


def test_every_cause_has_a_misconception() -> None:
    reasons: list[str] = []

    def model(reason: str) -> WrongModel:
        reasons.append(reason)
        return lambda _case: None

    asked = question("2.4", "upload_sh").misconceptions
    assert len(misconceptions(model, {each.id: () for each in asked})) == len(reasons)
    assert [each.id for each in misconceptions(model, {"copied-prompt": ()})] == ["copied-prompt"]
    assert {*reasons} == {found for _where, _text, found in CAUSES} | {"no-clone-command"}
