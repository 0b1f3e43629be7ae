"""The lessons' question files: all are valid, and errors name the file and the question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograde.errors import UnknownQuestion, UnusableQuestions
from autograde.i18n.glossary import unlike
from autograde.settings import KIT
from autograde.widgets.question_bank import FOLDER, Text, bank, question, read

VALID = """
[two]
question.en = "How many?"
question.zh = "几个？"
[[two.choices]]
text = "1"
reason.en = "Count again."
reason.zh = "再数一次。"
[[two.choices]]
text = "2"
right = true
"""


def write(folder: Path, text: str, name: str = "2.3.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_file_of_the_course_is_valid() -> None:
    found = bank()
    assert len(found) >= 4
    assert {path.stem for path in FOLDER.glob("*.toml")} <= {each.section for each in found.values()}
    course = {path.stem.split("-")[0] for path in (KIT / "course").glob("*.ipynb")}
    assert {each.section for each in found.values()} <= course


def texts() -> list[tuple[str, Text]]:
    return [
        (each.id, text)
        for each in bank().values()
        for text in (
            each.text,
            each.reason,
            *(part for choice in each.choices for part in (choice.text, choice.reason)),
        )
        if text is not None and text.en != text.zh
    ]


def test_no_text_has_emphasis_which_is_not_rendered() -> None:
    assert [identity for identity, text in texts() if "*" in re.sub(r"`[^`]*`", "", text.en + text.zh)] == []


@pytest.mark.parametrize(("identity", "text"), texts(), ids=lambda value: value if isinstance(value, str) else "")
def test_both_languages_use_the_glossarys_terms(identity: str, text: Text) -> None:
    assert unlike(text.en, text.zh) == []


def test_a_question_is_found_by_its_id(tmp_path: Path) -> None:
    write(tmp_path, VALID)
    found = question("two", tmp_path)
    assert found.section == "2.3"
    assert found.text.in_language("zh") == "几个？"
    assert found.right == (1,)
    assert not found.several


def test_a_question_may_be_about_another_section_than_its_files(tmp_path: Path) -> None:
    write(tmp_path, VALID.replace("[two]", '[two]\nabout = "2.1"', 1))
    assert question("two", tmp_path).section == "2.1"


def test_error_quotes_an_unknown_id() -> None:
    with pytest.raises(UnknownQuestion, match="'no-such-question'"):
        question("no-such-question")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("right = true", ""), "no choice is right"),
        (('reason.en = "Count again."\nreason.zh = "再数一次。"\n', ""), "choice 1 is wrong and has no reason"),
        (('question.zh = "几个？"', ""), "question has no zh"),
        (('text = "2"', 'text = "1"'), "same text"),
        (("right = true", "rihgt = true"), "unknown key 'rihgt'"),
        (("[two]", '[two]\nkind = "guess"'), "not 'guess'"),
        (("[two]", "[two]\nanswer = 2"), "has no answer of its own"),
        (("[two]", '[two]\nkind = "number"'), "an open question has no choices"),
        (("[[two.choices]]\ntext", "[[two.steps]]\ntext"), "unknown key|choices"),
    ],
)
def test_error_names_the_invalid_question_and_its_file(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    path = write(tmp_path, VALID.replace(*change))
    with pytest.raises(UnusableQuestions, match=f"2.3.toml: two: .*({complaint})"):
        list(read(path))


def test_error_names_a_file_that_is_not_toml(tmp_path: Path) -> None:
    with pytest.raises(UnusableQuestions, match=r"2\.3\.toml cannot be read"):
        list(read(write(tmp_path, "[two")))


def test_an_id_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, VALID)
    write(tmp_path, VALID, "2.4.toml")
    with pytest.raises(UnusableQuestions, match=r"2\.4\.toml: two: 2\.3\.toml has this id"):
        bank(tmp_path)
