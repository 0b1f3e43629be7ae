"""From a request to a handler and back: one small object that every API handler is given.

Handlers are ordinary functions run in a worker thread: they may talk to git and SQLite and wait. What must stream
(large files, packs) is written against ASGI instead, in the modules that do it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from autograde.hub.addresses import PublicAddress
from autograde.hub.config import Limits
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal, _marked
from autograde.hub.repos import access
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, Repository, find_repository
from autograde.hub.untrusted import Unreadable, read_json, storable
from autograde.hub.web.forms import is_multipart, parts
from autograde.hub.webhooks import wants


@dataclass(frozen=True)
class Call:
    """One request, read: who asks, for what, with which body."""

    hub: Hub
    request: Request
    caller: Caller
    body: bytes

    @property
    def parameters(self) -> Mapping[str, str]:
        """The parts of the path that the route names, decoded."""
        return self.request.path_params

    @property
    def base_url(self) -> str:
        """The Hub's address as this client spells it, without a trailing slash: clients refuse URLs of any other
        host."""
        return base_url(self.request)

    @property
    def request_id(self) -> str:
        """The request's id, as its response and the Hub's diary show it."""
        return str(self.request.scope["request_id"])

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body and ``null`` are an empty object.

        Raises:
            Refusal: 400, it is something else.
        """
        return json_object(self.body)

    def form(self) -> dict[str, list[str]]:
        """The body as a form's fields, each with its values.

        Raises:
            Refusal: 400, it is not text, or has too many fields.
        """
        kind = self.request.headers.get("content-type", "")
        try:
            if is_multipart(kind):
                fields: dict[str, list[str]] = {}
                for part in parts(kind, self.body):
                    if part.filename is None:
                        fields.setdefault(part.name, []).append(part.content.decode("utf-8"))
                return fields
            return parse_qs(self.body.decode("utf-8"), keep_blank_values=True, max_num_fields=10_000)
        except (UnicodeDecodeError, ValueError) as error:
            raise Refusal(400, f"The form cannot be read: {error}") from error

    def upload(self, name: str) -> bytes:
        """The content of the file that was chosen in a form's field; empty when none was."""
        kind = self.request.headers.get("content-type", "")
        files = [p for p in (parts(kind, self.body) if is_multipart(kind) else []) if p.filename is not None]
        return next((part.content for part in files if part.name == name), b"")

    def flag(self, name: str) -> bool:
        """A query parameter that is on or off."""
        return self.request.query_params.get(name, "").lower() in ("1", "true", "yes")

    @property
    def repository_type(self) -> str:
        """The type that the route is about: ``model``, ``dataset`` or ``space``."""
        return REPOSITORY_TYPES_BY_PLURAL[self.parameters.get("types", "models")]

    @property
    def full_name(self) -> str:
        """``owner/name`` as the path spells it."""
        return f"{self.parameters['owner']}/{self.parameters['name']}"

    def find(self) -> Repository | None:
        """The repository that the path names, by its present or a former name; None when there is none."""
        return find_repository(self.hub, self.repository_type, self.full_name)

    def _present(self, repository: Repository) -> Repository:
        """The repository itself when it was asked for by its present name; else a redirection to that name."""
        if repository.full_name.lower() == self.full_name.lower():
            return repository
        raise moved(self.request, self.full_name, repository)

    def visible(self) -> Repository:
        """The repository that the path names, for somebody who may see it. Raises :class:`Refusal` otherwise."""
        return self._present(access.require_read(self.hub, self.caller, self.find()))

    def readable(self) -> Repository:
        """The repository, for somebody who may read its files. Raises :class:`Refusal` otherwise."""
        return self._present(access.require_content(self.hub, self.caller, self.find()))

    def writable(self) -> Repository:
        """The repository, for somebody who may change it. Raises :class:`Refusal` otherwise."""
        return self._present(access.require_write(self.hub, self.caller, self.find()))

    def administered(self) -> Repository:
        """The repository, for somebody who may rename, hide or delete it. Raises :class:`Refusal` otherwise."""
        return self._present(access.require_admin(self.hub, self.caller, self.find()))

    def record(self, kind: str, repository: Repository | None = None, **detail: Any) -> None:
        """Write this request's effect into the Hub's diary."""
        self.hub.record(
            kind,
            request_id=self.request_id,
            user_id=self.caller.user.id if self.caller.user else None,
            user_name=self.caller.name,
            repository_id=repository.id if repository else None,
            repository_name=repository.full_name if repository else None,
            token_name=self.caller.token.name if self.caller.token else None,
            token_role=self.caller.token.role if self.caller.token else None,
            detail=detail,
        )
        if repository:
            self._notify(kind, repository, detail)

    def _notify(self, kind: str, repository: Repository, detail: dict[str, Any]) -> None:
        """Tell the webhooks that watch a repository."""
        domain = "discussion" if kind.startswith("discussion.") else "repo"
        if kind.startswith(("file.", "git.fetched", "model.")):
            return
        if not self.hub.deliveries.on:
            return
        for webhook in self.hub.database.all("SELECT * FROM webhooks WHERE disabled = 0"):
            if not wants(webhook, repository.owner, repository.full_name, repository.type, domain):
                continue
            watcher = accounts.user_by_id(self.hub, webhook["user_id"])
            if watcher is None or not access.can_see(self.hub, Caller(watcher), repository):
                continue
            payload = {
                "event": {"action": "update", "scope": f"{domain}.content", "kind": kind},
                "repo": {"type": repository.type, "name": repository.full_name, "private": repository.private},
                # Anybody may watch what is public, as on huggingface.co; what exactly was done is its writers' to know.
                "detail": storable(detail) if access.can_write(self.hub, Caller(watcher), repository) else {},
                "webhook": {"id": webhook["id"], "version": 3},
            }
            self.hub.deliveries.send(webhook["id"], webhook["url"], webhook["secret"], payload)


