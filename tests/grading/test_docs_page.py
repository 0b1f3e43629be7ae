"""Run every command in docs/grading.md, in order, in one course."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograde.settings import KIT
from tests.grading.class_of_quizzes import ASSIGNMENT, POSSIBLE, make_course, notebook, to_bytes
from tests.grading.stock_class import nbgrader_environment

PAGE = (KIT / "docs" / "grading.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ")
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]

#: Commands that need a package index or a Dask cluster; test_cluster.py tests the latter.
SKIPPED = ("pip install", "--dask")

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def prepare(root: Path, gradebook: Path) -> None:
    """Create what the reader starts with: a course, a class list, and a download from Canvas."""
    make_course(root)
    shutil.rmtree(root / "submitted")
    shutil.copy(gradebook, root / "gradebook.db")
    shutil.copy(KIT / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"c = get_config()\nc.Exchange.root = {str(root / 'exchange')!r}\n")
        config.write(f"c.Exchange.cache = {str(root / 'cache')!r}\n")
    (root / "exchange").mkdir()
    (root / "class.csv").write_text(
        "username,full name,email\nada,Ada Lovelace,ada@example.org\nbo,Bo Li,bo@example.org\n"
    )
    with zipfile.ZipFile(root / "download.zip", "w") as archive:
        archive.writestr(f"lovelaceada_101_5001_{ASSIGNMENT}.ipynb", to_bytes(notebook()))
        archive.writestr(f"libo_102_5002_{ASSIGNMENT}-1.ipynb", to_bytes(notebook('answers = {"q1": "A"}', "zh")))


def test_every_command_on_the_page_works_in_order(graded: Path, tmp_path: Path) -> None:
    root = tmp_path.resolve()
    prepare(root, graded / "empty.db")
    environment = {name: value for name, value in nbgrader_environment(root).items() if name != "AUTOGRADE_LANGUAGE"}
    outputs = {}
    for command in COMMANDS:
        if any(each in command for each in SKIPPED):
            continue
        words = shlex.split(command)
        variables = dict(word.split("=") for word in words if re.match(r"[A-Z]+=", word))
        words = [word for word in words if not re.match(r"[A-Z]+=", word)]
        # The sandbox is tested in tests/grading/sandbox.
        more = ["--no-sandbox"] if words[:2] == ["autograde", "grade"] else []
        done = subprocess.run(
            [sys.executable, "-m", *words, *more], cwd=root, env=environment | variables,
            input="y\n", capture_output=True, text=True, check=False,
        )  # fmt: skip
        outputs[command] = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{outputs[command]}"
        if command.startswith("autograde grade 1 --roster"):
            # Step 6: manual grading in the formgrader.
            with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
                found = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "bo")
                found.grades[0].manual_score, found.comments[0].manual_comment = 3.5, "Look at question 2 again."
                book.db.commit()
    reports = root / "reports" / ASSIGNMENT
    assert f"ada,{POSSIBLE:g}" in re.sub(r",+", ",", (reports / "canvas.csv").read_text(encoding="utf-8-sig"))
    assert "bo@example.org,bo,Bo Li,3.5" in (reports / "moodle.csv").read_text(encoding="utf-8-sig")
    assert "Look at question 2 again." in (root / f"feedback/bo/{ASSIGNMENT}/{ASSIGNMENT}.html").read_text()
    assert "the same verdict" in outputs["autograde grade --replay reports/1-introduction/receipts/ada.json"]
    assert (root / "grades.csv").is_file()
    outbound = {path.name for path in (root / "exchange").glob("*/outbound/*")}
    assert outbound == {ASSIGNMENT, f"{ASSIGNMENT}-zh"}
