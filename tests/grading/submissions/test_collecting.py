"""Collecting downloads into ``submitted/``: matched to learners, last attempts only, nothing lost."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograde.cli.commands import app
from autograde.errors import GradingFailed, UnusableArchive
from autograde.grading.course_folder import CONFIGURATION
from autograde.grading.gradebook.book import Book
from autograde.grading.gradebook.people import ClassMember, enter, in_gradebook
from autograde.grading.nbgrader.configuration import course_seed, put_commands_on_path
from autograde.grading.submissions.collecting import WritingState, folder_name, plan, write
from autograde.grading.submissions.listed_learners import with_names
from autograde.settings import KIT

QUIZ = "1-introduction"
BERT = "2.6-load-the-downloaded-model"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    for name in (QUIZ, BERT):
        shutil.copytree(KIT / "release" / "en" / name, folder / "release" / "en" / name)
    return folder


def notebook(name: str) -> bytes:
    return (KIT / "release" / "zh" / name / f"{name}.ipynb").read_bytes()


def pack(course: Path, members: dict[str, bytes]) -> Path:
    path = course.parent / "class.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_moodle_download_is_collected_under_learners_names(course: Path) -> None:
    members = {
        f"Ada Lovelace_104711_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"Grace Hopper_104712_assignsubmission_file_/{QUIZ} (2).ipynb": notebook(QUIZ),
        f"张伟_104713_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
    }
    planned = plan([pack(course, members)], course)
    assert [each.learner for each in planned.submissions] == ["ada-lovelace", "grace-hopper", "张伟"]
    assert {each.assignment for each in planned.submissions} == {QUIZ}
    assert planned.skipped == ()
    assert len(write(planned, course)) == 3
    for learner in ("ada-lovelace", "grace-hopper", "张伟"):
        assert (course / "submitted" / learner / QUIZ / f"{QUIZ}.ipynb").read_bytes() == notebook(QUIZ)


@pytest.mark.parametrize(
    "path",
    [
        "{}/x.ipynb",
        "class/{}/x.ipynb",
        "class/{}/homework/x.ipynb",
        f"{{}}/{QUIZ}/x.ipynb",
        f"submitted/{{}}/{QUIZ}/x.ipynb",
        "{}/1/final/x.ipynb",
        "{}.zip",
    ],
)
def test_folder_that_differs_between_files_is_the_learner(course: Path, path: str) -> None:
    """The innermost folder was taken: every learner was "homework", and all but one file "an earlier attempt"."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("homework/x.ipynb", notebook(QUIZ))
    content = written.getvalue() if path.endswith(".zip") else notebook(QUIZ)
    planned = plan([pack(course, {path.format(name): content for name in ("Ada", "Bea", "Zoe")})], course)
    assert [each.learner for each in planned.submissions] == ["ada", "bea", "zoe"]
    assert planned.skipped == ()


#: Names that platforms give to a learner's file.
MALLORYS = (
    "Mallory_1_assignsubmission_file/{}",
    "Mallory_1_assignsubmission_file_{}",
    "mallory_1_11_{}",
    "Exercise_1_2_mallory_attempt_2026-01-05-10-11-12_{}",
    "1-2 - Mallory - Jan 5, 2026 1011 AM/{}",
)


