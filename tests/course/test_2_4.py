"""Lesson 2.4: a model is uploaded with git, and the lesson's statements about it are correct."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from autograde import notebooks
from autograde.files import sha256
from autograde.hub import LocalHub
from autograde.models import FINETUNED_SHA256, finetuned_folder
from autograde.session.explained_errors import STARTUP
from autograde.settings import KIT
from autograde.widgets.question_bank import question

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

LESSON = KIT / "course" / "2.4-upload-a-local-model.ipynb"

#: Replaces the cell that needs the weights at the top of the repository.
WITHOUT_SHOW = {"what-git-keeps": "pass"}

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def filled_and_twice() -> dict[str, str]:
    """Return the cells of the upload, each run twice; two blanks have the right word, one has a wrong one."""
    words = {"git-add": "add", "git-commit": "push --force", "git-push": " push "}
    cells = {each.id: each.source for each in notebooks.read(LESSON).cells}
    twice = "get_ipython().run_cell({code!r}).raise_error()\n" * 2
    names = ("git-clone", "copy-the-model", "git-add", "git-commit", "git-push", "what-the-hub-has", "upload-folder")
    return {name: twice.format(code=cells[name].replace("___", words.get(name, "___"))) for name in names}


@in_both_languages
def test_the_whole_model_is_pushed_with_git(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.4", language)
    repository = hub.repository(f"{lesson.account}/mymodel04")
    assert repository.lfs_paths() == ["model.safetensors"]
    files = repository.files()
    assert {name: sha256(files[name]) for name in FINETUNED_SHA256} == FINETUNED_SHA256
    commits = repository.commits()
    titles = [commit.message.splitlines()[0] for commit in commits]
    assert titles[2].startswith("Upload the fine-tuned model")
    assert [titles[0], titles[1], titles[3]] == ["Add a note with Python", "Add a note with hf", "initial commit"]
    # The commit has the name of the person who is logged in.
    assert commits[2].author == lesson.account
    assert f"  {lesson.account}  Upload the fine-tuned model" in lesson.printed("git-commit")
    # The one refusal is the planned one, in the Hub's words.
    assert lesson.everything_printed().count("fatal:") == 1
    assert "Password authentication in git is no longer supported" in lesson.printed("push-with-a-password")
    assert "LFS  model.safetensors" in lesson.printed("what-the-hub-has")
    assert FINETUNED_SHA256["model.safetensors"] in lesson.printed("what-git-keeps")
    # Each command moves the model one step further, and the path shows it.
    moves = ("git-clone", "copy-the-model", "git-add", "git-commit", "git-push")
    for number, cell in enumerate(moves, start=1):
        *_above, path, message = lesson.printed(cell).splitlines()
        assert path.count("✓") == number, cell
        if cell in ("copy-the-model", "git-add"):
            assert str(len(FINETUNED_SHA256)) in message


def test_lesson_states_the_right_size_of_the_weights_everywhere(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.4", "en")
    size = (finetuned_folder() / "model.safetensors").stat().st_size
    for language in ("en", "zh"):
        book = notebooks.one_language(notebooks.read(LESSON), language)
        sizes = re.findall(r"(\d+) MB", "\n".join(cell.source for cell in book.cells))
        assert sizes
        assert set(sizes) == {str(round(size / 1e6))}
    assert f"{size:,}  model.safetensors" in lesson.printed("the-model-folder-to-upload")
    assert f"({round(size / 1e6)} MB)" in lesson.printed("what-git-keeps")
    assert f"{size:,}  LFS  model.safetensors" in lesson.printed("what-the-hub-has")
    assert (finetuned_folder() / "config.json").stat().st_size < 1000


def test_filled_blanks_are_confirmed_and_wrong_ones_are_corrected(
    hub: LocalHub, shared_lesson: Callable[..., ExecutedLesson]
) -> None:
    lesson = shared_lesson("2.4", "en", changes=filled_and_twice())
    assert "Right: add." in lesson.printed("git-add")
    assert "Not push --force; the lesson goes on with commit." in lesson.printed("git-commit")
    assert "Right: push." in lesson.printed("git-push")
    assert "model.safetensors" in hub.repository(f"{lesson.account}/mymodel04").files()


@in_both_languages
def test_empty_blank_shows_its_question_and_answer(shared_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    lesson = shared_lesson("2.4", language)
    for cell, identity in (("git-add", "the-word-that-stages"), ("git-push", "the-word-that-sends")):
        asked = question(identity)
        shown = lesson.printed(cell)
        assert asked.text.in_language(language) in shown
        assert str(asked.answer) in shown


def test_copying_the_folder_instead_of_its_files_gives_no_traceback(
    hub: LocalHub, run_lesson: Callable[..., ExecutedLesson]
) -> None:
    without_the_dot = {"copy-the-model": '!cp -r "{model_folder}" "{clone}"'}
    lesson = run_lesson("2.4", "en", without_the_dot | WITHOUT_SHOW)
    assert "bert-base-uncased-finetuned/config.json" in lesson.printed("what-the-hub-has")


def test_cells_of_the_upload_may_be_run_twice(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.4", "en", changes=filled_and_twice())
    assert "nothing to commit" in lesson.printed("git-commit")
    assert "Everything up-to-date" in lesson.printed("git-push")
    # Running upload_folder again without a change makes no commit.
    assert lesson.printed("upload-folder").splitlines()[-1] == "4 → 4"


def test_git_commands_only_run_in_the_lessons_clone() -> None:
    """After a restart, ``git add .`` would run in the repository that contains the notebook."""
    code = [cell.source for cell in notebooks.read(LESSON).cells if cell.cell_type == "code"]
    commands = re.findall(r"(?m)^!git (.*)$", "\n".join(code))
    assert len(commands) >= 4
    assert [command for command in commands if not command.startswith(('-C "{clone}" ', "clone "))] == []


def test_git_cells_after_a_restart_say_what_to_run_first(tmp_path: Path) -> None:
    """Run the cells of part 4 in a new kernel, inside the learner's own git repository: nothing is added to it."""
    git(tmp_path, "init")
    (tmp_path / "private.txt").write_text("mine")
    (tmp_path / LESSON.name).write_bytes(LESSON.read_bytes())
    cells = {each.id: each.source for each in notebooks.read(LESSON).cells}
    names = ("git-add", "git-commit", "git-push", "copy-the-model", "what-git-keeps")
    book = new_notebook(cells=[new_code_cell(STARTUP), *(new_code_cell(cells[name]) for name in names)])
    NotebookClient(book, timeout=60, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell in book.cells[1:4]:
        [error] = cell.outputs
        assert "`lesson` is not defined yet" in "".join(error.traceback)
    assert {line[:2] for line in git(tmp_path, "status", "--short").splitlines()} == {"??"}


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout
