"""Wrap handlers of the JSON API as ASGI endpoints.

Handlers are ordinary functions run in a worker thread, so they may block on git and SQLite. Modules that stream (large
files, packs) use ASGI directly.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.config import Limits
from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.storage.spool import temporary_file
from autograde.hub.web.admission import admit
from autograde.hub.web.bodies import busy, holding, is_long, read_all, spool
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import client_address
from autograde.hub.web.refused import refused
from autograde.hub.web.turns import Turns

Handler = Callable[[Call], Response | dict[str, Any] | list[Any]]


#: Used when there is no ``watch``: nothing tracks the progress of a body.
_UNWATCHED: AbstractContextManager[Callable[[int], None]] = nullcontext(lambda size: None)


async def in_turn(
    request: Request, work: Callable[[], Response], limiter: anyio.CapacityLimiter | None = None
) -> Response:
    """Run ``work`` in a thread. No single client address can use all threads.

    Work with a ``limiter`` waits for that first, without using a turn meanwhile: other pages still answer while
    hundreds of users sign up.
    """
    async with limiter or nullcontext():
        turns: Turns = request.app.state.turns
        async with turns.take(client_address(request)):
            return await anyio.to_thread.run_sync(work)


def endpoint(
    handler: Handler,
    *,
    limit: Callable[[Limits], int] = lambda limits: limits.json_body,
    watch: Callable[[Hub, Request], AbstractContextManager[Callable[[int], None]]] | None = None,
    spooled: bool = False,
) -> Callable[[Request], Awaitable[Response]]:
    """Return an ASGI endpoint for a handler. It reads the body, finds the caller and answers errors.

    JSON APIs accept tokens only, never the browser's cookie, so that pages on other ports cannot use a session.

    Args:
        handler: returns a response, or a JSON value.
        limit: returns the largest size of a body in bytes.
        watch: called before the body is read; yields a function that gets the length of each chunk.
        spooled: whether long bodies are written to a file (:attr:`Call.spool`), so that many can wait for their turn.
    """

    async def run(request: Request) -> Response:
        hub: Hub = request.app.state.hub
        sender = client_address(request)
        try:
            if is_long(request):
                # Don't read a long body if its sender will be refused.
                user = (await anyio.to_thread.run_sync(lambda: admit(hub, request))).user
                sender = user.id if user else sender
            watching = await anyio.to_thread.run_sync(lambda: watch(hub, request)) if watch else _UNWATCHED
            # A body counts until its request is answered, for all senders together and for its own sender.
            with ExitStack() as stack:
                limits = hub.config.limits
                file, body = None, b""
                if spooled and is_long(request):
                    file = stack.enter_context(temporary_file(hub.temporary))
                    holds = [stack.enter_context(hub.pending_bytes.counting(f"files of {sender}", limit(limits), busy))]
                else:
                    holds = [stack.enter_context(hub.pending_bytes.counting("bodies", limits.bodies, busy))]
                    holds += [stack.enter_context(holding(hub, sender))] if is_long(request) else []

                def hold(length: int) -> None:
                    for each in holds:
                        each(length)

                with watching as add:
                    if file:
                        await spool(request, limit(limits), add, hold, file)
                    else:
                        body = await read_all(request, limit(limits), add, hold)

                def work() -> Response:
                    caller = admit(hub, request)
                    answer = handler(Call(hub, request, caller, body, file))
                    return answer if isinstance(answer, Response) else JSONResponse(answer)

                return await in_turn(request, work)
        except Refusal as refusal:
            return refused(request, refusal)

    return run
