"""The lint for unclear phrases checks docstrings, messages and test names, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograde.i18n.wording import problems


def found(folder: Path, source: str) -> list[str]:
    path = folder / "module.py"
    path.write_text(source, encoding="utf-8")
    return list(problems([path]))


@pytest.mark.parametrize(
    "source",
    [
        '"""Whoever reads this."""',
        'def run() -> None:\n    """Return what came back."""',
        'class Hub:\n    """The very file."""',
        'print(_("This belongs into the other folder."))',
        "def test_nobody_is_logged_in() -> None:\n    pass",
        "def test_page_shows_everybody() -> None:\n    pass",
        "def test_missing_file_is_said() -> None:\n    pass",
        "def test_missing_file_is_said_so() -> None:\n    pass",
        "def test_hostile_name_breaks_no_list() -> None:\n    pass",
    ],
    ids=["module", "function", "class", "message", "test name", "everybody", "end of a test name", "said so", "breaks"],
)
def test_phrase_in_a_docstring_message_or_test_name_is_found(tmp_path: Path, source: str) -> None:
    [line] = found(tmp_path, source)
    assert ":" in line


def test_each_phrase_of_a_text_gets_its_own_advice(tmp_path: Path) -> None:
    lines = found(tmp_path, '"""The very file of somebody."""')
    assert ["identical" in line for line in lines] == [True, False]
    assert "passive voice" in lines[1]


@pytest.mark.parametrize(
    "source",
    [
        '"""Return the names of the accounts. There is no password among them."""',
        "somebody = 1",
        'print("nobody")',
        'def run() -> None:\n    """The Hub is no longer there."""',
    ],
)
def test_other_texts_are_not_reported(tmp_path: Path, source: str) -> None:
    assert found(tmp_path, source) == []


def test_command_fails_and_prints_the_place(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text('"""Somebody."""', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "autograde.i18n.wording", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "module.py:1: 'Somebody'" in done.stdout
