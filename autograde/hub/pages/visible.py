"""Names that strangers chose, made safe to read: no character in them may hide, or reorder, what is written."""

from __future__ import annotations

#: C0 control characters as their own pictures (``␊``), which every font has.
_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}

#: C1 control characters, and what turns the direction of writing or cannot be seen; each is shown as its number.
_HIDDEN = (
    *range(0x80, 0xA0), 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF,
)  # fmt: skip

#: Bytes that are no UTF-8, as Python's ``surrogateescape`` keeps them: git takes any bytes for a name.
_BYTES = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)}

_NAME = str.maketrans(_PICTURES | {code: f"\\u{code:04x}" for code in _HIDDEN} | _BYTES)
_TEXT = {code: shown for code, shown in _NAME.items() if code not in (0x09, 0x0A)}


def visible(name: object) -> str:
    """A name, a title or any other single line with nothing invisible in it: ``a␊b``, ``\\u202egpj.exe``."""
    return str(name).translate(_NAME)


def visible_text(text: str) -> str:
    """A text of many lines likewise; its tabs and line ends stay."""
    return text.translate(_TEXT)
