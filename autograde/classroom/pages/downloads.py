"""Downloads of the Hub's events."""

from __future__ import annotations

from starlette.responses import Response, StreamingResponse

from autograde.classroom.exports import csv_lines, json_lines, moment
from autograde.hub.public import Call, events_between, language_of, not_found


def events(call: Call) -> Response:
    """``/classroom/events.csv`` and ``events.ndjson``: the events of a period (``since``, ``until``), or all."""
    form = call.parameters["format"]
    if form not in ("csv", "ndjson"):
        raise not_found(call.caller)
    language, query = language_of(call.request), call.request.query_params
    since = moment(query.get("since", ""), 0, language)
    until = moment(query.get("until", ""), 1 << 62, language)
    found = events_between(call.hub.database, since, until)
    content, kind = (csv_lines(found), "text/csv") if form == "csv" else (json_lines(found), "application/x-ndjson")
    headers = {"Content-Disposition": f'attachment; filename="events.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(content, media_type=f"{kind}; charset=utf-8", headers=headers)
