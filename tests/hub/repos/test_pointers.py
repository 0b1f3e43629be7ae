"""Pointers of git-lfs are parsed; any other file is not a pointer."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.hub.repos.pointers import MAX_POINTER, LfsPointer, is_oid, parse_pointer


@given(st.binary(max_size=2000))
def test_pointer_text_is_parsed_back(content: bytes) -> None:
    pointer = LfsPointer(hashlib.sha256(content).hexdigest(), len(content))
    assert parse_pointer(pointer.text()) == pointer
    assert parse_pointer(content) is None


def test_pointer_text_equals_that_of_git_lfs(tmp_path: Path) -> None:
    content = b"weights" * 1000
    file = tmp_path / "model.bin"
    file.write_bytes(content)
    written = subprocess.run(
        ["git-lfs", "pointer", f"--file={file}"], capture_output=True, check=True, cwd=tmp_path
    ).stdout
    assert written == LfsPointer(hashlib.sha256(content).hexdigest(), len(content)).text()


OID = "a" * 64
TEXT = LfsPointer(OID, 12).text()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        TEXT[:-1],
        TEXT + b"\n",
        TEXT.replace(b"\n", b"\r\n"),
        TEXT.replace(b"sha256", b"sha512"),
        TEXT.replace(b"a" * 64, b"A" * 64),
        TEXT.replace(b"a" * 64, b"a" * 63),
        TEXT.replace(b"12", b"-12"),
        TEXT.replace(b"12", b"9" * 16),
        b" " + TEXT,
        TEXT.replace(b"oid", b"ext-0-" + b"x" * MAX_POINTER + b"\noid"),
    ],
)
def test_malformed_pointer_is_an_ordinary_file(content: bytes) -> None:
    assert parse_pointer(content) is None


def test_pointer_with_extensions_is_parsed() -> None:
    text = TEXT.replace(b"oid", b"ext-0-foo sha256:" + b"b" * 64 + b"\noid")
    assert parse_pointer(text) == LfsPointer(OID, 12)


@pytest.mark.parametrize("text", ["", "a" * 63, "A" * 64, "a" * 64 + "\n", "../" + "a" * 61, None, 12, b"a" * 64])
def test_oid_is_64_lowercase_hexadecimal_digits(text: object) -> None:
    assert is_oid(OID)
    assert not is_oid(text)
