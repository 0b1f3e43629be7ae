"""One class, graded once with nbgrader as it is shipped: every test of grading reads from it."""

from __future__ import annotations

import pytest

from autograde.grading.demo import Graded, grade, make_course
from autograde.grading.samples import samples
from autograde.settings import KIT


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Graded]:
    """The sample submissions after stock ``generate_assignment``, ``autograde`` and ``generate_feedback``, by name."""
    folder = tmp_path_factory.mktemp("class").resolve()
    class_ = samples()
    make_course(folder, KIT, class_)
    return {graded.sample.name: graded for graded in grade(folder, class_, lambda _line: None)}
