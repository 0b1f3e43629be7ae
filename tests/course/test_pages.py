"""Pages next to the lessons: the glossary has the agreed terms, and the commands for the real Hub work."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograde import notebooks
from autograde.hub import LocalHub
from autograde.i18n.glossary import TERMS, unlike
from autograde.models import tiny_folder
from autograde.settings import KIT

PAGES = sorted(path for path in (KIT / "course").glob("*.ipynb") if not path.name[0].isdigit())

by_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def page(name: str, language: str) -> NotebookNode:
    return notebooks.one_language(notebooks.read(KIT / "course" / f"{name}.ipynb"), language)


def text(book: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in book.cells)


@by_page
def test_the_file_is_canonical_and_both_languages_have_the_same_cells(path: Path) -> None:
    assert notebooks.check(path) == []
    english, chinese = (notebooks.one_language(notebooks.read(path), language).cells for language in ("en", "zh"))
    for left, right in zip(english, chinese, strict=True):
        assert re.findall(r"(?m)^#+ ", left.source) == re.findall(r"(?m)^#+ ", right.source)
        assert re.findall(r"\]\(([^)]+)\)", left.source) == re.findall(r"\]\(([^)]+)\)", right.source)
        assert re.findall(r"```.*?```", left.source, re.DOTALL) == re.findall(r"```.*?```", right.source, re.DOTALL)


@by_page
def test_links_lead_to_lessons_or_to_the_real_hub(path: Path) -> None:
    addresses = re.findall(r"\]\(([^)]+)\)", text(notebooks.read(path)))
    assert addresses
    for address in addresses:
        assert address.startswith("https://huggingface.co/") or (path.parent / address).is_file(), address


@by_page
def test_every_page_is_reached_from_a_lesson(path: Path) -> None:
    lessons = (KIT / "course").glob("[0-9]*.ipynb")
    assert any(f"]({path.name})" in lesson.read_text(encoding="utf-8") for lesson in lessons)


def rows(language: str) -> list[list[str]]:
    found = [line for line in text(page("glossary", language)).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in found[1:]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_glossary_has_a_row_for_each_term_with_the_agreed_word(language: str) -> None:
    found = {english: chinese for english, chinese, _meaning in rows(language)}
    assert set(found) == {term.english[0] for term in TERMS}
    for term in TERMS:
        assert found[term.english[0]].split(" / ")[0] == term.chinese[0]


def test_explanations_in_the_glossary_use_its_terms() -> None:
    for (_name, _word, english), (_same, _again, chinese) in zip(rows("en"), rows("zh"), strict=True):
        assert unlike(english, chinese) == []


def commands() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text(page("moving-to-the-real-hub", "en")), re.DOTALL)
    found = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    assert {shlex.split(line)[0] for line in found} >= {"hf", "unset"}
    return found


def test_commands_for_the_real_hub_work_in_order(tmp_path: Path) -> None:
    """Run on a local Hub, with its address and account, and the token as an option instead of typed."""
    tiny_folder(tmp_path / "bert-base-uncased-finetuned")
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        environment = hub.environment(tmp_path / "home")
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        made_public = False
        for command in commands():
            adapted = command.replace("https://huggingface.co", hub.endpoint).replace("your-name", ada.name)
            if command.startswith("unset "):
                continue
            if command.startswith("hf auth login"):
                adapted += f" --token {ada.token}"
            done = subprocess.run(
                ["bash", "-c", adapted], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            if shlex.split(command)[:3] == ["hf", "repos", "settings"]:
                made_public = True
                repository = hub.repository("ada/mymodel04")
                assert not repository.private
                assert "model.safetensors" in repository.lfs_paths()
        assert made_public
        assert not hub.repository("ada/mymodel04").exists
    assert not (tmp_path / "home" / "huggingface" / "token").exists()
