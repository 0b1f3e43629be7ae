"""Pictures in lessons, exercises and pages: each exists in the reader's language and has an alternative text."""

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
    """A picture in a notebook or page.

    Attributes:
        place: the file and, in a notebook, the cell.
        language: the language of the text around it.
        file: the picture.
        words: the alternative text.
    """

    place: str
    language: str
    file: Path
    words: str


def images(text: str) -> Iterator[tuple[str, str]]:
    """Yield address and alternative text of every image in a Markdown text, including those in HTML."""
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
def test_picture_exists_in_the_readers_language_with_alternative_text(use: Use) -> None:
    assert use.file.resolve().parent == FOLDER, "the picture is not made by `make pictures`"
    assert use.file.is_file()
    assert use.file.suffixes[0] == f".{use.language}"
    assert len(use.words.strip()) >= 8
    assert bool(CHINESE.search(use.words)) == (use.language == "zh")


def test_every_picture_is_used() -> None:
    assert {path.name for path in FOLDER.iterdir()} - {use.file.name for use in USES} == set()