@pytest.mark.parametrize("member", MALLORYS)
@pytest.mark.parametrize(
    "inside",
    [
        "Bo_2_assignsubmission_file/x.ipynb",
        "bo_2_22_x.ipynb",
        "Exercise_1_bo_attempt_2027-01-05-10-11-12_x.ipynb",
        "2-2 - Bo - Jan 5, 2027 1011 AM/x.ipynb",
    ],
)
def test_platforms_names_inside_a_learners_archive_do_not_make_it_another_learners(
    course: Path, member: str, inside: str
) -> None:
    """It replaced the submission of the learner who was named inside."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr(inside, notebook(QUIZ))
    [found] = plan([pack(course, {member.format("work.zip"): written.getvalue()})], course).submissions
    assert found.learner == "mallory"


@pytest.mark.parametrize(
    ("member", "file"),
    [
        (member, file)
        for member in (*MALLORYS, "mallory+1-introduction+2026-01-05 10:11:12.000000 UTC+x/{}")
        for file in ("Bo_2_assignsubmission_file_x", "bo_2_22_x", "Quiz_bo_attempt_2027-01-05-10-11-12_x")
        # Canvas's name can be that of an assignment of Blackboard.
        if not (member.startswith("mallory_1_11_") and file.startswith("Quiz_"))
    ],
)
def test_platforms_name_that_a_learner_chooses_does_not_make_it_another_learners(
    course: Path, member: str, file: str
) -> None:
    """Moodle's name was looked for first, and "mallory_1_11" was taken for Bo's group."""
    people = with_names([("s1", "Mallory", ""), ("s2", "Bo", "")])
    planned = plan([pack(course, {member.format(f"{file}.ipynb"): notebook(QUIZ)})], course, people=people)
    assert [each.learner for each in planned.submissions] == ["s1"]


def test_blackboards_name_inside_a_file_name_does_not_make_it_another_learners(course: Path) -> None:
    stamp = "attempt_2026-01-05-10-11-12"
    [found] = plan(
        [pack(course, {f"Exercise_1_mallory_{stamp}_x_bo_{stamp}_y.ipynb": notebook(QUIZ)})], course
    ).submissions
    assert found.learner == "mallory"


def test_blackboards_download_that_was_packed_again_has_every_learner(course: Path) -> None:
    written, stamp = io.BytesIO(), "2026-01-05-10-11-12"
    with zipfile.ZipFile(written, "w") as file:
        for learner in ("ada", "bo"):
            file.writestr(f"Quiz_{learner}_attempt_{stamp}_x.ipynb", notebook(QUIZ))
    planned = plan([pack(course, {f"gradebook_CS101_Quiz_{stamp}.zip": written.getvalue()})], course)
    assert [each.learner for each in planned.submissions] == ["ada", "bo"]


def test_learners_in_group_folders_are_all_collected(course: Path) -> None:
    members = {f"group {group}/{name}/x.ipynb": notebook(QUIZ) for group, name in ((1, "Ada"), (1, "Bea"), (2, "Zoe"))}
    assert [each.learner for each in plan([pack(course, members)], course).submissions] == ["ada", "bea", "zoe"]


def test_names_are_matched_in_the_forms_platforms_write(course: Path) -> None:
    people = with_names(
        [("s1", "王小明", ""), ("s2", "Ada Lovelace", ""), ("s3", "Jürgen Müller", ""), ("s4", "Bea Okafor", "")]
    )
    members = {
        f"小明 王_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"Group 1-Ada Lovelace_2_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"{QUIZ}_Jürgen Müller.ipynb": notebook(QUIZ),
        "Bea Okafor.ipynb": notebook(QUIZ),
        "Zoe.ipynb": notebook(QUIZ),
    }
    planned = plan([pack(course, members)], course, people=people)
    assert [each.learner for each in planned.submissions] == ["s1", "s2", "s3", "s4"]
    assert [(each.member, each.reason) for each in planned.skipped] == [
        ("Zoe.ipynb", "its name does not tell whose it is")
    ]


def test_similar_name_in_the_class_list_is_suggested(course: Path) -> None:
    people = with_names([("s1", "María José García López", ""), ("s2", "Ada Lovelace", "")])
    [found] = plan([pack(course, {f"María García/{QUIZ}.ipynb": notebook(QUIZ)})], course, people=people).submissions
    assert found.learner == "maría-garcía"
    assert found.remarks == ("not in the class list; perhaps María José García López (s1)",)


@pytest.mark.parametrize(
    ("member", "learner"),
    [
        (f"20230001-王小明/{QUIZ}.ipynb", "20230001"),
        (f"class/李华_homework/{QUIZ}.ipynb", "20230002"),
        (f"Dr. Ada Lovelace (she_her)_1_assignsubmission_file_/{QUIZ}.ipynb", "s3"),
        ("李华_20230002_second.ipynb", "20230002"),
    ],
)
def test_listed_name_inside_a_longer_name_is_matched_with_a_remark(course: Path, member: str, learner: str) -> None:
    people = with_names([("20230001", "王小明", ""), ("20230002", "李华", ""), ("s3", "Ada Lovelace", "")])
    [found] = plan([pack(course, {member: notebook(QUIZ)})], course, people=people).submissions
    assert found.learner == learner
    assert "the name has" in found.remarks[0]


def test_number_and_chinese_name_without_a_space_are_matched(course: Path) -> None:
    people = with_names([("20230001", "王小明", ""), ("20230002", "김민준", "")])
    members = {f"20230001王小明-{QUIZ}.ipynb": notebook(QUIZ), f"김민준20230002/{QUIZ}.ipynb": notebook(QUIZ)}
    planned = plan([pack(course, members)], course, people=people)
    assert [each.learner for each in planned.submissions] == ["20230001", "20230002"]


def test_listed_name_that_starts_another_name_is_not_matched(course: Path) -> None:
    people = with_names([("s1", "李华", ""), ("s2", "ada", "")])
    planned = plan(
        [pack(course, {f"{name}/{QUIZ}.ipynb": notebook(QUIZ) for name in ("李华明", "Ada Smith")})],
        course,
        people=people,
    )
    assert [each.learner for each in planned.submissions] == ["ada-smith", "李华明"]


def test_canvas_files_of_two_learners_with_one_name_are_both_kept(course: Path) -> None:
    members = {f"liwei_{number}_100{number}_{QUIZ}.ipynb": notebook(QUIZ) for number in (1, 2)}
    planned = plan([pack(course, members)], course, people=with_names([("s1", "Li Wei", "")]))
    assert [each.learner for each in planned.submissions] == ["liwei-2", "s1"]


def test_file_named_after_the_assignment_is_preferred(course: Path) -> None:
    members = {f"ada/{QUIZ}.ipynb": notebook(QUIZ), "ada/other.ipynb": notebook(QUIZ) + b"\n"}
    planned = plan([pack(course, members)], course)
    assert [each.download.file for each in planned.submissions] == [f"{QUIZ}.ipynb"]
    assert planned.skipped[0].reason == f"of the same learner, ada/{QUIZ}.ipynb is collected"


def test_notebook_of_another_assignment_and_damaged_one_are_reported(course: Path) -> None:
    path = pack(course, {"ada/x.ipynb": notebook(QUIZ), "bea/x.ipynb": b'{"cells": [half'})
    planned = plan([path], course, assignment="2.6")
    assert [each.remarks for each in planned.submissions] == [(f"its exercises are those of {QUIZ}",), ()]
    [skipped] = plan([path], course).skipped
    assert "JSON breaks off" in skipped.reason
    assert "--assignment" in skipped.reason


def test_learner_ids_come_from_the_class_list(course: Path) -> None:
    people = with_names([("s1", "Ada Lovelace", "ada@uni.example"), ("s2", "Grace Hopper", "g.hopper@uni.example")])
    members = {
        f"Ada Lovelace_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"hoppergrace_LATE_2_678902_{QUIZ}-1.ipynb": notebook(QUIZ),
        f"{QUIZ}_ada_attempt_2026-11-20-10-11-12_{QUIZ}.ipynb": notebook(QUIZ),
        f"Nobody Known_3_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
    }
    planned = plan([pack(course, members)], course, people=people)
    found = {each.learner: each.remarks for each in planned.submissions}
    assert set(found) == {"s1", "s2", "nobody-known"}
    assert any("late" in remark for remark in found["s2"])
    assert any("class list" in remark for remark in found["nobody-known"])


@pytest.mark.parametrize(
    "member",
    [
        f"Group 1_María García López_5_assignsubmission_file_/{QUIZ}.ipynb",
        f"class/María García López/homework/{QUIZ}.ipynb",
        f"garcialopezmaria_12_345_{QUIZ}.ipynb",
        f"Task_one_m_g_attempt_2026-11-20-10-11-12_{QUIZ}.ipynb",
    ],
)
def test_listed_learner_is_found_in_unusual_file_names(course: Path, member: str) -> None:
    people = with_names([("m_g", "María García López", "mg@uni.example"), ("s2", "Grace Hopper", "")])
    [found] = plan([pack(course, {member: notebook(QUIZ)})], course, people=people).submissions
    assert (found.learner, found.remarks) == ("m_g", ())


@pytest.mark.parametrize(
    ("one", "other", "learners"),
    [
        (f"Quiz/Ada Lovelace - {QUIZ}.ipynb", f"Quiz/Bea Okafor - Copy of {QUIZ}.ipynb", ["a1", "b2"]),
        (f"1-{QUIZ}-submissions/quiz-1-a1/{QUIZ}.ipynb", f"1-{QUIZ}-submissions/quiz-1-b2/{QUIZ}.ipynb", ["a1", "b2"]),
        (
            f"inbound/a1+{QUIZ}+2027-01-05 10:11:12.5 UTC+x/{QUIZ}.ipynb",
            f"inbound/b2+{QUIZ}+2027-01-05 10_11_12.5 UTC/{QUIZ}.ipynb",
            ["a1", "b2"],
        ),
        (
            f"1-2 - Ada Lovelace - Jan 5, 2027 1011 AM/{QUIZ}.ipynb",
            f"2-2 - Bea Okafor - 5 January, 2027 1011/{QUIZ}.ipynb",
            ["a1", "b2"],
        ),
        (
            f"Quiz_a1_intento_2027-01-05-10-11-12_{QUIZ}.ipynb",
            f"Quiz_b2_尝试_2027-01-05-10-11-12_{QUIZ}.ipynb",
            ["a1", "b2"],
        ),
        (f"lovelaceada77_question_1_2_{QUIZ}.ipynb", f"okaforbea_78_question_1_2_{QUIZ}.ipynb", ["a1", "b2"]),
    ],
    ids=["Google Classroom", "GitHub Classroom", "nbgrader", "Brightspace", "Blackboard", "Canvas quiz"],
)
def test_learners_are_found_in_the_names_of_more_platforms(
    course: Path, one: str, other: str, learners: list[str]
) -> None:
    """Files with the learners' names in one folder counted as one learner's, and all but one were left out."""
    people = with_names([("a1", "Ada Lovelace", ""), ("b2", "Bea Okafor", "")])
    planned = plan([pack(course, {one: notebook(QUIZ), other: notebook(QUIZ)})], course, people=people)
    assert [each.learner for each in planned.submissions] == learners


def test_family_name_that_folders_share_is_not_removed(course: Path) -> None:
    people = with_names([("wei", "Chen Wei", ""), ("na", "Wu Na", "")])
    members = {f"{name}/{QUIZ}.ipynb": notebook(QUIZ) for name in ("li-na", "li-wei")}
    planned = plan([pack(course, members)], course, people=people)
    assert [each.learner for each in planned.submissions] == ["li-na", "li-wei"]


def test_learners_in_file_names_are_kept_apart_without_a_class_list(course: Path) -> None:
    names = (f"Quiz/Ada Lovelace - {QUIZ}.ipynb", f"Quiz/Bea Okafor - {QUIZ}.ipynb")
    planned = plan([pack(course, {name: notebook(QUIZ) for name in names})], course)
    assert [each.learner for each in planned.submissions] == ["ada-lovelace", "bea-okafor"]


@pytest.mark.parametrize(
    ("members", "learners"),
    [
        ([f"ada/{QUIZ} (1)", f"ada/{QUIZ} (2)", f"bob/{QUIZ}"], ["ada", "bob"]),
        ([f"ada/{QUIZ} draft", f"ada/{QUIZ} final", f"bob/{QUIZ}"], ["ada", "bob"]),
        ([f"class/{name}/{QUIZ}-v{number}" for name in ("ada", "bob") for number in (1, 2)], ["ada", "bob"]),
        ([f"ada/{QUIZ}-Ada", f"ada/{QUIZ}-Ada L", f"bob/{QUIZ}"], ["ada", "bob"]),
        ([f"ada/{QUIZ}-Ada", f"ada/{BERT}-AdaL"], ["ada", "ada"]),
        ([f"ada/{QUIZ} 2026-11-28", f"ada/{QUIZ} (3)", f"ada/copy of {QUIZ}", f"ada/{QUIZ} 最终版"], ["ada"]),
        ([f"Quiz/Ada - {QUIZ} (1)", f"Quiz/Ada - {QUIZ} (2)", f"Quiz/Bo v2 - {QUIZ}"], ["ada", "bo"]),
        ([f"Quiz/Ada Neu - {QUIZ}", f"Quiz/Ada Alt - {QUIZ}", f"Quiz/{QUIZ} (1)"], ["ada-alt", "ada-neu", "quiz"]),
        ([f"Quiz/{QUIZ}_20230001", f"Quiz/{QUIZ}_20230002"], ["20230001", "20230002"]),
        ([f"Quiz/Ada - {BERT}-1", f"Quiz/Bea - {BERT}-1"], ["ada", "bea"]),
        (
            [f"{part}/{name} - {of}" for part, of in (("A", QUIZ), ("B", BERT)) for name in ("Ada", "Bo")],
            ["ada", "ada", "bo", "bo"],
        ),
        ([f"ada/{QUIZ} one", f"ada/{QUIZ} two", f"bo/{BERT} three"], ["ada", "bo"]),
    ],
)
def test_words_of_a_version_are_not_taken_for_a_learner(course: Path, members: list[str], learners: list[str]) -> None:
    """Learners were called "1" and "draft", and of those who wrote "v1" only one was collected."""
    content = {f"{name}.ipynb": notebook(BERT if BERT in name else QUIZ) for name in members}
    assert [each.learner for each in plan([pack(course, content)], course).submissions] == learners


@pytest.mark.parametrize(
    ("others", "learners"),
    [
        ([f"Alan Turing/{QUIZ}"], ["ada", "alan-turing", "grace"]),
        (["Quiz/notes/demo"], ["ada", "grace", "notes"]),
        ([f"Quiz/Late/Alan - {QUIZ}"], ["ada", "alan", "grace"]),
        ([f"Group B/Alan - {QUIZ}", f"Group B/Li - {QUIZ}"], ["ada", "alan", "grace", "li"]),
        ([f"Alan Turing/Alan - {QUIZ}", f"Alan Turing/Alan T - {QUIZ}"], ["ada", "alan-turing", "grace"]),
        ([f"bob/{QUIZ}-v1", f"bob/{QUIZ} new idea"], ["ada", "bob", "grace"]),
    ],
    ids=["own folder", "notes", "late", "two groups", "own name", "two versions"],
)
def test_one_unusual_folder_does_not_hide_the_people_of_another(
    course: Path, others: list[str], learners: list[str]
) -> None:
    """A class became one learner, "quiz", with one notebook."""
    members = [f"Quiz/Ada - {QUIZ}", f"Quiz/Grace - {QUIZ}", *others]
    planned = plan([pack(course, {f"{name}.ipynb": notebook(QUIZ) for name in members})], course)
    assert [each.learner for each in planned.submissions] == learners
    assert planned.notes == ()


def test_student_numbers_after_the_assignment_are_kept_apart_beside_a_learners_folder(course: Path) -> None:
    names = (f"Quiz/{QUIZ}_20230001", f"Quiz/{QUIZ}_20230002", f"Quiz/Late/{QUIZ}_Li", f"alan/{QUIZ}")
    planned = plan([pack(course, {f"{name}.ipynb": notebook(QUIZ) for name in names})], course)
    assert [each.learner for each in planned.submissions] == ["20230001", "20230002", "alan", "li"]


def test_folder_of_one_learner_with_several_names_is_reported(course: Path) -> None:
    members = {f"ada/{QUIZ} {name}.ipynb": notebook(QUIZ) for name in ("one", "two")}
    planned = plan([pack(course, members | {f"bo/{QUIZ}.ipynb": notebook(QUIZ)})], course)
    assert [each.learner for each in planned.submissions] == ["ada", "bo"]
    [note] = planned.notes
    people = with_names([("ada", "Ada Lovelace", ""), ("bo", "Bo Li", "")])
    assert plan([course.parent / "class.zip"], course, people=people).notes == ()
    assert "ada counts as one learner's folder, ada, but its files have several names: one, two." in note


@pytest.mark.parametrize(
    ("names", "learners"),
    [
        (["Team 1", "Team 2", "Team 2 (2)"], ["team-1", "team-2"]),
        (["Student 101", "Student 102"], ["student-101", "student-102"]),
        (["104501", "104502"], ["104501", "104502"]),
        (["1", "2"], ["1", "2"]),
        (["20231001", "20231002"], ["20231001", "20231002"]),
        (["Li Wei 104501", "Li Wei 104502"], ["li-wei-104501", "li-wei-104502"]),
        (["Nguyen V", "Nguyen", "Nguyen v2"], ["nguyen", "nguyen-v"]),
        (["Ada", "Ada 2", "Ada (3)", "Ada 2026-11-28", "Ada 20261128_1030", "Bo final 3"], ["ada", "bo"]),
    ],
)
def test_numbers_and_letters_that_tell_people_apart_are_kept(
    course: Path, names: list[str], learners: list[str]
) -> None:
    """Every number of up to six digits, and the letter V, counted as a copy's, so that people shared a folder."""
    members = {f"Quiz/{name} - {QUIZ}.ipynb": notebook(QUIZ) for name in names}
    assert [each.learner for each in plan([pack(course, members)], course).submissions] == learners


