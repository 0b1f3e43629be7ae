"""Make untrusted names safe to display: show characters that would be invisible or reorder the text."""

from __future__ import annotations

#: C0 control characters and their Unicode pictures (``␊``).
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}

#: C1 control, bidirectional and invisible characters; each is shown as its code point.
_HIDDEN = (
    *range(0x80, 0xA0), 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF,
)  # fmt: skip

#: Bytes that are not UTF-8, as kept by Python's ``surrogateescape``: git allows any bytes in names.
_BYTES = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)}

_NAME = str.maketrans(_PICTURES | {code: f"\\u{code:04x}" for code in _HIDDEN} | _BYTES)
_TEXT = {code: shown for code, shown in _NAME.items() if code not in (0x09, 0x0A)}


def visible(name: object) -> str:
    """Return a single line, such as a name, without invisible characters: ``a␊b``, ``\\u202egpj.exe``."""
    return str(name).translate(_NAME)


def visible_text(text: str) -> str:
    """Return a text of several lines without invisible characters; keep its tabs and line ends."""
    return text.translate(_TEXT)
