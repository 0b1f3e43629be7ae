"""``autograde submit`` copies the right file and reports problems that would lose points in grading."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner

from autograde.cli.commands import app
from autograde.errors import NotReady, UnusableNotebook
from autograde.session.submit import FOLDER, LARGEST, assignments, submit
from autograde.settings import KIT, LANGUAGES

NAME = "2.6-load-the-downloaded-model"


@pytest.fixture(params=LANGUAGES)
def workspace(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the released exercises."""
    shutil.copytree(KIT / "release" / request.param, tmp_path / "exercises")
    return tmp_path


def notebook_of(workspace: Path) -> Path:
    return workspace / "exercises" / NAME / f"{NAME}.ipynb"


def edit(workspace: Path, change: Callable[[Any], None]) -> bytes:
    """Change the notebook as a learner would; return its new bytes."""
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


def test_released_exercise_without_answers_is_not_submitted(workspace: Path) -> None:
    with pytest.raises(NotReady, match="has no answers yet"):
        submit(workspace, "2.6")
    assert not (workspace / FOLDER).exists()


def remove(notebook: Any) -> None:
    notebook.cells.remove(cell(notebook, "grade-run-model"))


def copy(notebook: Any) -> None:
    twin = nbformat.from_dict({**cell(notebook, "segment-ids"), "id": "twin"})
    notebook.cells.append(twin)


def strip(notebook: Any) -> None:
    cell(notebook, "grade-pad-pair").metadata = {}


def write_as_text(notebook: Any) -> None:
    """Replace the cell by one with text."""
    place = notebook.cells.index(cell(notebook, "segment-ids"))
    source = "My answer:\n\n```python\ndef segment_ids(index, mark):\n    return [0]\n```"
    notebook.cells[place] = nbformat.v4.new_markdown_cell(source)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (remove, "grade-run-model was missing"),
        (copy, "segment-ids appeared 2 times"),
        (strip, "grade-pad-pair had lost its nbgrader metadata"),
        (write_as_text, "the answer of segment-ids was in a text cell"),
    ],
)
def test_what_grading_repairs_is_accepted_and_named(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None], note: str
) -> None:
    """The command refused a copied cell, and did not see an answer in a text cell; grading gave points for both."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    edit(workspace, answer(*ALL))
    content = edit(workspace, change)
    ready = submit(workspace, "2.6")
    assert ready.unanswered == ()
    assert note in ready.notes
    assert ready.file.read_bytes() == content
    done = CliRunner().invoke(app, ["submit", "2.6", "--workspace", str(workspace)], env={"COLUMNS": "400"})
    assert f"Grading accepts your notebook and notes this: {note}" in done.output


def test_error_for_a_too_large_notebook_advises_to_clear_outputs(workspace: Path) -> None:
    def fill(notebook: Any) -> None:
        answer(*ALL)(notebook)
        cell(notebook, "run-model").outputs = [nbformat.v4.new_output("stream", text="x" * LARGEST)]

    edit(workspace, fill)
    with pytest.raises(NotReady, match="5 MB") as caught:
        submit(workspace, "2.6")
    assert "Clear Outputs" in caught.value.fix


@pytest.mark.parametrize("text", ["", "not a notebook", "[]", '{"cells": 1}'])
def test_file_that_is_not_a_notebook_gives_a_clear_error(workspace: Path, text: str) -> None:
    notebook_of(workspace).write_text(text)
    with pytest.raises(UnusableNotebook, match="cannot be read"):
        submit(workspace, "2.6")


def test_error_for_an_unknown_exercise_lists_the_exercises(workspace: Path) -> None:
    with pytest.raises(NotReady, match=r"no exercise 2\.7") as caught:
        submit(workspace, "2.7")
    assert "2.6" in caught.value.fix
    with pytest.raises(NotReady, match="no exercises"):
        submit(workspace / "elsewhere", "2.6")
    with pytest.raises(NotReady, match="no exercises"):
        assignments(workspace / "elsewhere")


def test_command_lists_missing_answers_and_the_submitted_file(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_empty_fields_are_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quiz with one unanswered question was reported as answered."""
    path = workspace / "exercises" / "1-introduction" / "1-introduction.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell(notebook, "answers").source = 'answers = {"hub": "b", "card": ..., "order": ...}'
    nbformat.write(notebook, path)
    assert submit(workspace, "1").empty_fields == ("card", "order")
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    done = CliRunner().invoke(app, ["submit", "1", "--workspace", str(workspace)])
    assert "Fields that still have three dots: card, order" in done.output


