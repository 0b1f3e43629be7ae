"""Archives of Moodle, Canvas and Blackboard are read; hostile ones do no harm."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograde.errors import UnusableArchive
from autograde.grading import downloads
from autograde.grading.downloads import read_archive


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
    ],
)
def test_the_name_of_a_member_tells_whose_it_is(
    tmp_path: Path, member: str, platform: str, learner: str, number: str, name: str
) -> None:
    [found], skipped = read_archive(archive(tmp_path, member))
    assert (found.platform, found.learner, found.number, found.file) == (platform, learner, number, name)
    assert skipped == []


def test_late_and_repeated_submissions_of_canvas_and_times_of_blackboard_are_read(tmp_path: Path) -> None:
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
def test_a_file_that_is_not_an_archive_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    with pytest.raises(UnusableArchive, match=r"class\.zip") as refused:
        read_archive(path)
    assert refused.value.fix


def test_a_damaged_member_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path, "ada/a.ipynb", content=b"x" * 100)
    damaged = bytearray(path.read_bytes())
    damaged[60] ^= 0xFF
    path.write_bytes(damaged)
    with pytest.raises(UnusableArchive):
        read_archive(path)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_name_without_the_unicode_flag_is_read_as_it_was_meant(tmp_path: Path, encoding: str) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("PLACE/a.ipynb", b"{}")
    name = "张伟".encode(encoding).ljust(5, b"x")[:5] if encoding == "gb18030" else b"\xe5\xbc\xa0xx"
    path = tmp_path / "class.zip"
    path.write_bytes(written.getvalue().replace(b"PLACE", name))
    [found], _ = read_archive(path)
    assert found.learner == name.decode(encoding)
