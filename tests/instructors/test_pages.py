"""The instructors' pages: commands and explained messages exist, and both languages have the same structure."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from autograde.cli.commands import app
from autograde.i18n.catalogues import catalogue
from autograde.i18n.translation import LOCALE
from autograde.settings import KIT

FOLDER = KIT / "course" / "for-instructors"
PAGES = sorted(FOLDER.glob("*.md"))
MAKEFILE = (KIT / "Makefile").read_text(encoding="utf-8")

#: Commands of every Unix machine that the pages use.
USUAL = {"cp", "mv", "cd", "mkdir", "export"}

by_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


def commands(path: Path) -> list[str]:
    """Return the commands, which follow a dollar sign, without their comments."""
    lines = re.findall(r"(?m)^ *\$ (.+)$", path.read_text(encoding="utf-8"))
    return [line.split("  #")[0].strip() for line in lines]


def test_commands_and_links_are_found() -> None:
    """The tests of each page depend on these functions."""
    assert {line.split()[0] for path in PAGES for line in commands(path)} >= {"make", "autograde"}
    assert any(links(path) for path in PAGES)


@by_page
def test_every_command_exists_with_its_options(path: Path) -> None:
    for line in commands(path):
        words = [word for word in shlex.split(line.split(" #")[0]) if not re.match(r"[A-Z_]+=", word)]
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", MAKEFILE, re.MULTILINE), line
        elif words[0] == "autograde":
            command, arguments = get_command(app), words[1:]
            while hasattr(command, "commands"):
                command = command.commands[arguments.pop(0)]
            known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)}
            assert {word for word in arguments if word.startswith("-")} <= known, line
        else:
            assert words[0] in USUAL, line


def messages(language: str) -> set[str]:
    """Return every message of the kit in one language."""
    found = set()
    for file in (LOCALE / "zh" / "LC_MESSAGES").glob("*.po"):
        found |= {str(each.id if language == "en" else each.string) for each in catalogue(file) if each.id}
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_explained_message_exists_in_the_kit(language: str) -> None:
    text = (FOLDER / f"troubleshooting.{language}.md").read_text(encoding="utf-8")
    explained = re.findall(r"(?m)^### `(.+)`$", text)
    assert len(explained) >= 15
    known = messages(language)
    for message in explained:
        pieces = [piece.strip() for piece in message.split("…") if piece.strip()]
        pattern = re.compile(".*".join(map(re.escape, pieces)), re.DOTALL)
        assert any(pattern.search(each) for each in known), message


@pytest.mark.parametrize("name", ["plan", "classroom", "troubleshooting"])
def test_both_languages_have_the_same_parts_and_commands(name: str) -> None:
    english, chinese = (FOLDER / f"{name}.{language}.md" for language in ("en", "zh"))
    assert commands(english) == commands(chinese)
    shape = [
        [
            (len(mark), words.split()[0] if name == "plan" else "")
            for mark, words in re.findall(r"(?m)^(#+) (.+)$", text)
        ]
        for text in (path.read_text(encoding="utf-8") for path in (english, chinese))
    ]
    assert [level for level, _first in shape[0]].count(1) == 1
    assert [level for level, _first in shape[0]] == [level for level, _first in shape[1]]
    if name == "plan":
        assert [first for level, first in shape[0] if level == 2] == [first for level, first in shape[1] if level == 2]
        rows = [len(re.findall(r"(?m)^\| \d", path.read_text(encoding="utf-8"))) for path in (english, chinese)]
        assert rows[0] == rows[1] > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plan_has_every_lesson_with_45_minutes_each(language: str) -> None:
    text = (FOLDER / f"plan.{language}.md").read_text(encoding="utf-8")
    planned = {part.split()[0]: re.findall(r"(?m)^\| (\d+)–(\d+) \|", part) for part in text.split("\n## ")[1:]}
    # Lessons have numbers; other notebooks are reference pages.
    assert {path.stem.split("-")[0] for path in (KIT / "course").glob("[0-9]*.ipynb")} <= set(planned)
    for section, rows in planned.items():
        assert rows[0][0] == "0", section
        assert rows[-1][1] == "45", section
        assert all(end == start for (_, end), (start, _) in itertools.pairwise(rows)), section


def links(path: Path) -> list[str]:
    return re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8"))


@by_page
def test_every_link_leads_to_a_file(path: Path) -> None:
    for address in links(path):
        assert (path.parent / address).is_file(), address
