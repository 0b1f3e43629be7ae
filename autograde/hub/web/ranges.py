"""Range requests (RFC 9110, 14) for content in memory; Starlette handles those for files."""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

#: Requests with more ranges get the complete content, which costs less (RFC 9110, 14.2).
_MAX_RANGES = 16


def ignore_malformed(request: Request) -> None:
    """Remove a ``Range`` header that is malformed or has too many ranges, so that the complete file is sent."""
    unit, __, text = request.headers.get("range", "").partition("=")
    if not unit:
        return
    ranges = text.split(",", _MAX_RANGES)
    for part in ranges:
        found = re.fullmatch(r"\s*(\d{0,15})-(\d{0,15})\s*", part)
        valid = found and (found[1] or found[2]) and not (found[1] and found[2] and int(found[1]) > int(found[2]))
        if unit != "bytes" or not valid or len(ranges) > _MAX_RANGES:
            request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
            return


def ranged(request: Request, content: bytes, headers: dict[str, str], media_type: str) -> Response:
    """Return ``content`` as a response, or the part of it in the request's ``Range``."""
    # request.headers may be a copy from before the range was removed.
    found = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", Headers(scope=request.scope).get("range", ""))
    if not found or not (found[1] or found[2]) or (found[1] and found[2] and int(found[1]) > int(found[2])):
        return _bytes(request, content, 200, headers, media_type)
    start = int(found[1]) if found[1] else max(len(content) - int(found[2]), 0)
    end = min(int(found[2]) + 1, len(content)) if found[1] and found[2] else len(content)
    if start >= len(content) or (not found[1] and int(found[2]) == 0):
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return _bytes(request, content[start:end], 206, headers, media_type)


def _bytes(request: Request, content: bytes, status: int, headers: dict[str, str], media_type: str) -> Response:
    response = Response(b"" if request.method == "HEAD" else content, status, headers, media_type)
    response.headers["Content-Length"] = str(len(content))
    return response
