"""Finding questions in the kit and in other installed packages."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import autograde.questions
from autograde.errors import UnknownQuestion, UnusableQuestions
from autograde.questions import assignment, assignments, question
from autograde.questions.discovery import OWN, questions_in

PACKAGE = Path(autograde.questions.__file__).parent

#: A minimal question module.
MODULE = """
from autograde.judge import Case, Question, RubricItem, Teaching
from autograde.judge.messages import _

QUESTION = Question(
    id="{identity}",
    number={number},
    visible=(Case("two", "numbers", _("the number 2"), (2,)),),
    hidden=None,
    oracle=lambda case: 2 * case.arguments[0],
    rubric=(RubricItem("value", _("it is doubled"), 1),),
    teaching=Teaching(
        title=_("Double it"),
        hints=(_("Multiply."),),
        solution="def {function}(number):\\n    return 2 * number\\n",
        expectation=_("a number"),
    ),
)
"""


@pytest.fixture(autouse=True)
def clear_cache() -> Iterator[None]:
    """Clear the cache of questions before and after each test, and unload the test's package."""
    assignments.cache_clear()
    yield
    assignments.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "double_pack"]:
        del sys.modules[name]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installed package with an entry point for questions."""
    folder, info = tmp_path / "double_pack", tmp_path / "double_pack-1.0.dist-info"
    folder.mkdir()
    info.mkdir()
    (folder / "__init__.py").write_text('"""Two questions."""\n')
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: double-pack\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[autograde.questions]\ndouble = double_pack\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def test_every_question_module_of_the_kit_is_found() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py") if path.name != "discovery.py"}
    defining = [path for path, text in texts.items() if "\nQUESTION" in text]
    assert len(list(questions_in(OWN))) == len(defining) == sum(map(len, assignments().values()))


def test_questions_are_in_the_notebooks_order() -> None:
    assert list(assignments()) == ["1", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3"]
    for questions in assignments().values():
        assert [each.number for each in questions] == list(range(1, len(questions) + 1))


def test_question_of_an_installed_package_is_found(pack: Path) -> None:
    (pack / "double.py").write_text(MODULE.format(identity="2.10/double", function="double", number=2))
    (pack / "again.py").write_text(MODULE.format(identity="2.10/again", function="again", number=1))
    (pack / "_shared.py").write_text("QUESTION = None\n")
    assert [each.function for each in assignment("2.10")] == ["again", "double"]
    assert question("2.10", "double").points == 1
    assert list(assignments())[-2:] == ["2.10", "3"]


def test_package_with_an_error_is_named(pack: Path) -> None:
    (pack / "double.py").write_text("import a_module_that_is_missing\n")
    with pytest.raises(UnusableQuestions, match=r"double_pack\.double cannot be imported: ModuleNotFoundError"):
        assignments()


def test_second_question_of_the_same_name_is_rejected(pack: Path) -> None:
    (pack / "again.py").write_text(MODULE.format(identity="2.6/segment_ids", function="segment_ids", number=1))
    with pytest.raises(UnusableQuestions, match=r"two questions '2\.6/segment_ids'.* double_pack"):
        assignments()


def test_unknown_section_or_function_is_an_error() -> None:
    with pytest.raises(UnknownQuestion, match=r"no exercise for section 9\.9"):
        assignment("9.9")
    with pytest.raises(UnknownQuestion, match=r"no question 'nothing' in section 2\.6"):
        question("2.6", "nothing")
