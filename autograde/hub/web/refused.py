"""Answer a refused request in the form that its client shows to the person."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from autograde.hub.refusals import Refusal
from autograde.hub.web.clients import is_git


def refused(request: Request, refusal: Refusal) -> Response:
    """Return the response: plain text for git, otherwise JSON, which has one more key for git-lfs."""
    return refusal.response(plain=is_git(request), lfs="/info/lfs/" in request.scope["path"])
