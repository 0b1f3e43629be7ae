"""The Hub as an ASGI application: which address leads where, and what holds for every answer."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograde import __version__
from autograde.hub.addresses import host_name
from autograde.hub.core import Hub
from autograde.hub.late import Address, Application, failure, handler, view
from autograde.hub.web import disk


class _Segment(Convertor[str]):
    """One segment of the path as it was sent, decoded only now: ``refs%2Fpr%2F3`` is one segment (hub-protocol, 1)."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        raise NotImplementedError


class _Rest(_Segment):
    """All that is left of the path. It may name a file, and git takes any bytes for a name: they need not be UTF-8."""

    regex = ".+"

    def convert(self, value: str) -> str:
        return unquote(value, errors="surrogateescape")


class _Name(_Segment):
    """A repository's name in git's addresses, with or without ``.git``."""

    def convert(self, value: str) -> str:
        return unquote(value).removesuffix(".git")


class _Types(_Segment):
    """``models``, ``datasets``, ``spaces`` or ``kernels``."""

    regex = "models|datasets|spaces|kernels"


class _Kinds(_Segment):
    """``datasets``, ``spaces`` or ``kernels``: models have no prefix outside the API."""

    regex = "datasets|spaces|kernels"


class _Buckets(_Segment):
    """``buckets``: repositories without git, so that few of the other types' addresses are theirs."""

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

#: git processes of one Hub that may run at once; the others wait their turn.
GIT_TURNS = 8

_REPOSITORY = "/api/{types:types}/{owner:seg}/{name:seg}"
_BUCKET = "/api/{types:buckets}/{owner:seg}/{name:seg}"


