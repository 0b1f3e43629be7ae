"""Escape untrusted texts in files for spreadsheets, so that none of them is read as a formula."""

from __future__ import annotations

import re
import unicodedata

#: Cell separators besides the comma; spreadsheets choose one by locale.
_SEPARATORS = re.compile(r"([;\t\r\n])")

#: Invisible characters that may hide the start of a formula, in Unicode order.
_UNSEEN = "".join(
    map(
        chr,
        (
            *range(0x21),
            *range(0x7F, 0xA1),
            0xAD,
            0x180E,
            *range(0x2000, 0x2010),
            *range(0x2028, 0x2030),
            *range(0x205F, 0x2070),
            0x3000,
            0xFEFF,
        ),
    )
)


def cell(value: str) -> str:
    """Escape a text so that no spreadsheet reads it as a formula.

    A spreadsheet may treat full-width characters (``＝``) like ordinary ones, skip invisible characters, and split a
    line at semicolons or tabs instead of commas, so each place where a formula could start gets an apostrophe.
    """
    cells = [f"'{text}" if _is_formula(text) else text for text in _SEPARATORS.split(value)]
    return ("'" if value[:1] in ("\t", "\r") else "") + "".join(cells)


def _is_formula(text: str) -> bool:
    # NFKC turns full-width, small and raised characters into ordinary ones, but keeps the mathematical minus.
    return unicodedata.normalize("NFKC", text.lstrip(_UNSEEN)[:1]) in ("=", "+", "-", "@", "\u2212")
