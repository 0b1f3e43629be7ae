"""Export events as CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.public import Event
from autograde.i18n.translation import translator
from autograde.spreadsheets import cell

#: The columns of an export, in order: the fields of :class:`~autograde.hub.public.Event`, with the number of files and
#: their size in bytes taken from ``detail``.
COLUMNS = ("time", "user", "kind", "repository", "files", "size", "detail", "request_id", "token_role")


def moment(text: str, otherwise: int, language: str = "en") -> int:
    """Parse a day (``2026-11-23``) or a minute (``2026-11-23T09:30``) in local time into milliseconds since 1970.

    Return ``otherwise`` for an empty text.

    Raises:
        HubRefused: the text is not a date.
    """
    if not text.strip():
        return otherwise
    try:
        # A time without a zone is in the classroom's local time.
        return int(datetime.fromisoformat(text.strip()).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        _ = translator("classroom", language)
        message = _("{text} isn't a date; write it as 2026-11-23 or 2026-11-23T09:30.")
        raise HubRefused(message.format(text=text.strip())) from None


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
