"""The command: errors are sentences, exit codes tell, and every command has help in two languages."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from typing import Any

import pytest
from typer.main import get_command

from autograde import __version__, settings
from autograde.cli.commands import app
from autograde.cli.explaining import explained
from autograde.errors import KitError


def run(*arguments: str, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograde", *arguments],
        env=settings.environment() | {"AUTOGRADE_LANGUAGE": language, "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def commands(command: Any, name: str = "autograde") -> dict[str, Any]:
    """Every command below ``command``, by the words that are typed."""
    found: dict[str, Any] = {}
    for word, below in getattr(command, "commands", {}).items():
        found |= {f"{name} {word}": below} if not hasattr(below, "commands") else commands(below, f"{name} {word}")
    return found


COMMANDS = commands(get_command(app))


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout.strip() == __version__


def test_the_commands_of_this_version_are_there() -> None:
    assert {"autograde learn", "autograde doctor", "autograde demo", "autograde hub serve"} <= set(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_explained(command: str) -> None:
    assert COMMANDS[command].help, "what does it do?"
    for option in COMMANDS[command].params:
        assert getattr(option, "help", ""), f"what is {option.name} for?"


def test_help_is_in_the_readers_language() -> None:
    assert re.search("[一-鿿]", run("learn", "--help", language="zh").stdout)
    assert not re.search("[一-鿿]", run("learn", "--help", language="en").stdout)


def test_a_switch_does_not_look_as_if_it_took_a_value() -> None:
    """The help had `--models <bool>`."""
    for words in ((), ("hub", "serve"), ("grade",), ("collect",)):
        told = run(*words, "--help").stdout
        assert "--help" in told
        assert "bool" not in told
        assert "list[" not in told


def test_an_unknown_language_is_refused_with_the_ones_that_there_are() -> None:
    done = run("doctor", "--language", "fr")
    assert done.returncode == 2
    assert "en, zh" in done.stderr


def test_an_unknown_command_is_exit_code_two() -> None:
    done = run("lern")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def fail_with(error: BaseException) -> None:
    def command() -> None:
        raise error

    explained(command)


def test_an_error_for_a_person_is_what_and_fix_and_exit_code_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(KitError("The [red]moon[/red] is blue.", "Wait."))
    assert stopped.value.code == 1
    assert capsys.readouterr().err.splitlines() == ["The [red]moon[/red] is blue.", "Wait."]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_full_or_locked_disk_is_a_sentence_wherever_it_happens(
    capsys: pytest.CaptureFixture[str], number: int
) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(OSError(number, "no way", "/some/place"))
    assert stopped.value.code == 1
    assert "/some/place" in capsys.readouterr().err


def test_a_mistake_of_ours_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_with(ZeroDivisionError())
    with pytest.raises(FileNotFoundError):
        fail_with(FileNotFoundError(errno.ENOENT, "not there"))


def test_ctrl_c_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(KeyboardInterrupt())
    assert stopped.value.code == 130
    assert capsys.readouterr().err == ""
