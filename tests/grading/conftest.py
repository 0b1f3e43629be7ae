"""Two classes that many tests share, each graded once: one with stock nbgrader, one in a batch."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograde.grading import batch
from autograde.grading.course import Course
from autograde.grading.gradebook.book import Book
from autograde.grading.gradebook.registering import register
from autograde.settings import KIT
from tests.grading.class_of_quizzes import ASSIGNMENT
from tests.grading.class_of_quizzes import grade as grade_quizzes
from tests.grading.class_of_quizzes import make_course as make_quizzes
from tests.grading.judged_here import JudgedHere
from tests.grading.stock_class import Graded, class_of_samples, grade, make_course


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """The sample submissions after stock ``generate_assignment``, ``autograde`` and ``generate_feedback``, by name."""
    folder = tmp_path_factory.mktemp("class").resolve()
    class_ = class_of_samples()
    make_course(folder, KIT, class_)
    return {graded.sample.name: graded for graded in grade(folder, class_, lambda _line: None)}


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The class of quizzes, graded once; tests must not change it."""
    root = make_quizzes(tmp_path_factory.mktemp("graded").resolve())
    course = Course.open(root)
    book = Book(course.directory.db_url, course.directory.course_id)
    register(course, ASSIGNMENT, book)
    book.close()
    shutil.copy(root / "gradebook.db", root / "empty.db")
    result = grade_quizzes(root, runner=batch.local_runner(JudgedHere, 1))
    (root / "result.json").write_text(json.dumps([result.graded, result.quarantined]))
    return root


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    """A copy of the graded class."""
    shutil.rmtree(tmp_path)
    shutil.copytree(graded, tmp_path, symlinks=True, ignore=shutil.ignore_patterns("fay"))
    shutil.rmtree(tmp_path / "submitted" / "hal")
    return tmp_path
