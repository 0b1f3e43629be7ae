"""Finding the clone of lesson 2.5, with a fallback if it is missing or has pointers instead of files."""

from __future__ import annotations

from pathlib import Path

from autograde.models import finetuned_folder
from autograde.session.clones import find_clone
from autograde.session.lesson import Lesson

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 133\n"


def lesson(workspace: Path) -> Lesson:
    return Lesson("2.6", "http://127.0.0.1:1", "en", workspace, workspace / ".autograde", "hub")


def test_a_clone_with_real_weights_is_used(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "2.5" / "mymodel04"
    clone.mkdir(parents=True)
    (clone / "model.safetensors").write_bytes(bytes(2000))
    found = find_clone(lesson(tmp_path))
    assert found.found
    assert found.folder == clone
    assert repr(found) == "Your clone of lesson 2.5: clones/2.5/mymodel04"


def test_without_a_clone_the_uploaded_folder_is_used_and_lesson_2_5_is_named(tmp_path: Path) -> None:
    found = find_clone(lesson(tmp_path))
    assert not found.found
    assert found.folder == finetuned_folder()
    assert "Lesson 2.5 makes one" in repr(found)
    assert "Not done" not in found._repr_html_()
    assert not (tmp_path / "clones").exists()


def test_message_about_a_clone_of_pointers_names_the_repair(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "2.5" / "mymodel04"
    clone.mkdir(parents=True)
    (clone / "model.safetensors").write_text(POINTER)
    found = find_clone(lesson(tmp_path))
    assert found.folder == finetuned_folder()
    assert "git lfs pull" in repr(found)
