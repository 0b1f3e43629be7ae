"""The diary as a file: for a spreadsheet, or for a program. README.md says what the columns mean."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.diary import Entry
from autograde.i18n.translation import translator

#: The columns of an export, in their order.
COLUMNS = ("time", "user", "kind", "repository", "files", "size", "detail", "request_id", "token_role")


def moment(text: str, otherwise: int, language: str = "en") -> int:
    """A day (``2026-11-23``) or a minute (``2026-11-23T09:30``) of this machine's clock, in milliseconds since 1970;
    ``otherwise`` where the text is empty.

    Raises:
        HubRefused: the text is no date.
    """
    if not text.strip():
        return otherwise
    try:
        # A time without a zone is this machine's, which is the classroom's.
        return int(datetime.fromisoformat(text.strip()).timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        _ = translator("hub", language)
        message = _("{text} is no date; write it as 2026-11-23 or 2026-11-23T09:30.")
        raise HubRefused(message.format(text=text.strip())) from None


def cell(value: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if value.lstrip()[:1] in ("=", "+", "-", "@") or value[:1] in ("\t", "\r") else value


def _values(entry: Entry) -> dict[str, Any]:
    """An entry by the columns of an export."""
    at = datetime.fromtimestamp(entry.at / 1000).astimezone().isoformat(timespec="milliseconds")
    detail = {key: value for key, value in entry.detail.items() if key not in ("files", "size")}
    values = (
        at, entry.user, entry.kind, entry.repository, entry.detail.get("files"), entry.detail.get("size"), detail,
        entry.request_id, entry.token_role,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Entries as CSV with a header, in pieces. Nothing in it is a formula to a spreadsheet."""
    written = io.StringIO()
    table = csv.writer(written)
    # Excel takes a file for UTF-8 that begins with this mark.
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


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Entries as one JSON object a line, in pieces."""
    lines = (json.dumps(_values(entry), ensure_ascii=False) + "\n" for entry in entries)
    while piece := "".join(islice(lines, 500)):
        yield piece
