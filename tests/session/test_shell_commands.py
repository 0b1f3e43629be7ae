"""A lesson's shell commands never wait for a pager, an editor or input."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograde.hub import LocalHub, client_environment
from autograde.session.shell_commands import run
from autograde.session.terminal_text import PaddedLines

pytestmark = pytest.mark.skipif(os.name != "posix", reason="IPython runs commands in a terminal on POSIX systems only")

#: A user's own settings, with programs that would wait longer than the test.
SETTINGS = """
import io
import os
os.environ |= {
    "PAGER": "less", "GIT_PAGER": "less -+F", "GIT_EDITOR": "sleep 600", "EDITOR": "sleep 600",
    "GIT_ASKPASS": "/bin/cat", "GIT_TERMINAL_PROMPT": "1",
}
"""

OPEN = """
import subprocess

from autograde.lesson import open_lesson

lesson = open_lesson("2.4")
lesson.sign_in()
repository = lesson.folder / "of-my-own"
!git init -q "{repository}" && git -C "{repository}" config core.pager less
for number in range(40):
    subprocess.run(["git", "-C", repository, "commit", "-q", "--allow-empty", "-m", f"Version {number}"], check=True)
"""


def printed(folder: Path, hub: LocalHub, *cells: str) -> list[str]:
    """Run cells after a lesson's first cell and return what each printed."""
    book = new_notebook(cells=[new_code_cell(code) for code in (SETTINGS, OPEN, *cells)])
    environment = client_environment(hub.endpoint, folder / ".autograde") | {"AUTOGRADE_LANGUAGE": "en"}
    NotebookClient(book, timeout=60, resources={"metadata": {"path": str(folder)}}).execute(env=environment)
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in book.cells[2:]]


def test_no_command_waits_for_input(tmp_path: Path) -> None:
    with LocalHub() as hub:
        hub.create_user("ada")
        hub.create_repository("ada/secret", private=True)
        log, bash, commit, editor, reading, question, cloning, merging = printed(
            tmp_path,
            hub,
            '!git -C "{repository}" log --oneline',
            f"%%bash\ngit -C {tmp_path}/clones/2.4/of-my-own log --oneline",
            '!git -C "{repository}" commit --allow-empty',
            '!git -C "{repository}" config --edit',
            '!cat; echo "Read nothing."',
            '!read answer; echo "The answer: <$answer>"',
            '!git -c credential.helper= clone {lesson.endpoint}/ada/secret "{lesson.folder}/secret"',
            '!cd "{repository}" && git checkout -q -b side HEAD~2 && git commit -q --allow-empty -m Side '
            "&& git merge -q main && git log -1 --format=%s",
        )
    assert log.count("Version") == bash.count("Version") == 40
    assert "using either -m or -F option" in commit
    assert "editor" in editor
    assert "Read nothing." in reading
    assert "The answer: <>" in question
    assert "fatal:" in cloning
    assert "Merge branch 'main' into side" in merging


def test_command_starts_even_if_a_fork_of_the_kernel_would_hang(tmp_path: Path) -> None:
    """``!git show`` in lesson 2.4 hung: IPython runs Python in a fork of the kernel, in which a lock was held."""
    hangs = "import os, time\n\nos.register_at_fork(after_in_child=lambda: time.sleep(600))"
    with LocalHub() as hub:
        _hook, shown, listed = printed(
            tmp_path, hub, hangs, '!git -C "{repository}" show --format=%s', "names = !echo one; echo two\nprint(names)"
        )
    assert "Version 39" in shown
    assert "one" in listed


def test_command_ends_even_if_a_background_program_is_running(tmp_path: Path) -> None:
    with LocalHub() as hub:
        [output] = printed(tmp_path, hub, "!sleep 600 & echo $! > pid; echo 'Gone on: 继续'")
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert "Gone on: 继续" in output


class StopButton(io.StringIO):
    """Interrupts this process when "ready" was written."""

    def write(self, text: str) -> int:
        before, written = self.getvalue(), super().write(text)
        if "ready" in self.getvalue() and "ready" not in before:
            signal.raise_signal(signal.SIGINT)
        return written


def test_an_interrupted_command_gets_the_signal_and_ends_the_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = StopButton()
    monkeypatch.setattr("sys.stdout", shown)
    with pytest.raises(KeyboardInterrupt):
        run("trap 'echo stopped; exit 3' INT; echo ready; while :; do sleep 0.05; done")
    assert shown.getvalue().split() == ["ready", "stopped"]


def test_output_is_a_terminal_and_input_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test -t 1 && test -t 2 && ! test -t 0 && ! (: </dev/tty) 2>/dev/null && stty size <&1") == 0
    assert capsys.readouterr().out.split() == ["24", "80"]


def test_death_by_signal_is_a_negative_exit_code() -> None:
    assert run("kill -9 $$") == run("sh -c 'kill -9 $$'; exit $?") == -9


def test_command_in_a_function_uses_its_variables_and_sets_exit_code(tmp_path: Path) -> None:
    with LocalHub() as hub:
        [output] = printed(
            tmp_path,
            hub,
            "def show(word):\n    !echo \"said: {word}\" && exit 3\n\nshow('hello')\nprint(_exit_code)",
        )
    assert output.split() == ["said:", "hello", "3"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Uploading: 100%, 123 MB\\rEnumerating.\\n", "Uploading: 100%, 123 MB\rEnumerating.           \r\n"),
        ("Counting:  50%\\rCounting: 100%, done.\\n", "Counting:  50%\rCounting: 100%, done.\r\n"),
        ("\\0033[1mlong\\0033[0m\\rok\\n", "\x1b[1mlong\x1b[0m\rok  \r\n"),
        ("Downloading: 100%\\r", "Downloading: 100%\r\n"),
        ("one\\r\\ntwo", "one\r\r\ntwo"),
    ],
)  # fmt: skip
def test_line_that_overwrites_a_longer_one_is_padded(capsys: pytest.CaptureFixture[str], text: str, shown: str) -> None:
    """A notebook's output overwrites characters, but does not erase the rest of a longer line."""
    run(f"printf %b '{text}'")
    assert capsys.readouterr().out == shown


def test_line_written_in_pieces_is_padded_correctly() -> None:
    lines = PaddedLines()
    pieces = ["Uploading: 10", "0%\r", "Count", "ing", "\r", "\n", "done\r"]
    assert "".join(map(lines.feed, pieces)) + lines.end() == "Uploading: 100%\rCounting       \r\ndone\r\n"
