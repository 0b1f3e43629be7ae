"""``nbgrader autograde`` with the kit's configuration grades renamed, damaged and duplicated submissions."""

from __future__ import annotations

import codecs
import copy
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograde import notebooks
from autograde.grading.samples import Sample, submission
from autograde.questions import question
from autograde.settings import KIT
from tests.grading.stock_class import nbgrader_environment, scores

#: The smallest assignment: a quiz, which needs neither a model nor a Hub.
ASSIGNMENT = "1-introduction"
ANSWERS = question("1", "answers")

SEED = "0123456789abcdef" * 2

pytestmark = pytest.mark.timeout(600)  # one kernel for each submission


def untouched() -> bytes:
    return (KIT / "release" / "en" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()


def right() -> NotebookNode:
    released = nbformat.reads(untouched().decode(), as_version=4)
    return submission(released, Sample("anyone", "en", {"answers": ANSWERS.teaching.solution}, {}))


def with_cell(code: str) -> bytes:
    """Return the right answer with another cell of the learner above the graded one."""
    book = right()
    place = next(place for place, cell in enumerate(book.cells) if cell.id == "grade-answers")
    book.cells.insert(place, nbformat.v4.new_code_cell(code, id="own-cell"))
    return json.dumps(book).encode()


def copied() -> bytes:
    book = right()
    place = next(place for place, cell in enumerate(book.cells) if cell.id == "grade-answers")
    twin = copy.deepcopy(book.cells[place])
    twin.id = "copied"
    book.cells.insert(place, twin)
    return json.dumps(book).encode()


def stripped() -> bytes:
    book = right()
    for number, cell in enumerate(book.cells):
        cell.metadata, cell.id = {}, f"x{number}"
    return json.dumps(book).encode()


def widgets() -> bytes:
    book = right()
    book.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"abc": {"model_name": "HTMLModel"}}}
    return json.dumps(book).encode()


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"ada/{ASSIGNMENT}.ipynb"), json.dumps(right()))
    return made.getvalue()


