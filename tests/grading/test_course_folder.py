"""Create and update a course: newer versions never replace what the teacher changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograde import notebooks
from autograde.errors import FolderUnusable
from autograde.grading.course_folder import NEWER, make_course
from autograde.settings import KIT

MINE, OTHER = "1-introduction", "3-summary"


def files(exercise: str) -> list[str]:
    return [f"{folder}/{exercise}/{exercise}.ipynb" for folder in ("source", "release/en", "release/zh")]


def edit(path: Path, text: str) -> None:
    """Add a line to the first cell of a notebook."""
    notebook = notebooks.read(path)
    notebook.cells[0].source += f"\n{text}"
    path.write_text(notebooks.canonical(notebook), encoding="utf-8")


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    folder = tmp_path / "kit"
    for exercise in (MINE, OTHER):
        for file in files(exercise):
            (folder / file).parent.mkdir(parents=True)
            shutil.copy(KIT / file, folder / file)
    return folder


@pytest.fixture
def course(tmp_path: Path, kit: Path) -> Path:
    folder = tmp_path / "course"
    assert len(make_course(folder, kit).new) == 7
    return folder


def upgrade(kit: Path) -> None:
    for exercise in (MINE, OTHER):
        for file in files(exercise):
            edit(kit / file, "a newer version")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_second_call_changes_nothing(course: Path, kit: Path) -> None:
    before = contents(course)
    update = make_course(course, kit)
    assert (update.new, update.updated, dict(update.kept)) == ((), (), {})
    assert contents(course) == before


def test_unchanged_exercises_get_the_newer_version(course: Path, kit: Path) -> None:
    """The old notebooks stayed for good, and nothing said that there were newer ones."""
    opened = course / files(OTHER)[0]
    notebook = notebooks.read(opened)
    next(cell for cell in notebook.cells if cell.cell_type == "code").execution_count = 7
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    opened.write_text(notebooks.canonical(notebook), encoding="utf-8")  # as JupyterLab saves a notebook that was run
    upgrade(kit)
    update = make_course(course, kit)
    assert set(update.updated) == {MINE, OTHER}
    assert (update.new, dict(update.kept)) == ((), {})
    for file in (*files(MINE), *files(OTHER)):
        assert (course / file).read_bytes() == (kit / file).read_bytes()


def test_changed_exercise_stays_whole_and_the_newer_version_is_saved_elsewhere(course: Path, kit: Path) -> None:
    edit(course / files(MINE)[0], "my own question")
    config = course / "nbgrader_config.py"
    config.write_text("# mine\n", encoding="utf-8")
    before = contents(course)
    upgrade(kit)
    update = make_course(course, kit)
    assert update.updated == (OTHER,)
    assert update.kept == {MINE: NEWER}
    for file in files(MINE):
        assert (course / file).read_bytes() == before[file], "source and release no longer belong together"
        assert (course / NEWER / file).read_bytes() == (kit / file).read_bytes()
    assert config.read_text(encoding="utf-8") == "# mine\n"
    assert [path.name for path in (course / "source" / MINE).iterdir()] == [f"{MINE}.ipynb"], "it would be handed out"


def test_missing_file_of_a_changed_exercise_is_not_added_in_a_newer_version(course: Path, kit: Path) -> None:
    """The release was of a newer version than the source."""
    edit(course / files(MINE)[0], "my own question")
    gone = files(MINE)[2]
    (course / gone).unlink()
    assert make_course(course, kit).new == (gone,), "its version is that of the others"
    assert (course / gone).read_bytes() == (kit / gone).read_bytes()
    (course / gone).unlink()
    upgrade(kit)
    for __ in range(2):
        update = make_course(course, kit)
        assert (update.new, update.kept) == ((), {MINE: NEWER})
        assert not (course / gone).exists()
        assert (course / NEWER / gone).read_bytes() == (kit / gone).read_bytes()


def test_newer_version_is_named_until_it_is_deleted(course: Path, kit: Path) -> None:
    edit(course / files(MINE)[1], "my own words")
    upgrade(kit)
    assert make_course(course, kit).kept == {MINE: NEWER}
    assert make_course(course, kit).kept == {MINE: NEWER}
    shutil.rmtree(course / NEWER)
    assert make_course(course, kit).kept == {}
    assert not (course / NEWER).exists()
    upgrade(kit)
    assert make_course(course, kit).kept == {MINE: NEWER}


def test_work_in_the_newer_folder_is_not_overwritten(course: Path, kit: Path) -> None:
    edit(course / files(MINE)[0], "my own question")
    upgrade(kit)
    make_course(course, kit)
    edit(course / NEWER / files(MINE)[0], "both")
    mine = (course / NEWER / files(MINE)[0]).read_bytes()
    upgrade(kit)
    assert make_course(course, kit).kept == {MINE: f"{NEWER}-2"}
    assert (course / NEWER / files(MINE)[0]).read_bytes() == mine
    for file in files(MINE):
        assert (course / f"{NEWER}-2" / file).read_bytes() == (kit / file).read_bytes()


def test_exercise_takes_part_again_after_the_newer_version_was_taken(course: Path, kit: Path) -> None:
    edit(course / files(MINE)[0], "my own question")
    upgrade(kit)
    make_course(course, kit)
    shutil.copytree(course / NEWER, course, dirs_exist_ok=True)
    shutil.rmtree(course / NEWER)
    upgrade(kit)
    assert set(make_course(course, kit).updated) == {MINE, OTHER}


@pytest.mark.parametrize("damage", [None, b"{", b"[]"])
def test_without_a_manifest_nothing_is_overwritten(course: Path, kit: Path, damage: bytes | None) -> None:
    """Courses made by the first versions have none."""
    manifest = course / ".autograde" / "course-files.json"
    manifest.unlink()
    if damage is not None:
        manifest.write_bytes(damage)
    before = contents(course / "source")
    upgrade(kit)
    assert make_course(course, kit).kept == {MINE: NEWER, OTHER: NEWER}
    assert contents(course / "source") == before


def test_folder_that_is_a_file_gives_a_clear_error(tmp_path: Path, kit: Path) -> None:
    (tmp_path / "course").write_text("a file")
    with pytest.raises(FolderUnusable, match="cannot be written"):
        make_course(tmp_path / "course", kit)