def _api() -> Iterable[tuple[str, str, str]]:
    """``(method, path, handler)`` of the JSON API; handlers by name, see :mod:`autograde.hub.late`."""
    yield "GET", "/api/whoami-v2", "account.who_am_i"
    yield "GET", "/api/agent-harnesses", "account.agent_harnesses"
    yield "GET", "/api/telemetry/{topic:rest}", "account.telemetry"
    yield "POST", "/v1/telemetry", "account.telemetry"
    yield "GET", "/api/users/{owner:seg}/overview", "account.user_overview"
    yield "GET", "/api/organizations/{owner:seg}/overview", "account.organization_overview"
    yield "GET", "/api/organizations/{owner:seg}/members", "account.organization_members"
    yield "GET", "/api/settings/repositories", "account.own_repositories"
    yield "GET", "/api/organizations/{owner:seg}/settings/repositories", "account.own_repositories"
    yield "POST", "/oauth/device", "oauth.device"
    yield "POST", "/oauth/token", "oauth.token"
    yield "POST", "/api/validate-yaml", "commits.validate_yaml"
    yield "POST", "/api/repos/create", "repositories.create"
    yield "DELETE", "/api/repos/delete", "repositories.delete"
    yield "POST", "/api/repos/move", "repositories.move"
    yield "GET", "/api/{types:types}", "repositories.listing"
    yield "GET", _REPOSITORY, "repositories.info"
    yield "GET", _REPOSITORY + "/revision/{revision:seg}", "repositories.info"
    yield "PUT", _REPOSITORY + "/settings", "repositories.change"
    yield "GET", _REPOSITORY + "/tree/{revision:seg}", "files.tree"
    yield "GET", _REPOSITORY + "/tree/{revision:seg}/{path:rest}", "files.tree"
    yield "POST", _REPOSITORY + "/paths-info/{revision:seg}", "files.paths_info"
    yield "POST", _REPOSITORY + "/preupload/{revision:seg}", "commits.preupload"
    yield "POST", _REPOSITORY + "/commit/{revision:seg}", "commits.commit"
    yield "GET", _REPOSITORY + "/commits/{revision:seg}", "commits.commits"
    yield "GET", _REPOSITORY + "/refs", "refs.list_refs"
    yield "POST", _REPOSITORY + "/branch/{branch:rest}", "refs.create_branch"
    yield "DELETE", _REPOSITORY + "/branch/{branch:rest}", "refs.delete_branch"
    yield "POST", _REPOSITORY + "/tag/{revision:rest}", "refs.create_tag"
    yield "DELETE", _REPOSITORY + "/tag/{revision:rest}", "refs.delete_tag"
    yield "POST", _REPOSITORY + "/super-squash/{branch:rest}", "storage.super_squash"
    yield "GET", _REPOSITORY + "/lfs-files", "storage.lfs_files"
    yield "POST", _REPOSITORY + "/lfs-files/batch", "storage.delete_lfs_files"
    yield "POST", _REPOSITORY + "/lfs-files/duplicate", "storage.copy_lfs_files"
    yield "POST", _REPOSITORY + "/duplicate", "storage.duplicate"
    yield "GET", _REPOSITORY + "/auth-check", "gating.check"
    yield "GET", _REPOSITORY + "/auth-check/write", "gating.check"
    yield "POST", _REPOSITORY + "/ask-access", "gating.ask"
    yield "POST", _REPOSITORY + "/user-access-request/handle", "gating.handle"
    yield "POST", _REPOSITORY + "/user-access-request/grant", "gating.grant"
    yield "GET", _REPOSITORY + "/user-access-request/{status:seg}", "gating.requests"
    yield "POST", _REPOSITORY + "/like", "social.like"
    yield "DELETE", _REPOSITORY + "/like", "social.unlike"
    yield "GET", _REPOSITORY + "/likers", "social.likers"
    yield "GET", "/api/users/{owner:seg}/likes", "social.likes_of"
    yield "GET", _REPOSITORY + "/discussions", "discussions.listing"
    yield "POST", _REPOSITORY + "/discussions", "discussions.create"
    yield "GET", _REPOSITORY + "/discussions/{number:seg}", "discussions.detail"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment", "discussions.comment"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/edit", "discussions.edit"
    yield "PUT", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", "discussions.hide"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/comment/{event:seg}/hide", "discussions.hide"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/title", "discussions.title"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/status", "discussions.status"
    yield "POST", _REPOSITORY + "/discussions/{number:seg}/merge", "discussions.merge"
    yield "GET", "/api/collections", "collections.listing"
    yield "POST", "/api/collections", "collections.create"
    yield "POST", "/api/collections/{slug:rest}/items", "collections.add_item"
    yield "PATCH", "/api/collections/{slug:rest}/items/{item:seg}", "collections.change_item"
    yield "DELETE", "/api/collections/{slug:rest}/items/{item:seg}", "collections.delete_item"
    yield "GET", "/api/collections/{slug:rest}", "collections.detail"
    yield "PATCH", "/api/collections/{slug:rest}", "collections.change"
    yield "DELETE", "/api/collections/{slug:rest}", "collections.delete"
    yield "GET", "/api/settings/webhooks", "webhooks.listing"
    yield "POST", "/api/settings/webhooks", "webhooks.create"
    yield "GET", "/api/settings/webhooks/{webhook:seg}", "webhooks.detail"
    yield "POST", "/api/settings/webhooks/{webhook:seg}", "webhooks.change"
    yield "DELETE", "/api/settings/webhooks/{webhook:seg}", "webhooks.delete"
    yield "POST", "/api/settings/webhooks/{webhook:seg}/{state:state}", "webhooks.switch"
    yield "GET", _REPOSITORY + "/xet-write-token/{revision:seg}", "xet.write_token"
    yield "GET", _REPOSITORY + "/xet-read-token/{revision:seg}", "xet.read_token"
    yield "GET", "/api/{types:buckets}/{owner:seg}", "buckets.listing"
    yield "DELETE", "/api/{types:buckets}/{owner:seg}", "buckets.no_owner"
    yield "POST", _BUCKET, "buckets.create"
    yield "GET", _BUCKET, "buckets.info"
    yield "DELETE", _BUCKET, "buckets.delete"
    yield "PUT", _BUCKET + "/settings", "buckets.change"
    yield "POST", _BUCKET + "/batch", "buckets.batch"
    yield "POST", _BUCKET + "/paths-info", "buckets.paths_info"
    yield "GET", _BUCKET + "/tree", "buckets.tree"
    yield "GET", _BUCKET + "/tree/{path:rest}", "buckets.tree"
    yield "GET", _BUCKET + "/xet-write-token", "xet.write_token"
    yield "GET", _BUCKET + "/xet-read-token", "xet.read_token"


#: Handlers whose bodies carry files: more bytes than JSON needs, and a page may want to see them come.
_BODIES: dict[str, dict[str, Any]] = {
    "commits.commit": {"limit": "commit_body", "watch": "api.commits.watched"},
    "buckets.batch": {"limit": "commit_body"},
}


