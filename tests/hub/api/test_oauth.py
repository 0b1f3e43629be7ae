"""``hf auth login`` without a token, end to end: the real command, approved or denied on ``/device``."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.errors import HubRefused
from autograde.hub import LocalHub, Visitor

HF = Path(sys.executable).with_name("hf")


class Terminal:
    """A command in a pseudo-terminal."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._own, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, env=environment | {"TERM": "dumb", "COLUMNS": "200"}, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        self.text = ""

    def until(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """Wait until the screen shows ``pattern``."""
        end = time.monotonic() + seconds
        while not (found := re.search(pattern, self.text)):
            ready, __, ___ = select.select([self._own], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{pattern!r} was not printed:\n{self.text}"
            try:
                self.text += os.read(self._own, 4096).decode("utf-8", "replace")
            except OSError:  # the command has ended
                assert re.search(pattern, self.text), self.text
        return found

    def type(self, text: str) -> None:
        os.write(self._own, text.encode())

    def answered(self, text: str, pattern: str) -> re.Match[str]:
        """Type ``text`` until the screen shows ``pattern``; a menu drops input that arrives before it reads."""
        for __ in range(30):
            self.type(text)
            with contextlib.suppress(AssertionError):
                return self.until(pattern, 1)
        return self.until(pattern, 1)

    def close(self) -> int:
        while True:
            try:
                self.text += os.read(self._own, 4096).decode("utf-8", "replace")
            except OSError:
                break
        os.close(self._own)
        return self.process.wait(30)


@pytest.fixture
def grace(hub: LocalHub, new_name: Callable[[str], str]) -> tuple[str, Visitor]:
    """A user and their browser."""
    name = new_name("grace")
    visitor = Visitor(hub.endpoint)
    visitor.join(name, f"{name}@example.org", "correct horse")
    return name, visitor


@pytest.mark.skipif(not HF.exists(), reason="the hf command is not installed next to this Python")
@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_device_login_is_approved_or_denied_in_the_browser(
    hub: LocalHub, grace: tuple[str, Visitor], tmp_path: Path, decision: str
) -> None:
    name, browser = grace
    environment = hub.environment(tmp_path / "home")
    terminal = Terminal([str(HF), "auth", "login"], environment)
    terminal.until(r"Log in with your browser[^>]*Paste an access token")
    code = terminal.answered("\r", r"([A-Z]{4}-[A-Z]{4})")[1]
    assert f"{hub.endpoint}/device" in terminal.text
    browser.submit(f"/device?user_code={code}", user_code=code, decision=decision)
    if decision == "approve":
        terminal.until(r"(?i)(git credential|logged in|login successful)")
        if "?" in terminal.text.splitlines()[-1]:
            terminal.type("n\n")
    ended = terminal.close()
    who = subprocess.run([str(HF), "auth", "whoami"], env=environment, capture_output=True, text=True, check=False)
    assert (name in who.stdout) == (decision == "approve")
    assert (ended == 0) == (decision == "approve"), terminal.text


def test_unknown_device_code_gives_an_error(grace: tuple[str, Visitor]) -> None:
    with pytest.raises(HubRefused, match="No log-in is waiting"):
        grace[1].submit("/device", user_code="BBBB-BBBB", decision="approve")


def test_approving_a_device_requires_a_login(hub: LocalHub) -> None:
    stranger = Visitor(hub.endpoint)
    assert 'action="/login"' in stranger.get("/device?user_code=BBBB-BBBB")
