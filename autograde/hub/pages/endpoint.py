"""Wrap handlers of pages as ASGI endpoints."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.pages.forms import check_form
from autograde.hub.pages.links import with_prefix
from autograde.hub.pages.rendering import error_page
from autograde.hub.pages.sessions import LoginRequired
from autograde.hub.permissions import FORM
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.web import disk
from autograde.hub.web.admission import identify, require, require_change_limit
from autograde.hub.web.bodies import read_counted
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.origin import client_address, origin_url, path_prefix

PageHandler = Callable[[Call], Response]


def page(handler: PageHandler, *, hashes: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """Return an ASGI endpoint for a page's handler.

    Forms are checked before the handler runs, and refusals become error pages. Use ``hashes`` for a form that hashes a
    password: only a few of these run at the same time, so that a class that signs up does not block other requests.
    """

    async def run(request: Request) -> Response:
        if request.method == "HEAD":
            # Handlers treat every method except GET as a form, and this request was not checked as a form.
            request = Request({**request.scope, "method": "GET"}, request.receive)
        hub: Hub = request.app.state.hub
        caller: Caller = ANONYMOUS
        body = b""
        try:
            body = await read_counted(request, hub, client_address(request), 1 << 20)

            def work() -> Response:
                nonlocal caller
                caller = identify(hub, request)
                call = Call(hub, request, caller, body)
                if request.method == "POST":
                    check_form(call)
                if caller.user is None and request.scope["permission"] is FORM:
                    raise LoginRequired(request.scope["path"])
                require(caller, request)
                require_change_limit(hub, caller, request)
                return handler(call)

            limiter = request.app.state.password_turns if hashes and request.method == "POST" else None
            return with_prefix(request, await in_turn(request, work, limiter))
        except LoginRequired as required:
            return with_prefix(request, required.response())
        except Refusal as refusal:
            if refusal.status == 307:
                target = (
                    refusal.headers["Location"].removeprefix(origin_url(request)).removeprefix(path_prefix(request))
                )
                return with_prefix(request, RedirectResponse(target, 307))
            return error_page(Call(hub, request, caller, body), refusal)
        except HubRefused as refused:
            return error_page(Call(hub, request, caller, body), Refusal(400, str(refused)))
        except disk.ERRORS as error:
            known = disk.refusal_of(error)
            if known is None:
                raise
            return error_page(Call(hub, request, caller, body), known)

    return run
