"""Checks of exercises on the teacher's page, if the teacher turned them on: question and outcome, but no code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from autograde.classroom.checks import checks, show_checks
from autograde.hub import Account, LocalHub, client_environment
from autograde.hub.people import accounts
from autograde.hub.repos.owners import remove_user
from tests.local_requests import OPENER
from tests.plain_browser import Browser

#: The code of a learner's exercise notebook, with two checks.
NOTEBOOK = """
from autograde.exercises import open_exercise
exercise = open_exercise("2.6", language="en")
def segment_ids(ids):
    secret_of_ada = 1
    return [secret_of_ada]
exercise.segment_ids.check(segment_ids)
exercise.segment_ids.check()
"""


def post(room: LocalHub, account: Account, **sent: object) -> Any:
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{room.endpoint}/api/classroom/checks", json.dumps(sent).encode(), headers)
    with OPENER.open(request) as answer:
        return json.load(answer)


def run_notebook(room: LocalHub, account: Account, home: Path) -> str:
    """Return what a learner's notebook prints."""
    (home / "huggingface").mkdir(parents=True, exist_ok=True)
    (home / "huggingface" / "token").write_text(account.token)
    variables = client_environment(room.endpoint, home) | {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK], env=variables, cwd=home, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_checks_are_shown_and_explained_after_the_teacher_turns_them_on(
    room: LocalHub, tina: Browser, tmp_path: Path
) -> None:
    ada = room.create_user("ada")
    assert "Your teacher sees" not in run_notebook(room, ada, tmp_path)
    assert checks(room.hub) == {}
    assert tina.post("/classroom", checks="show").status == 303
    assert "Your teacher sees which question you check and whether the answer is right." in run_notebook(
        room, ada, tmp_path
    )
    user = accounts.find_user(room.hub, "ada")
    assert user
    (found,) = checks(room.hub)[user.id]
    assert (found.section, found.question, found.outcome, found.times) == ("2.6", "segment_ids", "not-attempted", 2)
    rows = [
        tuple(row) for table in ("events", "extension_data") for row in room.hub.database.all(f"SELECT * FROM {table}")
    ]
    assert "secret_of_ada" not in str(rows), "the learner's code was sent"
    post(room, ada, section="2.6", question="segment_ids", outcome="correct")
    assert "1 of 1 right" in tina.get("/classroom?part=live").text
    page = tina.get("/classroom/ada").text
    assert "2.6 <code>segment_ids</code></td><td>right</td><td>3</td>" in page
    assert "checked \u20682.6/segment_ids\u2069: did not run" in page
    remove_user(room.hub, user)
    assert checks(room.hub) == {}


def test_nothing_is_recorded_while_checks_are_off(room: LocalHub) -> None:
    bob = room.create_user("bob")
    show_checks(room.hub, False)
    assert post(room, bob, section="2.6", question="f", outcome="correct") == {"recorded": False}
    assert checks(room.hub) == {}


@pytest.mark.parametrize("wrong", [{"section": "../x"}, {"question": "a b"}, {"outcome": "great"}, {"question": None}])
def test_invalid_report_of_a_check_is_refused(room: LocalHub, wrong: dict[str, Any]) -> None:
    eve = room.create_user(f"eve-{abs(hash(str(wrong))) % 10_000}")
    show_checks(room.hub, True)
    with pytest.raises(urllib.error.HTTPError, match="400") as refused:
        post(room, eve, **({"section": "2.6", "question": "f", "outcome": "correct"} | wrong))
    refused.value.close()


def test_repeated_reports_of_checks_are_rate_limited(room: LocalHub) -> None:
    show_checks(room.hub, True)
    ada, bob = room.create_user("loop"), room.create_user("patient")
    check = {"section": "2.6", "question": "f", "outcome": "incorrect"}
    for _ in range(300):
        assert post(room, ada, **check) == {"recorded": True}
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(room, ada, **check)
    with refused.value as answer:
        assert answer.code == 429
        assert int(answer.headers["Retry-After"]) > 0
    assert post(room, bob, **check) == {"recorded": True}, "another user was refused, too"
