"""Names chosen by other people are printed without control characters."""

from __future__ import annotations

import pytest

from autograde.cli.printing import plain, report, say
from autograde.errors import KitError

#: A file name that clears the screen, sets the window's title, and reverses the direction of the following text.
NAME = "\x1b[2J\x1b]0;mine\x07\u202egpj.exe\x9b1m"


def test_control_characters_in_a_name_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"not collected: {NAME}")
    report(KitError(f"not a notebook: {NAME}", "Look at it."))
    printed = "".join(capsys.readouterr())
    assert "mine" in printed
    assert not set(NAME) & {"\x1b", "\x07", "\u202e", "\x9b"} & set(printed)


def test_line_breaks_and_chinese_are_kept() -> None:
    assert plain("一\n二\té 🤗") == "一\n二\té 🤗"
