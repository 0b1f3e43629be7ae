"""``autograde workspace`` and ``autograde course`` write the kit's files to a folder without starting anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograde.cli.commands import app
from autograde.errors import FolderUnusable
from autograde.grading.course_folder import CONFIGURATION
from autograde.settings import KIT


def autograde(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_workspace_gets_lessons_and_keeps_edited_ones(tmp_path: Path) -> None:
    folder = tmp_path / "ada"
    autograde("workspace", str(folder), "--language", "zh")
    lesson = folder / "2.1-create-an-account.ipynb"
    assert "创建账号" in lesson.read_text(encoding="utf-8")
    lesson.write_text("mine", encoding="utf-8")
    assert "已是最新" in autograde("workspace", str(folder), "--language", "zh")
    assert lesson.read_text(encoding="utf-8") == "mine"


def test_nbgrader_works_in_a_course_folder_whose_files_are_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    autograde("course", str(folder))
    name = "2.3-create-a-model-repository"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", name],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    released = Path("release", "en", name, f"{name}.ipynb")
    assert (folder / released).read_bytes() == (KIT / released).read_bytes()
    config = folder / "nbgrader_config.py"
    config.write_text("mine", encoding="utf-8")
    assert "is up to date" in autograde("course", str(folder))
    assert config.read_text(encoding="utf-8") == "mine"


def test_release_is_made_for_the_course_in_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a course made with pip, `autograde release` looked at the package's own source, where nothing had changed."""
    name = "2.3-create-a-model-repository"
    source = tmp_path / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    text = (KIT / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "# 2.3 " in text
    source.write_text(text.replace("# 2.3 ", "# My 2.3 "), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert "up to date" in autograde("release", "--check"), "any folder with source/ was taken for a course"
    (tmp_path / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    checked = CliRunner().invoke(app, ["release", "--check"])
    assert checked.exit_code == 1
    assert "Type: autograde release ." in checked.output
    autograde("release")
    assert "# My 2.3 " in (tmp_path / "release" / "en" / name / f"{name}.ipynb").read_text(encoding="utf-8")
    assert "up to date" in autograde("release", "--check")


def test_release_of_a_folder_without_exercises_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    done = CliRunner().invoke(app, ["release", str(tmp_path)])
    assert isinstance(done.exception, FolderUnusable)
    assert f"no exercises in {tmp_path / 'source'}" in str(done.exception)


def test_configuration_of_a_new_course_is_the_kits() -> None:
    assert (KIT / "nbgrader_config.py").read_text(encoding="utf-8") == CONFIGURATION
