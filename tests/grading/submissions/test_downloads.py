"""Reading archives of Moodle, Canvas and other platforms, including damaged and hostile ones."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograde.errors import UnusableArchive
from autograde.grading.submissions import downloads
from autograde.grading.submissions.downloads import read_archive


def archive(folder: Path, *members: str, content: bytes = b"{}") -> Path:
    path = folder / "class.zip"
    with zipfile.ZipFile(path, "w") as file:
        for member in members:
            file.writestr(member, content)
    return path


@pytest.mark.parametrize(
    ("member", "platform", "learner", "number", "name"),
    [
        ("Ada Lovelace_104711_assignsubmission_file_/a.ipynb", "Moodle", "Ada Lovelace", "104711", "a.ipynb"),
        ("Ada Lovelace_104711_assignsubmission_file/a.ipynb", "Moodle", "Ada Lovelace", "104711", "a.ipynb"),
        ("Ada Lovelace_104711_assignsubmission_file_a.ipynb", "Moodle", "Ada Lovelace", "104711", "a.ipynb"),
        ("week 3/张伟_104713_assignsubmission_file_/a.ipynb", "Moodle", "张伟", "104713", "a.ipynb"),
        ("O_Brien Pat_7_assignsubmission_file_/a_b.ipynb", "Moodle", "O_Brien Pat", "7", "a_b.ipynb"),
        ("lovelaceada_12345_678901_a.ipynb", "Canvas", "lovelaceada", "12345", "a.ipynb"),
        ("hoppergrace_LATE_12346_678902_a_b-1.ipynb", "Canvas", "hoppergrace", "12346", "a_b.ipynb"),
        ("a_alovelace_attempt_2026-11-20-10-11-12_a.ipynb", "Blackboard", "alovelace", "", "a.ipynb"),
        ("my_task_alovelace_attempt_2026-11-20-10-11-12_a_1.ipynb", "Blackboard", "alovelace", "", "a_1.ipynb"),
        ("ada/a.ipynb", "folder", "ada", "", "a.ipynb"),
        ("./ada/./a.ipynb", "folder", "ada", "", "a.ipynb"),
        ("Ada Lovelace_7_assignsubmission_file_/home/task/a.ipynb", "Moodle", "Ada Lovelace", "7", "a.ipynb"),
        ("Ada Lovelace_s17_assignsubmission_file_/a.ipynb", "Moodle", "Ada Lovelace", "s17", "a.ipynb"),
        ("Ada Lovelace_7_assignsubmission_file_/a.ipynb.txt", "Moodle", "Ada Lovelace", "7", "a.ipynb"),
        ("Ada Lovelace_7_assignsubmission_file_/a.ipynb.json", "Moodle", "Ada Lovelace", "7", "a.ipynb"),
        ("hoppergrace_late_12346_678902_a.ipynb", "Canvas", "hoppergrace", "12346", "a.ipynb"),
        ("anon_LATE_aB3xY_1001_a.ipynb", "Canvas", "anon aB3xY", "aB3xY", "a.ipynb"),
        ("Ada_7_assignsubmission_onlinetext_/a.ipynb", "Moodle", "Ada", "7", "a.ipynb"),
        ("t_ada_attempt_2026-13-45-99-00-00_a.ipynb", "Blackboard", "ada", "", "a.ipynb"),
    ],
)
def test_platform_and_learner_are_read_from_the_member_name(
    tmp_path: Path, member: str, platform: str, learner: str, number: str, name: str
) -> None:
    [found], skipped = read_archive(archive(tmp_path, member))
    assert (found.platform, found.learner, found.number, found.file) == (platform, learner, number, name)
    assert skipped == []


def test_canvas_late_marks_and_attempts_and_blackboard_times_are_read(tmp_path: Path) -> None:
    members = (
        "hoppergrace_LATE_12346_678902_a-2.ipynb",
        "t_ada_attempt_2026-11-20-10-11-12_a.ipynb",
    )
    [canvas, blackboard], _ = read_archive(archive(tmp_path, *members))
    assert canvas.late
    assert canvas.attempt == 2
    assert blackboard.time == datetime(2026, 11, 20, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "member",
    [
        "../../ada/a.ipynb",
        "/etc/a.ipynb",
        "C:\\ada\\a.ipynb",
        "ada/../../a.ipynb",
        "..\\ada\\a.ipynb",
        "ada/a\n.ipynb",
        "__MACOSX/ada/._a.ipynb",
        "ada/.ipynb_checkpoints/a.ipynb",
        "ada/.venv/lib/a.ipynb",
        "ada/node_modules/a.ipynb",
        "ada/notes.txt",
        "a.ipynb",
    ],
)
def test_a_member_that_is_not_a_submission_is_skipped_with_a_reason(tmp_path: Path, member: str) -> None:
    found, [skipped] = read_archive(archive(tmp_path, member))
    assert found == []
    assert skipped.reason


def test_a_link_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("ada/a.ipynb")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    found, [skipped] = read_archive(path)
    assert found == []
    assert "link" in skipped.reason


def test_a_member_that_unpacks_to_more_than_the_limit_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "LARGEST", 1000)
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("ada/a.ipynb", b"0" * 1_000_000)
        file.writestr("grace/a.ipynb", b"{}")
    [found], [skipped] = read_archive(path)
    assert found.learner == "grace"
    assert "larger" in skipped.reason


def test_an_archive_with_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_FILES", 2)
    with pytest.raises(UnusableArchive, match="3 files"):
        read_archive(archive(tmp_path, "a/a.ipynb", "b/a.ipynb", "c/a.ipynb"))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x05\x06" + b"\xff" * 18])
def test_error_for_a_file_that_is_not_an_archive_names_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    with pytest.raises(UnusableArchive, match=r"class\.zip") as refused:
        read_archive(path)
    assert refused.value.fix


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(("place", "value"), [(60, 0xFF), (8, 99)], ids=["content", "method"])
def test_a_damaged_member_is_named_and_the_others_are_read(
    tmp_path: Path, packing: int, place: int, value: int
) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", packing) as file:
        file.writestr("ada/a.ipynb", bytes(range(256)) * 4)
        file.writestr("grace/a.ipynb", b"{}")
    damaged = bytearray(path.read_bytes())
    if value == 99:
        directory = damaged.index(b"PK\x01\x02")
        damaged[place] = damaged[directory + 10] = value
    else:
        damaged[place] ^= value
    path.write_bytes(damaged)
    [found], [skipped] = read_archive(path)
    assert (found.learner, skipped.member) == ("grace", "ada/a.ipynb")
    assert "damaged" in skipped.reason


def test_a_notebook_in_a_learners_own_archive_is_found(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("task/a.ipynb", b"{}")
        file.writestr("__MACOSX/task/._a.ipynb", b"x")
    members = ("Ada_7_assignsubmission_file_/task.zip", "lovelaceada_1_2_task.zip", "ada/task.zip")
    found, skipped = read_archive(archive(tmp_path, *members, content=inner.getvalue()))
    assert [each.learner for each in found] == ["Ada", "lovelaceada", "ada"]
    assert {each.content for each in found} == {b"{}"}
    assert found[0].member == "Ada_7_assignsubmission_file_/task.zip/task/a.ipynb"
    assert skipped == []
    none, [reason] = read_archive(archive(tmp_path, members[0], content=b"PK damaged"))
    assert none == []
    assert "archive without a notebook" in reason.reason


def test_a_notebook_under_another_suffix_is_found_by_its_content(tmp_path: Path) -> None:
    names = ("ada/a.json", "bea/a.txt", "eve/a", "zoe/data.json")
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(name, b'{"cells": [], "nbformat": 4}' if "data" not in name else b'{"a": 1}')
        file.writestr("kit/a.rar", b"Rar!")
    found, skipped = read_archive(path)
    assert [(each.member, each.file) for each in found] == [(name, "a.ipynb") for name in names[:3]]
    assert [each.reason for each in skipped] == ["not a notebook", "an archive that is not ZIP"]


def zipped(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return written.getvalue()


def test_archive_inside_an_archive_is_read(tmp_path: Path) -> None:
    inner = zipped(**{f"{name}_7_assignsubmission_file_/a.ipynb": b"{}" for name in ("Ada", "Bea")})
    found, _ = read_archive(archive(tmp_path, "week 3/download.zip", content=inner))
    assert [(each.platform, each.learner) for each in found] == [("Moodle", "Ada"), ("Moodle", "Bea")]
    deep = zipped(**{"again.zip": zipped(**{"a.ipynb": b"{}"})})
    [found_deep], _ = read_archive(archive(tmp_path, "Ada_7_assignsubmission_file_/task.zip", content=deep))
    assert (found_deep.learner, found_deep.file) == ("Ada", "a.ipynb")


def test_learners_archive_that_unpacks_to_too_much_is_skipped_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit held for each of the archives in it, so that a small one filled the memory."""
    monkeypatch.setattr(downloads, "_MOST_INSIDE", 1500)
    inner = zipped(**{"a.ipynb": b"0" * 1000})
    path = archive(tmp_path, "ada/a.zip", content=zipped(**{"1.zip": inner, "2.zip": inner}))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("bea/a.zip", inner)
    [found], [skipped] = read_archive(path)
    assert (found.learner, skipped.member) == ("bea", "ada/a.zip")
    assert skipped.reason == "the archive is too large when it is unpacked"


