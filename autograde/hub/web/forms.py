"""Read form bodies that browsers send: fields and uploaded files (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.hub.refusals import Refusal
from autograde.i18n.translation import marked

#: Far more than any form of the Hub has.
_MOST_PARTS = 100


@dataclass(frozen=True)
class FormPart:
    """One field of a form, with its raw content; ``filename`` is None if it is not a file."""

    name: str
    filename: str | None
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Return whether a form was sent as ``multipart/form-data``."""
    return content_type.lower().startswith("multipart/form-data")


def unreadable(reason: object) -> Refusal:
    """Return the refusal of a malformed form."""
    return Refusal(
        400,
        marked("The form cannot be read ({reason}). Reload the page and send it again."),
        values={"reason": str(reason)},
    )


def parts(content_type: str, body: bytes) -> list[FormPart]:
    """Return the fields of a ``multipart/form-data`` body, in order.

    Raises:
        Refusal: 400 if it is malformed, or has too many parts.
    """
    # Imported here, because most Hubs never receive a file in a form.
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import Field, File, FormParser, parse_options_header

    found: list[FormPart] = []
    is_complete = False

    def add(name: bytes | None, filename: bytes | None, content: bytes) -> None:
        if len(found) >= _MOST_PARTS:
            raise FormParserError(f"it has more than {_MOST_PARTS} fields")
        texts = [value if value is None else value.decode("utf-8", "replace") for value in (name, filename)]
        found.append(FormPart(texts[0] or "", texts[1], content))

    def add_field(field: Field) -> None:
        add(field.field_name, None, field.value or b"")

    def add_file(file: File) -> None:
        file.file_object.seek(0)
        add(file.field_name, file.file_name or b"", file.file_object.read())

    def end() -> None:
        nonlocal is_complete
        is_complete = True

    try:
        __, options = parse_options_header(content_type)
        # The body is in memory already, so the parser need not write large parts to temporary files.
        memory = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
        boundary = options.get(b"boundary") or None
        parser = FormParser("multipart/form-data", add_field, add_file, end, boundary=boundary, config=memory)
        parser.write(body)
        parser.finalize()
    except (FormParserError, UnicodeError) as error:
        raise unreadable(error) from error
    if not is_complete:
        raise unreadable("its end is missing")
    return found