def test_name_in_the_class_list_is_found_beside_a_version(course: Path) -> None:
    people = with_names([("ada", "Ada Lovelace", ""), ("bo", "Bo Li", ""), ("eva", "Eva Stone", "")])
    members = {f"Quiz/{name} - {QUIZ}.ipynb": notebook(QUIZ) for name in ("ada v2", "Bo Li", "Cy (2)", "Eva 104501")}
    planned = plan([pack(course, members)], course, people=people)
    assert [each.learner for each in planned.submissions] == ["ada", "bo", "cy", "eva"]


def test_last_attempt_in_brightspace_is_the_one_with_the_latest_time(course: Path) -> None:
    folder, people = "1-2 - Ada Lovelace - {}", with_names([("a1", "Ada Lovelace", "")])
    times = ("Jan 10, 2027 912 AM", "Jan 9, 2027 1011 PM")
    members = {f"{folder.format(time)}/{QUIZ}.ipynb": notebook(QUIZ) for time in times}
    [found] = plan([pack(course, members)], course, people=people).submissions
    assert "Jan 10" in found.download.member
    assert f"{found.download.time:%Y-%m-%d %H:%M}" == "2027-01-10 09:12"


def test_notebook_with_answers_is_preferred(course: Path) -> None:
    """The platform's folder of the instructor's feedback has the released notebook under the same name."""
    answered = notebook(QUIZ).replace(b'\\"hub\\": ...', b'\\"hub\\": \\"a\\"')
    assert answered != notebook(QUIZ)
    people = with_names([("a1", "Ada Lovelace", ""), ("b2", "Bea Okafor", "")])
    members = [
        (f"Quiz/Ada Lovelace/Submission/{QUIZ}.ipynb", answered),
        (f"Quiz/Ada Lovelace/Feedback/{QUIZ}.ipynb", notebook(QUIZ)),
        (f"Quiz/Bea Okafor/Submission/{QUIZ}.ipynb", answered),
    ]
    for order in (1, -1):
        planned = plan([pack(course, dict(members[::order]))], course, people=people)
        assert [each.download.content for each in planned.submissions] == [answered, answered]


