"""Access tokens of the Xet protocol, each for one repository and direction."""

from __future__ import annotations

import hashlib

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.api.commits import committer
from autograde.hub.core import Hub
from autograde.hub.permissions import Credential
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.access import Caller
from autograde.hub.repos.repositories import Repository
from autograde.hub.web import tickets
from autograde.hub.web.calls import Call
from autograde.hub.web.tickets import LIFETIME, Ticket


def write_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-write-token[/{revision}]``: for people who may commit there."""
    repository = call.readable()
    committer(call, repository, call.parameters.get("revision", ""))
    return _token(call, repository, "write")


def read_token(call: Call) -> Response:
    """``GET /api/{types}/{id}/xet-read-token/{revision}``: for downloads in chunks."""
    return _token(call, call.readable(), "read")


def _token(call: Call, repository: Repository, action: str) -> Response:
    token = tickets.issue(call.hub, "xet", call.caller, {"repository": repository.id, "action": action})
    expires = call.hub.now() // 1000 + LIFETIME
    # Clients cache, by this URL, which chunks the server has. Another Hub or another person must have another URL, or
    # the client would refer to chunks that were never uploaded there.
    cas = f"{call.base_url}/xet/{xet_instance(call.hub, call.caller)}"
    headers = {"X-Xet-Cas-Url": cas, "X-Xet-Access-Token": token, "X-Xet-Token-Expiration": str(expires)}
    return JSONResponse({"casUrl": cas, "exp": expires, "accessToken": token}, headers=headers)


def scope_of(caller: Caller) -> str:
    """Return the scope of the xorbs that a caller may use: the user; for a fine-grained token, which may not read
    everything of its owner, only that token."""
    if caller.user is None:
        return "anonymous"
    fine = caller.token is not None and caller.credential is Credential.FINE
    return f"{caller.user.id}.{caller.token.id}" if fine and caller.token else caller.user.id


def xet_instance(hub: Hub, caller: Caller) -> str:
    """Return the part of the Xet URL that is different for every Hub and scope."""
    return f"{hub.generation}-{hashlib.sha256(scope_of(caller).encode()).hexdigest()[:12]}"


def redeem_token(hub: Hub, request: Request, action: str = "write") -> tuple[Ticket, Repository]:
    """Return a request's ticket and repository if the owner still has the right it was issued for.

    Raises:
        Refusal: 401, there is no valid ticket; 403 or 404, the owner has lost the right.
    """
    kind, __, text = request.headers.get("authorization", "").partition(" ")
    ticket = tickets.redeem(hub, "xet", text.strip()) if kind.lower() == "bearer" else None
    if (
        ticket is None
        or ticket.claims["action"] not in (action, "write")
        or request.path_params["instance"] != xet_instance(hub, ticket.caller)
    ):
        raise Refusal(401, "This upload token is not valid, or no longer: start the upload again.")
    repository = tickets.repository_of(hub, ticket)
    if action == "write" and not access.can_write(hub, ticket.caller, repository):
        # Uploads by people without write access belong to pull requests, which buckets don't have.
        if repository.type == "bucket":
            access.require_write(hub, ticket.caller, repository)
        access.require_participant(ticket.caller, repository)
    return ticket, repository
