"""Parse form bodies that browsers send: fields and uploaded files (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from autograde.hub.refusals import Refusal

#: Far more than any form of the Hub has.
_MOST_PARTS = 100


@dataclass(frozen=True)
class Part:
    """One field of a form, with its raw content; ``filename`` is None if it is not a file."""

    name: str
    filename: str | None
    content: bytes


def _header(name: str, value: str) -> Message:
    message = Message()
    message[name] = value
    return message


def is_multipart(content_type: str) -> bool:
    """Return whether a form was sent as ``multipart/form-data``."""
    return content_type.lower().startswith("multipart/form-data")


def parts(content_type: str, body: bytes) -> list[Part]:
    """Return the fields of a ``multipart/form-data`` body, in order.

    Raises:
        Refusal: 400 if it is malformed, or has too many parts.
    """
    boundary = _header("Content-Type", content_type).get_param("boundary")
    if not isinstance(boundary, str) or not boundary or not boundary.isascii():
        raise Refusal(400, "The form cannot be read: it has no boundary.")
    # No more pieces than there may be: a body of line ends would become millions.
    sections = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("ascii"), _MOST_PARTS + 2)
    if len(sections) < 3 or not sections[-1].startswith(b"--") or len(sections) - 2 > _MOST_PARTS:
        raise Refusal(400, "The form cannot be read: it is not whole.")
    return [_part(section) for section in sections[1:-1]]


def _part(section: bytes) -> Part:
    head, __, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, ___, value = line.partition(":")
        if name.lower() == "content-disposition":
            found = _header("Content-Disposition", value.strip())
            field = found.get_param("name", header="content-disposition")
            filename = found.get_param("filename", header="content-disposition")
            if isinstance(field, str):
                return Part(field, filename if isinstance(filename, str) else None, content)
    raise Refusal(400, "The form cannot be read: a field has no name.")
