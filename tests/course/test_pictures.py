"""Pictures in lessons, exercises and pages: each exists, in the reader's language, and says in words what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from autograde import notebooks
from autograde.pictures import FOLDER
from autograde.settings import KIT

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Use:
    """A picture where it is shown.

    Attributes:
        place: the file, and in a notebook the cell.
        language: the reader's.
        file: what is shown.
        words: the alternative text.
    """

    place: str
    language: str
    file: Path
    words: str


def images(text: str) -> Iterator[tuple[str, str]]:
    """Address and alternative text of every image of a Markdown text, in Markdown or in HTML."""
    for token in MarkdownIt().enable("table").parse(text):
        for child in token.children or []:
            if child.type == "image":
                yield str(child.attrs["src"]), child.content
    for tag in re.findall(r"<img\b[^>]*>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        yield attributes.get("src", ""), attributes.get("alt", "")


def uses() -> list[Use]:
    found = []
    for path in [*sorted((KIT / "course").glob("*.ipynb")), *sorted((KIT / "source").rglob("*.ipynb"))]:
        for cell in notebooks.read(path).cells:
            if cell.cell_type == "markdown":
                language = notebooks.language_of(cell) or "both"
                place = f"{path.relative_to(KIT)}: {cell.id}"
                found += [Use(place, language, path.parent / src, alt) for src, alt in images(cell.source)]
    for path in sorted([*KIT.glob("README*.md"), *KIT.glob("docs/*.md"), *KIT.glob("course/**/*.md")]):
        language = "zh" if ".zh." in path.name else "en"
        text = path.read_text(encoding="utf-8")
        found += [Use(str(path.relative_to(KIT)), language, path.parent / src, alt) for src, alt in images(text)]
    return found


USES = uses()


@pytest.mark.parametrize("use", USES, ids=lambda use: f"{use.place}-{use.file.name}")
def test_a_picture_exists_and_is_in_the_readers_language_with_words_for_those_who_do_not_see_it(use: Use) -> None:
    assert use.file.resolve().parent == FOLDER, "a picture is one that `make pictures` makes"
    assert use.file.is_file()
    assert use.file.suffixes[0] == f".{use.language}"
    assert len(use.words.strip()) >= 8
    assert bool(CHINESE.search(use.words)) == (use.language == "zh")


def test_every_picture_is_shown_somewhere() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {use.file.name for use in USES} == set()
