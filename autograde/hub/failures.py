"""What is answered when no address fits, or when something went wrong on the way to an answer."""

from __future__ import annotations

import re
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.pages.routes import for_people, not_found
from autograde.hub.pages.view import error_page
from autograde.hub.permissions import READ
from autograde.hub.refusals import Refusal, _marked
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, find_repository
from autograde.hub.web import disk
from autograde.hub.web.calls import Call, endpoint, is_git


async def trouble(request: Request, error: Exception) -> Response:
    """An error of the disk, the database or git: a full disk is said as such; anything else is a crash."""
    refusal = disk.refusal_of(error)
    if refusal is None:
        raise error
    return refusal.response(plain=is_git(request))


async def unstorable(request: Request, error: Exception) -> Response:
    """A text that is not Unicode, or a number above 64 bits, that neither git nor the database takes."""
    refusal = Refusal(
        400, _marked("There is a character or a number in this request that the Hub cannot store. Change it and retry.")
    )
    if for_people(request):
        return error_page(Call(request.app.state.hub, request, ANONYMOUS, b""), refusal)
    return refusal.response(plain=is_git(request))


async def crashed(request: Request, error: Exception) -> Response:
    """A mistake of the Hub's: no answer shows its inside; the traceback goes to whoever runs it."""
    refusal = Refusal(
        500,
        _marked("The Hub made a mistake; this is not your fault. Tell whoever runs it, with this request's id. ({id})"),
        values={"id": request.scope["request_id"]},
    )
    if for_people(request):
        return error_page(Call(request.app.state.hub, request, ANONYMOUS, b""), refusal)
    return JSONResponse({"error": refusal.message}, 500)


async def unmatched(request: Request, error: Exception) -> Response:
    """An address that leads nowhere, or not by this method.

    Clients also ask for repositories of one-part names (``gpt2``), of which there are none here: they must hear
    RepoNotFound and not a bare 404, from which they could not tell a missing repository from a broken Hub.
    """
    named = re.match(r"/(?:api/(?:models|datasets|spaces|kernels)/)?([^/]+)(?:/([^/]+))?", request.scope["path"])
    is_api = request.scope["path"].startswith("/api/")
    is_file = named is not None and named[2] in ("resolve", "raw", "info", "info.git")
    if named and (is_file or (is_api and re.match(r"/api/(models|datasets|spaces|kernels)/", request.scope["path"]))):
        request.scope["permission"] = READ
        return await endpoint(_no_such_repository)(request)
    if isinstance(error, HTTPException) and error.status_code == 405:
        return JSONResponse({"error": f"{request.method} is not possible here."}, 405, error.headers)
    return await not_found(request, error)


def _no_such_repository(call: Call) -> Response:
    found = re.match(r"/api/(\w+)/([^/]+)/([^/]+)/", call.request.scope["path"])
    if found:
        type_name = REPOSITORY_TYPES_BY_PLURAL[found[1]]
        repository = find_repository(call.hub, type_name, unquote(f"{found[2]}/{found[3]}"))
        if repository and access.can_see(call.hub, call.caller, repository):
            raise Refusal(404, "Sorry, we can't find the page you are looking for.")
    raise access.not_found(call.caller)
