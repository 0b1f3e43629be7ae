"""Routes and handlers that are compiled and imported on their first request.

A Hub starts faster when it does not import sixty modules first, and a test's Hub never needs most of them. Handlers are
therefore given by name: ``"api.commits.commit"`` is the function ``commit`` of ``autograde.hub.api.commits``. A test
checks that every name exists. Route patterns are compiled late for the same reason: compiling all ninety takes longer
than the rest of a Hub's start.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from autograde.hub import api
from autograde.hub.config import Limits
from autograde.hub.permissions import Permission


@lru_cache(maxsize=512)
def load(name: str) -> Any:
    """Return ``"module.attribute"`` of ``autograde.hub``."""
    module, __, attribute = name.rpartition(".")
    return getattr(import_module(f"autograde.hub.{module}"), attribute)


def handler(name: str, *, limit: str = "json_body", watch: str = "") -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint for a handler of the JSON API.

    Args:
        name: the handler's name.
        limit: the field of :class:`autograde.hub.config.Limits` that limits the body.
        watch: the name of a function that tracks how much of a body has arrived; empty: none.
    """

    async def run(request: Request) -> Response:
        return await _endpoint(name, limit, watch)(request)

    return run


@lru_cache(maxsize=256)
def _endpoint(name: str, limit: str, watch: str) -> Callable[[Request], Awaitable[Response]]:
    from autograde.hub.web.calls import endpoint

    def bytes_of(limits: Limits) -> int:
        size: int = getattr(limits, limit)
        return size

    return endpoint(load(name), limit=bytes_of, watch=load(watch) if watch else None)


def failure(name: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Return an exception handler by its name."""

    async def run(request: Request, error: Exception) -> Response:
        response: Response = await load(name)(request, error)
        return response

    return run


def view(name: str) -> Callable[[Request], Awaitable[Response]]:
    """Return a page's handler by its name."""

    async def run(request: Request) -> Response:
        response: Response = await load(name)(request)
        return response

    return run


class Application:
    """An ASGI application given by name, created with ``arguments`` on its first call."""

    def __init__(self, name: str, *arguments: Any) -> None:
        self._name, self._arguments = name, arguments
        self._made: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if self._made is None:
            self._made = load(self._name)(*self._arguments)
        await self._made(scope, receive, send)


class Address(BaseRoute):
    """A route whose pattern is compiled when a path first starts like it.

    Args:
        path: with parameters in braces, as in :class:`starlette.routing.Route`.
        endpoint: a coroutine function from request to response, or an ASGI application.
        permission: the credentials that it accepts.
        methods: its HTTP methods.
        post: the credentials that ``POST`` accepts, if different; None: as ``permission``.
        framed: whether JupyterLab may show the page in a frame.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        permission: Permission,
        methods: Sequence[str] = ("GET",),
        post: Permission | None = None,
        framed: bool = False,
    ) -> None:
        self.path, self._endpoint, self._methods = path, endpoint, [*methods]
        self.framed = framed
        #: The permission of each method; ``HEAD`` has that of ``GET``.
        self.permissions = {method: post if post and method == "POST" else permission for method in methods}
        if "GET" in self.permissions:
            self.permissions["HEAD"] = self.permissions["GET"]
        self._beginning = path.partition("{")[0]

    @cached_property
    def _route(self) -> Route:
        return Route(self.path, self._endpoint, methods=self._methods)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request matches this route, and its parameters."""
        if not scope["path"].removeprefix(scope.get("root_path", "")).startswith(self._beginning):
            return Match.NONE, {}
        return self._route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matches."""
        # The route refuses other methods.
        scope["permission"] = self.permissions.get(scope["method"])
        scope["framed"] = self.framed
        await self._route.handle(scope, receive, send)


def import_all() -> None:
    """Import every handler now: for a Hub's own process, once it has started to answer."""
    for module in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        import_module(module.name)
    import_module("autograde.hub.failures")