Handler = Callable[[Call], Response | dict[str, Any] | list[Any]]


def base_url(request: Request) -> str:
    """``scheme://host[:port]`` as the client wrote it: the Hub's own address, or that of the proxy before it."""
    if proxy := through_proxy(request):
        return proxy.origin
    return f"{request.scope['scheme']}://{request.headers.get('host') or 'localhost'}"


def through_proxy(request: Request) -> PublicAddress | None:
    """The proxy that a request came through; None for the Hub's own address, and where no proxy was configured.

    A proxy leaves the browser's ``Host`` as it is, or puts it into ``X-Forwarded-Host``. Whatever else a header says
    is not believed: anybody can send one.
    """
    public: PublicAddress | None = request.app.state.hub.public
    headers = request.headers
    named = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")[:1]]
    return public if public and any(map(public.is_meant_by, named)) else None


def json_object(body: bytes) -> dict[str, Any]:
    """``body`` as a JSON object; an empty body and ``null`` are an empty object.

    Raises:
        Refusal: 400, it is something else.
    """
    try:
        value = read_json(body) if body.strip() else {}
    except Unreadable as error:
        raise Refusal(400, f"The body cannot be read. {error}") from error
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise Refusal(400, "The body must be a JSON object.")
    return value


def optional_text(data: dict[str, Any], key: str) -> str | None:
    """The text under a key of a JSON object, or None when there is none.

    Raises:
        Refusal: 400, there is something else than a text.
    """
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"{key!r} must be a text.")
    return value


async def chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it arrives, never more than ``limit`` bytes of it.

    Raises:
        Refusal: 413, there is more; 400, the client went away.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise Refusal(400, "The body ended before it was whole.") from None


def moved(request: Request, asked: str, repository: Repository) -> Refusal:
    """The answer for a repository's former name: the same address under its present one."""
    target = request.scope["raw_path"].decode("ascii", "replace").replace(f"/{asked}", f"/{repository.full_name}", 1)
    if query := request.scope["query_string"].decode("ascii", "replace"):
        target += f"?{query}"
    return Refusal(
        307, f"This repository is now called {repository.full_name}.", headers={"Location": base_url(request) + target}
    )


