"""Finding a submission's notebook in folders, in archives and under other suffixes."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from autograde import notebooks
from autograde.errors import UnusableNotebook
from autograde.grading.submissions.notebook_files import find
from autograde.settings import KIT

NAME = "1-introduction"
OTHER = "2.6-load-the-downloaded-model"
RELEASED = notebooks.read(KIT / "release" / "en" / NAME / f"{NAME}.ipynb")


def released(name: str) -> bytes:
    return (KIT / "release" / "en" / name / f"{name}.ipynb").read_bytes()


QUIZ, BERT = released(NAME), released(OTHER)


def packed(packing: int = zipfile.ZIP_STORED, /, **files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return written.getvalue()


ZIP = packed(**{f"me/{NAME}.ipynb": QUIZ, f"__MACOSX/me/._{NAME}.ipynb": b"x"})


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({f"{NAME}.ipynb": QUIZ}, f"{NAME}.ipynb"),
        ({f"homework/{NAME}.ipynb": QUIZ}, f"homework/{NAME}.ipynb"),
        ({f"a/b/{NAME} (1).ipynb": QUIZ, f"a/{OTHER}.ipynb": BERT}, f"a/b/{NAME} (1).ipynb"),
        ({f"__MACOSX/{NAME}.ipynb": b"x", f"b/{NAME}.ipynb": QUIZ}, f"b/{NAME}.ipynb"),
        ({"homework.ipynb": QUIZ, f"{OTHER}.ipynb": BERT}, "homework.ipynb"),
        ({"a.ipynb": QUIZ, "b.ipynb": QUIZ}, "a.ipynb"),
        ({f"{NAME}.ipynb.json": QUIZ}, f"{NAME}.ipynb"),
        ({f"{NAME}.ipynb.txt": QUIZ, "notes.txt": b"notes"}, f"{NAME}.ipynb"),
        ({f"{NAME}.json": QUIZ}, f"{NAME}.ipynb"),
        ({NAME: QUIZ}, f"{NAME}.ipynb"),
        ({f"{NAME}.ipnyb": QUIZ}, f"{NAME}.ipynb"),
        ({f"{NAME}.ipynb ": QUIZ}, f"{NAME}.ipynb "),
        ({f"{NAME} - Kopie.ipynb": QUIZ, "old.ipynb": QUIZ + b" "}, f"{NAME} - Kopie.ipynb"),
        ({"me.zip": ZIP}, f"me.zip/me/{NAME}.ipynb"),
        ({"outer.zip": packed(**{"me.zip": ZIP})}, f"outer.zip/me.zip/me/{NAME}.ipynb"),
    ],
)
def test_the_notebook_is_found(files: dict[str, bytes], name: str) -> None:
    assert find(NAME, files, (), RELEASED) == (name, QUIZ)


CHECKPOINT = f".ipynb_checkpoints/{NAME}-checkpoint.ipynb"
ANSWERED = QUIZ.replace(b'\\"hub\\": ...', b'\\"hub\\": 1')


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({f"{NAME}.ipynb": QUIZ, f"{NAME}-Copy1.ipynb": ANSWERED}, f"{NAME}-Copy1.ipynb"),
        ({f"{NAME}.ipynb": QUIZ, "sub/mine.ipynb": ANSWERED}, "sub/mine.ipynb"),
        ({"mine.ipynb": ANSWERED, "old.ipynb": QUIZ}, "mine.ipynb"),
        ({f"{NAME}.ipynb": b"", "mine.ipynb": ANSWERED}, "mine.ipynb"),
        ({f"{NAME}.ipynb": ANSWERED[:500], f"{NAME} (1).ipynb": ANSWERED}, f"{NAME} (1).ipynb"),
        ({f"{NAME}.ipynb": BERT, "mine.ipynb": ANSWERED}, "mine.ipynb"),
        ({f"{NAME}.ipynb": QUIZ, "me.zip": packed(**{"a.ipynb": ANSWERED})}, "me.zip/a.ipynb"),
        ({f"{NAME}.ipynb": packed(**{"a.ipynb": ANSWERED})}, f"{NAME}.ipynb/a.ipynb"),
        ({"me.zip": packed(**{f"{NAME}.ipynb.txt": ANSWERED})}, f"me.zip/{NAME}.ipynb"),
        ({f".{NAME}.ipynb": ANSWERED, f"._{NAME}.ipynb": b"\0\5"}, f"{NAME}.ipynb"),
        ({f"{NAME}.ipynb": QUIZ, CHECKPOINT: ANSWERED}, CHECKPOINT),
        ({CHECKPOINT: ANSWERED}, CHECKPOINT),
        ({"a.ipynb": QUIZ, CHECKPOINT: ANSWERED}, CHECKPOINT),
        ({f"me/{NAME}.ipynb": QUIZ, f"me/{NAME}-Copy1.ipynb": ANSWERED}, f"me/{NAME}-Copy1.ipynb"),
        ({"me.zip": packed(**{f"{NAME}.ipynb": QUIZ, "a.ipynb": ANSWERED})}, "me.zip/a.ipynb"),
    ],
)
def test_answered_notebook_is_chosen_over_an_untouched_or_unusable_one(files: dict[str, bytes], name: str) -> None:
    assert ANSWERED != QUIZ
    assert find(NAME, files, (), RELEASED) == (name, ANSWERED)


def test_several_answered_notebooks_beside_an_untouched_one_are_named() -> None:
    """The untouched one was graded, with 0 points and without a note."""
    files = {f"{NAME}.ipynb": QUIZ, "a.ipynb": ANSWERED, "b.ipynb": ANSWERED.replace(b": 1", b": 2")}
    with pytest.raises(UnusableNotebook, match=r"not clear which one counts: a\.ipynb, b\.ipynb"):
        find(NAME, files, (), RELEASED)


def test_answered_notebook_with_the_right_name_is_chosen() -> None:
    files = {f"{NAME}.ipynb": ANSWERED, f"{NAME}-Copy1.ipynb": ANSWERED + b" ", CHECKPOINT: ANSWERED + b"\n"}
    assert find(NAME, files, (), RELEASED) == (f"{NAME}.ipynb", ANSWERED)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"me.zip": b"PK\x03\x04 damaged"},
        {"me.zip": packed(**{"notes.txt": b"notes"})},
        {"deep.zip": packed(**{"a.zip": packed(**{"b.zip": ZIP})})},
        {"data.json": b'{"a": 1}', f"{NAME}.html": b"<html>"},
        {"a.ipynb": QUIZ, "b.ipynb": QUIZ.replace(b"Hub", b"hub")},
        {CHECKPOINT: QUIZ},
    ],
    ids=["nothing", "damaged", "no notebook", "too deep", "other files", "two versions", "a checkpoint"],
)
def test_missing_or_ambiguous_notebook_is_not_guessed(files: dict[str, bytes]) -> None:
    assert find(NAME, files, (), RELEASED) is None


def test_irregular_file_is_found_without_its_content() -> None:
    assert find(NAME, {}, (f"{NAME}.ipynb",), RELEASED) == (f"{NAME}.ipynb", None)


def test_zip_bomb_is_not_unpacked() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.ipynb", bytes(60 * 2**20))
    assert find(NAME, {"bomb.zip": written.getvalue()}, (), RELEASED) is None


BOMB = packed(zipfile.ZIP_DEFLATED, **{f"{each}.ipynb": b'{"cells": 1' + bytes(20 * 2**20) for each in "ab"})


@pytest.mark.parametrize(
    "files",
    [
        {f"{number}.zip": BOMB for number in range(3)},
        {"me.zip": packed(**{f"{number}.zip": BOMB for number in range(30)})},
        {f"{number}.zip": packed(**{f"{each}.ipynb": b"{}" for each in range(150)}) for number in range(2)},
        {"me.zip": packed(**{str(number): b"" for number in range(20_001)})},
    ],
    ids=["beside each other", "nested", "many files", "large directory"],
)
def test_all_archives_of_a_submission_share_one_limit(files: dict[str, bytes]) -> None:
    """Each archive had a limit of its own, so a submission of 18 KB took 1.4 GB of memory."""
    tracemalloc.start()
    try:
        assert find(NAME, {f"{NAME}.ipynb": QUIZ} | files, (), RELEASED) == (f"{NAME}.ipynb", QUIZ)
        with pytest.raises(UnusableNotebook, match="too many or too large files"):
            find(NAME, files, (), RELEASED)
        assert tracemalloc.get_traced_memory()[1] < 300 * 2**20
    finally:
        tracemalloc.stop()


MANY = packed(**{str(number): b"" for number in range(20_001)})


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"a.zip": MANY, "b.zip": ZIP}, f"b.zip/me/{NAME}.ipynb"),
        (
            {"a.zip": packed(**{f"{number}.ipynb": b"{}" for number in range(250)}), "b.zip": ZIP},
            f"b.zip/me/{NAME}.ipynb",
        ),
        ({"me.zip": packed(zipfile.ZIP_DEFLATED, **{"a.zip": MANY, "b.zip": ZIP})}, f"me.zip/b.zip/me/{NAME}.ipynb"),
        ({"a.zip": MANY, f".{NAME}.ipynb": QUIZ}, f"{NAME}.ipynb"),
        ({"a.zip": packed(zipfile.ZIP_LZMA, **{"x.ipynb": QUIZ}), f".{NAME}.ipynb": QUIZ}, f"{NAME}.ipynb"),
        (
            {"a.zip": packed(**{f"{NAME}.ipynb": QUIZ} | {f"x/{number}.ipynb": b"{}" for number in range(250)})},
            f"a.zip/{NAME}.ipynb",
        ),
    ],
    ids=["many files", "many notebooks", "nested", "hidden", "hidden beside LZMA", "first of many"],
)
def test_large_archive_does_not_hide_the_notebook(files: dict[str, bytes], name: str) -> None:
    """The first archive with too many files ended the search."""
    assert find(NAME, files, (), RELEASED) == (name, QUIZ)


def test_answered_notebook_is_chosen_beside_a_large_archive() -> None:
    files = {f"{NAME}.ipynb": QUIZ, "a.zip": MANY, "b.zip": packed(**{"mine.ipynb": ANSWERED})}
    assert find(NAME, files, (), RELEASED) == ("b.zip/mine.ipynb", ANSWERED)


@pytest.mark.parametrize(("packing", "method"), [(zipfile.ZIP_LZMA, "LZMA"), (zipfile.ZIP_BZIP2, "BZip2")])
def test_packing_that_is_not_read_is_named(packing: int, method: str) -> None:
    """The notebook was missing without a reason."""
    archive = packed(packing, **{f"{NAME}.ipynb": QUIZ})
    for files in ({"me.zip": archive}, {"outer.zip": packed(**{"me.zip": archive})}):
        with pytest.raises(UnusableNotebook, match=f"packed with {method}"):
            find(NAME, files, (), RELEASED)


def test_file_whose_unpacked_size_is_false_or_cannot_be_limited_is_not_unpacked() -> None:
    content = b'{"cells": 1' + bytes(40 * 2**20)
    false = packed(zipfile.ZIP_DEFLATED, **{f"{NAME}.ipynb": content})
    false = false.replace(len(content).to_bytes(4, "little"), (11).to_bytes(4, "little"))
    bzip2 = packed(zipfile.ZIP_BZIP2, **{f"{NAME}.ipynb": content})
    tracemalloc.start()
    try:
        assert find(NAME, {"false.zip": false}, (), RELEASED) is None
        with pytest.raises(UnusableNotebook, match="packed with BZip2"):
            find(NAME, {"false.zip": false, "bzip2.zip": bzip2}, (), RELEASED)
        assert tracemalloc.get_traced_memory()[1] < 20 * 2**20
    finally:
        tracemalloc.stop()
