"""The Hub as an ASGI application: its routes, and the checks and headers of every request and response."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograde import __version__
from autograde.hub.addresses import host_name
from autograde.hub.budgets import Budget, begin
from autograde.hub.core import Hub
from autograde.hub.extension import Extension
from autograde.hub.people.switches import is_on
from autograde.hub.permissions import OPEN
from autograde.hub.routing import Route, RouteGroup
from autograde.hub.web import cors, disk
from autograde.hub.web.turns import Places, Turns

#: Requests handled at the same time (there are 40 threads), in total and for one client address.
THREADS, THREAD_SHARE = 36, 24

#: git processes that may run at the same time, in total and for one client, and seconds after which a process no longer
#: counts: its client may read slowly. Others wait.
GIT_TURNS, GIT_SHARE, GIT_PATIENCE = 8, 4, 20.0

#: Large files that are assembled from pieces or parts at the same time, in total and for one person, and seconds after
#: which a file no longer counts towards the total: a few megabytes of zeros can unpack to many gigabytes.
FILE_TURNS, FILE_SHARE, FILE_PATIENCE = 8, 4, 20.0

#: Xet shards of one person that are assembled at the same time: a hostile one keeps Python busy for half a minute.
SHARD_SHARE = 1

#: Forms with a password that are handled at the same time, besides other requests. With fewer, a class that signs up
#: waits longer; with more, all other pages do, because the threads share the processor.
PASSWORD_TURNS = 3


def _git() -> Sequence[Route]:
    from autograde.hub.routes import git

    return git.routes()


def _transfers() -> Sequence[Route]:
    from autograde.hub.routes import transfers

    return transfers.routes()


def _api() -> Sequence[Route]:
    from autograde.hub.routes import api

    return api.routes()


def _front() -> Sequence[Route]:
    from autograde.hub.routes import front

    return front.routes()


def _pages() -> Sequence[Route]:
    from autograde.hub.routes import pages

    return pages.routes()


#: A repository's path outside the API. Models have no prefix, so the prefixes are not allowed as owner names.
_REPOSITORY = "(/(datasets|spaces|kernels|buckets))?/(?!(datasets|spaces|kernels|buckets)/)[^/]+/[^/]+"

#: Groups of routes, each imported on its first request. The first one whose pattern matches a path answers it.
ROUTE_GROUPS = (
    RouteGroup(r"/(api|oauth|v1|v2|\.well-known)/", _api),
    RouteGroup(f"/(xet|lfs)/|(/models)?{_REPOSITORY}/info/lfs/|{_REPOSITORY}/(resolve|raw)/", _transfers),
    RouteGroup(f"{_REPOSITORY}/(info/refs|git-upload-pack|git-receive-pack)/?$", _git),
    RouteGroup(r"/(static|avatars)/|/settings/tokens/?$|/(?!new/?$)[^/]*/?$", _front),
    RouteGroup("/", _pages),
)


@lru_cache(maxsize=8)
def _mounted(extension: Extension) -> RouteGroup:
    """Return the routes of an extension."""
    return RouteGroup(f"/(api/)?{re.escape(extension.name)}(/|$)", extension.routes)


async def _health(request: Request) -> Response:
    """``GET /healthz``: identify this Hub."""
    hub: Hub = request.app.state.hub
    switches = partial(is_on, hub)
    extensions = {extension.name: dict(extension.announces(switches)) for extension in hub.config.extensions}
    return JSONResponse(
        {
            "status": "ok", "service": "autograde-hub", "instance": hub.instance_id, "version": __version__,
            "extensions": extensions,
        }
    )  # fmt: skip


_HEALTH = Route("/healthz", _health, permission=OPEN)


class _Middleware:
    """Middleware for all requests: check the host, set the request id, and add security headers to the response."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app, self._hub = app, hub
        config = hub.config
        self._names = {"localhost", config.host.lower(), *(name.lower() for name in config.hosts)}
        if hub.public:
            self._names.add(hub.public.name or "localhost")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        begin(scope.get("autograde.budget") or Budget())
        request_id = self._request_id(headers)
        scope["request_id"] = request_id
        raw = scope["raw_path"] = self._own_path(scope["raw_path"].split(b"?")[0])
        scope["path"] = raw.decode("ascii", "replace")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode("latin-1", "replace")),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"same-origin"),
                    *cors.headers(scope, message),
                ]
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not (self._known_host(hosts[0]) or self._is_on_unnamed_server(headers)):
            refusal = PlainTextResponse(
                "This Hub does not answer under that name. Its administrator can allow it: in a network with\n"
                "autograde hub serve --name NAME, in JupyterHub and behind any other proxy with\n"
                "AUTOGRADE_PUBLIC_URL=https://NAME/path/before/the/hub in its environment.\n",
                421,
            )
            await refusal(scope, receive, answer)
            return
        if cors.is_preflight(scope):
            await Response(status_code=204, headers=cors.preflight(scope))(scope, receive, answer)
            return
        # Hundreds of requests may wait for their turn.
        del headers, hosts
        await self._app(scope, receive, answer)

    def _own_path(self, raw: bytes) -> bytes:
        """Return a raw path without the proxy's path prefix, which some proxies don't remove.

        nginx can remove it only by also decoding the path (``refs%2Fpr%2F3``), and clients rely on the encoding.
        """
        public = self._hub.public
        if public is None or not self._hub.config.programs_use_proxy:
            return raw
        prefix = public.path.encode("ascii")
        return (raw.removeprefix(prefix) or b"/") if (raw + b"/").startswith(prefix + b"/") else raw

    def _known_host(self, host: str) -> bool:
        """Return whether a ``Host`` header is allowed. IP addresses are safe: DNS rebinding needs a host name."""
        name = host_name(host)
        if "%" in name:  # an IPv6 zone may contain any text
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names or name.endswith(".localhost")
        return True

    def _is_on_unnamed_server(self, headers: dict[bytes, str]) -> bool:
        """Return whether a request came through jupyter-server-proxy on a server whose host name is not configured.

        This is safe against DNS rebinding: only the server's own users can log in to it, and the Hub listens only on
        this machine's loopback interface, where no browser runs.
        """
        public = self._hub.public
        path = public.path if public and not public.name else ""
        return bool(path) and headers.get(b"x-forwarded-prefix", "").rstrip("/") == path

    @staticmethod
    def _request_id(headers: dict[bytes, str]) -> str:
        """Return the client's own request id, which huggingface.co echoes too, or a new one."""
        given = headers.get(b"x-request-id") or headers.get(b"x-amzn-trace-id") or ""
        return given if re.fullmatch(r"[\w=;:.-]{1,200}", given) else f"Root={uuid.uuid4()}"


