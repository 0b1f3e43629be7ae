"""Conditional requests (RFC 9110, 13): ``If-Match``, ``If-None-Match`` and ``If-Range``."""

from __future__ import annotations

import re

from starlette.requests import Request

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def status_of(request: Request, etag: str) -> int | None:
    """Return 412 or 304 if a request's conditions do not fit the file's ETag; None if the file is to be sent.

    Args:
        request: a ``GET`` or ``HEAD`` of a file that exists.
        etag: the file's strong ETag, with its quotation marks.
    """
    wanted = request.headers.get("if-match")
    if wanted is not None and not _names(wanted, etag, weakly=False):
        return 412
    known = request.headers.get("if-none-match")
    return 304 if known is not None and _names(known, etag, weakly=True) else None


def ignore_old_range(request: Request, etag: str) -> None:
    """Remove the ``Range`` of a request whose ``If-Range`` is not this ETag, so that the whole new file is sent.

    Dates never match, because the Hub sends none that a client could rely on.
    """
    held = request.headers.get("if-range")
    if held is not None and held.strip() != etag:
        request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]


def _names(condition: str, etag: str, *, weakly: bool) -> bool:
    """Return whether a list of ETags, or ``*``, contains this one."""
    if condition.strip() == "*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(condition))
