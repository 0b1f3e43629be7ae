"""The Hub as an ASGI application: its routes, and the checks and headers of every request and response."""

from __future__ import annotations

import ipaddress
import re
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import anyio
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograde import __version__
from autograde.hub.addresses import host_name
from autograde.hub.budgets import Budget, begin
from autograde.hub.core import Hub
from autograde.hub.late import Address, Application, failure, handler, view
from autograde.hub.permissions import FILE, LFS, OPEN, OWN, PIECE, READ, WRITE, XET_READ, XET_WRITE, Permission
from autograde.hub.web import disk
from autograde.hub.web.turns import Turns


class _Segment(Convertor[str]):
    """One segment of the raw path, decoded after routing: ``refs%2Fpr%2F3`` is one segment (hub-protocol, 1)."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        raise NotImplementedError


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
    ("rest", _Rest()),
    ("git", _Name()),
    ("types", _Types()),
    ("kinds", _Kinds()),
    ("buckets", _Buckets()),
    ("state", _State()),
):
    register_url_convertor(_name, _convertor)

#: Requests handled at the same time (there are 40 threads), in total and for one client address.
THREADS, THREAD_SHARE = 36, 24

#: git processes that may run at the same time, in total and for one client; others wait. A fetch that takes longer than
#: some seconds, because its client reads slowly, is not counted any more.
GIT_TURNS, GIT_SHARE, GIT_PATIENCE = 8, 4, 20.0

#: Passwords hashed at the same time; each needs 32 MiB.
PASSWORD_TURNS = 2

_REPOSITORY = "/api/{types:types}/{owner:seg}/{name:seg}"
_BUCKET = "/api/{types:buckets}/{owner:seg}/{name:seg}"


def _api() -> Iterable[tuple[str, str, str, Permission]]:
    """Yield ``(method, path, handler, permission)`` of the JSON API; see :mod:`autograde.hub.late` for handlers."""
    yield "GET", "/api/whoami-v2", "account.who_am_i", OWN
    yield "GET", "/api/agent-harnesses", "account.agent_harnesses", OPEN
    yield "GET", "/api/telemetry/{topic:rest}", "account.telemetry", OPEN
    yield "POST", "/v1/telemetry", "account.telemetry", OPEN
    yield "GET", "/api/users/{owner:seg}/overview", "account.user_overview", READ
    yield "GET", "/api/organizations/{owner:seg}/overview", "account.organization_overview", READ
    yield "GET", "/api/organizations/{owner:seg}/members", "account.organization_members", READ
    yield "GET", "/api/settings/repositories", "account.own_repositories", OWN
    yield "GET", "/api/organizations/{owner:seg}/settings/repositories", "account.own_repositories", OWN
    yield "POST", "/oauth/device", "oauth.device", OPEN
    yield "POST", "/oauth/token", "oauth.token", OPEN
    yield "POST", "/api/validate-yaml", "commits.validate_yaml", OPEN
    yield "POST", "/api/repos/create", "repositories.create", WRITE
    yield "DELETE", "/api/repos/delete", "repositories.delete", WRITE
    yield "POST", "/api/repos/move", "repositories.move", WRITE
    yield "GET", "/api/{types:types}", "repositories.listing", READ
    yield "GET", _REPOSITORY, "repositories.info", READ
    yield "GET", _REPOSITORY + "/revision/{revision:seg}", "repositories.info", READ
    yield "PUT", _REPOSITORY + "/settings", "repositories.change", WRITE
    yield "GET", _REPOSITORY + "/tree/{revision:seg}", "files.tree", READ
    yield "GET", _REPOSITORY + "/tree/{revision:seg}/{path:rest}", "files.tree", READ
    yield "POST", _REPOSITORY + "/paths-info/{revision:seg}", "files.paths_info", READ
    yield "POST", _REPOSITORY + "/preupload/{revision:seg}", "commits.preupload", WRITE
    yield "POST", _REPOSITORY + "/commit/{revision:seg}", "commits.commit", WRITE
    yield "GET", _REPOSITORY + "/commits/{revision:seg}", "commits.commits", READ
    yield "GET", _REPOSITORY + "/refs", "refs.list_refs", READ
    yield "POST", _REPOSITORY + "/branch/{branch:rest}", "refs.create_branch", WRITE
    yield "DELETE", _REPOSITORY + "/branch/{branch:rest}", "refs.delete_branch", WRITE
    yield "POST", _REPOSITORY + "/tag/{revision:rest}", "refs.create_tag", WRITE
    yield "DELETE", _REPOSITORY + "/tag/{revision:rest}", "refs.delete_tag", WRITE
    yield "POST", _REPOSITORY + "/super-squash/{branch:rest}", "storage.super_squash", WRITE
    yield "GET", _REPOSITORY + "/lfs-files", "storage.lfs_files", WRITE
    yield "POST", _REPOSITORY + "/lfs-files/batch", "storage.delete_lfs_files", WRITE
    yield "POST", _REPOSITORY + "/lfs-files/duplicate", "storage.copy_lfs_files", WRITE
    yield "POST", _REPOSITORY + "/duplicate", "storage.duplicate", WRITE
    yield "GET", _REPOSITORY + "/auth-check", "gating.check", READ
    yield "GET", _REPOSITORY + "/auth-check/write", "gating.check", WRITE
    yield "POST", _REPOSITORY + "/ask-access", "gating.ask", WRITE
    yield "POST", _REPOSITORY + "/user-access-request/handle", "gating.handle", WRITE
    yield "POST", _REPOSITORY + "/user-access-request/grant", "gating.grant", WRITE
    yield "GET", _REPOSITORY + "/user-access-request/{status:seg}", "gating.requests", WRITE
    yield "POST", _REPOSITORY + "/like", "social.like", WRITE
    yield "DELETE", _REPOSITORY + "/like", "social.unlike", WRITE
    yield "GET", _REPOSITORY + "/likers", "social.likers", READ
    yield "GET", "/api/users/{owner:seg}/likes", "social.likes_of", READ
    yield "GET", _REPOSITORY + "/discussions", "discussions.listing", READ
    yield "POST", _REPOSITORY + "/discussions", "discussions.create", WRITE
    yield "GET", _REPOSITORY + "/discussions/{number:seg}", "discussions.detail", READ
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment", "discussions.comment", WRITE
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/edit", "discussions.edit", WRITE
    yield "PUT", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", "discussions.hide", WRITE
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", "discussions.hide", WRITE
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/title", "discussions.title", WRITE
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/status", "discussions.status", WRITE
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/merge", "discussions.merge", WRITE
    yield "GET", "/api/collections", "collections.listing", READ
    yield "POST", "/api/collections", "collections.create", WRITE
    yield "POST", "/api/collections/{slug:rest}/items", "collections.add_item", WRITE
    yield "PATCH", "/api/collections/{slug:rest}/items/{item:seg}", "collections.change_item", WRITE
    yield "DELETE", "/api/collections/{slug:rest}/items/{item:seg}", "collections.delete_item", WRITE
    yield "GET", "/api/collections/{slug:rest}", "collections.detail", READ
    yield "PATCH", "/api/collections/{slug:rest}", "collections.change", WRITE
    yield "DELETE", "/api/collections/{slug:rest}", "collections.delete", WRITE
    yield "GET", "/api/settings/webhooks", "webhooks.listing", WRITE
    yield "POST", "/api/settings/webhooks", "webhooks.create", WRITE
    yield "GET", "/api/settings/webhooks/{webhook:seg}", "webhooks.detail", WRITE
    yield "POST", "/api/settings/webhooks/{webhook:seg}", "webhooks.change", WRITE
    yield "DELETE", "/api/settings/webhooks/{webhook:seg}", "webhooks.delete", WRITE
    yield "POST", "/api/settings/webhooks/{webhook:seg}/{state:state}", "webhooks.switch", WRITE
    yield "GET", _REPOSITORY + "/xet-write-token/{revision:seg}", "xet.write_token", WRITE
    yield "GET", _REPOSITORY + "/xet-read-token/{revision:seg}", "xet.read_token", READ
    yield "GET", "/api/{types:buckets}/{owner:seg}", "buckets.listing", READ
    yield "DELETE", "/api/{types:buckets}/{owner:seg}", "buckets.no_owner", WRITE
    yield "POST", _BUCKET, "buckets.create", WRITE
    yield "GET", _BUCKET, "buckets.info", READ
    yield "DELETE", _BUCKET, "buckets.delete", WRITE
    yield "PUT", _BUCKET + "/settings", "buckets.change", WRITE
    yield "POST", _BUCKET + "/batch", "buckets.batch", WRITE
    yield "POST", _BUCKET + "/paths-info", "buckets.paths_info", READ
    yield "GET", _BUCKET + "/tree", "buckets.tree", READ
    yield "GET", _BUCKET + "/tree/{path:rest}", "buckets.tree", READ
    yield "GET", _BUCKET + "/xet-write-token", "xet.write_token", WRITE
    yield "GET", _BUCKET + "/xet-read-token", "xet.read_token", READ


#: Handlers whose bodies contain files: larger than other JSON bodies, and pages may show their progress.
_BODIES: dict[str, dict[str, Any]] = {
    "commits.commit": {"limit": "commit_body", "watch": "api.commits.watched"},
    "buckets.batch": {"limit": "commit_body"},
}


@lru_cache(maxsize=1)
def _routes() -> tuple[Address, ...]:
    """Return every route, shared by all Hubs of a process; if two match, the first one wins."""
    routes = [Address("/healthz", _health, permission=OPEN)]
    for method, path, name, permission in _api():
        endpoint = handler(f"api.{name}", **_BODIES.get(name, {}))
        routes.append(Address(path, endpoint, permission=permission, methods=[method]))
    routes += [
        Address(
            "/xet/{instance:seg}/v1/xorbs/{prefix:seg}/{hash:seg}",
            view("api.xet.put_xorb"),
            permission=XET_WRITE,
            methods=["POST"],
        ),
        Address("/xet/{instance:seg}/v1/shards", view("api.xet.put_shard"), permission=XET_WRITE, methods=["POST"]),
        Address("/xet/{instance:seg}/v1/reconstructions/{hash:seg}", view("api.xet.reconstruct"), permission=XET_READ),
        Address("/xet/{instance:seg}/v1/ranges/{ticket:seg}", view("api.xet.serve_piece"), permission=PIECE),
        Address("/xet/{rest:rest}", _unknown, permission=OPEN, methods=["GET", "POST", "PUT", "HEAD", "DELETE"]),
        Address(
            "/{types:buckets}/{owner:seg}/{name:seg}/resolve/{path:rest}",
            view("api.buckets.serve"),
            permission=FILE,
            methods=["GET", "HEAD"],
        ),
        Address("/lfs/{ticket:seg}", view("api.lfs.transfer"), permission=LFS, methods=["GET", "PUT", "POST"]),
    ]
    for prefix in ("", "/{types:kinds}"):
        base = prefix + "/{owner:seg}/{name:git}"
        for service, permission in (("git-upload-pack", READ), ("git-receive-pack", WRITE)):
            git = Application("api.githttp.Service", service)
            routes.append(Address(f"{base}/{service}", git, permission=permission, methods=["POST"]))
        routes += [
            # Clients call these two before a fetch and before a push; for a push, the handler checks write access.
            Address(base + "/info/refs", view("api.githttp.advertise"), permission=READ),
            Address(base + "/info/lfs/objects/batch", handler("api.lfs.batch"), permission=READ, methods=["POST"]),
            Address(
                base + "/info/lfs/locks/verify", handler("api.lfs.locks_verify"), permission=OPEN, methods=["POST"]
            ),
            Address(
                prefix + "/{owner:seg}/{name:seg}/resolve/{revision:seg}/{path:rest}",
                view("api.files.serve_file"),
                permission=FILE,
                methods=["GET", "HEAD"],
            ),
            Address(
                prefix + "/{owner:seg}/{name:seg}/raw/{revision:seg}/{path:rest}",
                view("api.files.serve_raw"),
                permission=FILE,
                methods=["GET", "HEAD"],
            ),
        ]
    return tuple(routes)


async def _health(request: Request) -> Response:
    """``GET /healthz``: identify this Hub."""
    hub: Hub = request.app.state.hub
    return JSONResponse(
        {"status": "ok", "service": "autograde-hub", "instance": hub.instance_id, "version": __version__}
    )


async def _unknown(request: Request) -> Response:
    return JSONResponse({"error": "Not found"}, 404)


class _Everywhere:
    """Middleware for all requests: check the host, set the request id, and add security headers to the response."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        config = hub.config
        self._names = {"localhost", config.host.lower(), *(name.lower() for name in config.hosts)}
        if hub.public:
            self._names.add(hub.public.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        begin(scope.get("autograde.budget") or Budget())
        request_id = self._request_id(headers)
        scope["request_id"] = request_id
        raw = scope["raw_path"].split(b"?")[0]
        scope["path"] = raw.decode("ascii", "replace")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode("latin-1", "replace")),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"same-origin"),
                ]
            await send(message)

        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) > 1 or not self._known_host(hosts[0] if hosts else ""):
            refusal = PlainTextResponse(
                "This Hub does not answer under that name. Whoever runs it can allow it: for a class with\n"
                "autograde hub serve --name NAME, in JupyterHub and behind any other proxy with\n"
                "AUTOGRADE_PUBLIC_URL=https://NAME/path/before/the/hub in its environment.\n",
                421,
            )
            await refusal(scope, receive, answer)
            return
        await self._app(scope, receive, answer)

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

    @staticmethod
    def _request_id(headers: dict[bytes, str]) -> str:
        """Return the client's own request id, which huggingface.co echoes too, or a new one."""
        given = headers.get(b"x-request-id") or headers.get(b"x-amzn-trace-id") or ""
        return given if re.fullmatch(r"[\w=;:.-]{1,200}", given) else f"Root={uuid.uuid4()}"


def create_app(hub: Hub) -> ASGIApp:
    """Create the application of one Hub. It has no global state: one process may run several Hubs."""
    unmatched = failure("failures.unmatched")
    handlers: dict[Any, Any] = {404: unmatched, 405: unmatched, Exception: failure("failures.crashed")}
    handlers |= dict.fromkeys(disk.TROUBLE, failure("failures.trouble"))
    handlers |= dict.fromkeys((UnicodeEncodeError, OverflowError), failure("failures.unstorable"))
    app = Starlette(routes=_routes(), exception_handlers=handlers)
    app.state.hub = hub
    app.state.turns = Turns(THREADS, THREAD_SHARE, 3600)
    app.state.git_turns = Turns(GIT_TURNS, GIT_SHARE, GIT_PATIENCE)
    app.state.password_turns = anyio.CapacityLimiter(PASSWORD_TURNS)
    # Everything that is not an API or git route is a page or a 404.
    app.router.default = Application("pages.routes.router")
    return _Everywhere(app, hub)


def addresses() -> list[Address]:
    """Return every route of the application, pages included, with its permissions."""
    from autograde.hub.pages.routes import page_routes

    return [*_routes(), *page_routes()]