def test_blackboards_receipt_names_the_learner(tmp_path: Path) -> None:
    path, start = tmp_path / "class.zip", "task_a_lovelace_attempt_2026-11-20-10-11-12"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{start}_a.ipynb", b"{}")
        file.writestr(f"{start}.txt", "Name: Ada Lovelace (a_lovelace)\nAssignment: task\n")
    [found], _ = read_archive(path)
    assert (found.learner, found.others) == ("a_lovelace", ("Ada Lovelace",))


def test_archive_that_unpacks_to_too_much_is_read_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file was below the limit for a file, but together they filled the memory."""
    monkeypatch.setattr(downloads, "MOST_UNPACKED", 1500)
    monkeypatch.setattr(downloads, "MOST_TIMES", 1)
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in "abcd":
            file.writestr(f"{name}/a.ipynb", b"0" * 1000)
    found, skipped = read_archive(path)
    assert [each.learner for each in found] == ["a", "b"]
    assert {each.reason for each in skipped} == {"the archive is too large when it is unpacked"}


@pytest.mark.parametrize(
    ("encoding", "names"),
    [("gb18030", ("王小明", "欧阳娜")), ("big5", ("王小明", "陳怡君")), ("shift_jis", ("山田太", "さくら"))],
)
def test_encoding_of_names_is_guessed_from_all_names(tmp_path: Path, encoding: str, names: tuple[str, str]) -> None:
    content = zipped(**{"FIRST1/a.ipynb": b"{}", "SECOND/a.ipynb": b"{}"})
    path = tmp_path / "class.zip"
    for place, name in zip((b"FIRST1", b"SECOND"), names, strict=True):
        content = content.replace(place, name.encode(encoding))
    path.write_bytes(content)
    found, _ = read_archive(path)
    assert tuple(each.learner for each in found) == names
    assert all(each.encoding for each in found)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "RAR"), (b"\x1f\x8b\x08", "tar.gz"),
        (b"<!DOCTYPE html><html>", "web page"), (b'{"cells": []}', "one notebook"),
    ],
)  # fmt: skip
def test_error_for_another_file_type_names_the_type(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    with pytest.raises(UnusableArchive, match=kind):
        read_archive(path)


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252"])
def test_western_name_without_the_unicode_flag_is_not_read_as_chinese(tmp_path: Path, encoding: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("PLACEPLACE1/a.ipynb", b"{}")
    path = tmp_path / "class.zip"
    path.write_bytes(written.getvalue().replace(b"PLACEPLACE1", "Jürg Müller".encode(encoding)))
    [found], _ = read_archive(path)
    assert found.learner == "Jürg Müller"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_name_without_the_unicode_flag_is_decoded(tmp_path: Path, encoding: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("PLACE/a.ipynb", b"{}")
    name = "张伟".encode(encoding).ljust(5, b"x")[:5] if encoding == "gb18030" else b"\xe5\xbc\xa0xx"
    path = tmp_path / "class.zip"
    path.write_bytes(written.getvalue().replace(b"PLACE", name))
    [found], _ = read_archive(path)
    assert found.learner == name.decode(encoding)


def test_packing_of_an_inner_archive_that_is_not_read_is_named(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("a.ipynb", b"{}")
    found, [skipped] = read_archive(archive(tmp_path, "ada/a.zip", content=inner.getvalue()))
    assert (found, skipped.reason) == ([], "The archive is packed with LZMA, which is not read.")
