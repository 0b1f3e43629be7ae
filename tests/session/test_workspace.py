"""Filling a workspace: in one language, with updates, and without overwriting the learner's work."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde import notebooks
from autograde.checksum import checksum
from autograde.errors import FolderUnusable
from autograde.files import write_file
from autograde.session.workspace import contents, fill, new_name
from autograde.settings import LANGUAGES, PRIVATE

LESSON = "2.2-log-in.ipynb"
EXERCISE = "exercises/2.6-load/2.6-load.ipynb"


def notebook(english: str, chinese: str, code: str) -> str:
    cells = [
        nbformat.v4.new_markdown_cell(english, id="words", metadata={"tags": ["en"]}),
        nbformat.v4.new_markdown_cell(chinese, id="words-zh", metadata={"tags": ["zh"]}),
        nbformat.v4.new_code_cell(code, id="the-code"),
    ]
    return notebooks.canonical(nbformat.v4.new_notebook(cells=cells))


def write_lesson(kit: Path, code: str) -> None:
    (kit / "course" / LESSON).write_text(notebook("# Log in", "# 登录", code), encoding="utf-8")


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit with one lesson, one picture and one exercise in two languages."""
    root = tmp_path / "kit"
    (root / "course" / "img").mkdir(parents=True)
    (root / "course" / ".ipynb_checkpoints").mkdir()
    (root / "course" / ".ipynb_checkpoints" / LESSON).write_text("not for learners")
    (root / "course" / "img" / "map.svg").write_text("<svg/>")
    write_lesson(root, "1")
    for language, title in (("en", "# Load"), ("zh", "# 加载")):
        folder = root / "release" / language / "2.6-load"
        folder.mkdir(parents=True)
        (folder / "2.6-load.ipynb").write_text(title, encoding="utf-8")
    return root


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


def visible(workspace: Path) -> set[str]:
    paths = (path.relative_to(workspace) for path in workspace.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if path.parts[0] != PRIVATE}


def test_workspace_has_pictures_in_its_language_and_no_instructor_files(kit: Path, workspace: Path) -> None:
    for name in ("pictures/path.en.svg", "pictures/path.zh.svg", "for-instructors/answer-key.md"):
        write_file(kit / "course" / name, b"-")
    fill(workspace, "zh", kit)
    assert visible(workspace) == {LESSON, EXERCISE, "img/map.svg", "pictures/path.zh.svg"}
    fill(workspace, "en", kit)
    assert "pictures/path.zh.svg" not in visible(workspace)


def test_new_workspace_has_lessons_and_exercises_in_one_language(kit: Path, workspace: Path) -> None:
    update = fill(workspace, "zh", kit)
    assert visible(workspace) == set(update.written) == {LESSON, "img/map.svg", EXERCISE}
    assert [cell.source for cell in notebooks.read(workspace / LESSON).cells] == ["# 登录", "1"]
    assert (workspace / EXERCISE).read_text(encoding="utf-8") == "# 加载"