def too_large(limit: int) -> Refusal:
    """The answer for a body above a limit in bytes."""
    return Refusal(
        413,
        _marked("The request is larger than the {limit} bytes that this Hub accepts here."),
        values={"limit": f"{limit:,}"},
    )


def bearer(hub: Hub, request: Request) -> Caller:
    """The caller by the ``Authorization`` header: a Bearer token, or Basic with the token as password (git).

    Raises:
        Refusal: 401, the token is unknown, revoked or expired, or a password was given where a token is needed.
    """
    kind, __, value = request.headers.get("authorization", "").partition(" ")
    if not kind:
        return ANONYMOUS
    secret = value.strip()
    if kind.lower() == "basic":
        try:
            __, __, secret = base64.b64decode(secret, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            secret = ""
    found = accounts.find_token(hub, secret) if secret else None
    if found:
        return Caller(*found)
    if kind.lower() == "basic" and not secret.startswith("hf_"):
        raise Refusal(
            401,
            "Password authentication in git is no longer supported. You must use a user access token instead:"
            f" make one at {base_url(request)}/settings/tokens and give it where git asks for the password.",
        )
    raise Refusal(401, "Invalid credentials in Authorization header")


def nobody(hub: Hub, request: Request) -> Caller:
    """Not asked who it is: the address itself, or a token of another kind, is what lets the caller in."""
    return ANONYMOUS


def session_secret(hub: Hub, request: Request) -> str | None:
    """What the browser's cookie for this very Hub holds, or None. Cookies ignore ports, so the name has the instance
    in it."""
    return request.cookies.get(cookie_name(hub))


def cookie_name(hub: Hub) -> str:
    """The name of this Hub's cookie: browsers send cookies of one port to every other port of the machine."""
    return f"hub_{hub.instance_id[:12]}"


def browser(hub: Hub, request: Request) -> Caller:
    """The caller of a page: a token when there is one, else the browser's session."""
    if "authorization" in request.headers:
        return bearer(hub, request)
    secret = session_secret(hub, request)
    user = accounts.session_user(hub, secret) if secret else None
    return Caller(user) if user else ANONYMOUS


def is_git(request: Request) -> bool:
    """Whether git or git-lfs asks; both show a plain-text answer to the person."""
    return request.headers.get("user-agent", "").startswith("git/")


#: For most bodies nobody needs to know how far they have come.
_UNWATCHED: AbstractContextManager[Callable[[int], None]] = nullcontext(lambda size: None)


async def _body(request: Request, limit: int, add: Callable[[int], None]) -> bytes:
    """A whole body; ``add`` is told the length of each chunk."""
    received = []
    async for chunk in chunks(request, limit):
        received.append(chunk)
        add(len(chunk))
    return b"".join(received)


def endpoint(
    handler: Handler,
    *,
    limit: Callable[[Limits], int] = lambda limits: limits.json_body,
    identify: Callable[[Hub, Request], Caller] = bearer,
    watch: Callable[[Hub, Request], AbstractContextManager[Callable[[int], None]]] | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """An ASGI endpoint around a handler: reads the body (up to a limit), finds the caller, says no properly.

    JSON APIs take tokens only, never the browser's cookie, so that no page on another port can use a learner's session.
    """

    async def run(request: Request) -> Response:
        hub: Hub = request.app.state.hub
        try:
            watching = await anyio.to_thread.run_sync(lambda: watch(hub, request)) if watch else _UNWATCHED
            with watching as add:
                body = await _body(request, limit(hub.config.limits), add)

            def work() -> Response:
                answer = handler(Call(hub, request, identify(hub, request), body))
                return answer if isinstance(answer, Response) else JSONResponse(answer)

            return await anyio.to_thread.run_sync(work)
        except Refusal as refusal:
            return refusal.response(plain=is_git(request))

    return run
