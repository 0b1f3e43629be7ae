"""Reports on a graded class: CSV, JSON, files for Canvas and Moodle, and the class page."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from autograde.grading import receipts, reports
from autograde.grading.course import Course
from autograde.grading.gradebook.book import Book
from autograde.grading.gradebook.people import ClassMember, enter, names
from autograde.grading.replaying import replay
from autograde.grading.reports import ClassReport, ReportedState, tables
from tests.grading.class_of_quizzes import ASSIGNMENT, POSSIBLE, QUARANTINED, notebook, run_in_process, submit, to_bytes

pytestmark = [pytest.mark.timeout(300), pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]

#: A class list: one person has no submission, and one person's name is a spreadsheet formula.
CLASS = (
    ClassMember("ada", "Ada Lovelace", "Ada@example.org"),
    ClassMember("bo", "王小明", "bo@example.org"),
    ClassMember("cem", '=HYPERLINK("x"), Cem', ""),
    ClassMember("zoe", "Zoe Absent de Vries", "zoe@example.org", "de Vries"),
)


@pytest.fixture
def report(course: Path) -> ClassReport:
    """The report on the graded class, with its class list."""
    opened = Course.open(course)
    book = Book(opened.directory.db_url, opened.directory.course_id)
    try:
        assert enter(book, CLASS) == 1
        assert book.nbgrader.find_student("bo").first_name == "", "the formgrader showed “王小明, None”"
        return reports.build(book, ASSIGNMENT, opened.reports(ASSIGNMENT))
    finally:
        book.close()


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(content.decode("utf-8-sig").splitlines()))


def test_run_writes_every_report_with_private_permissions(graded: Path) -> None:
    folder = graded / "reports" / ASSIGNMENT
    files = {"class.en.html", "class.zh.html", "class.csv", "class.json", "canvas.csv", "moodle.csv"}
    assert {path.name for path in folder.iterdir() if path.is_file()} == files
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*") if path.is_file()} == {0}


def test_each_learner_has_a_state_and_missing_grades_are_not_zero(report: ClassReport) -> None:
    found = {each.id: each for each in report.learners}
    assert found["ada"].state is ReportedState.GRADED
    assert found["ada"].total == POSSIBLE
    assert found["zoe"].state is ReportedState.MISSING
    for name in QUARANTINED:
        assert found[name].state is ReportedState.NOT_GRADED
        assert (found[name].total, found[name].reason != "") == (None, True)
    assert found["bo"].name == "王小明"


def test_json_report_matches_its_documented_schema(report: ClassReport) -> None:
    value = json.loads(tables.to_json(report))
    schema = json.loads(tables.SCHEMA.read_text(encoding="utf-8"))
    jsonschema.validate(value, schema)
    assert [each["id"] for each in value["learners"] if each["state"] == "missing"] == ["zoe"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**value, "learners": [{}]}, schema)


def test_csv_has_a_line_for_everyone_and_no_formulas(report: ClassReport) -> None:
    head, *rows = table(tables.to_csv(report))
    assert len(rows) == len(report.learners)
    assert head[7] == "answers"
    cem = next(row for row in rows if row[0] == "cem")
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert cem[4] != ""


@pytest.mark.parametrize("name", ["=1+1", "Cem;=1+1", "Cem\t=1+1", "\u200b=1+1", "\xa0=1+1", "﹦1+1", "\r\n=1+1"])
def test_names_that_are_formulas_are_escaped_in_every_file(report: ClassReport, name: str) -> None:
    named = replace(report, learners=(replace(report.learners[0], id="cem", name=name, email=name, reason=name),))
    for made in (tables.to_csv, tables.to_canvas, tables.to_moodle):
        for part in re.split("[;\t\r\n]", "\n".join(cell for row in table(made(named)) for cell in row)):
            assert unicodedata.normalize("NFKC", part.lstrip("\u200b\xa0 "))[:1] not in ("=", "@"), (made, part)


def test_canvas_file_has_points_possible_and_empty_cells_for_missing_grades(report: ClassReport) -> None:
    head, possible, *rows = table(tables.to_canvas(report))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", ASSIGNMENT]
    assert possible == ["Points Possible", "", "", "", "", f"{POSSIBLE:g}"]
    found = {row[3]: row for row in rows}
    assert found["ada"][0] == "Lovelace, Ada"
    assert found["bo"][0] == "王小明"
    assert found["zoe"][0] == "de Vries, Zoe Absent", "the class list has the last name in a column"
    assert found["ada"][5] == f"{POSSIBLE:g}"
    assert {found[name][5] for name in ("zoe", *QUARANTINED)} == {""}


def test_moodle_file_has_only_learners_with_a_grade(report: ClassReport) -> None:
    head, *rows = table(tables.to_moodle(report))
    assert head == ["Email address", "ID number", "Full name", ASSIGNMENT]
    assert {row[1] for row in rows} == {"ada", "bo", "cem", "dee"}
    assert ["ada@example.org", "ada", "Ada Lovelace", f"{POSSIBLE:g}"] in rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_class_page_needs_no_network_and_names_everyone(report: ClassReport, language: str) -> None:
    from autograde.grading.reports.class_page import class_page

    page = class_page(report, language)
    assert f'<html lang="{language}">' in page
    assert not re.search(r"https?:|<script|<link|@import", page)
    assert all(each.name in page.replace("&#34;", '"') for each in report.learners if each.name)
    assert page.count('<svg class="plot" role="img"') == len(report.questions)
    assert "=HYPERLINK(&#34;x&#34;)" in page


def test_learners_outside_the_class_list_are_marked(report: ClassReport) -> None:
    """A folder with a wrong name stayed in the gradebook and counted as missing in every other exercise."""
    assert {"dee", *QUARANTINED} == reports.unlisted(report.learners)
    page = reports.class_page(report, "en")
    assert page.count("not in the class list") == 1 + len(QUARANTINED)
    without_class_list = [replace(each, name="", email="") for each in report.learners]
    assert reports.unlisted(without_class_list) == frozenset(), "without a class list, everyone is in the class"


def test_learner_outside_the_class_list_does_not_count_as_missing(course: Path) -> None:
    opened = Course.open(course)
    book = Book(opened.directory.db_url, opened.directory.course_id)
    try:
        enter(book, [*CLASS, ClassMember("wrong-name"), ClassMember("id-only")])
        book.nbgrader.add_assignment("another")
        book.nbgrader.add_submission("another", "wrong-name")
        found = {each.id: each.state for each in reports.build(book, ASSIGNMENT, opened.reports(ASSIGNMENT)).learners}
    finally:
        book.close()
    assert "wrong-name" not in found
    assert found["id-only"] is ReportedState.MISSING, "only a class list enters people without a submission"
    assert found["zoe"] is ReportedState.MISSING


def test_class_page_translates_reasons_and_repairs(report: ClassReport) -> None:
    """They were stored in one language: English reasons and repairs were on the Chinese page."""
    noted = replace(report.learners[0], notes=("grade-q1 was missing", "widget metadata without its state"))
    page = reports.class_page(replace(report, learners=(noted, *report.learners[1:]), strangest=(noted.id,)), "zh")
    assert "缺少 grade-q1" in page
    assert "was missing" not in page
    assert "without its state" not in page
    for each in report.learners:
        assert each.reason == "" or each.reason not in page


def test_replay_of_a_receipt_gives_the_same_verdict(course: Path) -> None:
    opened = Course.open(course)
    for student in ("ada", "cem"):
        path = receipts.path_of(opened.reports(ASSIGNMENT), student)
        again = replay(opened, path, run_in_process)
        assert (again.different, again.remarks) == ((), ())
    value = json.loads(path.read_text(encoding="utf-8"))
    assert value["seed"] != opened.seed()
    assert opened.seed() not in path.read_text(encoding="utf-8")


def test_replay_reports_verdicts_and_versions_that_differ(course: Path) -> None:
    opened = Course.open(course)
    path = receipts.path_of(opened.reports(ASSIGNMENT), "cem")
    value = json.loads(path.read_text(encoding="utf-8"))
    value["verdicts"]["answers"]["points"] = 99
    value["versions"]["python"] = "3.9"
    path.write_text(json.dumps(value), encoding="utf-8")
    again = replay(opened, path, run_in_process)
    assert again.different == ("answers",)
    assert any("python was 3.9" in remark for remark in again.remarks)


def test_replay_of_a_changed_submission_is_refused(course: Path) -> None:
    from autograde.errors import GradingFailed

    submit(course, "cem", to_bytes(notebook()))
    opened = Course.open(course)
    with pytest.raises(GradingFailed, match="something else since"):
        replay(opened, receipts.path_of(opened.reports(ASSIGNMENT), "cem"), run_in_process)


def test_replay_without_the_gradebook_is_refused(course: Path) -> None:
    """The command ended with a traceback of nbgrader, and later left an empty gradebook."""
    from autograde.errors import GradingFailed

    (course / "gradebook.db").unlink()
    opened = Course.open(course)
    with pytest.raises(GradingFailed, match="does not have the assignment"):
        replay(opened, receipts.path_of(opened.reports(ASSIGNMENT), "cem"), run_in_process)
    assert not (course / "gradebook.db").exists()


def test_full_name_is_split_into_first_and_last_name() -> None:
    assert names("Paul de Vries", "de Vries") == ("Paul", "de Vries")
    assert names("Paul de Vries", "Vries, de") == ("Paul de", "Vries"), "the last name is not the end of the full name"
    assert names("Ada King Lovelace") == ("Ada King", "Lovelace")
    assert names("Lovelace, Ada") == ("Ada", "Lovelace")
    assert names("王小明") == ("", "王小明")
    assert names("") == ("", "")