async def _failed(request: Request, error: Exception) -> Response:
    from autograde.hub import failures

    return await failures.answer(request, error)


async def _crashed(request: Request, error: Exception) -> Response:
    from autograde.hub import failures

    return await failures.crashed(request, error)


def create_app(hub: Hub) -> ASGIApp:
    """Create the application of one Hub. It has no global state: one process may run several Hubs."""
    expected: tuple[Any, ...] = (404, 405, *disk.ERRORS, UnicodeEncodeError, OverflowError)
    handlers: dict[Any, Any] = {**dict.fromkeys(expected, _failed), Exception: _crashed}
    groups = [*map(_mounted, hub.config.extensions), *ROUTE_GROUPS]
    app = Starlette(routes=[_HEALTH, *groups], exception_handlers=handlers)
    app.state.hub = hub
    app.state.turns = Turns(THREADS, THREAD_SHARE, 3600)
    app.state.git_turns = Turns(GIT_TURNS, GIT_SHARE, GIT_PATIENCE)
    app.state.file_turns = Turns(FILE_TURNS, FILE_SHARE, FILE_PATIENCE)
    app.state.shard_turns = Turns(FILE_TURNS, SHARD_SHARE, FILE_PATIENCE)
    app.state.file_places = Places(FILE_TURNS, FILE_SHARE)
    app.state.password_turns = anyio.CapacityLimiter(PASSWORD_TURNS)
    return _Middleware(app, hub)


def import_handlers() -> None:
    """Import all handlers now: for a Hub's own process, once it answers."""
    from autograde.hub import failures  # noqa: F401 - imported for later

    all_routes()


def all_routes(extensions: Sequence[Extension] = ()) -> list[Route]:
    """Return every route of the application and its extensions with its permissions. Imports all handlers."""
    groups = [*map(_mounted, extensions), *ROUTE_GROUPS]
    return [_HEALTH, *(route for group in groups for route in group.routes)]