#: Learner → file name and content. All but the last two have the right answer.
CLASS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain": (f"{ASSIGNMENT}.ipynb", lambda: json.dumps(right()).encode()),
    "copied-cell": (f"{ASSIGNMENT}.ipynb", copied),
    "no-metadata": (f"{ASSIGNMENT}.ipynb", stripped),
    "byte-order-mark": (f"{ASSIGNMENT}.ipynb", lambda: codecs.BOM_UTF8 + json.dumps(right()).encode()),
    "colab-widgets": (f"{ASSIGNMENT}.ipynb", widgets),
    "renamed": (f"{ASSIGNMENT} (1).ipynb", lambda: json.dumps(right()).encode()),
    "copied-by-jupyter": (f"{ASSIGNMENT}-Copy1.ipynb", lambda: json.dumps(right()).encode()),
    "downloaded-twice": (f"{ASSIGNMENT} (1).ipynb", lambda: json.dumps(right()).encode()),
    "names-of-their-own": ("mine.ipynb", lambda: json.dumps(right()).encode()),
    "checkpoint": (f".ipynb_checkpoints/{ASSIGNMENT}-checkpoint.ipynb", lambda: json.dumps(right()).encode()),
    "in-an-archive": ("hand-in.zip", zipped),
    "in-a-folder": (f"exercise/{ASSIGNMENT}.ipynb", lambda: json.dumps(right()).encode()),
    "kills-the-kernel": (f"{ASSIGNMENT}.ipynb", lambda: with_cell("import os\nos._exit(1)")),
    "exit": (f"{ASSIGNMENT}.ipynb", lambda: with_cell("exit()")),
    "quit": (f"{ASSIGNMENT}.ipynb", lambda: with_cell("quit(0)")),
    "empty-file": (f"{ASSIGNMENT}.ipynb", lambda: b""),
    "cut-off": (f"{ASSIGNMENT}.ipynb", lambda: json.dumps(right()).encode()[:-100]),
}
#: Learner → name of an untouched copy of the released notebook that they submitted, too.
RELEASED_TOO = {
    "copied-by-jupyter": f"{ASSIGNMENT}.ipynb",
    "downloaded-twice": f"{ASSIGNMENT}.ipynb",
    "names-of-their-own": "before.ipynb",
    "checkpoint": f"{ASSIGNMENT}.ipynb",
}
UNUSABLE = {"empty-file", "cut-off"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class above after the three stock commands, under the kit's nbgrader_config.py."""
    folder = tmp_path_factory.mktemp("course").resolve()
    shutil.copytree(KIT / "source" / ASSIGNMENT, folder / "source" / ASSIGNMENT)
    shutil.copy(KIT / "nbgrader_config.py", folder)
    for learner, (name, content) in CLASS.items():
        place = folder / "submitted" / learner / ASSIGNMENT
        (place / name).parent.mkdir(parents=True)
        (place / name).write_bytes(content())
        if learner in RELEASED_TOO:
            (place / RELEASED_TOO[learner]).write_bytes(untouched())
    # Sorted before the others: each of these ended the run, or copied files of the instructor into the feedback.
    linked = folder / "submitted" / "a-linked" / ASSIGNMENT
    linked.mkdir(parents=True)
    (linked / f"{ASSIGNMENT}.ipynb").write_bytes(with_cell("for name in ('seed', 'zero'): print(open(name).read(99))"))
    (folder / "grading-seed").write_text(SEED, encoding="ascii")
    (folder / "grading-seed").chmod(0o600)
    (linked / "seed").symlink_to(folder / "grading-seed")
    (linked / "zero").symlink_to("/dev/zero")
    os.mkfifo(linked / "pipe")
    shutil.copytree(folder / "submitted" / "plain", folder / "submitted" / "a\nline")
    environment = nbgrader_environment(folder)
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", step, ASSIGNMENT],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        (folder / f"{step}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    return folder


@pytest.mark.parametrize("learner", [learner for learner in CLASS if learner not in UNUSABLE])
def test_right_answer_gets_all_points_in_any_file(course: Path, learner: str) -> None:
    assert scores(course, ASSIGNMENT)[learner] == {"answers": ANSWERS.points}, (course / "autograde.log").read_text()
    assert (course / "feedback" / learner / ASSIGNMENT / f"{ASSIGNMENT}.html").is_file()


@pytest.mark.parametrize("learner", sorted(UNUSABLE))
def test_unusable_file_is_named_in_the_log_and_gets_no_grade(course: Path, learner: str) -> None:
    log = (course / "autograde.log").read_text()
    assert "UnusableNotebook" in log
    assert learner in log
    assert not (course / "autograded" / learner / ASSIGNMENT).exists()


def test_submitted_files_are_not_changed(course: Path) -> None:
    for learner, (name, content) in CLASS.items():
        assert (course / "submitted" / learner / ASSIGNMENT / name).read_bytes() == content()
    for learner, name in RELEASED_TOO.items():
        assert (course / "submitted" / learner / ASSIGNMENT / name).read_bytes() == untouched()
    for learner in ("in-an-archive", "in-a-folder"):
        assert not (course / "submitted" / learner / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").exists()


@pytest.mark.parametrize("learner", ["copied-by-jupyter", "downloaded-twice", "checkpoint", "in-a-folder"])
def test_the_log_names_the_copy_that_was_graded(course: Path, learner: str) -> None:
    log = (course / "autograde.log").read_text()
    assert f"{learner}/{ASSIGNMENT}/{ASSIGNMENT}.ipynb: found in {CLASS[learner][0]}" in log


def test_links_and_pipes_are_left_out_and_the_rest_is_graded(course: Path) -> None:
    assert scores(course, ASSIGNMENT)["a-linked"] == {"answers": ANSWERS.points}
    for step in ("autograded", "feedback"):
        place = course / step / "a-linked" / ASSIGNMENT
        assert [path.stem for path in place.iterdir()] == [ASSIGNMENT]
        assert not any(SEED in path.read_text(encoding="utf-8") for path in place.iterdir())


def test_folder_name_that_nbgrader_cannot_read_is_named_and_left_out(course: Path) -> None:
    assert "a\\nline" in (course / "autograde.log").read_text()
    assert "a\nline" not in scores(course, ASSIGNMENT)


def test_course_seed_file_is_private(course: Path) -> None:
    path = course / "grading-seed"
    assert len(path.read_text().strip()) == 32
    assert path.stat().st_mode & 0o077 == 0


#: Learners whom ``autograde grade`` grades as well: an ordinary notebook, damaged ones, and copies.
ALSO_IN_BATCH = ("plain", "no-metadata", "kills-the-kernel", "copied-by-jupyter", "names-of-their-own")


@pytest.fixture(scope="module")
def batch_course(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Part of the class above, graded by ``autograde grade``."""
    folder = tmp_path_factory.mktemp("batch").resolve()
    for name in ("source", "release"):
        shutil.copytree(course / name, folder / name)
    for name in ("nbgrader_config.py", "grading-seed"):
        shutil.copy(course / name, folder)
    for learner in (*ALSO_IN_BATCH, "cut-off"):
        shutil.copytree(course / "submitted" / learner, folder / "submitted" / learner)
    done = subprocess.run(
        [sys.executable, "-m", "autograde", "grade", "1", "--jobs", "1"],
        cwd=folder, env=nbgrader_environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    (folder / "grade.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    assert done.returncode == 1, done.stderr
    return folder


def test_grade_command_names_submissions_it_could_not_grade(batch_course: Path) -> None:
    log = (batch_course / "grade.log").read_text()
    assert f"{len(ALSO_IN_BATCH)} graded, 0 up to date, 1 could not be graded" in log
    assert "cut-off" in log
    assert "Traceback" not in log


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("learner", ALSO_IN_BATCH)
def test_grade_command_gives_the_points_rows_and_pages_of_nbgrader(
    course: Path, batch_course: Path, learner: str
) -> None:
    from nbgrader.api import Gradebook

    def everything(folder: Path) -> tuple[dict[str, object], list[object], str, list[object]]:
        with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as book:
            found = book.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, learner)
            ids = {"id", "timestamp"}
            about = {name: value for name, value in found.to_dict().items() if name not in ids}
            rows = [
                {k: v for k, v in each.to_dict().items() if k not in ids} for each in (*found.grades, *found.comments)
            ]
        page = (folder / "feedback" / learner / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        graded = notebooks.read(folder / "autograded" / learner / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
        return (
            about,
            sorted(rows, key=str),
            page,
            [(cell.source, cell.metadata.get("nbgrader")) for cell in graded.cells],
        )

    assert everything(batch_course) == everything(course)
