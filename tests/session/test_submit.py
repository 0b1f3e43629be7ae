"""``autograde submit``: the right file, checked; each thing that would cost points later is said now."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

from autograde.cli.commands import app
from autograde.errors import NotReady, UnusableNotebook
from autograde.session.submit import FOLDER, LARGEST, submit
from autograde.settings import KIT, LANGUAGES

NAME = "2.6-load-the-downloaded-model"


@pytest.fixture(params=LANGUAGES)
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the exercises as they are released."""
    shutil.copytree(KIT / "release" / request.param, tmp_path / "exercises")
    return tmp_path


def notebook_of(workspace: Path) -> Path:
    return workspace / "exercises" / NAME / f"{NAME}.ipynb"


def edit(workspace: Path, change: Callable[[Any], None]) -> bytes:
    """Change the notebook as a learner would; its bytes afterwards."""
    path = notebook_of(workspace)
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return path.read_bytes()


def cell(notebook: Any, identity: str) -> Any:
    return next(each for each in notebook.cells if each.id == identity)


def answer(*identities: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        for identity in identities:
            cell(notebook, identity).source = "def an_answer():\n    return 1"

    return change


ALL = ("encode-pair", "segment-ids", "to-tensors", "run-model", "output-shapes", "pad-pair")


@pytest.mark.parametrize("wanted", ["2.6", NAME, f"{NAME}.ipynb", f"exercises/{NAME}/{NAME}.ipynb"])
def test_a_complete_notebook_is_copied_under_its_name(workspace: Path, wanted: str) -> None:
    content = edit(workspace, answer(*ALL))
    ready = submit(workspace, wanted)
    assert ready.file == workspace / FOLDER / f"{NAME}.ipynb"
    assert ready.file.read_bytes() == content
    assert (ready.tasks, ready.unanswered) == (6, ())


def test_unanswered_tasks_are_named_by_their_heading(workspace: Path) -> None:
    edit(workspace, answer(*ALL[:4]))
    unanswered = submit(workspace, "2.6").unanswered
    released = nbformat.read(notebook_of(workspace), as_version=4)
    zh = any(each.id.endswith("-zh") for each in released.cells)
    headings = [
        cell(released, f"about-{name}" + ("-zh" if zh else "")).source.splitlines()[0].lstrip("# ") for name in ALL[4:]
    ]
    assert list(unanswered) == headings


def test_the_exercise_as_it_was_released_is_not_handed_in(workspace: Path) -> None:
    with pytest.raises(NotReady, match="has no answers yet"):
        submit(workspace, "2.6")
    assert not (workspace / FOLDER).exists()


def remove(notebook: Any) -> None:
    notebook.cells.remove(cell(notebook, "grade-run-model"))


def copy(notebook: Any) -> None:
    twin = nbformat.from_dict({**cell(notebook, "segment-ids"), "id": "twin"})
    notebook.cells.append(twin)


def strip(notebook: Any) -> None:
    cell(notebook, "grade-pad-pair").metadata["nbgrader"]["grade"] = False


@pytest.mark.parametrize(
    ("change", "said"),
    [(remove, "grade-run-model is missing"), (copy, "segment-ids appears 2 times"), (strip, "grade-pad-pair .* lost")],
)
def test_cells_that_grading_needs_are_missed(workspace: Path, change: Callable[[Any], None], said: str) -> None:
    edit(workspace, answer(*ALL))
    edit(workspace, change)
    with pytest.raises(NotReady, match=said) as caught:
        submit(workspace, "2.6")
    assert "autograde learn --reset 2.6" in caught.value.fix


def test_a_notebook_that_is_too_large_is_told_how_to_become_smaller(workspace: Path) -> None:
    def fill(notebook: Any) -> None:
        answer(*ALL)(notebook)
        cell(notebook, "run-model").outputs = [nbformat.v4.new_output("stream", text="x" * LARGEST)]

    edit(workspace, fill)
    with pytest.raises(NotReady, match="5 MB") as caught:
        submit(workspace, "2.6")
    assert "Clear Outputs" in caught.value.fix


@pytest.mark.parametrize("text", ["", "not a notebook", "[]", '{"cells": 1}'])
def test_a_file_that_is_no_notebook_is_told(workspace: Path, text: str) -> None:
    notebook_of(workspace).write_text(text)
    with pytest.raises(UnusableNotebook, match="cannot be read"):
        submit(workspace, "2.6")


def test_an_unknown_exercise_gets_the_list(workspace: Path) -> None:
    with pytest.raises(NotReady, match=r"no exercise 2\.7") as caught:
        submit(workspace, "2.7")
    assert "2.6" in caught.value.fix
    with pytest.raises(NotReady, match="no exercises"):
        submit(workspace / "elsewhere", "2.6")


def test_the_command_says_what_is_missing_and_where_the_file_is(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(notebook_of(workspace).parent)
    (workspace / ".autograde").mkdir()
    (workspace / ".autograde" / "manifest.json").write_text("{}")
    edit(workspace, answer(*ALL[:5]))
    done = CliRunner().invoke(app, ["submit", "2.6", "--language", "en"], env={"COLUMNS": "400"})
    assert done.exit_code == 0, done.output
    assert "Answered: 5 of 6 tasks." in done.output
    assert "Not answered yet: 6 " in done.output
    assert f"Hand in this file: {workspace / FOLDER / NAME}.ipynb" in done.output
    listed = CliRunner().invoke(app, ["submit", "--language", "en"])
    assert listed.output.count("autograde submit") == 8


def test_fields_that_were_not_filled_in_are_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiz with one question left open was once reported as answered, without a word about it."""
    path = workspace / "exercises" / "1-introduction" / "1-introduction.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell(notebook, "answers").source = 'answers = {"hub": "b", "card": ..., "order": ...}'
    nbformat.write(notebook, path)
    assert submit(workspace, "1").empty_fields == ("card", "order")
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    done = CliRunner().invoke(app, ["submit", "1", "--workspace", str(workspace)])
    assert "Fields that still have three dots: card, order" in done.output


def test_without_an_exercise_the_command_says_what_to_type(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    said = CliRunner().invoke(app, ["submit", "--workspace", str(workspace)]).output.splitlines()
    assert said[0] == "Choose an exercise and type its line:"
    assert said[1].split() == ["autograde", "submit", "1", "1-introduction"]
