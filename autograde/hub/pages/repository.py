"""Functions shared by the pages of a repository."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from autograde.hub.markdown import Place
from autograde.hub.pages.links import endpoint_of
from autograde.hub.pages.upload_progress import uploads_in_words
from autograde.hub.repos import access
from autograde.hub.repos.repositories import Repository
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import path_prefix


def repository_and_revision(call: Call) -> tuple[Repository, str]:
    """Return the repository and the revision of a page."""
    return call.readable(), call.parameters.get("revision", "main")


def url(path: str) -> str:
    """Percent-encode a file's path. git allows any bytes in names, so it may not be UTF-8."""
    return quote(path, errors="surrogateescape")


def crumbs(path: str) -> list[tuple[str, str]]:
    """Return ``(name, encoded path)`` of each folder on the way to ``path``, and of ``path`` itself."""
    parts = path.split("/") if path else []
    return [(part, url("/".join(parts[: depth + 1]))) for depth, part in enumerate(parts)]


def common(call: Call, repository: Repository, revision: str, tab: str) -> dict[str, Any]:
    """Return the template variables that every page of a repository needs."""
    user = call.caller.user
    liked = user is not None and call.hub.database.one(
        "SELECT 1 FROM likes WHERE user_id = ? AND repository_id = ?", (user.id, repository.id)
    )
    return {
        "repository": repository, "revision": revision, "tab": tab,
        "base": f"{path_prefix(call.request)}/{repository.path}",
        "address": f"{endpoint_of(call.request)}/{repository.path}", "rev": quote(revision, safe=""),
        "can_write": access.can_write(call.hub, call.caller, repository),
        "can_change": access.can_change(call.hub, call.caller, repository), "liked": bool(liked),
        "uploads": uploads_in_words(call, repository),
    }  # fmt: skip


def place_of(call: Call, repository: Repository, revision: str) -> Place:
    """Return the location of a repository's text, to resolve its links."""
    base, rev = f"{path_prefix(call.request)}/{repository.path}", quote(revision, safe="")
    return Place(path_prefix(call.request), f"{base}/resolve/{rev}", f"{base}/blob/{rev}")