@lru_cache(maxsize=1)
def _routes() -> tuple[Address, ...]:
    """Every address, the same for all Hubs of a process; which of them comes first decides where two would match."""
    routes = [Address("/healthz", _health, methods=["GET"])]
    for method, path, name in _api():
        routes.append(Address(path, handler(f"api.{name}", **_BODIES.get(name, {})), methods=[method]))
    routes += [
        Address("/xet/{instance:seg}/v1/xorbs/{prefix:seg}/{hash:seg}", view("api.xet.put_xorb"), methods=["POST"]),
        Address("/xet/{instance:seg}/v1/shards", view("api.xet.put_shard"), methods=["POST"]),
        Address(
            "/xet/{instance:seg}/v1/reconstructions/{hash:seg}",
            handler("api.xet.reconstruction", identify=False),
        ),
        Address("/xet/{instance:seg}/v1/ranges/{ticket:seg}", view("api.xet.serve_piece"), methods=["GET"]),
        Address("/xet/{rest:rest}", _unknown, methods=["GET", "POST", "PUT", "HEAD", "DELETE"]),
        Address(
            "/{types:buckets}/{owner:seg}/{name:seg}/resolve/{path:rest}",
            view("api.buckets.serve"),
            methods=["GET", "HEAD"],
        ),
        Address("/lfs/{ticket:seg}", view("api.lfs.transfer"), methods=["GET", "PUT", "POST"]),
    ]
    for prefix in ("", "/{types:kinds}"):
        base = prefix + "/{owner:seg}/{name:git}"
        routes += [
            Address(base + "/info/refs", view("api.githttp.advertise"), methods=["GET"]),
            Address(base + "/git-upload-pack", Application("api.githttp.Service", "git-upload-pack"), methods=["POST"]),
            Address(
                base + "/git-receive-pack", Application("api.githttp.Service", "git-receive-pack"), methods=["POST"]
            ),
            Address(base + "/info/lfs/objects/batch", handler("api.lfs.batch"), methods=["POST"]),
            Address(base + "/info/lfs/locks/verify", handler("api.lfs.locks_verify"), methods=["POST"]),
            Address(
                prefix + "/{owner:seg}/{name:seg}/resolve/{revision:seg}/{path:rest}",
                view("api.files.serve_file"),
                methods=["GET", "HEAD"],
            ),
            Address(
                prefix + "/{owner:seg}/{name:seg}/raw/{revision:seg}/{path:rest}",
                view("api.files.serve_raw"),
                methods=["GET", "HEAD"],
            ),
        ]
    return tuple(routes)


async def _health(request: Request) -> Response:
    """``GET /healthz``: that this is a Hub of the kit's, and which."""
    hub: Hub = request.app.state.hub
    return JSONResponse(
        {"status": "ok", "service": "autograde-hub", "instance": hub.instance_id, "version": __version__}
    )


async def _unknown(request: Request) -> Response:
    return JSONResponse({"error": "Not found"}, 404)


class _Everywhere:
    """What holds for every request: its id, its host, its raw path; and for every answer: its safety headers."""

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

        if not self._known_host(headers.get(b"host", "")):
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
        """Whether a request may name this host. IP addresses are safe: a rebinding attack needs a name of its own."""
        name = host_name(host)
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names or name.endswith(".localhost")
        return True

    @staticmethod
    def _request_id(headers: dict[bytes, str]) -> str:
        """The client's own id, as the real Hub echoes it, or a new one."""
        given = headers.get(b"x-request-id") or headers.get(b"x-amzn-trace-id") or ""
        return given if re.fullmatch(r"[\w=;:.-]{1,200}", given) else f"Root={uuid.uuid4()}"


def create_app(hub: Hub) -> ASGIApp:
    """The application of one Hub. Nothing is kept outside of it: twenty may live in one process."""
    unmatched = failure("failures.unmatched")
    handlers: dict[Any, Any] = {404: unmatched, 405: unmatched, Exception: failure("failures.crashed")}
    handlers |= dict.fromkeys(disk.TROUBLE, failure("failures.trouble"))
    handlers |= dict.fromkeys((UnicodeEncodeError, OverflowError), failure("failures.unstorable"))
    app = Starlette(routes=_routes(), exception_handlers=handlers)
    app.state.hub = hub
    app.state.git_turns = asyncio.Semaphore(GIT_TURNS)
    # What is no address of the API or of git is a page, or nothing.
    app.router.default = Application("pages.routes.router")
    return _Everywhere(app, hub)
