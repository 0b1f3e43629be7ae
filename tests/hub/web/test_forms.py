"""Forms with files: valid ones as browsers send them, and malformed ones."""

from __future__ import annotations

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.hub.refusals import Refusal
from autograde.hub.web.forms import FormPart, is_multipart, parts

MARK = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
KIND = f"multipart/form-data; boundary={MARK}"


def body(*fields: FormPart) -> bytes:
    """Return the body of a form as a browser sends it."""
    sent = b""
    for field in fields:
        head = f'--{MARK}\r\nContent-Disposition: form-data; name="{field.name}"'
        if field.filename is not None:
            head += f'; filename="{field.filename}"\r\nContent-Type: text/csv'
        sent += f"{head}\r\n\r\n".encode() + field.content + b"\r\n"
    return sent + f"--{MARK}--\r\n".encode()


@given(
    st.lists(
        st.builds(FormPart, st.from_regex("[a-z]{1,8}", fullmatch=True), st.none() | st.just("a b.csv"), st.binary())
    )
)
def test_form_of_a_browser_is_parsed(fields: list[FormPart]) -> None:
    if not any(MARK.encode() in field.content for field in fields) and fields:
        assert parts(KIND, body(*fields)) == fields


def test_line_breaks_and_near_boundaries_inside_a_file_are_kept() -> None:
    content = f"a\r\n--{MARK[:-1]}\r\n\r\n--\r\n".encode()
    assert parts(KIND, body(FormPart("file", "x.csv", content))) == [FormPart("file", "x.csv", content)]


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=é"]
)
def test_form_without_a_boundary_is_rejected(kind: str) -> None:
    assert is_multipart(kind)
    with pytest.raises(Refusal) as refused:
        parts(kind, body(FormPart("a", None, b"1")))
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"nothing", body(FormPart("a", None, b"1"))[:-8],
        f"--{MARK}\r\n\r\nno header\r\n--{MARK}--\r\n".encode(),
        f"--{MARK}\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--{MARK}--\r\n".encode(),
        body(*[FormPart("a", None, b"1")] * 200), b"\r\n" * (1 << 19), f"--{MARK}\r\n".encode() * 20_000,
    ],
)  # fmt: skip
def test_incomplete_or_malformed_form_is_rejected(sent: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        parts(KIND, sent)
    assert refused.value.status == 400


def test_form_without_fields_is_empty() -> None:
    assert parts(KIND, f"--{MARK}--\r\n".encode()) == []


def test_large_file_is_read_from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uploads may contain the names of a class, so no part of them goes to a temporary file."""
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    content = bytes(3 << 20)
    assert parts(KIND, body(FormPart("file", "x.csv", content))) == [FormPart("file", "x.csv", content)]


def test_other_content_types_are_not_multipart() -> None:
    assert not is_multipart("application/x-www-form-urlencoded")
    assert not is_multipart("")
