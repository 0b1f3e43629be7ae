"""Downloads: byte ranges, and HTML files that must not run in a browser."""

from __future__ import annotations

import pytest

from autograde.hub import LocalHub
from autograde.hub.repos.pointers import LfsPointer
from tests.hub.clients import Ask


@pytest.fixture(scope="module")
def name(hub: LocalHub) -> str:
    """The full name of a repository with a regular file, an LFS file and an HTML file."""
    digits, page = b"0123456789", b"<script>alert(1)</script>"
    ada = hub.create_user("ada-files")
    files = {"digits.txt": digits, "digits.bin": digits, "evil.html": page}
    hub.create_repository(f"{ada.name}/files", files=files)
    return f"{ada.name}/files"


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ("bytes=0-3", 206, "0123"), ("bytes=5-", 206, "56789"), ("bytes=-2", 206, "89"), ("bytes=8-100", 206, "89"),
        ("bytes=10-", 416, None), ("bytes=3-1", 200, "0123456789"), ("lines=1-2", 200, "0123456789"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("large", [False, True])
def test_range_request_returns_the_requested_bytes(
    hub: LocalHub, ask: Ask, name: str, given: str, status: int, expected: str | None, large: bool
) -> None:
    path = "digits.bin" if large else "digits.txt"
    answered, headers, body = ask(hub, "GET", f"/{name}/resolve/main/{path}", Range=given)
    assert answered == status
    if expected is not None:
        assert body.decode() == expected
        assert headers["content-length"] == str(len(expected))
        assert headers["x-repo-commit"] == hub.repository(name).head()


def test_uploaded_html_is_not_served_as_a_page(hub: LocalHub, ask: Ask, name: str) -> None:
    for kind in ("resolve", "raw"):
        __, headers, ___ = ask(hub, "GET", f"/{name}/{kind}/main/evil.html")
        assert headers["content-type"].startswith("text/plain")
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]


def test_pointer_of_a_file_that_was_never_uploaded_has_the_etag_of_its_text(hub: LocalHub, ask: Ask, name: str) -> None:
    pointer = LfsPointer("ab" * 32, 12)
    hub.add_files(name, {"lost.txt": pointer.text()})
    status, headers, body = ask(hub, "GET", f"/{name}/resolve/main/lost.txt", If_None_Match=f'"{pointer.oid}"')
    assert (status, body) == (200, pointer.text())
    assert pointer.oid not in headers["etag"]
    assert "x-linked-size" not in headers
