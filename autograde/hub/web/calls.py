"""One request as handlers see it: its caller, its parameters and its body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import parse_qs, unquote, urlencode

from starlette.requests import Request

from autograde.hub.core import Hub
from autograde.hub.events import Sender, record
from autograde.hub.people import accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.access import Caller
from autograde.hub.repos.repositories import REPOSITORY_TYPES_BY_PLURAL, Repository, find_repository
from autograde.hub.untrusted import storable
from autograde.hub.web.bodies import json_object
from autograde.hub.web.forms import is_multipart, parts, unreadable
from autograde.hub.web.origin import base_url, location
from autograde.hub.webhooks import wants


@dataclass(frozen=True)
class Call:
    """One request: its caller, its parameters and its body, or the file that holds a long body."""

    hub: Hub
    request: Request
    caller: Caller
    body: bytes
    spool: BinaryIO | None = None

    def open_body(self) -> BinaryIO:
        """Return the body as a file, to be read once."""
        return self.spool if self.spool is not None else BytesIO(self.body)

    @property
    def parameters(self) -> Mapping[str, str]:
        """The route's path parameters, decoded."""
        return self.request.path_params

    @property
    def base_url(self) -> str:
        """The Hub's URL as this client uses it, with the path of a proxy in front and without a trailing slash; clients
        refuse URLs with another host."""
        return base_url(self.request)

    @property
    def request_id(self) -> str:
        """The request's id, as in its response and in the Hub's events."""
        return str(self.request.scope["request_id"])

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; an empty body and ``null`` give an empty object.

        Raises:
            Refusal: 400 for anything else.
        """
        return json_object(self.body)

    def form(self) -> dict[str, list[str]]:
        """Return the body as form fields, each with its values.

        Raises:
            Refusal: 400 if it is not text, or has too many fields.
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
            raise unreadable(error) from error

    def upload(self, name: str) -> bytes:
        """Return the content of an uploaded file in a form; empty if there is none."""
        kind = self.request.headers.get("content-type", "")
        files = [p for p in (parts(kind, self.body) if is_multipart(kind) else []) if p.filename is not None]
        return next((part.content for part in files if part.name == name), b"")

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter."""
        return self.request.query_params.get(name, "").lower() in ("1", "true", "yes")

    def number(self, name: str, default: int = 0) -> int:
        """Return a query parameter that is a number of at most seven digits; ``default`` for anything else."""
        text = self.request.query_params.get(name, "")
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 8 else default

    def next_page(self, **changed: object) -> dict[str, str]:
        """Return the header that links to the next page of a list: this URL with other query parameters."""
        kept = [(key, value) for key, value in self.request.query_params.multi_items() if key not in changed]
        path = self.request.scope["raw_path"].decode("ascii", "replace")
        return {"Link": f'<{self.base_url}{path}?{urlencode([*kept, *changed.items()])}>; rel="next"'}

    @property
    def repository_type(self) -> str:
        """The route's repository type: ``model``, ``dataset``, ``space``, ``kernel`` or ``bucket``."""
        return REPOSITORY_TYPES_BY_PLURAL[self.parameters.get("types", "models")]

    @property
    def full_name(self) -> str:
        """``owner/name`` as written in the path."""
        return f"{self.parameters['owner']}/{self.parameters['name']}"

    def find(self) -> Repository | None:
        """Return the repository in the path, by its current or a former name, or None."""
        return find_repository(self.hub, self.repository_type, self.full_name)

    def _require_current_name(self, repository: Repository) -> Repository:
        """Return the repository if the path has its current name; else raise a redirection to that name."""
        if repository.full_name.lower() == self.full_name.lower():
            return repository
        raise redirection(self.request, self.full_name, repository)

    def visible(self) -> Repository:
        """Return the path's repository if the caller may see it; else raise :class:`Refusal`."""
        return self._require_current_name(access.require_visible(self.hub, self.caller, self.find()))

    def readable(self) -> Repository:
        """Return the path's repository if the caller may read its files; else raise :class:`Refusal`."""
        return self._require_current_name(access.require_readable(self.hub, self.caller, self.find()))

    def writable(self) -> Repository:
        """Return the path's repository if the caller may change it; else raise :class:`Refusal`."""
        return self._require_current_name(access.require_write(self.hub, self.caller, self.find()))

    def administered(self) -> Repository:
        """Return the path's repository if the caller may rename, hide or delete it; else raise :class:`Refusal`."""
        return self._require_current_name(access.require_admin(self.hub, self.caller, self.find()))

    def record(self, kind: str, repository: Repository | None = None, **detail: Any) -> None:
        """Record an event for this request, and notify webhooks."""
        record(
            self.hub,
            kind,
            Sender.of(self.caller.user, self.caller.token, request_id=self.request_id),
            repository_id=repository.id if repository else None,
            repository_name=repository.full_name if repository else None,
            detail=detail,
        )
        if repository:
            self._notify(kind, repository, detail)

    def _notify(self, kind: str, repository: Repository, detail: dict[str, Any]) -> None:
        """Notify the webhooks that watch a repository."""
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
                # Anyone may watch a public repository, as on huggingface.co, but only writers get the details.
                "detail": storable(detail) if access.can_write(self.hub, Caller(watcher), repository) else {},
                "webhook": {"id": webhook["id"], "version": 3},
            }
            sealed = webhook["secret"]
            secret = self.hub.signer.unseal("webhook", sealed) if sealed else None
            self.hub.deliveries.send(webhook["id"], webhook["url"], secret, payload)


def _renamed(path: str, former: str, current: str) -> str:
    """Replace a repository's former name in a raw path with its current one, even if it is percent-encoded."""
    segments = path.split("/")
    for number in range(len(segments) - 1):
        owner, name = map(unquote, segments[number : number + 2])
        if former in (f"{owner}/{name}", f"{owner}/{name.removesuffix('.git')}"):
            return "/".join([*segments[:number], current, *segments[number + 2 :]])
    return path


def redirection(request: Request, former: str, repository: Repository) -> Refusal:
    """Return the redirection from a repository's former name to its current one."""
    target = _renamed(request.scope["raw_path"].decode("ascii", "replace"), former, repository.full_name)
    if query := request.scope["query_string"].decode("ascii", "replace"):
        target += f"?{query}"
    return Refusal(
        307, f"This repository is now called {repository.full_name}.", headers={"Location": location(request, target)}
    )
