"""Authenticate requests, and check that the route accepts this kind of credential.

Every request passes :func:`admit` before its handler runs, except those that carry a signed ticket
(:mod:`autograde.hub.web.tickets`). The route's :class:`~autograde.hub.permissions.Permission` says which credentials
are read at all: pages ignore ``Authorization``, the API ignores cookies.
"""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress

from starlette.requests import Request

from autograde.hub.core import Hub
from autograde.hub.events import Sender, record
from autograde.hub.people import access_tokens, sessions
from autograde.hub.permissions import TOKENS, WRITE, Credential, Permission
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.storage.database import DatabaseError
from autograde.hub.web.origin import base_url
from autograde.i18n.translation import marked

#: Characters of a path that an event keeps.
_LONGEST_PATH = 200


def admit(hub: Hub, request: Request, *, changes: bool = False) -> Caller:
    """Return the sender of a request if its route accepts their credential. With ``changes``, they also need one that
    may change something: git announces a push at the same address as a fetch.

    Raises:
        Refusal: 401 if the credential is missing, unknown, revoked or expired; 403 if the route refuses its kind; 429
        if the user made too many changes.
    """
    caller = identify(hub, request)
    try:
        require(caller, request)
        if changes:
            access.require_permission(caller, WRITE, request.scope["path"])
    except Refusal:
        if caller.token is not None:
            # On a full disk, the sender gets the same answer.
            with suppress(DatabaseError):
                _record_refused(hub, caller, request)
        raise
    require_change_limit(hub, caller, request)
    return caller


def require(caller: Caller, request: Request) -> None:
    """Check that the route accepts a caller's credential. Raises as :func:`admit`."""
    access.require_permission(caller, request.scope["permission"], request.scope["path"])


def _record_refused(hub: Hub, caller: Caller, request: Request) -> None:
    """Record that an access token was refused because of its role: another one may be tried afterwards."""
    sender = Sender.of(caller.user, caller.token, request_id=request.scope["request_id"])
    detail = {"method": request.method, "path": request.scope["path"][:_LONGEST_PATH]}
    with hub.database.relaxed_transaction():
        record(hub, "token.refused", sender, detail=detail)


def require_change_limit(hub: Hub, caller: Caller, request: Request) -> None:
    """Check that the user has not made too many changes, because each is stored as an event.

    Raises:
        Refusal: 429, the limit is reached.
    """
    if caller.user is None or caller.user.administrator or request.method in ("GET", "HEAD"):
        return
    # Settings stay available, so that users can revoke a stolen token that was used to reach the limit.
    if (path := request.scope["path"]).startswith("/settings/") or path == "/logout":
        return
    if seconds := hub.rates.wait(caller.user.id, hub.config.limits.changes, hub.now()):
        raise Refusal(
            429,
            marked("You made too many changes within an hour. Try again in {minutes} min."),
            headers={"Retry-After": str(seconds)},
            values={"minutes": -(-seconds // 60)},
        )


def identify(hub: Hub, request: Request) -> Caller:
    """Return the sender, from the credentials that the route reads, without checking that it accepts them.

    Raises:
        Refusal: 401 if the access token is unknown, revoked or expired.
    """
    permission: Permission = request.scope["permission"]
    if permission.accepts >= frozenset(Credential):
        # The route's response is the same for everyone.
        return ANONYMOUS
    if permission.accepts & TOKENS and "authorization" in request.headers:
        return _token_caller(hub, request)
    if Credential.SESSION in permission.accepts:
        return session_caller(hub, request)
    return ANONYMOUS


def _token_caller(hub: Hub, request: Request) -> Caller:
    """Return the caller by the ``Authorization`` header: a Bearer token, or Basic with the token as password (git)."""
    kind, __, value = request.headers.get("authorization", "").partition(" ")
    if not kind:
        return ANONYMOUS
    secret = value.strip()
    if kind.lower() == "basic":
        try:
            __, __, secret = base64.b64decode(secret, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            secret = ""
    found = access_tokens.find_token(hub, secret) if secret else None
    if found:
        return Caller(*found)
    if kind.lower() == "basic" and not secret.startswith("hf_"):
        raise Refusal(
            401,
            "Password authentication in git is no longer supported. You must use a user access token instead:"
            f" make one at {base_url(request)}/settings/tokens and give it where git asks for the password.",
        )
    raise Refusal(401, "Invalid credentials in Authorization header")


def session_caller(hub: Hub, request: Request) -> Caller:
    """Return the caller by the browser's session."""
    secret = session_secret(hub, request)
    user = sessions.session_user(hub, secret) if secret else None
    return Caller(user) if user else ANONYMOUS


def session_secret(hub: Hub, request: Request) -> str | None:
    """Return the value of the browser's cookie for this Hub, or None."""
    return request.cookies.get(cookie_name(hub))


def cookie_name(hub: Hub) -> str:
    """Return the name of this Hub's cookie. It is unique because browsers send cookies to all ports of a machine."""
    return f"hub_{hub.instance_id[:12]}"
