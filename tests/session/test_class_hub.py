"""Lessons on a class Hub use the learner's own account: a real Hub process with closed sign-up, and a real kernel."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from autograde.hub import Visitor


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Visitor]]:
    """The URL of a class Hub, ada's password, and the teacher's browser. Ada's account is from a class list."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "class.csv").write_text("username,email,full name\nada,ada@example.org,Ada Lovelace\n")
    start = [sys.executable, "-m", "autograde", "hub"]
    data = ["--data", str(folder / "data")]
    accounts = [*start, "accounts", str(folder / "class.csv"), *data, "--passwords", str(folder / "passwords.csv")]
    subprocess.run(accounts, check=True, capture_output=True)
    (password,) = [row[2] for row in csv.reader((folder / "passwords.csv").read_text("utf-8-sig").splitlines()[1:])]
    serve = [*start, "serve", *data, "--port", "0", "--teacher", "tina"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        found = re.search(r"http://\S+", next(lines))
        assert found
        line_with_password = next(line for line in lines if "Teacher" in line)
        tina = Visitor(found[0])
        tina.log_in(
            "tina", Path(line_with_password.split(" is in ")[1].split(":")[0]).read_text(encoding="ascii").strip()
        )
        tina.submit("/classroom", sign_up="closed")
        yield found[0], password, tina
        process.terminate()


class Cell:
    """Runs cells in a kernel."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.printed, self.error = "", ""

    def run(self, code: str, on_form: Callable[[str], None] = lambda field: None, typed: Sequence[str] = ()) -> str:
        """Return what a cell prints; ``on_form`` gets the comm id of a form's masked field; prompts get ``typed``."""
        self.printed = self.error = ""
        sent = self._client.execute(code, allow_stdin=bool(typed))
        for line in typed:
            self._client.get_stdin_msg(timeout=60)
            self._client.input(line)
        while True:
            message = self._client.get_iopub_msg(timeout=60)
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open" and content["data"].get("state", {}).get("_model_name") == "PasswordModel":
                on_form(content["comm_id"])
            if message["parent_header"].get("msg_id") != sent:
                continue
            if kind == "stream":
                self.printed += content["text"]
            elif kind == "error":
                self.error = content["evalue"]
            elif kind == "status" and content["execution_state"] == "idle":
                return self.printed


@pytest.fixture(scope="module")
def client(hub: tuple[str, str, Visitor], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("workspace")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "GIT_", "AUTOGRADE_"))}
    (folder / "home").mkdir()
    variables = kept | {"HOME": str(folder / "home"), "HF_ENDPOINT": hub[0], "AUTOGRADE_LANGUAGE": "en"}
    manager, opened = start_new_kernel(kernel_name="python3", cwd=str(folder), env=variables)
    yield opened
    opened.stop_channels()
    manager.shutdown_kernel(now=True)


def test_lesson_on_a_class_hub_uses_the_learners_own_account(hub: tuple[str, str, Visitor], client: Any) -> None:
    url, password, tina = hub
    browser = Visitor(url)
    browser.log_in("ada", password)
    token = browser.create_token("lessons")
    cell = Cell(client)
    cell.run("from autograde.lesson import open_lesson\nlesson = open_lesson('2.3')")

    # Without standard input, the cell shows the form and stops.
    forms: list[str] = []
    assert "Create a token with the role write" in cell.run("me = lesson.sign_in()", forms.append)
    assert cell.error.startswith("You are not logged in. On this Hub, lessons use your own account. Log in with the")
    cell.run("lesson.practice_token('read')")
    assert cell.error.endswith("Run this cell in JupyterLab, where you can paste a token.")
    for data in ({"method": "update", "state": {"value": token}}, {"method": "custom", "content": {"event": "submit"}}):
        client.shell_channel.send(client.session.msg("comm_msg", {"comm_id": forms[0], "data": data}))
    assert cell.run("print(lesson.sign_in())") == "You are logged in as ada.\n"

    # With standard input, the cell asks and continues.
    cell.run("import huggingface_hub; huggingface_hub.logout()")
    cell.run("me = lesson.sign_in()\nprint(me)", typed=["hf_wrong", token])
    assert cell.error == ""
    assert "hf_wrong" not in cell.printed
    assert cell.printed.endswith("You are logged in as ada.\n")
    cell.run("print(lesson.practice_token('write') == huggingface_hub.get_token())", typed=[token])
    assert cell.printed.endswith("True\n"), cell.error
    cell.run("lesson.practice_token('read')", typed=[token])
    assert cell.error.startswith("This token has the role write; this cell needs one with the role read.")

    table = tina.get("/classroom?part=live")
    assert re.findall(r'data-row="([^"]+)"', table) == ["ada"], "a practice account is in the teacher's table"
