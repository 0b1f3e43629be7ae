"""Feedback pages packed for the platform that the submissions came from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograde.cli.commands import app
from autograde.errors import UnusableArchive
from tests.grading.class_of_quizzes import ASSIGNMENT, make_course, notebook, submit, to_bytes

MOODLE = "张伟_104713_assignsubmission_file"


def packed(members: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("member", "name"),
    [
        (f"{MOODLE}/{ASSIGNMENT} (1).ipynb", f"{MOODLE}/{ASSIGNMENT}.html"),
        (f"{MOODLE}_/homework/mine.ipynb", f"{MOODLE}_/{ASSIGNMENT}.html"),
        (f"packed again/{MOODLE}/{ASSIGNMENT}.ipynb", f"{MOODLE}/{ASSIGNMENT}.html"),
        # A learner chooses the names of folders; this page was returned to Ada.
        (f"{MOODLE}/Ada_1_assignsubmission_file/mine.ipynb", f"{MOODLE}/{ASSIGNMENT}.html"),
        (f"{MOODLE}_{ASSIGNMENT}.ipynb", f"{MOODLE}_{ASSIGNMENT}.html"),
        (f"张伟_12345_678901_{ASSIGNMENT}-1.ipynb", f"张伟_12345_678901_{ASSIGNMENT}.html"),
        (f"张伟_LATE_12345_678901_{ASSIGNMENT}.ipynb", f"张伟_LATE_12345_678901_{ASSIGNMENT}.html"),
        # The pages of a whole class had one name.
        ("packed again/张伟_12345_678901_mine.ipynb", f"张伟_12345_678901_{ASSIGNMENT}.html"),
        ("packed again.zip/张伟_12345_678901_mine.ipynb", f"张伟_12345_678901_{ASSIGNMENT}.html"),
        ("张伟_12345_678901_mine.zip/a/b.ipynb", f"张伟_12345_678901_{ASSIGNMENT}.html"),
        ("class/张伟/mine.ipynb", f"wei/{ASSIGNMENT}.html"),
    ],
)
def test_pages_have_the_names_by_which_the_platform_finds_the_learner(member: str, name: str, tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    page = course / "feedback" / "wei" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page.parent.mkdir(parents=True)
    page.write_text("the page", encoding="utf-8")
    (tmp_path / "class.csv").write_text("username,full name\nwei,张伟\n", encoding="utf-8")
    outer, inside, inner = member.rpartition(".zip/")
    content = packed({inner: to_bytes(notebook())})
    (tmp_path / "download.zip").write_bytes(packed({f"{outer}.zip": content}) if inside else content)
    options = ["--course", str(course), "--roster", str(tmp_path / "class.csv")]
    done = CliRunner().invoke(app, ["feedback", str(tmp_path / "download.zip"), *options])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(course / "feedback-download.zip") as archive:
        assert {each: archive.read(each).decode() for each in archive.namelist()} == {name: "the page"}


def test_learners_without_a_page_are_named_and_no_empty_archive_is_written(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    submit(course, "wei", to_bytes(notebook()))
    member = f"Wei_1_assignsubmission_file/{ASSIGNMENT}.ipynb"
    (tmp_path / "download.zip").write_bytes(packed({member: to_bytes(notebook())}))
    done = CliRunner().invoke(app, ["feedback", str(tmp_path / "download.zip"), "--course", str(course)])
    assert done.exit_code == 1
    assert f"Without a feedback page (1): wei. Grade them first: autograde grade {ASSIGNMENT}" in done.output
    assert not (course / "feedback-download.zip").exists()


def test_download_is_not_overwritten(tmp_path: Path) -> None:
    course, download = make_course(tmp_path / "course"), tmp_path / "download.zip"
    content = packed({f"Wei_1_assignsubmission_file/{ASSIGNMENT}.ipynb": to_bytes(notebook())})
    download.write_bytes(content)
    page = course / "feedback" / "wei" / ASSIGNMENT / f"{ASSIGNMENT}.html"
    page.parent.mkdir(parents=True)
    page.write_text("the page", encoding="utf-8")
    same = tmp_path / "course" / ".." / "download.zip"
    done = CliRunner().invoke(app, ["feedback", str(download), "--to", str(same), "--course", str(course)])
    assert isinstance(done.exception, UnusableArchive)
    assert "is the download itself" in done.exception.what
    assert download.read_bytes() == content


def test_download_without_a_submission_is_explained_file_by_file(tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    (tmp_path / "download.zip").write_bytes(packed({"../mine.ipynb": to_bytes(notebook())}))
    done = CliRunner().invoke(app, ["feedback", str(tmp_path / "download.zip"), "--course", str(course)])
    assert done.exit_code == 1
    assert "not collected: ../mine.ipynb (its name leads out of the archive)" in done.output
