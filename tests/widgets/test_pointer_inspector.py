"""The pointer inspector: what it shows was measured on the files."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from autograde.widgets import PointerInspector
from autograde.widgets.pointers import VERSION

REAL = bytes(range(256)) * 4000


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Path, Path]:
    """A clone without LFS, and a whole one."""
    without, whole = tmp_path / "without", tmp_path / "whole"
    for folder in (without, whole):
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    pointer = f"{VERSION}\noid sha256:{sha256(REAL).hexdigest()}\nsize {len(REAL)}\n"
    (without / "model.safetensors").write_text(pointer)
    (whole / "model.safetensors").write_bytes(REAL)
    return without, whole


def test_the_three_lines_are_tied_to_the_real_files_size_and_sha256(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    assert form.file.value == "model.safetensors"
    shown = form.shown.value
    assert shown.count(sha256(REAL).hexdigest()) == 2
    assert f"{len(REAL):,} bytes" in shown
    assert shown.count("✓ the same") == 2
    # No line is told from another by its colour alone.
    assert len(set(re.findall(r"3px (\w+) #", shown))) == 3
    for number in "①②③":
        assert shown.count(number) == 2


def test_the_bars_are_to_scale_and_say_where_they_cannot_be(clones: tuple[Path, Path]) -> None:
    shown = PointerInspector(*clones).shown.value
    length = (clones[0] / "model.safetensors").stat().st_size
    widths = [int(each) for each in re.findall(r"width: (\d+)px", shown)]
    assert widths == [max(1, round(560 * length / len(REAL))), 560]
    assert f"to scale: {560 * length / len(REAL):.4f} of a pixel" in shown


def test_another_file_that_was_changed_does_not_agree(clones: tuple[Path, Path]) -> None:
    (clones[1] / "model.safetensors").write_bytes(REAL[:-1] + b"?")
    shown = PointerInspector(*clones).shown.value
    assert shown.count("✗ not the same") == 1
    assert shown.count("✓ the same") == 1


def test_a_small_file_is_no_pointer(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    form.file.value = "config.json"
    assert "config.json is not a pointer" in form.shown.value
    assert "identical" in form.shown.value


def test_after_git_lfs_pull_the_real_file_is_in_both(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    (clones[0] / "model.safetensors").write_bytes(REAL)
    form.refresh()
    assert f"its {len(REAL):,} bytes are the file itself" in form.shown.value


def test_a_clone_that_is_missing_is_said_with_the_next_step(tmp_path: Path) -> None:
    form = PointerInspector(tmp_path / "nowhere", tmp_path)
    assert "does not exist" in form.shown.value
    assert "nowhere" in form.shown.value
    assert repr(form) == "PointerInspector()"


def test_without_a_display_the_same_is_said_as_text(clones: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(PointerInspector(*clones)).count("✓ the same") == 2
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    assert repr(PointerInspector(*clones)).count("✓ 一致") == 2
