"""Batch grading of a class with unusable submissions, repeated runs, and a grader that is killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograde.cli.grade import summarise
from autograde.errors import GradingFailed
from autograde.grading import receipts
from autograde.grading.batch import Change
from autograde.grading.changes import because
from autograde.grading.course import Course
from autograde.grading.gradebook.book import Book
from autograde.grading.gradebook.people import ClassMember, enter
from autograde.judge.messages import Message
from autograde.judge.verdict import Outcome, Verdict
from autograde.settings import KIT
from tests.grading.class_of_quizzes import (
    ASSIGNMENT,
    POSSIBLE,
    QUARANTINED,
    grade,
    make_course,
    notebook,
    submit,
    to_bytes,
)
from tests.grading.stock_class import nbgrader_environment

pytestmark = [
    pytest.mark.timeout(300),
    # nbgrader's models make SQLAlchemy warn.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def rows(root: Path) -> dict[str, tuple[float | None, bool, str | None]]:
    """Return points, whether manual grading is needed, and the automatic comment, by student."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        return {
            each.student.id: (grade.auto_score, grade.needs_manual_grade, comment.auto_comment)
            for each in book.assignment_submissions(ASSIGNMENT)
            for notebook in each.notebooks
            for grade in notebook.grades
            for comment in notebook.comments
        }


def test_every_submission_is_graded_or_quarantined_with_its_reason(graded: Path) -> None:
    found, quarantined = json.loads((graded / "result.json").read_text())
    assert sorted(found) == ["ada", "bo", "cem", "dee", "eve", "fay", "gus", "hal"]
    assert {name: word in quarantined[name] for name, word in QUARANTINED.items()} == dict.fromkeys(QUARANTINED, True)
    assert quarantined.keys() == QUARANTINED.keys()
    saved = rows(graded)
    assert saved["ada"] == saved["bo"] == (POSSIBLE, False, None)
    assert saved["dee"][:2] == (0.0, False)
    assert 0 <= (saved["cem"][0] or 0) < POSSIBLE
    for name, reason in quarantined.items():
        # Not a silent 0: the grade stays open, with the reason in its comment.
        assert saved[name][:2] == (None, True)
        # The learner reads the comment, and the end of the reason is for the teacher: "Ask the learner to …"
        assert reason.startswith((saved[name][2] or "").partition("The reason: ")[2] or "?")
        assert "Ask for" not in page_of(graded, name)
        assert "Ask the learner" not in page_of(graded, name)


def test_files_are_in_nbgraders_folders_and_feedback_loads_nothing(graded: Path) -> None:
    for name in ("ada", "bo", "cem", "dee", *QUARANTINED):
        book = graded / "autograded" / name / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        assert book.stat().st_mode & 0o777 == 0o444
        page = (graded / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        assert "<script" not in page
        assert "src=" not in page
        assert "globals()" not in page, "the page shows the text of a test"
    assert 'lang="zh"' in page_of(graded, "bo")
    assert "得分" in page_of(graded, "bo")
    assert "Ask your teacher what to do next. The reason: The file is empty." in page_of(graded, "eve")


def test_feedback_page_of_an_open_grade_does_not_say_0_points(course: Path) -> None:
    assert "Not graded yet" in page_of(course, "eve")
    assert "Points:" not in page_of(course, "eve")
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT, "--student=eve", "--force"]
    shutil.copy(KIT / "nbgrader_config.py", course)
    subprocess.run(command, cwd=course, env=nbgrader_environment(course), check=True, capture_output=True)
    assert "Not graded yet" in page_of(course, "eve")
    assert "Points:" not in page_of(course, "eve")


