"""What the command line prints of names that other people chose."""

from __future__ import annotations

import pytest

from autograde.cli.printing import plain, report, say
from autograde.errors import KitError

#: The name of a file that clears the screen, sets the title of the window, and turns the direction of what follows.
NAME = "\x1b[2J\x1b]0;mine\x07\u202egpj.exe\x9b1m"


def test_a_name_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"not collected: {NAME}")
    report(KitError(f"not a notebook: {NAME}", "Look at it."))
    printed = "".join(capsys.readouterr())
    assert "mine" in printed
    assert not set(NAME) & {"\x1b", "\x07", "\u202e", "\x9b"} & set(printed)


def test_line_breaks_and_chinese_stay() -> None:
    assert plain("一\n二\té 🤗") == "一\n二\té 🤗"