def test_umlauts_and_apostrophes_are_matched_in_several_spellings(course: Path) -> None:
    people = with_names([("s1", "Jürgen Müller", ""), ("s2", "Pat O'Brien", "")])
    members = {f"{name}_12_345_{QUIZ}.ipynb": notebook(QUIZ) for name in ("muellerjuergen", "obrienpat")}
    found = plan([pack(course, members)], course, people=people).submissions
    assert [each.learner for each in found] == ["s1", "s2"]


def test_two_submissions_for_one_listed_name_are_both_kept(course: Path) -> None:
    people = with_names([("s1", "Li Wei", "")])
    members = {
        f"Li Wei_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"Li Wei_2_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ) + b"\n",
    }
    planned = plan([pack(course, members)], course, people=people)
    assert [each.learner for each in planned.submissions] == ["li-wei-2", "s1"]
    assert planned.skipped == ()
    assert any("same name" in remark for remark in planned.submissions[0].remarks)


def test_last_of_several_attempts_is_collected(course: Path) -> None:
    first, second = notebook(QUIZ), notebook(QUIZ) + b"\n"
    members = {
        f"{QUIZ}_ada_attempt_2026-11-21-10-11-12_{QUIZ}.ipynb": second,
        f"{QUIZ}_ada_attempt_2026-11-20-10-11-12_{QUIZ}.ipynb": first,
        f"hopper_12_678_{QUIZ}-2.ipynb": second,
        f"hopper_12_679_{QUIZ}-1.ipynb": first,
    }
    planned = plan([pack(course, members)], course)
    assert [each.download.content for each in planned.submissions] == [second, second]
    assert [skipped.reason for skipped in planned.skipped] == ["an earlier attempt"] * 2


