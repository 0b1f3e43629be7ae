"""A third language needs only catalogues and tagged cells: tested with a pseudo-language in a copy of the kit.

Its tag is ``eo``. Each translation is the message between ⟦ and ⟧, so that untranslated texts are visible.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from autograde import settings
from autograde.settings import KIT

LANGUAGE = "eo"


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the kit with catalogues in the pseudo-language, compiled by the kit's own tool."""
    folder = tmp_path_factory.mktemp("kit")
    shutil.copytree(KIT / "autograde", folder / "autograde", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(KIT / "course", folder / "course", ignore=shutil.ignore_patterns("*.png", "generated"))
    locale = folder / "autograde" / "i18n" / "locale"
    (locale / LANGUAGE / "LC_MESSAGES").mkdir(parents=True)
    for path in (locale / "zh" / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            chinese = read_po(file)
        pseudo = Catalog(locale=LANGUAGE)
        for message in chinese:
            if message.id:
                pseudo.add(message.id, f"⟦{message.id}⟧")
        with (locale / LANGUAGE / "LC_MESSAGES" / path.name).open("wb") as file:
            write_po(file, pseudo)
    done = run(folder, "-m", "autograde.i18n.catalogues")
    assert "All messages are translated." in done
    return folder


def run(kit: Path, *arguments: str) -> str:
    """Run this Python with the copy instead of the kit and return its output."""
    environment = settings.environment() | {"PYTHONPATH": str(kit), "AUTOGRADE_LANGUAGE": LANGUAGE, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=kit, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_commands_pages_and_verdicts_are_translated(kit: Path) -> None:
    assert "⟦Open the lessons in JupyterLab" in run(kit, "-m", "autograde", "--help")
    page = run(
        kit,
        "-c",
        "from autograde.hub import LocalHub, Visitor\n"
        "with LocalHub() as hub: print(Visitor(hub.endpoint, language='eo').get('/login'))",
    )
    assert '<html lang="eo"' in page
    assert "⟦Log in⟧" in page
    assert ">English</a>" in page
    assert ">中文</a>" in page
    output = run(
        kit,
        "-c",
        "from autograde.judge.messages import Message\n"
        "print(*[Message('A read token.').in_language(each) for each in ('eo', 'en')])",
    )
    assert output.strip() == "⟦A read token.⟧ A read token."


def test_lesson_has_tagged_cells_and_english_ones_otherwise(kit: Path, tmp_path: Path) -> None:
    program = """
import sys
from copy import deepcopy
from pathlib import Path
from autograde import notebooks
from autograde.session.workspace import fill

(path,) = Path("course").glob("2.1-*.ipynb")
book = notebooks.read(path)
place = next(number for number, cell in enumerate(book.cells) if "zh" in notebooks.tags(cell))
cell = deepcopy(book.cells[place])
cell.id, cell.source, cell.metadata.tags = cell.id.removesuffix("-zh") + "-eo", "# Krei konton", ["eo"]
book.cells.insert(place + 1, cell)
path.write_text(notebooks.canonical(book), encoding="utf-8")
assert notebooks.check(path) == [], notebooks.check(path)
for language in ("eo", "en", "zh"):
    fill(Path(sys.argv[1]) / language, language)
"""
    run(kit, "-c", program, str(tmp_path))
    texts = {
        language: (tmp_path / language / "2.1-create-an-account.ipynb").read_text(encoding="utf-8")
        for language in ("eo", "en", "zh")
    }
    assert [language for language, text in texts.items() if "Krei konton" in text] == ["eo"]
    assert "## Predict" in texts["eo"]
    assert "创建" not in texts["eo"]
    # Pictures that don't exist in this language are the English ones.
    assert (tmp_path / LANGUAGE / "pictures" / "six-steps.en.svg").exists()
    assert not list((tmp_path / LANGUAGE).rglob("*.zh.*"))
