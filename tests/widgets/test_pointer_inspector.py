"""The pointer inspector shows sizes and hashes measured on the files."""

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
    """A clone without LFS, and a complete one."""
    without, complete = tmp_path / "without", tmp_path / "complete"
    for folder in (without, complete):
        folder.mkdir()
        (folder / "config.json").write_text("{}")
    pointer = f"{VERSION}\noid sha256:{sha256(REAL).hexdigest()}\nsize {len(REAL)}\n"
    (without / "model.safetensors").write_text(pointer)
    (complete / "model.safetensors").write_bytes(REAL)
    return without, complete


def test_pointer_lines_are_matched_with_the_real_files_size_and_sha256(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    assert form.file.value == "model.safetensors"
    shown = form.shown.value
    assert shown.count(sha256(REAL).hexdigest()) == 2
    assert f"{len(REAL):,} bytes" in shown
    assert shown.count("✓ the same") == 2
    # Lines differ in more than their colour.
    assert len(set(re.findall(r"3px (\w+) #", shown))) == 3
    for number in "①②③":
        assert shown.count(number) == 2


def test_both_fingerprints_begin_a_line_of_their_own(clones: tuple[Path, Path]) -> None:
    """They were broken at different places, in two fonts, so they were hard to compare."""
    shown = PointerInspector(*clones).shown.value
    assert len(re.findall(rf"<br>(?:<code [^>]*>)?{sha256(REAL).hexdigest()}</code>", shown)) == 2
    assert "table-layout: fixed" in shown


def test_bars_are_to_scale_or_say_that_they_are_not(clones: tuple[Path, Path]) -> None:
    shown = PointerInspector(*clones).shown.value
    length = (clones[0] / "model.safetensors").stat().st_size
    widths = re.findall(r" width: ([\d.]+)%", shown)
    assert widths == [f"{100 * length / len(REAL):.2f}", "100.00"]
    # With a width in pixels, a narrow notebook got a scroll bar below the comparison.
    assert "; width: 560px" not in shown
    assert f"to scale: {560 * length / len(REAL):.4f} of a pixel" in shown


def test_changed_file_does_not_match_the_pointer(clones: tuple[Path, Path]) -> None:
    (clones[1] / "model.safetensors").write_bytes(REAL[:-1] + b"?")
    shown = PointerInspector(*clones).shown.value
    assert shown.count("✗ not the same") == 1
    assert shown.count("✓ the same") == 1


def test_small_file_is_not_shown_as_a_pointer(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    form.file.value = "config.json"
    assert "config.json is not a pointer" in form.shown.value
    assert "identical" in form.shown.value


def test_refresh_after_git_lfs_pull_shows_the_real_file(clones: tuple[Path, Path]) -> None:
    form = PointerInspector(*clones)
    (clones[0] / "model.safetensors").write_bytes(REAL)
    form.refresh()
    assert f"its {len(REAL):,} bytes are the file itself" in form.shown.value


def test_missing_clone_is_reported(tmp_path: Path) -> None:
    form = PointerInspector(tmp_path / "nowhere", tmp_path)
    assert "does not exist" in form.shown.value
    assert "nowhere" in form.shown.value
    assert repr(form) == "PointerInspector()"


def test_text_form_has_the_same_results(clones: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(PointerInspector(*clones)).count("✓ the same") == 2
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    assert repr(PointerInspector(*clones)).count("✓ 一致") == 2