def page_of(root: Path, name: str) -> str:
    return (root / "feedback" / name / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")


def test_second_run_grades_only_new_or_changed_submissions(course: Path) -> None:
    assert grade(course).graded == []
    submit(course, "cem", to_bytes(notebook()))
    submit(course, "ivy", to_bytes(notebook()))
    result = grade(course)
    assert sorted(result.graded) == ["cem", "ivy"]
    (change,) = result.changes
    assert (change.student, change.function, change.after) == ("cem", "answers", POSSIBLE)
    assert change.before < change.after
    assert change.why == "another submission"
    assert result.quarantined.keys() == {"eve", "gus"}


@pytest.mark.parametrize(("language", "colon"), [("en", ": "), ("zh", "：")])
def test_why_a_grade_changed_is_written_with_the_languages_colon(
    language: str, colon: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
    verdict = Verdict("1/answers", "answers", Outcome.INCORRECT, 0, 1, (), True, Message("Wrong.")).to_json()
    assert because(Change("ada", "answers", 1.0, 0.0, "WHY", verdict)).startswith(f"WHY{colon}")


def test_points_of_a_person_stay_and_are_asked_for_again_only_after_a_change(course: Path) -> None:
    """They waited for a person again after every run, so that the grade was never complete."""

    def by_hand(points: float | None = None) -> tuple[float | None, bool, str]:
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
            found = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "cem")
            if points is not None:
                found.grades[0].manual_score, found.grades[0].needs_manual_grade = points, False
                found.comments[0].manual_comment = "Well **argued**."
                book.db.commit()
            return found.grades[0].manual_score, found.needs_manual_grade, found.comments[0].manual_comment

    by_hand(4.0)
    assert grade(course, "cem", force=True).graded == ["cem"]
    assert by_hand() == (4.0, False, "Well **argued**.")
    assert "Well <strong>argued</strong>." in page_of(course, "cem")
    for content in (to_bytes(notebook()), b"", to_bytes(notebook())):
        by_hand(4.0)
        submit(course, "cem", content)
        assert "cem" in grade(course, "cem").graded
        assert by_hand() == (4.0, True, "Well **argued**.")
        assert grade(course, "cem", force=True).graded == ["cem"]
        assert by_hand() == (4.0, True, "Well **argued**."), "a person has not looked at it yet"
        by_hand(4.0)
        assert grade(course, "cem", force=True).graded == ["cem"]
        assert by_hand() == (4.0, False, "Well **argued**.")


def test_late_submission_gets_the_penalty_of_the_configured_plugin(course: Path) -> None:
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_assignment(ASSIGNMENT).duedate = datetime(2026, 11, 1)
        book.db.commit()
    submit(course, "ada", b"2026-11-02 08:00:00 UTC", "timestamp.txt")
    assert grade(course, "ada").graded == ["ada"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada")
        assert (found.score, found.late_submission_penalty) == (POSSIBLE, POSSIBLE)


def test_due_date_and_extension_set_after_grading_change_the_penalty(course: Path) -> None:
    """The submission counted as graded, so that only --force applied them."""

    def penalty() -> float | None:
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
            found = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada")
            return found.late_submission_penalty  # type: ignore[no-any-return]

    (course / "nbgrader_config.py").write_text("c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    submit(course, "ada", b"2026-11-02 08:00:00 UTC", "timestamp.txt")
    assert grade(course, "ada").graded == ["ada"]
    assert penalty() is None
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_assignment(ASSIGNMENT).duedate = datetime(2026, 11, 1)
        book.db.commit()
    result = grade(course, "ada")
    assert [(each.function, each.before, each.after) for each in result.changes] == [("late_penalty", 0, POSSIBLE)]
    assert penalty() == POSSIBLE
    assert f"Points: 0 of {POSSIBLE:g}" in page_of(course, "ada")
    assert grade(course, "ada").graded == []
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.grant_extension(ASSIGNMENT, "ada", days=7)
    assert grade(course, "ada").graded == ["ada"]
    assert penalty() is None


def test_plugin_that_cannot_be_imported_is_explained_and_can_be_in_the_courses_folder(course: Path) -> None:
    """The command ended with a traceback of traitlets."""
    (course / "per_day.py").write_text(
        "from nbgrader.plugins import BasePlugin\n\n\nclass PerDay(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n        return 0.5\n"
    )
    setting = "c = get_config()\nc.AssignLatePenalties.plugin_class = 'per_day.PerDay'\n"
    (course / "nbgrader_config.py").write_text(setting)
    with pytest.raises(GradingFailed, match=r"nbgrader_config\.py cannot be used: .*per_day\.PerDay") as refused:
        grade(course, "ada", force=True)
    assert "sys.path.append" in refused.value.fix
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_assignment(ASSIGNMENT).duedate = datetime(2026, 11, 1)
        book.db.commit()
    submit(course, "ada", b"2026-11-02 08:00:00 UTC", "timestamp.txt")
    found = "import sys\nfrom pathlib import Path\n\nsys.path.append(str(Path(__file__).parent))\n"
    (course / "nbgrader_config.py").write_text(found + setting)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path])
        assert grade(course, "ada").graded == ["ada"]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, "ada").late_submission_penalty == 0.5


