"""Wrap handlers of the JSON API as ASGI endpoints.

Handlers are ordinary functions run in a worker thread, so they may block on git and SQLite. Modules that stream (large
files, packs) use ASGI directly.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.config import Limits
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.web.admission import admit
from autograde.hub.web.bodies import is_long, whole
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import is_git
from autograde.hub.web.turns import Turns

Handler = Callable[[Call], Response | dict[str, Any] | list[Any]]


#: The default: don't track progress.
_UNWATCHED: AbstractContextManager[Callable[[int], None]] = nullcontext(lambda size: None)


def _busy() -> Refusal:
    return Refusal(503, "Too many large requests are on their way to this Hub; try again in a moment.")


async def in_turn(
    request: Request, work: Callable[[], Response], limiter: anyio.CapacityLimiter | None = None
) -> Response:
    """Run ``work`` in a thread (of ``limiter``, if given). No single client address can use all threads."""
    turns: Turns = request.app.state.turns
    async with turns.take(request.client.host if request.client else ""):
        return await anyio.to_thread.run_sync(work, limiter=limiter)


def endpoint(
    handler: Handler,
    *,
    limit: Callable[[Limits], int] = lambda limits: limits.json_body,
    watch: Callable[[Hub, Request], AbstractContextManager[Callable[[int], None]]] | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """Return an ASGI endpoint for a handler. It reads the body (up to a limit), finds the caller and answers errors.

    JSON APIs accept tokens only, never the browser's cookie, so that pages on other ports cannot use a session.
    """

    async def run(request: Request) -> Response:
        hub: Hub = request.app.state.hub
        try:
            if is_long(request):
                # Don't read a long body if its sender will be refused.
                await anyio.to_thread.run_sync(lambda: admit(hub, request))
            watching = await anyio.to_thread.run_sync(lambda: watch(hub, request)) if watch else _UNWATCHED
            # All bodies in memory count until their request is answered, for all senders together.
            with hub.arriving.taking("bodies", hub.config.limits.bodies, _busy) as hold:
                with watching as add:
                    body = await whole(request, limit(hub.config.limits), add, hold)

                def work() -> Response:
                    caller = admit(hub, request)
                    answer = handler(Call(hub, request, caller, body))
                    return answer if isinstance(answer, Response) else JSONResponse(answer)

                return await in_turn(request, work)
        except Refusal as refusal:
            return refusal.response(plain=is_git(request))

    return run
