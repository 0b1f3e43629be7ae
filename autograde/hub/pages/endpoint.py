"""Wrap handlers of pages as ASGI endpoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.pages.forms import check_form
from autograde.hub.pages.links import placed, redirect
from autograde.hub.pages.rendering import error_page
from autograde.hub.permissions import FORM
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.web import disk
from autograde.hub.web.admission import identify, require, require_patience
from autograde.hub.web.bodies import short
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.origin import address_of, base_url, root

PageHandler = Callable[[Call], Response]


def page(handler: PageHandler, *, hashes: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """Return an ASGI endpoint for a page's handler.

    Forms are checked before the handler runs, and refusals become error pages. Forms with ``hashes`` hash a password,
    and have a few turns of their own, so that a class that signs up does not hold up other requests.
    """

    async def run(request: Request) -> Response:
        if request.method == "HEAD":
            # A handler that tells GET from everything else would take it for a form, of which nothing was checked.
            request = Request({**request.scope, "method": "GET"}, request.receive)
        hub: Hub = request.app.state.hub
        caller: Caller = ANONYMOUS
        body = b""
        try:
            body = await short(request, hub, address_of(request), 1 << 20)

            def work() -> Response:
                nonlocal caller
                caller = identify(hub, request)
                call = Call(hub, request, caller, body)
                if request.method == "POST":
                    check_form(call)
                if caller.user is None and request.scope["permission"] is FORM:
                    return redirect("/login?next=" + quote(request.scope["path"], safe="/"))
                require(caller, request)
                require_patience(hub, caller, request)
                return handler(call)

            limiter = request.app.state.password_turns if hashes and request.method == "POST" else None
            return placed(request, await in_turn(request, work, limiter))
        except Refusal as refusal:
            if refusal.status == 307:
                target = refusal.headers["Location"].removeprefix(base_url(request)).removeprefix(root(request))
                return placed(request, RedirectResponse(target, 307))
            return error_page(Call(hub, request, caller, body), refusal)
        except HubRefused as refused:
            return error_page(Call(hub, request, caller, body), Refusal(400, str(refused)))
        except disk.ERRORS as error:
            known = disk.refusal_of(error)
            if known is None:
                raise
            return error_page(Call(hub, request, caller, body), known)

    return run