@pytest.mark.parametrize("moment", ["2", "page", "receipt"])
def test_killed_grader_continues_where_it_stopped(moment: str, graded: Path, tmp_path: Path) -> None:
    """Killed by SIGKILL after two submissions, within a transaction, and between the gradebook and the receipt."""
    root = make_course(tmp_path)
    shutil.copy(graded / "empty.db", root / "gradebook.db")
    for name in ("fay", "gus", "hal"):
        shutil.rmtree(root / "submitted" / name)
    done = subprocess.run(
        [sys.executable, "-m", "tests.grading.class_of_quizzes", str(root), moment],
        cwd=KIT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    before = {each.student for each in receipts.all_of(root / "reports" / ASSIGNMENT)}
    assert len(before) == (2 if moment == "2" else 0)
    assert before <= rows(root).keys()
    result = grade(root)
    assert sorted(result.graded) == sorted({"ada", "bo", "cem", "dee", "eve"} - before)
    assert rows(root)["ada"][0] == POSSIBLE
    assert not list(root.rglob("*.part"))


def test_gradebook_configured_without_a_folder_is_in_the_course(course: Path) -> None:
    """The command, typed elsewhere, made another gradebook there."""
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///other.db'\n")
    shutil.copy(course / "empty.db", course / "other.db")
    assert "ada" in grade(course, "ada").graded
    (course / "other.db").unlink()
    assert "ada" in grade(course, "ada").graded, "the assignment is put into a new gradebook"
    assert (course / "other.db").is_file()
    assert not Path("other.db").exists()


def test_gradebook_with_a_trigger_or_an_unknown_table_is_refused(course: Path) -> None:
    connection = sqlite3.connect(course / "gradebook.db")
    connection.execute("CREATE TRIGGER gift AFTER UPDATE ON grade BEGIN UPDATE grade SET manual_score = 5; END")
    connection.execute("CREATE TABLE mine (x)")
    connection.commit()
    connection.close()
    with pytest.raises(GradingFailed, match="trigger gift, table mine"):
        grade(course, force=True)


def test_a_gradebook_that_is_a_link_is_refused(course: Path) -> None:
    (course / "gradebook.db").rename(course / "elsewhere.db")
    (course / "gradebook.db").symlink_to(course / "elsewhere.db")
    with pytest.raises(GradingFailed, match="not an ordinary file"):
        grade(course)


def test_error_while_saving_a_submission_saves_none_of_it(course: Path) -> None:
    opened = Course.open(course)
    book = Book(opened.directory.db_url, opened.directory.course_id)
    try:
        sheet = book.sheet(ASSIGNMENT)
        with pytest.raises(KeyError), book.saving():
            book.rows(sheet, "zoe").grades["no such cell"].auto_score = 5.0
        assert "zoe" not in book.submitters(sheet)
    finally:
        book.close()
    assert "zoe" not in rows(course)


def test_error_names_a_student_without_a_submission(course: Path) -> None:
    with pytest.raises(GradingFailed, match="no submission of 1-introduction by nemo"):
        grade(course, "nemo")


def test_answers_that_are_only_in_jupyters_copy_are_graded(course: Path) -> None:
    """The notebook without answers got 0 points, and nothing was said about the copy."""
    answered = course / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    copied = course / "submitted" / "zoe" / ASSIGNMENT / ".ipynb_checkpoints" / f"{ASSIGNMENT}-checkpoint.ipynb"
    copied.parent.mkdir(parents=True)
    shutil.copy(KIT / "release" / "en" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", copied.parent.parent)
    grade(course, "zoe")
    assert rows(course)["zoe"][0] == 0
    shutil.copy(answered, copied)
    grade(course, "zoe")
    assert rows(course)["zoe"][0] == POSSIBLE
    kept = receipts.find(course / "reports" / ASSIGNMENT, "zoe")
    assert kept is not None
    assert kept.notes == (f"found in .ipynb_checkpoints/{copied.name}",)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS refuses file names that are not UTF-8")
def test_undecodable_file_names_do_not_end_the_run(course: Path) -> None:
    """Old programs unpack Chinese names as GBK: one such file ended the run of the whole class."""
    folder = os.fsencode(course / "submitted" / "ada" / ASSIGNMENT)
    (Path(os.fsdecode(folder + b"/\xb1\xca\xbc\xc7.txt"))).write_text("notes", encoding="utf-8")
    os.symlink(b"/etc/passwd", folder + b"/\xb1\xca")
    result = grade(course)
    assert "ada" in result.graded
    assert "ada" not in result.quarantined
    kept = receipts.find(course / "reports" / ASSIGNMENT, "ada")
    assert kept is not None
    assert any("left out" in note for note in kept.notes)
    assert grade(course).graded == []


@pytest.mark.skipif(sys.platform != "linux", reason="macOS refuses file names that are not UTF-8")
def test_undecodable_folder_name_is_reported_and_others_are_graded(course: Path) -> None:
    shutil.copytree(course / "submitted" / "ada", Path(os.fsdecode(os.fsencode(course / "submitted") + b"/\xd5\xc5")))
    result = grade(course)
    assert "ada" in result.unchanged
    assert "Rename" in result.quarantined["??"]


@pytest.mark.parametrize(
    "other", [f"{ASSIGNMENT}.html/x", f"{ASSIGNMENT}.ipynb/x", "timestamp.txt/x", "d/" * 900 + "x"]
)
def test_folder_with_the_name_of_a_written_file_or_a_very_long_path_is_left_out(course: Path, other: str) -> None:
    """The run of the whole class ended with IsADirectoryError, or with RecursionError."""
    submit(course, "mia", to_bytes(notebook()), "mine.ipynb")
    place = course / "submitted" / "mia" / ASSIGNMENT
    for part in other.split("/")[:-1]:
        place /= part
        place.mkdir()
    (place / "x").write_bytes(b"x")
    result = grade(course)
    assert "mia" in result.graded
    assert "mia" not in result.quarantined
    assert rows(course)["mia"][0] == POSSIBLE
    assert (course / "feedback" / "mia" / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()
    assert grade(course).graded == []


def test_folder_whose_name_is_too_long_for_a_receipt_is_reported_and_others_are_graded(course: Path) -> None:
    """The run ended with an OSError after the grade of that submission was saved."""
    longest = "王" * 83 + "s"
    for name in (longest, longest + "s"):
        submit(course, name, to_bytes(notebook()))
    result = grade(course)
    assert result.graded == [longest]
    assert "too long" in result.quarantined[longest + "s"]
    assert grade(course, longest + "s").graded == []


def test_folder_outside_the_class_list_is_reported_until_it_is_renamed(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old name stayed in the gradebook and in every report."""
    opened = Course.open(course)
    book = Book(opened.directory.db_url, opened.directory.course_id)
    enter(book, [ClassMember(name, f"{name} Li") for name in ("ada", "bo", "cem", "dee", *QUARANTINED)])
    book.close()
    submit(course, "wrong-name", to_bytes(notebook()))
    result = grade(course)
    assert (result.unlisted, result.missing) == (("wrong-name",), ())
    summarise(result)
    said = " ".join(capsys.readouterr().out.split())
    assert "Not in the class list (1): wrong-name." in said
    (command,) = re.findall(r"nbgrader db student remove NAME --force", said)
    words = command.replace("NAME", "wrong-name").split()
    subprocess.run([sys.executable, "-m", *words], cwd=course, env=nbgrader_environment(course), check=True)
    (course / "submitted" / "wrong-name").rename(course / "submitted" / "zoe")
    again = grade(course)
    assert again.graded == ["zoe"]
    assert again.unlisted == ("zoe",), "until the class list has this id, too"
