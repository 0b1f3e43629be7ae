"""``autograde learn --reset`` restores notebooks and keeps the learner's versions next to them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from autograde import notebooks
from autograde.cli.commands import app
from autograde.errors import UnknownLesson
from autograde.session.reset import reset
from autograde.session.workspace import fill

LESSON, EXERCISE = "2.2-log-in.ipynb", "exercises/2.2-log-in/2.2-log-in.ipynb"
OTHER = "2.20-more.ipynb"
NOW = datetime(2026, 11, 26, 14, 5)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit with two lessons, whose section numbers begin alike, and one exercise."""
    root = tmp_path / "kit"
    for name in (LESSON, OTHER):
        cell = nbformat.v4.new_markdown_cell(f"# {name}", id="words")
        (root / "course").mkdir(parents=True, exist_ok=True)
        (root / "course" / name).write_text(notebooks.canonical(nbformat.v4.new_notebook(cells=[cell])))
    folder = root / "release" / "en" / "2.2-log-in"
    folder.mkdir(parents=True)
    (folder / "2.2-log-in.ipynb").write_text("# the exercise")
    return root


@pytest.fixture
def workspace(tmp_path: Path, kit: Path) -> Path:
    fill(tmp_path / "workspace", "en", kit)
    return tmp_path / "workspace"


def test_lesson_and_exercise_are_restored_and_old_versions_get_a_date(kit: Path, workspace: Path) -> None:
    fresh = (workspace / LESSON).read_bytes()
    for name in (LESSON, EXERCISE, OTHER):
        (workspace / name).write_text(f"mine: {name}")
    kept = reset(workspace, "2.2", "en", NOW, kit)
    assert kept == {
        LESSON: "2.2-log-in (2026-11-26 14.05).ipynb",
        EXERCISE: "exercises/2.2-log-in/2.2-log-in (2026-11-26 14.05).ipynb",
    }
    assert (workspace / LESSON).read_bytes() == fresh
    assert (workspace / EXERCISE).read_text() == "# the exercise"
    for name, old in kept.items():
        assert (workspace / old).read_text() == f"mine: {name}"
    assert (workspace / OTHER).read_text() == f"mine: {OTHER}"


def test_two_resets_in_one_minute_keep_both_versions(kit: Path, workspace: Path) -> None:
    for text in ("first", "second"):
        (workspace / LESSON).write_text(text)
        reset(workspace, "2.2", "en", NOW, kit)
    assert (workspace / "2.2-log-in (2026-11-26 14.05).ipynb").read_text() == "first"
    assert (workspace / "2.2-log-in (2026-11-26 14.05 2).ipynb").read_text() == "second"


def test_reset_of_an_untouched_lesson_keeps_no_copy(kit: Path, workspace: Path) -> None:
    assert reset(workspace, "2.2", "en", NOW, kit) == {LESSON: "", EXERCISE: ""}


def test_lesson_counts_as_untouched_after_a_reset(kit: Path, workspace: Path) -> None:
    (workspace / LESSON).write_text("mine")
    reset(workspace, "2.2", "en", NOW, kit)
    update = fill(workspace, "en", kit)
    assert (update.kept, update.written, update.beside) == ([], [], {})


def test_error_for_an_unknown_lesson_lists_the_lessons(kit: Path, workspace: Path) -> None:
    with pytest.raises(UnknownLesson, match="There is no lesson 9") as caught:
        reset(workspace, "9", "en", NOW, kit)
    assert "2.2" in caught.value.fix
    assert "2.20" in caught.value.fix


@pytest.mark.parametrize("where", [".", "exercises/2.4-upload-a-local-model"])
def test_command_finds_the_workspace_from_a_folder_inside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """It created a second workspace inside the first one, and did not reset the lesson."""
    fill(tmp_path / "mine", "zh")
    lesson = tmp_path / "mine" / "2.4-upload-a-local-model.ipynb"
    fresh = lesson.read_bytes()
    lesson.write_text("changed")
    monkeypatch.chdir(tmp_path / "mine" / where)
    # The language of the terminal is not the one of the workspace.
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    done = CliRunner().invoke(app, ["learn", "--reset", "2.4"])
    assert done.exit_code == 0
    assert lesson.read_bytes() == fresh
    assert "Yours is kept as 2.4-upload-a-local-model (" in done.output
    assert not list((tmp_path / "mine").rglob("workspace"))


def test_folder_without_lessons_gives_an_error_and_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    done = CliRunner().invoke(app, ["learn", "--reset", "2.4"])
    assert done.exit_code == 1
    assert "There are no lessons in" in str(done.exception or done.output)
    assert list(tmp_path.iterdir()) == []
