"""Responses for unknown URLs and for errors while a request is handled."""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.pages import lists
from autograde.hub.pages.endpoint import page
from autograde.hub.pages.rendering import error_page
from autograde.hub.permissions import PAGE, READ
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, find_repository
from autograde.hub.web import disk
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import endpoint
from autograde.hub.web.refused import refused
from autograde.i18n.translation import marked


async def answer(request: Request, error: Exception) -> Response:
    """Answer an expected error. Raises ``error`` itself if the disk, the database or git failed for another reason."""
    if isinstance(error, HTTPException):
        return await _unmatched(request, error)
    if isinstance(error, disk.ERRORS):
        return _trouble(request, error)
    return _unstorable(request)


def _trouble(request: Request, error: Exception) -> Response:
    """Answer an error of the disk, the database or git: 507 if the disk is full, 404 if the repository was deleted
    meanwhile; else raise it."""
    refusal = disk.refusal_of(error)
    if refusal is None:
        raise error
    return refused(request, refusal)


def _unstorable(request: Request) -> Response:
    """Answer a text that is not Unicode, or a number above 64 bits: git and the database cannot store them."""
    refusal = Refusal(
        400, marked("There is a character or a number in this request that the Hub cannot store. Change it and retry.")
    )
    if _for_people(request):
        return error_page(Call(request.app.state.hub, request, ANONYMOUS, b""), refusal)
    return refused(request, refusal)


async def crashed(request: Request, error: Exception) -> Response:
    """Answer a bug of the Hub with 500. The traceback goes to the server's log only, never into the response."""
    refusal = Refusal(
        500,
        marked("The Hub has a bug; this is not your fault. Tell the person who runs it this request's id: {id}"),
        values={"id": request.scope["request_id"]},
    )
    if _for_people(request):
        return error_page(Call(request.app.state.hub, request, ANONYMOUS, b""), refusal)
    return JSONResponse({"error": refusal.message}, 500)


#: Parts of huggingface.co's API that this Hub does not have. The name of the group appears in the response.
_MISSING = re.compile(
    r"/api/(?:"
    r"(?P<papers>papers|daily_papers|arxiv)|(?P<jobs>jobs|scheduled-jobs)"
    r"|(?P<inference>inference-proxy|inference-providers|partners)"
    r"|(?P<posts>posts|blog|trending|recent-activity|quicksearch)|(?P<billing>billing|plans|resource-groups)"
    r"|(?P<notifications>notifications|settings/(?:notifications|watch|mcp|papers))"
    r"|(?:organizations|users)/[^/]+/(?P<administration>billing|audit-log|resource-groups|scim|sso|jobs|socials|avatar)"
    r"|spaces/[^/]+/[^/]+/(?P<apps>restart|pause|hardware|storage|sleeptime|sandbox|logs|events|volumes|hot-reloading)"
    r"|(?:models|datasets|spaces)/[^/]+/[^/]+/(?P<analyses>scan|treesize|leaderboard|notebook|parquet|croissant|jwt"
    r"|sql-console|eval-results)"
    r")(?:/|\Z)"
)


#: Paths to which programs send prompts for a model.
_INFERENCE = re.compile(r"/(?:v1/(?:chat/completions|completions|embeddings|responses)|models/[^/]+/[^/]+)(?:/|\Z)")


async def _unmatched(request: Request, error: HTTPException) -> Response:
    """Answer a request for an unknown URL, or with a method that the URL does not support.

    Clients also request repositories with one-part names (``gpt2``), which this Hub does not have. They must get
    RepoNotFound: after a bare 404 they cannot tell a missing repository from a broken Hub.
    """
    missing = _MISSING.match(request.scope["path"])
    if missing or (request.method == "POST" and _INFERENCE.match(request.scope["path"])):
        message = f"This Hub does not have {missing.lastgroup if missing else 'inference'}; huggingface.co does."
        return JSONResponse({"error": message}, 501, {"X-Error-Message": message})
    named = re.match(r"/(?:api/(?:models|datasets|spaces|kernels)/)?([^/]+)(?:/([^/]+))?", request.scope["path"])
    is_api = request.scope["path"].startswith("/api/")
    is_file = named is not None and named[2] in ("resolve", "raw", "info", "info.git")
    if named and (is_file or (is_api and re.match(r"/api/(models|datasets|spaces|kernels)/", request.scope["path"]))):
        request.scope["permission"] = READ
        return await endpoint(lambda call: _unmatched_in_repository(call, error))(request)
    if error.status_code == 405:
        return _method_not_allowed(request, error)
    return await _not_found(request)


def _method_not_allowed(request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": f"{request.method} is not possible here."}, 405, error.headers)


def _unmatched_in_repository(call: Call, error: HTTPException) -> Response:
    """Answer an unknown URL of a repository: report a missing repository first, then the path or the method."""
    found = re.match(r"/api/(\w+)/([^/]+)/([^/]+)(?:/|\Z)", call.request.scope["path"])
    if found:
        type_name = REPOSITORY_TYPES_BY_PLURAL[found[1]]
        repository = find_repository(call.hub, type_name, unquote(f"{found[2]}/{found[3]}"))
        if repository and access.can_see(call.hub, call.caller, repository):
            if error.status_code == 405:
                return _method_not_allowed(call.request, error)
            raise Refusal(404, "Sorry, we can't find the page you are looking for.")
    raise access.not_found(call.caller)


def _for_people(request: Request) -> bool:
    """Return whether a browser requests a page, rather than a program requesting data."""
    return not request.scope["path"].startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _not_found(request: Request) -> Response:
    """Answer an unknown URL: JSON for programs, a page for people."""
    if not _for_people(request):
        return JSONResponse({"error": "Sorry, we can't find the page you are looking for."}, 404)
    request.scope["permission"] = PAGE
    return await page(lists.not_found)(request)
