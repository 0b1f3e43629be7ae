"""Lesson 2.5: the real files are downloaded, and a clone of pointers is recognised and repaired."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from autograde import notebooks
from autograde.files import sha256
from autograde.models import FINETUNED_SHA256, finetuned_folder
from autograde.settings import KIT

if TYPE_CHECKING:
    from tests.course.conftest import ExecutedLesson

LESSON = KIT / "course" / "2.5-download-with-git-clone.ipynb"

#: The right word for each blank, by the id of its cell.
WORDS = {
    "git-clone": "clone",
    "hf-download": "download",
    "read-the-beginning": "rb",
    "git-lfs-pull": "pull",
}

in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def filled() -> dict[str, str]:
    """Return the cells with a blank, filled with the right word."""
    cells = {each.id: each.source for each in notebooks.read(LESSON).cells}
    assert [name for name, source in cells.items() if "___" in source and "lesson.fill(" in source] == list(WORDS)
    return {name: cells[name].replace("___", word) for name, word in WORDS.items()}


@in_both_languages
def test_the_clone_holds_the_real_files_and_a_clone_of_pointers_is_repaired(
    shared_lesson: Callable[..., ExecutedLesson], language: str
) -> None:
    lesson = shared_lesson("2.5", language, afterwards=filled())
    real = finetuned_folder() / "model.safetensors"
    for clone in ("mymodel04", "without-lfs"):
        weights = lesson.workspace / "clones" / "2.5" / clone / "model.safetensors"
        assert weights.stat().st_size == real.stat().st_size
        assert sha256(weights.read_bytes()) == FINETUNED_SHA256["model.safetensors"]
    assert lesson.printed("compare-fingerprints").split() == [FINETUNED_SHA256["model.safetensors"]] * 2
    assert lesson.printed("git-lfs-pull").split()[-2:] == [FINETUNED_SHA256["model.safetensors"]] * 2
    assert "fatal:" not in lesson.everything_printed()
    assert f"{real.stat().st_size:,}  model.safetensors" in lesson.printed("download-with-python")


@in_both_languages
def test_numbers_about_the_pointer_are_correct(shared_lesson: Callable[..., ExecutedLesson], language: str) -> None:
    lesson = shared_lesson("2.5", language, afterwards=filled())
    size = (finetuned_folder() / "model.safetensors").stat().st_size
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{FINETUNED_SHA256['model.safetensors']}\nsize {size}\n"
    )
    assert pointer in lesson.printed("clone-without-lfs").replace("\r", "")
    assert str(len(pointer)) in lesson.printed("compare-the-clone")
    # The question says "less than 200 bytes", another one "little more than a hundred".
    assert 100 < len(pointer) < 200
    inspected = lesson.printed("pointer-inspector")
    for number in (f"{len(pointer):,}", f"{size:,}", f"{size // len(pointer):,}"):
        assert number in inspected
    beginnings = lesson.printed("read-the-beginning").splitlines()
    assert beginnings[-2].endswith(repr(pointer.encode()[:20]))
    assert beginnings[-1] == repr((finetuned_folder() / "model.safetensors").read_bytes()[:20])
    assert "header" in lesson.printed("load-the-pointer-file")
    assert "LFS" not in lesson.printed("load-the-pointer-file")
    # huggingface_hub's progress bars come before the value.
    assert lesson.printed("some-files-only").endswith("['README.md', 'config.json']")


def test_filled_blanks_are_confirmed(shared_lesson: Callable[..., ExecutedLesson]) -> None:
    lesson = shared_lesson("2.5", "en", afterwards=filled())
    for name, word in WORDS.items():
        assert f"Right: {word}." in lesson.printed_afterwards(name)
