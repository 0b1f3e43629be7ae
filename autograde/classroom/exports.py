"""Export events as CSV or JSON lines. README.md explains the columns."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.public import Event
from autograde.i18n.translation import translator

#: The columns of an export, in order.
COLUMNS = ("time", "user", "kind", "repository", "files", "size", "detail", "request_id", "token_role")


#: Cell separators besides the comma; spreadsheets choose one by country.
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


def moment(text: str, otherwise: int, language: str = "en") -> int:
    """Parse a day (``2026-11-23``) or a minute (``2026-11-23T09:30``) in local time into milliseconds since 1970;
    return ``otherwise`` for an empty text.

    Raises:
        HubRefused: the text is not a date.
    """
    if not text.strip():
        return otherwise
    try:
        # A time without a zone is in local time, the classroom's.
        return int(datetime.fromisoformat(text.strip()).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        _ = translator("classroom", language)
        message = _("{text} isn't a date; write it as 2026-11-23 or 2026-11-23T09:30.")
        raise HubRefused(message.format(text=text.strip())) from None


def cell(value: str) -> str:
    """Escape a text so that no spreadsheet reads it as a formula.

    A spreadsheet may treat full-width signs (``＝``) like ordinary ones, skip invisible characters, and split a line
    at semicolons or tabs instead of commas, so each place where a formula could start gets an apostrophe.
    """
    cells = [f"'{text}" if _is_formula(text) else text for text in _SEPARATORS.split(value)]
    return ("'" if value[:1] in ("\t", "\r") else "") + "".join(cells)


def _is_formula(text: str) -> bool:
    # NFKC turns full-width, small and raised signs into ordinary ones, but keeps the mathematical minus.
    return unicodedata.normalize("NFKC", text.lstrip(_UNSEEN)[:1]) in ("=", "+", "-", "@", "\u2212")


def _values(entry: Event) -> dict[str, Any]:
    """Return an event's values by column."""
    at = datetime.fromtimestamp(entry.at / 1000).astimezone().isoformat(timespec="milliseconds")
    detail = {key: value for key, value in entry.detail.items() if key not in ("files", "size")}
    values = (
        at, entry.user, entry.kind, entry.repository, entry.detail.get("files"), entry.detail.get("size"), detail,
        entry.request_id, entry.token_role,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def csv_lines(entries: Iterable[Event]) -> Iterator[str]:
    """Yield events as CSV with a header, in pieces. No cell can be a spreadsheet formula."""
    written = io.StringIO()
    table = csv.writer(written)
    # Excel needs this byte order mark to read the file as UTF-8.
    written.write("\ufeff")
    table.writerow(COLUMNS)
    for entry in entries:
        values = _values(entry)
        values["detail"] = json.dumps(values["detail"], ensure_ascii=False)
        table.writerow([cell(value) if isinstance(value, str) else value for value in values.values()])
        if written.tell() > 1 << 16:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def json_lines(entries: Iterable[Event]) -> Iterator[str]:
    """Yield events as JSON lines, in pieces."""
    lines = (json.dumps(_values(entry), ensure_ascii=False) + "\n" for entry in entries)
    while piece := "".join(islice(lines, 500)):
        yield piece