def test_second_start_writes_nothing(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    before = {path: path.stat().st_mtime_ns for path in workspace.rglob("*.ipynb")}
    update = fill(workspace, "en", kit)
    assert (update.written, update.kept, update.beside) == ([], [], {})
    assert {path: path.stat().st_mtime_ns for path in workspace.rglob("*.ipynb")} == before


def test_untouched_lesson_is_updated(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    write_lesson(kit, "2")
    assert fill(workspace, "en", kit).written == [LESSON]
    assert notebooks.read(workspace / LESSON).cells[-1].source == "2"


def test_edited_lesson_is_kept(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    (workspace / LESSON).write_text("mine")
    (workspace / "notes.txt").write_text("mine too")
    update = fill(workspace, "en", kit)
    assert (update.kept, update.written, update.beside) == ([LESSON], [], {})
    assert (workspace / LESSON).read_text() == "mine"
    assert (workspace / "notes.txt").read_text() == "mine too"


def save_as_jupyterlab(path: Path) -> None:
    """Save a notebook as JupyterLab does, which adds the kernel's metadata."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.language_info["version"] = "3.11.7"
    notebook.metadata.language_info["file_extension"] = ".py"
    nbformat.write(notebook, path)


def test_lesson_that_was_only_opened_is_updated(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    save_as_jupyterlab(workspace / LESSON)
    assert fill(workspace, "en", kit).kept == []
    write_lesson(kit, "2")
    update = fill(workspace, "en", kit)
    assert (update.written, update.beside) == ([LESSON], {})


def save_after_a_run(path: Path, code: str | None = None) -> None:
    """Save a notebook as JupyterLab does after all its cells were run, with ``code`` in the last one."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].execution_count = 1
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="1\n")]
    notebook.cells[-1].metadata["execution"] = {"iopub.execute_input": "2026-11-26T14:05:00.000000Z"}
    notebook.cells[-1].source = notebook.cells[-1].source if code is None else code
    # Shift+Enter in the last cell adds an empty one.
    notebook.cells.append(nbformat.v4.new_code_cell(""))
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    nbformat.write(notebook, path)
    save_as_jupyterlab(path)


def test_lesson_that_was_only_run_is_updated(kit: Path, workspace: Path) -> None:
    """The newer version was saved next to it, so learners went on with the old one."""
    fill(workspace, "en", kit)
    save_after_a_run(workspace / LESSON)
    before = (workspace / LESSON).read_bytes()
    update = fill(workspace, "en", kit)
    # Its outputs stay until there is a newer version.
    assert (update.written, update.kept, update.beside) == ([], [], {})
    assert (workspace / LESSON).read_bytes() == before
    write_lesson(kit, "2")
    update = fill(workspace, "en", kit)
    assert (update.written, update.beside) == ([LESSON], {})
    assert notebooks.read(workspace / LESSON).cells[-1].source == "2"
    assert visible(workspace) == {LESSON, EXERCISE, "img/map.svg"}


@pytest.mark.parametrize("code", ["1 ", "# 1", "", "2"])
def test_lesson_that_was_edited_and_run_is_kept(kit: Path, workspace: Path, code: str) -> None:
    fill(workspace, "en", kit)
    save_after_a_run(workspace / LESSON, code)
    before = (workspace / LESSON).read_bytes()
    assert fill(workspace, "en", kit).kept == [LESSON]
    write_lesson(kit, "3")
    assert fill(workspace, "en", kit).beside == {LESSON: "2.2-log-in (new).ipynb"}
    assert (workspace / LESSON).read_bytes() == before


@pytest.mark.parametrize("position", [0, 1, 2])
def test_lesson_with_a_note_in_a_new_cell_is_kept(kit: Path, workspace: Path, position: int) -> None:
    fill(workspace, "en", kit)
    notebook = nbformat.read(workspace / LESSON, as_version=4)
    notebook.cells.insert(position, nbformat.v4.new_markdown_cell("my note"))
    nbformat.write(notebook, workspace / LESSON)
    write_lesson(kit, "2")
    assert fill(workspace, "en", kit).beside == {LESSON: "2.2-log-in (new).ipynb"}
    assert "my note" in (workspace / LESSON).read_text()


def test_changing_the_language_replaces_a_lesson_that_was_only_run(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    save_after_a_run(workspace / LESSON)
    assert fill(workspace, "zh", kit).renamed == {}
    assert [cell.source for cell in notebooks.read(workspace / LESSON).cells] == ["# 登录", "1"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notebook_of_the_kit_may_be_run_without_counting_as_edited(workspace: Path, language: str) -> None:
    fill(workspace, language)
    for path in workspace.rglob("*.ipynb"):
        expected = checksum(path, None)
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = 1
        nbformat.write(notebook, path)
        save_as_jupyterlab(path)
        assert checksum(path, expected) == expected, path.name


def test_new_version_of_an_edited_lesson_is_written_next_to_it_once(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    (workspace / LESSON).write_text("mine")
    write_lesson(kit, "2")
    assert fill(workspace, "en", kit).beside == {LESSON: "2.2-log-in (new).ipynb"}
    assert (workspace / LESSON).read_text() == "mine"
    assert notebooks.read(workspace / "2.2-log-in (new).ipynb").cells[-1].source == "2"
    assert fill(workspace, "en", kit).beside == {}
    assert (workspace / "2.2-log-in (new).ipynb").is_file()


def test_untouched_new_version_is_replaced_and_edited_one_is_kept(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    (workspace / LESSON).write_text("mine")
    for code in ("2", "3"):
        write_lesson(kit, code)
        assert fill(workspace, "en", kit).beside == {LESSON: "2.2-log-in (new).ipynb"}
    (workspace / "2.2-log-in (new).ipynb").write_text("also mine")
    write_lesson(kit, "4")
    assert fill(workspace, "en", kit).beside == {LESSON: "2.2-log-in (new 2).ipynb"}
    assert (workspace / "2.2-log-in (new).ipynb").read_text() == "also mine"


def test_deleted_lesson_is_written_again(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    (workspace / LESSON).unlink()
    assert fill(workspace, "en", kit).written == [LESSON]


def test_lesson_removed_from_the_course_is_deleted_unless_edited(kit: Path, workspace: Path) -> None:
    for name in ("old.ipynb", "edited.ipynb"):
        (kit / "course" / name).write_text(notebook("# Old", "# 旧", "0"), encoding="utf-8")
    fill(workspace, "en", kit)
    (workspace / "edited.ipynb").write_text("mine")
    for name in ("old.ipynb", "edited.ipynb"):
        (kit / "course" / name).unlink()
    fill(workspace, "en", kit)
    assert "old.ipynb" not in visible(workspace)
    assert (workspace / "edited.ipynb").read_text() == "mine"


@pytest.mark.parametrize("damage", ["", "[]", "{", "null"])
def test_damaged_manifest_loses_no_work(kit: Path, workspace: Path, damage: str) -> None:
    fill(workspace, "en", kit)
    (workspace / LESSON).write_text("mine")
    (workspace / PRIVATE / "manifest.json").write_text(damage)
    fill(workspace, "en", kit)
    assert (workspace / LESSON).read_text() == "mine"


def test_workspace_that_is_a_file_gives_a_clear_error(kit: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match="cannot be written to") as caught:
        fill(tmp_path / "file", "en", kit)
    assert "--workspace" in caught.value.fix


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_gives_a_clear_error(kit: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    with pytest.raises(FolderUnusable, match="cannot be written to"):
        fill(locked / "workspace", "en", kit)


def test_kit_without_lessons_gives_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="no lessons"):
        list(contents(tmp_path, "en"))


def test_file_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_file(target, b"old")
    with pytest.raises(TypeError):
        write_file(target, "not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@given(st.integers(1, 50))
def test_new_names_are_different_and_keep_the_suffix(number: int) -> None:
    assert new_name("a/b.ipynb", number).startswith("a/b (new")
    assert new_name("a/b.ipynb", number).endswith(").ipynb")
    assert new_name("a/b.ipynb", number) != new_name("a/b.ipynb", number + 1)


def change(workspace: Path, name: str) -> str:
    """Change a notebook and return its new text."""
    text = f"my work in {name}"
    (workspace / name).write_text(text, encoding="utf-8")
    return text


def test_changing_the_language_keeps_edited_lessons_under_the_languages_name(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    mine = change(workspace, LESSON)
    update = fill(workspace, "zh", kit)
    kept = "2.2-log-in (English).ipynb"
    assert (update.renamed, update.beside, update.kept) == ({LESSON: kept}, {}, [])
    assert (workspace / kept).read_text(encoding="utf-8") == mine
    assert [cell.source for cell in notebooks.read(workspace / LESSON).cells] == ["# 登录", "1"]
    assert (workspace / EXERCISE).read_text(encoding="utf-8") == "# 加载"
    assert visible(workspace) == {LESSON, EXERCISE, "img/map.svg", kept}


def test_returning_to_the_first_language_restores_its_edited_lesson(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    english = change(workspace, LESSON)
    fill(workspace, "zh", kit)
    (workspace / LESSON).write_text("我的作业", encoding="utf-8")
    update = fill(workspace, "en", kit)
    assert (update.restored, update.renamed) == ([LESSON], {LESSON: "2.2-log-in (中文).ipynb"})
    assert (workspace / LESSON).read_text(encoding="utf-8") == english
    assert (workspace / "2.2-log-in (中文).ipynb").read_text(encoding="utf-8") == "我的作业"
    assert fill(workspace, "en", kit).written == []
    assert fill(workspace, "zh", kit).restored == [LESSON]
    assert (workspace / LESSON).read_text(encoding="utf-8") == "我的作业"


def test_restored_lesson_gets_its_new_version_next_to_it(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    english = change(workspace, LESSON)
    fill(workspace, "zh", kit)
    write_lesson(kit, "2")
    update = fill(workspace, "en", kit)
    assert update.beside == {LESSON: new_name(LESSON)}
    assert (workspace / LESSON).read_text(encoding="utf-8") == english


def test_learners_own_file_with_a_languages_name_is_not_overwritten(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    (workspace / "2.2-log-in (English).ipynb").write_text("a copy that the learner made")
    change(workspace, LESSON)
    assert fill(workspace, "zh", kit).renamed == {LESSON: "2.2-log-in (English 2).ipynb"}
    assert (workspace / "2.2-log-in (English).ipynb").read_text() == "a copy that the learner made"


def test_changing_the_language_replaces_untouched_lessons(kit: Path, workspace: Path) -> None:
    fill(workspace, "en", kit)
    fill(workspace, "zh", kit)
    assert visible(workspace) == {LESSON, EXERCISE, "img/map.svg"}