def test_answer_that_stopped_with_an_error_is_named(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer with a NameError was counted as answered, and nothing was said."""
    path = workspace / "exercises" / "1-introduction" / "1-introduction.ipynb"
    notebook = nbformat.read(path, as_version=4)
    answers = cell(notebook, "answers")
    answers.source = 'answers = {"hub": b}'
    answers.outputs = [nbformat.v4.new_output("error", ename="NameError", evalue="name 'b' is not defined")]
    nbformat.write(notebook, path)
    [(heading, error)] = submit(workspace, "1").stopped
    assert error == "NameError"
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    done = CliRunner().invoke(app, ["submit", "1", "--workspace", str(workspace)], env={"COLUMNS": "400"})
    assert "Stopped with an error (NameError)" in done.output
    assert heading in done.output


def test_command_without_an_exercise_lists_the_commands(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    lines = CliRunner().invoke(app, ["submit", "--workspace", str(workspace)]).output.splitlines()
    assert lines[0] == "Choose an exercise and type its line:"
    assert lines[1].split() == ["autograde", "submit", "1", "1-introduction"]


@pytest.mark.parametrize("stub", [None, "def segment_ids(index, mark):\n    pass"])
def test_answer_in_another_cell_counts_and_is_named(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, stub: str | None
) -> None:
    """The command said that the notebook had no answers, and refused it."""

    def change(notebook: Any) -> None:
        place = next(at for at, each in enumerate(notebook.cells) if each.id == "segment-ids")
        notebook.cells.insert(place, nbformat.v4.new_code_cell("def segment_ids(index, mark):\n    return [0]"))
        notebook.cells[place + 1].source = stub or notebook.cells[place + 1].source

    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    edit(workspace, change)
    ready = submit(workspace, "2.6")
    assert len(ready.unanswered) == ready.tasks - 1
    assert ready.notes == ("the answer of segment-ids was in another cell",)


@pytest.mark.parametrize("code", ["segment_ids = [0, 0, 1]", "segment_ids = segment_ids([1], 2)"])
def test_value_under_the_name_of_a_function_is_no_answer(workspace: Path, code: str) -> None:
    """The command said that it counts, and grading found no answer."""
    edit(workspace, lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell(code)))
    with pytest.raises(NotReady, match="no answers yet"):
        submit(workspace, "2.6")
    edit(workspace, answer(*ALL[:1]))
    ready = submit(workspace, "2.6")
    assert len(ready.unanswered) == ready.tasks - 1


@pytest.mark.parametrize("source", ["", "  \n", "# later"])
def test_emptied_cell_is_no_answer(workspace: Path, source: str) -> None:
    edit(workspace, answer(*ALL))
    edit(workspace, lambda notebook: cell(notebook, "pad-pair").update(source=source))
    assert len(submit(workspace, "2.6").unanswered) == 1


def test_edited_stub_is_no_answer(workspace: Path) -> None:
    edit(workspace, lambda notebook: cell(notebook, "segment-ids").update(source="def segment_ids(a, b):\n    pass"))
    with pytest.raises(NotReady, match="no answers yet"):
        submit(workspace, "2.6")


def test_byte_order_mark_is_accepted(workspace: Path) -> None:
    content = edit(workspace, answer(*ALL))
    notebook_of(workspace).write_bytes(b"\xef\xbb\xbf" + content)
    assert submit(workspace, "2.6").unanswered == ()


def test_notebook_without_a_format_is_accepted(workspace: Path) -> None:
    edit(workspace, answer(*ALL))
    path = notebook_of(workspace)
    book = json.loads(path.read_text(encoding="utf-8"))
    del book["nbformat"], book["nbformat_minor"]
    path.write_text(json.dumps(book), encoding="utf-8")
    assert submit(workspace, "2.6").unanswered == ()
