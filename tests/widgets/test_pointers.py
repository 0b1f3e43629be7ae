"""Recognising LFS pointers by their whole text, and measuring files."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from autograde.widgets.pointers import LONGEST, VERSION, measure, read_pointer

OID = "0123456789abcdef" * 4


def test_pointer_has_oid_size_and_its_own_length(tmp_path: Path) -> None:
    text = f"{VERSION}\noid sha256:{OID}\nsize 122940648\n"
    (tmp_path / "p").write_text(text)
    pointer = read_pointer(tmp_path / "p")
    assert pointer is not None
    assert (pointer.oid, pointer.size, pointer.length) == (OID, 122940648, len(text))
    assert "\n".join(pointer.lines) + "\n" == text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        VERSION.encode(),
        f"{VERSION}\nsize 1\n".encode(),
        f"{VERSION}\noid sha256:{OID}\nsize ٣\n".encode(),
        f"{VERSION}\noid sha256:{OID}\nsize 1\nmore\n".encode(),
        b"\x00\xff" * LONGEST,
    ],
)
def test_other_files_are_not_pointers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    assert read_pointer(tmp_path / "f") is None


def test_whole_file_is_measured(tmp_path: Path) -> None:
    content = b"x" * ((1 << 20) + 7)
    (tmp_path / "f").write_bytes(content)
    measured = measure(tmp_path / "f")
    assert (measured.size, measured.sha256) == (len(content), sha256(content).hexdigest())