def test_two_learners_with_one_name_get_different_ids(course: Path) -> None:
    members = {
        f"Li Wei_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
        f"Li Wei_2_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ),
    }
    planned = plan([pack(course, members)], course)
    assert len({each.learner for each in planned.submissions}) == 2
    assert sum(bool(each.remarks) for each in planned.submissions) == 1


@pytest.mark.parametrize(
    ("names", "learners"),
    [
        (["Participant_12345", "Participant_12346"], ["participant-12345", "participant-12346"]),
        (["Participant_12345"], ["participant-12345"]),
        (["Group 1-Participant_7", "Group 2-Participant_8"], ["participant-7", "participant-8"]),
        (["参与者_12345", "参与者_12346"], ["参与者-12345", "参与者-12346"]),
        (["Teilnehmerin_1", "Teilnehmerin_2", "Teilnehmerin_3"], [f"teilnehmerin-{number}" for number in (1, 2, 3)]),
    ],
)
def test_anonymous_moodle_participants_are_named_by_number(course: Path, names: list[str], learners: list[str]) -> None:
    """The first was named "participant", which was a different learner in each download."""
    members = {f"{name}_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ) for name in names}
    planned = plan([pack(course, members)], course)
    assert [each.learner for each in planned.submissions] == learners
    assert [each.remarks for each in planned.submissions] == [()] * len(names)
    assert planned.skipped == ()


@pytest.mark.parametrize("name", ["Participant", "Ada Byron"])
def test_moodle_participant_number_is_not_a_student_number(course: Path, name: str) -> None:
    people = with_names([("12345", "Grace Hopper", "")])
    members = {f"{name}_12345_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)}
    [found] = plan([pack(course, members)], course, people=people).submissions
    assert found.learner != "12345"
    assert found.remarks == ("not in the class list",)


def test_learners_who_share_a_name_get_it_with_a_number(course: Path) -> None:
    people = with_names([("s1", "Li Wei", ""), ("s2", "Ada Lovelace", "")])
    names = ("Li Wei_1", "Li Wei_2", "Li Wei_3", "Ada Lovelace_4")
    members = {f"{name}_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ) for name in names}
    found = plan([pack(course, members)], course, people=people).submissions
    assert [each.learner for each in found] == ["li-wei-2", "li-wei-3", "s1", "s2"]


def test_assignment_of_a_renamed_file_is_recognised_by_its_cells(course: Path) -> None:
    members = {"ada/homework.ipynb": notebook(BERT), "grace/homework.ipynb": notebook(QUIZ), "zoe/x.ipynb": b"{}"}
    planned = plan([pack(course, members)], course)
    assert {each.learner: each.assignment for each in planned.submissions} == {"ada": BERT, "grace": QUIZ}
    assert [skipped.member for skipped in planned.skipped] == ["zoe/x.ipynb"]


def test_damaged_notebook_named_after_the_assignment_is_collected(course: Path) -> None:
    planned = plan([pack(course, {f"ada/{QUIZ}.ipynb": b"half a noteb"})], course)
    assert [each.assignment for each in planned.submissions] == [QUIZ]


def test_unknown_assignment_is_refused_with_the_choices(course: Path) -> None:
    with pytest.raises(UnusableArchive) as refused:
        plan([pack(course, {})], course, assignment="9")
    assert QUIZ in refused.value.fix


def test_different_existing_submission_is_kept_unless_replaced_explicitly(course: Path) -> None:
    existing = course / "submitted" / "ada" / QUIZ / f"{QUIZ}.ipynb"
    existing.parent.mkdir(parents=True)
    existing.write_bytes(b"graded already")
    planned = plan([pack(course, {f"ada/{QUIZ}.ipynb": notebook(QUIZ)})], course)
    assert [each.state for each in planned.submissions] == [WritingState.DIFFERENT]
    assert write(planned, course) == []
    assert existing.read_bytes() == b"graded already"
    assert len(write(planned, course, replace_different=True)) == 1
    again = plan([pack(course, {f"ada/{QUIZ}.ipynb": notebook(QUIZ)})], course)
    assert [each.state for each in again.submissions] == [WritingState.SAME]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Ada Lovelace", "ada-lovelace"),
        ("张 伟", "张-伟"),
        ("a+b", "a-b"),
        ("../..", "unnamed"),
        ("CON", "con-1"),
        ("Müller", "müller"),
    ],
)
def test_a_learners_folder_has_a_safe_name(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@pytest.mark.parametrize("language", ["en", "zh"])
def test_command_shows_the_plan_and_writes_only_after_confirmation(course: Path, language: str) -> None:
    path = pack(course, {f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ), "a/notes.txt": b""})
    command = ["collect", str(path), "--course", str(course), "--language", language]
    refused = CliRunner().invoke(app, command, input="n\n")
    assert refused.exit_code == 1
    assert "ada" in refused.output
    assert "notes.txt" in refused.output
    assert not (course / "submitted").exists()
    agreed = CliRunner().invoke(app, command, input="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert (course / "submitted" / "ada" / QUIZ / f"{QUIZ}.ipynb").is_file()


@pytest.mark.parametrize(
    ("roster", "learner"),
    [
        ("id,last_name,first_name,email\n2023001,Müller,Jürgen,jm@uni.example\n", "2023001"),
        ("Benutzername;Name\njürgen.m;Müller, Jürgen\n", "jürgen.m"),
    ],
)
def test_ids_of_a_class_list_are_not_changed(course: Path, roster: str, learner: str) -> None:
    """nbgrader's ids need not be names that the Hub allows."""
    listed = course.parent / "class.csv"
    listed.write_bytes(roster.encode("cp1252"))
    path = pack(course, {f"Jürgen Müller_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    command = ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "Windows-1252" in done.output
    assert (course / "submitted" / learner / QUIZ / f"{QUIZ}.ipynb").is_file()


def test_output_says_how_the_class_list_was_read_and_who_is_left_out(course: Path) -> None:
    """Ids become safe folder names; a name without an id is enough; a number that Excel shortened is not an id."""
    listed = course.parent / "class.csv"
    listed.write_text(
        "学号,姓名\n2.02E+11,李华\n2.02E+11,赵敏\n../../a/b,Ada Lovelace\n17,Bea Okafor\n17,Zoe Lee\n,王小明\n",
        encoding="utf-8",
    )
    path = pack(
        course, {f"{name}_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ) for name in ("Ada Lovelace", "王小明")}
    )
    command = ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes"]
    output = " ".join(CliRunner().invoke(app, command).output.split())
    assert "The class list has 3 people. Columns: student number “学号”" in output
    assert "Line 2 is left out: Excel shortened" in output
    assert "Line 6 is left out: 17 is in the list twice." in output
    assert "../../a/b is written a-b" in output
    assert sorted(each.name for each in (course / "submitted").iterdir()) == ["a-b", "王小明"]


def test_columns_and_encoding_of_a_class_list_can_be_given(course: Path) -> None:
    """A list without a header whose second column is the id, in an encoding that is not guessed."""
    listed = course.parent / "class.csv"
    listed.write_bytes("x;k17;Łucja Żak\ny;k18;Jan Nowak\n".encode("cp1250"))
    path = pack(course, {f"Łucja Żak_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    options = ["--columns", "-,name,fullname", "--no-header", "--encoding", "cp1250"]
    command = ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes", *options]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert (course / "submitted" / "k17" / QUIZ / f"{QUIZ}.ipynb").is_file()


def test_table_fits_into_80_columns_with_one_line_per_learner(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Platforms' long file names wrapped each learner over seven lines."""
    monkeypatch.setenv("COLUMNS", "80")
    names = [f"Ada-Number {each} Lovelace" for each in range(1, 21)]
    renamed = {f"Bea Okafor_99_assignsubmission_file_/{BERT} (1).ipynb": notebook(BERT)}
    members = {f"{name}_8{n}_assignsubmission_file_/{BERT}.ipynb": notebook(BERT) for n, name in enumerate(names)}
    shown = CliRunner().invoke(app, ["collect", str(pack(course, members | renamed)), "--course", str(course)]).output
    assert len([line for line in shown.splitlines() if "Lovelace" in line]) == len(names)
    assert "assignsubmission" not in shown
    assert "Bea Okafor: " in shown


def test_assignment_can_be_given_by_its_number(course: Path) -> None:
    path = pack(course, {"Ada_1_assignsubmission_file_/mine.ipynb": notebook(BERT)})
    assert [each.assignment for each in plan([path], course, assignment="2.6").submissions] == [BERT]


def test_command_lists_missing_learners_and_the_next_command(course: Path) -> None:
    listed = course.parent / "class.csv"
    listed.write_text("id,full name\nada,Ada Lovelace\nbea,Bea Okafor\n", encoding="utf-8")
    path = pack(course, {f"Ada Lovelace_1_assignsubmission_file_/{BERT}.ipynb": notebook(BERT)})
    command = ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes"]
    done = CliRunner().invoke(app, command)
    assert "Bea Okafor (bea)" in done.output
    assert f"autograde grade {BERT} --roster {listed} --course {course}" in done.output


def test_folder_without_a_course_gives_a_clear_error(tmp_path: Path) -> None:
    """In the wrong folder, every notebook was reported as of an unknown assignment."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb", notebook(QUIZ))
    with pytest.raises(UnusableArchive, match="There is no course in"):
        plan([path], tmp_path)


def test_output_names_learners_outside_the_class_list_and_those_missing(course: Path) -> None:
    listed = course.parent / "class.csv"
    listed.write_text("id,full name\na1,John Smith\na2,John Smith\nbea,Bea Okafor\n", encoding="utf-8")
    smith, pdf = f"John Smith_1_assignsubmission_file_/{QUIZ}.ipynb", "Bea Okafor_3_assignsubmission_file_/x.pdf"
    path = pack(course, {smith: notebook(QUIZ), pdf: b"%PDF"})
    done = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes"])
    assert "Not matched with the class list (1): john-smith. If you know whose" in done.output
    assert "without a notebook in the downloads (3): John Smith (a1), John Smith (a2), Bea Okafor (bea)" in done.output
    assert f"Submissions written to {course / 'submitted'}: 1." in done.output


def test_one_notebook_of_another_assignment_is_remarked_and_hides_no_missing_learners(course: Path) -> None:
    """With one wrong notebook in the download, the people without a notebook were not named."""
    listed = course.parent / "class.csv"
    listed.write_text("id,full name\nbea,Bea Okafor\n" + "".join(f"s{n},Person {n}\n" for n in range(9)), "utf-8")
    members = {f"Person {n}_{n}_assignsubmission_file_/n.ipynb": notebook(BERT if n else QUIZ) for n in range(9)}
    path = pack(course, members | {"Bea Okafor_9_assignsubmission_file_/n.html": b"<html>"})
    people = with_names([(f"s{n}", f"Person {n}", "") for n in range(9)])
    remarks = {each.learner: each.remarks for each in plan([path], course, people=people).submissions if each.remarks}
    assert remarks == {"s0": (f"nearly all others are {BERT}",)}
    done = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--roster", str(listed), "--yes"])
    assert "without a notebook in the downloads (1): Bea Okafor (bea)\nOnly notebooks can be graded" in done.output


def test_gradebooks_class_list_is_used_by_default(course: Path) -> None:
    """Without --roster, people got a second folder under another name."""
    put_commands_on_path()
    book = Book(f"sqlite:///{course / 'gradebook.db'}", "")
    enter(book, [ClassMember("s1", "Paul de Vries", "paul@example.org", "de Vries"), ClassMember("wrong-name")])
    book.close()
    path = pack(course, {f"Paul de Vries_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    done = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--yes"])
    assert "The class list is that of the gradebook, with 1 people." in done.output
    assert (course / "submitted" / "s1" / QUIZ / f"{QUIZ}.ipynb").is_file()
    (course / "gradebook.db").write_bytes(b"not a database")
    assert in_gradebook(f"sqlite:///{course / 'gradebook.db'}") == []


@pytest.mark.parametrize("folder", ["absolute", "relative"])
def test_class_list_comes_from_the_configured_gradebook(course: Path, folder: str) -> None:
    """``gradebook.db`` in the course's folder was read even if nbgrader_config.py named another database."""
    put_commands_on_path()
    for name, person in (
        ("gradebook.db", ClassMember("old", "Ada Lovelace")),
        ("grades-2027.db", ClassMember("s1", "Ada Lovelace")),
    ):
        book = Book(f"sqlite:///{course / name}", "")
        enter(book, [person])
        book.close()
    configured = course / "grades-2027.db" if folder == "absolute" else "grades-2027.db"
    setting = f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{configured}'\n"
    (course / "nbgrader_config.py").write_text(setting, encoding="utf-8")
    path = pack(course, {f"Ada Lovelace_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    done = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--yes"])
    assert done.exit_code == 0, done.output
    assert [each.name for each in (course / "submitted").iterdir()] == ["s1"]
    missing = course / "nothing.db"
    assert in_gradebook(f"sqlite:///{missing}") == []
    assert not missing.exists()


@pytest.mark.parametrize(
    ("configuration", "line", "reason"),
    [
        ("c = get_config()\nc.CourseDirectory.root = (\n", 2, "SyntaxError"),
        ("c = get_config()\n\nimport no_such_module_of_the_course\n", 3, "ModuleNotFoundError"),
        ("def f():\n    raise OSError('gone')\n\nf()\n", 2, "OSError: gone"),
    ],
)
def test_mistake_in_the_configuration_is_named_with_its_line(
    course: Path, configuration: str, line: int, reason: str
) -> None:
    """A mistake ended with a traceback."""
    (course / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    path = pack(course, {f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    refused = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--yes"])
    assert isinstance(refused.exception, GradingFailed)
    assert f"nbgrader_config.py, line {line}: {reason}" in refused.exception.what
    assert not (course / "submitted").exists()


def test_setting_of_a_wrong_type_is_a_clear_error(course: Path) -> None:
    (course / "nbgrader_config.py").write_text("get_config().CourseDirectory.db_url = 5\n", encoding="utf-8")
    path = pack(course, {f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    refused = CliRunner().invoke(app, ["collect", str(path), "--course", str(course), "--yes"])
    assert isinstance(refused.exception, GradingFailed)
    assert "db_url" in refused.exception.what


def test_course_is_not_changed_if_the_answer_is_no(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration created the secret of the hidden cases when it was read for the class list."""
    monkeypatch.setenv("AUTOGRADE_SEED", "")
    (course / "nbgrader_config.py").write_text(CONFIGURATION, encoding="utf-8")
    before = sorted(course.rglob("*"))
    path = pack(course, {f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    refused = CliRunner().invoke(app, ["collect", str(path), "--course", str(course)], input="n\n")
    assert refused.exit_code == 1, refused.output
    assert sorted(course.rglob("*")) == before
    assert len(course_seed(course)) == 32


def test_no_question_is_asked_if_everything_was_collected(course: Path) -> None:
    path = pack(course, {f"Ada_1_assignsubmission_file_/{QUIZ}.ipynb": notebook(QUIZ)})
    command = ["collect", str(path), "--course", str(course)]
    assert CliRunner().invoke(app, [*command, "--yes"]).exit_code == 0
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 0, again.output
    assert "already" in again.output
    assert "?" not in again.output
    (course / "submitted" / "ada" / QUIZ / f"{QUIZ}.ipynb").write_bytes(b"graded already")
    kept = CliRunner().invoke(app, command)
    assert kept.exit_code == 1
    assert "--replace" in kept.output
