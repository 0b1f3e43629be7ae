"""Translating messages whose placeholders are already filled in."""

from __future__ import annotations

import pytest

from autograde.i18n import translator
from autograde.i18n.restating import restated

WHAT = "The file is not a whole notebook: its JSON breaks off or is damaged in line {line}."
FIX = "Ask the learner to save the notebook and send it again."


@pytest.mark.parametrize(
    ("message", "values"),
    [
        ("{name} appeared {number} times", {"name": "pad-pair", "number": "2"}),
        ("A cell took longer than {seconds} seconds and was interrupted.", {"seconds": "20"}),
        ("widget metadata without its state", {}),
    ],
)
def test_filled_in_message_is_translated_and_back(message: str, values: dict[str, str]) -> None:
    english = message.format(**values)
    chinese = translator("cli", "zh")(message).format(**values)
    assert chinese != english
    assert restated(english, "zh") == chinese
    assert restated(chinese, "en") == english
    assert restated(chinese, "zh") == chinese


def test_error_and_fix_are_both_translated() -> None:
    chinese = restated(f"{WHAT.format(line=7)} {FIX}", "zh")
    assert chinese == translator("cli", "zh")(WHAT).format(line=7) + translator("cli", "zh")(FIX)
    assert restated(chinese, "en") == f"{WHAT.format(line=7)} {FIX}"


def test_text_outside_the_catalogue_is_returned_unchanged() -> None:
    assert restated("KeyError: 'x' {line}", "zh") == "KeyError: 'x' {line}"
