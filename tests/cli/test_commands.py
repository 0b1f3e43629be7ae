"""The command line: errors, exit codes, and help for every command in both languages."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from typer.main import get_command

from autograde import __version__, settings
from autograde.cli.commands import app, main
from autograde.cli.explaining import explained
from autograde.errors import KitError


def run(
    *arguments: str, language: str = "en", variables: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograde", *arguments],
        env=settings.environment() | {"AUTOGRADE_LANGUAGE": language, "COLUMNS": "200", "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def commands(command: Any, name: str = "autograde") -> dict[str, Any]:
    """Return every command below ``command``, by the words to type."""
    found: dict[str, Any] = {}
    for word, below in getattr(command, "commands", {}).items():
        found |= {f"{name} {word}": below} if not hasattr(below, "commands") else commands(below, f"{name} {word}")
    return found


COMMANDS = commands(get_command(app))


def test_version_option_prints_the_packages_version() -> None:
    assert run("--version").stdout.strip() == __version__


def test_main_commands_exist() -> None:
    assert {"autograde learn", "autograde doctor", "autograde demo", "autograde hub serve"} <= set(COMMANDS)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_has_a_help_text(command: str) -> None:
    assert COMMANDS[command].help, "the command has no help text"
    for option in COMMANDS[command].params:
        assert getattr(option, "help", ""), f"{option.name} has no help text"


def test_help_is_in_the_chosen_language() -> None:
    assert re.search("[一-鿿]", run("learn", "--help", language="zh").stdout)
    assert not re.search("[一-鿿]", run("learn", "--help", language="en").stdout)
    for words in (("hub", "rename"), ("hub",), ("learn",)):
        shown = run(*words, "--help", language="zh").stdout
        assert not re.search("Arguments|Options|Commands|default|required|Show", shown), shown
        # Chinese has no spaces, and the end of a line that is too long was cut off.
        assert "…" not in shown


def test_language_on_the_command_line_counts_for_help_and_errors() -> None:
    """Help was translated before the option was read, and an unknown option was reported in English."""
    for words in ("--language zh learn --help", "learn -l zh --help", "--language=zh --help"):
        shown = run(*words.split()).stdout
        assert "用法：" in shown
        assert not re.search("Usage|OPTIONS|COMMAND|ARGS|Arguments|Options|Commands|default|required|Show", shown), (
            shown
        )
    done = run("learn", "-lzh", "--nope")
    assert done.returncode == 2
    assert "没有 --nope 这个选项" in done.stderr
    assert not re.search("Usage|OPTIONS|No such|Try|Error", done.stderr), done.stderr
    assert re.search(r"Usage: .*learn \[OPTIONS\]", run("learn", "--language", "en", "--help", language="zh").stdout)
    assert "en, zh" in run("learn", "--language", "fr", "--help").stderr


def test_help_of_a_flag_shows_no_value_type() -> None:
    """The help showed `--models <bool>`."""
    for words in ((), ("hub", "serve"), ("grade",), ("collect",)):
        output = run(*words, "--help").stdout
        assert "--help" in output
        assert "bool" not in output
        assert "list[" not in output


def test_error_for_an_unknown_language_lists_the_languages() -> None:
    done = run("doctor", "--language", "fr")
    assert done.returncode == 2
    assert "en, zh" in done.stderr


def test_unknown_command_gives_exit_code_2() -> None:
    done = run("lern")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        (["lern"], "No such command 'lern'. Did you mean 'learn'?", "没有 'lern' 这个命令。是不是 'learn'？"),
        (["grade", "--nope"], "No such option: --nope (Possible options: ", "没有 --nope 这个选项（相近的选项："),
        (["hub", "rename", "ada"], "Missing argument 'new'.", "缺少参数 'new'。"),
        (["hub", "serve", "--data"], "Option '--data' requires an argument.", "选项 '--data' 后面要写一个值。"),
        (["hub", "serve", "--port", "x"], "Invalid value for '--port': Input should be a valid integer", "应为整数"),
        (["hub", "accounts", "nofile"], "file 'nofile' does not exist.", "文件 'nofile' 不存在。"),
        (["grade", "1", "2"], "Got unexpected extra argument", "多余的参数"),
    ],
)  # fmt: skip
def test_usage_error_is_in_the_users_language(words: list[str], english: str, chinese: str) -> None:
    """typer says these sentences in English only."""
    assert english in run(*words).stderr
    done = run(*words, language="zh")
    assert done.returncode == 2
    assert chinese in done.stderr
    assert not re.search("Usage|OPTIONS|Invalid|Missing|No such|Got|Try|Error", done.stderr), done.stderr


@pytest.mark.parametrize("value", ["abc", "99999", "-1", "8960.5"])
def test_variable_that_is_not_a_port_gives_a_clear_error(value: str) -> None:
    """Every command ended with a traceback, --help too."""
    done = run("doctor", variables={"AUTOGRADE_HUB_PORT": value})
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == f"AUTOGRADE_HUB_PORT is {value}, which is not a port."
    assert "unset AUTOGRADE_HUB_PORT" in done.stderr


def test_blanks_around_a_port_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_HUB_PORT", " 8970 ")
    assert settings.hub_port() == 8970
    assert settings.wrong_ports() == {}


def fail_with(error: BaseException) -> None:
    def command() -> None:
        raise error

    explained(command)


def test_kit_error_prints_what_and_fix_with_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(KitError("The [red]moon[/red] is blue.", "Wait."))
    assert stopped.value.code == 1
    assert capsys.readouterr().err.splitlines() == ["The [red]moon[/red] is blue.", "Wait."]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_full_or_read_only_disk_gives_a_clear_error(capsys: pytest.CaptureFixture[str], number: int) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(OSError(number, "no way", "/some/place"))
    assert stopped.value.code == 1
    assert "/some/place" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        fail_with(OSError(number, "no way"))
    assert capsys.readouterr().err.startswith("A file cannot be written: no way."), "no folder is blamed by a guess"


def test_windows_without_wsl_gives_a_clear_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert "Install WSL" in capsys.readouterr().err


def test_programming_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        fail_with(ZeroDivisionError())
    with pytest.raises(FileNotFoundError):
        fail_with(FileNotFoundError(errno.ENOENT, "not there"))


def test_ctrl_c_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        fail_with(KeyboardInterrupt())
    assert stopped.value.code == 130
    assert capsys.readouterr().err == ""
