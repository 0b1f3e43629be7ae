"""The documentation site, built without executing the lessons, is complete and loads nothing from other sites."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograde import exercises, hub, widgets
from autograde.settings import KIT, LANGUAGES

pytest.importorskip("sphinx", reason="the extra docs is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. Sphinx's warnings are errors."""
    folder = tmp_path_factory.mktemp("site")
    # A copy: the lessons are generated next to the pages, where `make docs` may be running.
    generated = shutil.ignore_patterns("_build", "lessons", "__pycache__")
    shutil.copytree(KIT / "docs", folder / "docs", ignore=generated)
    shutil.copytree(KIT / "course", folder / "course")
    for path in [*KIT.glob("*.md"), *KIT.glob("LICENSE*")]:
        shutil.copy(path, folder)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-t", "unexecuted", "-d", str(folder / "trees")]
    command += [str(folder / "docs"), str(folder / "html")]
    done = subprocess.run(command, cwd=KIT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_no_page_loads_anything_from_other_sites(site: Path) -> None:
    loaded = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=["']?(?:https?:)?//[^>]*>""")
    pages, sheets = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert pages
    assert sheets
    for page in pages:
        assert loaded.findall(page.read_text(encoding="utf-8")) == [], page.name
    for sheet in sheets:
        assert not re.search(r"""(?:@import\s+|url\()["']?(?:https?:)?//""", sheet.read_text(encoding="utf-8")), sheet


def test_every_lesson_is_on_the_site_in_both_languages_with_its_pictures(site: Path) -> None:
    names = {path.stem for path in (KIT / "course").glob("*.ipynb")}
    for language in LANGUAGES:
        folder = site / "lessons" / language
        assert {path.stem for path in folder.glob("*.html")} - {"index"} == names
        assert list(folder.glob("exercises/*/*.html"))
    assert "_images/six-steps.zh" in (site / "lessons" / "zh" / "2-the-six-steps.html").read_text(encoding="utf-8")


def test_every_page_is_linked_from_the_first(site: Path) -> None:
    first = (site / "index.html").read_text(encoding="utf-8")
    for page in (KIT / "docs").glob("*.md"):
        assert f'href="{page.stem}.html"' in first or page.stem == "index", page.name


def test_first_page_is_the_readme_with_links_to_pages_of_the_site(site: Path) -> None:
    for page, guide in (("index.html", "learners.en.html"), ("index.zh.html", "learners.zh.html")):
        text = (site / page).read_text(encoding="utf-8").split('<div class="article-container">')[1]
        targets = set(re.findall(r'(?:href|src)="([^"]+)"', text))
        assert {guide, "changelog.html", "contributing.html"} <= targets
        assert any(target.endswith("/LICENSE") for target in targets)
        for target in targets:
            assert target.startswith(("http", "#")) or (site / re.split("[#?]", target)[0]).is_file(), target


def test_page_declares_its_language(site: Path) -> None:
    for page, language in (
        ("index", "en"), ("index.zh", "zh-CN"), ("lessons/zh/2.1-create-an-account", "zh-CN"), ("grading.zh", "zh-CN"),
    ):  # fmt: skip
        assert f'lang="{language}"' in (site / f"{page}.html").read_text(encoding="utf-8")[:200], page


@pytest.mark.parametrize("module", [hub, exercises, widgets], ids=lambda module: module.__name__)
def test_every_public_name_is_in_the_reference(site: Path, module: object) -> None:
    page = (site / "api.html").read_text(encoding="utf-8")
    for name in module.__all__:  # type: ignore[attr-defined]
        assert re.search(rf'id="autograde\.[\w.]*\b{name}"', page), name
