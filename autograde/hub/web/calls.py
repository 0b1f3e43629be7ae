"""From a request to a handler and back: one small object that every API handler is given.

Handlers are ordinary functions run in a worker thread: they may talk to git and SQLite and wait. What must stream
(large files, packs) is written against ASGI instead, in the modules that do it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from autograde.hub.config import Limits
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal, _marked
from autograde.hub.repos import access
from autograde.hub.repos.access import Caller
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, Repository, find_repository
from autograde.hub.untrusted import Unreadable, read_json, storable
from autograde.hub.web.admission import admit
from autograde.hub.web.forms import is_multipart, parts
from autograde.hub.web.origin import base_url
from autograde.hub.web.turns import Turns
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
            sealed = webhook["secret"]
            secret = self.hub.signer.unseal("webhook", sealed) if sealed else None
            self.hub.deliveries.send(webhook["id"], webhook["url"], secret, payload)


Handler = Callable[[Call], Response | dict[str, Any] | list[Any]]


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


def _renamed(path: str, asked: str, present: str) -> str:
    """A raw path with a repository's present name where it has a former one, however its letters were encoded."""
    segments = path.split("/")
    for place in range(len(segments) - 1):
        owner, name = map(unquote, segments[place : place + 2])
        if asked in (f"{owner}/{name}", f"{owner}/{name.removesuffix('.git')}"):
            return "/".join([*segments[:place], present, *segments[place + 2 :]])
    return path


def moved(request: Request, asked: str, repository: Repository) -> Refusal:
    """The answer for a repository's former name: the same address under its present one."""
    target = _renamed(request.scope["raw_path"].decode("ascii", "replace"), asked, repository.full_name)
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


def is_git(request: Request) -> bool:
    """Whether git or git-lfs asks; both show a plain-text answer to the person."""
    return request.headers.get("user-agent", "").startswith("git/")


#: For most bodies nobody needs to know how far they have come.
_UNWATCHED: AbstractContextManager[Callable[[int], None]] = nullcontext(lambda size: None)


async def in_turn(
    request: Request, work: Callable[[], Response], limiter: anyio.CapacityLimiter | None = None
) -> Response:
    """What ``work`` answers, from a thread, one of ``limiter``'s where that is given; no address takes all threads."""
    turns: Turns = request.app.state.turns
    async with turns.take(request.client.host if request.client else ""):
        return await anyio.to_thread.run_sync(work, limiter=limiter)


def _busy() -> Refusal:
    return Refusal(503, "Too many large requests are on their way to this Hub; try again in a moment.")


async def _body(
    request: Request, limit: int, add: Callable[[int], None], hold: Callable[[int], None] = lambda length: None
) -> bytes:
    """A whole body; ``hold``, which may refuse, and ``add`` are told the length of each chunk."""
    received = []
    async for chunk in chunks(request, limit):
        hold(len(chunk))
        received.append(chunk)
        add(len(chunk))
    return b"".join(received)


#: A body from this many bytes on is only read once its sender is known.
_LONG = 1 << 16


def _is_long(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    return int(length) >= _LONG if length.isdecimal() else "transfer-encoding" in request.headers


def endpoint(
    handler: Handler,
    *,
    limit: Callable[[Limits], int] = lambda limits: limits.json_body,
    watch: Callable[[Hub, Request], AbstractContextManager[Callable[[int], None]]] | None = None,
) -> Callable[[Request], Awaitable[Response]]:
    """An ASGI endpoint around a handler: reads the body (up to a limit), finds the caller, says no properly.

    JSON APIs take tokens only, never the browser's cookie, so that no page on another port can use a learner's session.
    """

    async def run(request: Request) -> Response:
        hub: Hub = request.app.state.hub
        try:
            if _is_long(request):
                # A long body of a sender who will be refused is not read.
                await anyio.to_thread.run_sync(lambda: admit(hub, request))
            watching = await anyio.to_thread.run_sync(lambda: watch(hub, request)) if watch else _UNWATCHED
            # What is in memory until the request is answered counts, whoever sent it.
            with hub.arriving.taking("bodies", hub.config.limits.bodies, _busy) as hold:
                with watching as add:
                    body = await _body(request, limit(hub.config.limits), add, hold)

                def work() -> Response:
                    caller = admit(hub, request)
                    answer = handler(Call(hub, request, caller, body))
                    return answer if isinstance(answer, Response) else JSONResponse(answer)

                return await in_turn(request, work)
        except Refusal as refusal:
            return refusal.response(plain=is_git(request))

    return run
