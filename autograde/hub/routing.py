"""Routes that say which credentials they accept, and groups of routes that are imported on their first request.

Importing every handler and compiling every path pattern takes longer than the rest of a Hub's start, and a test's Hub
needs few of them. A :class:`RouteGroup` builds its routes on its first request, and a :class:`Route` compiles its
pattern on the first request whose path starts with the pattern's fixed prefix.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from starlette import routing
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from autograde.hub.permissions import Permission


class _Segment(Convertor[str]):
    """One segment of the raw path, decoded after routing: ``refs%2Fpr%2F3`` is one segment."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        raise NotImplementedError


class _Revision(_Segment):
    """A revision: one segment, or ``refs/pr/3`` and ``refs/convert/parquet`` with plain slashes, as in links."""

    regex = "refs/(?:pr|convert|heads|tags)/[^/]+|[^/]+"


class _Rest(_Segment):
    """The rest of the path. It may name a file, and git allows names that are not UTF-8."""

    regex = ".+"

    def convert(self, value: str) -> str:
        return unquote(value, errors="surrogateescape")


class _Name(_Segment):
    """A repository's name in git URLs, with or without ``.git``."""

    def convert(self, value: str) -> str:
        return unquote(value).removesuffix(".git")


class _Types(_Segment):
    """``models``, ``datasets``, ``spaces`` or ``kernels``."""

    regex = "models|datasets|spaces|kernels"


class _Kinds(_Segment):
    """``datasets``, ``spaces`` or ``kernels``: models have no prefix outside the API."""

    regex = "datasets|spaces|kernels"


class _Buckets(_Segment):
    """``buckets``: repositories without git, which have only a few of the routes of the other types."""

    regex = "buckets"


class _State(_Segment):
    """``enable`` or ``disable``."""

    regex = "enable|disable"


for _name, _convertor in (
    ("seg", _Segment()),
    ("rev", _Revision()),
    ("rest", _Rest()),
    ("git", _Name()),
    ("types", _Types()),
    ("kinds", _Kinds()),
    ("buckets", _Buckets()),
    ("state", _State()),
):
    register_url_convertor(_name, _convertor)


def _path(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def _answering(endpoint: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    """Return an endpoint as an ASGI application."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        response = await endpoint(Request(scope, receive, send))
        await response(scope, receive, send)

    return answer


class Route(BaseRoute):
    """A route as in Starlette, with the credentials that it accepts. Its pattern is compiled on first use.

    Args:
        path: with parameters in braces, as in :class:`starlette.routing.Route`.
        endpoint: a coroutine function from request to response, or an ASGI application.
        permission: the credentials that it accepts.
        methods: its HTTP methods.
        post: the credentials that ``POST`` accepts, if they differ from ``permission``.
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
        self._prefix = path.partition("{")[0]

    @cached_property
    def _route(self) -> routing.Route:
        route = routing.Route(self.path, self._endpoint, methods=self._methods)
        if route.app is not self._endpoint:
            # Without Starlette's second handling of exceptions: the application's middleware handles them.
            route.app = _answering(self._endpoint)
        return route

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request matches this route, and its parameters."""
        if not _path(scope).startswith(self._prefix):
            return Match.NONE, {}
        return self._route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matches."""
        # For other methods, the permission is None and the route answers 405.
        scope["permission"] = self.permissions.get(scope["method"])
        scope["framed"] = self.framed
        route = self._route
        await (route.app if scope["method"] in self.permissions else route.handle)(scope, receive, send)


class RouteGroup(BaseRoute):
    """A group of routes that is built on its first request, and shared by all Hubs of a process.

    Args:
        pattern: a regular expression that matches the beginning of every path of the group, and of no other.
        build: imports the handlers and returns their routes; if two match a request, the first one wins.
    """

    def __init__(self, pattern: str, build: Callable[[], Sequence[Route]]) -> None:
        self._pattern, self._build = re.compile(pattern), build

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The routes."""
        return tuple(self._build())

    @cached_property
    def _router(self) -> Router:
        return Router(self.routes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request belongs to this group."""
        return Match.FULL if self._pattern.match(_path(scope)) else Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of this group."""
        await self._router.app(scope, receive, send)
