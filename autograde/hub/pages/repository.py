"""What the pages of one repository share."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from autograde.hub import access
from autograde.hub.calls import Call
from autograde.hub.pages.view import endpoint_of, root
from autograde.hub.repositories import Repository


def repository_and_revision(call: Call) -> tuple[Repository, str]:
    """The repository and the revision that a page is about."""
    return call.readable(), call.parameters.get("revision", "main")


def common(call: Call, repository: Repository, revision: str, tab: str) -> dict[str, Any]:
    """What every page of a repository needs."""
    return {
        "repository": repository, "revision": revision, "tab": tab, "base": f"{root(call.request)}/{repository.path}",
        "address": f"{endpoint_of(call.request)}/{repository.path}",
        "rev": quote(revision, safe=""), "can_write": access.can_write(call.hub, call.caller, repository),
        "can_change": access.can_change(call.hub, call.caller, repository),
    }  # fmt: skip
