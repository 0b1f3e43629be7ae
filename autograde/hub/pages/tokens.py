"""The page of a person's access tokens."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from autograde.errors import HubRefused
from autograde.hub.pages.forms import field
from autograde.hub.pages.languages import language_of
from autograde.hub.pages.links import redirect
from autograde.hub.pages.rendering import render
from autograde.hub.pages.sessions import required_user
from autograde.hub.people import access_tokens, organizations
from autograde.hub.people.access_tokens import Token
from autograde.hub.people.accounts import User
from autograde.hub.repos.repositories import Repository, repositories_of
from autograde.hub.web.calls import Call
from autograde.i18n.translation import translator

#: Largest number of repositories listed in the form of a fine-grained token; others are covered by their owner's line.
_LISTED = 20

#: Choices for the lifetime of a token, in days; "" means no limit.
LIFETIMES = ("", "1", "7", "30", "90")

#: The permissions of huggingface.co that each choice in the form grants.
_GRANTS = {"read": ["repo.content.read"], "write": ["repo.content.read", "repo.write"]}


def tokens(call: Call) -> Response:
    """``/settings/tokens``: create, list and revoke tokens. A new token is shown once, right after it is created."""
    user = required_user(call)
    fresh = problem = ""
    if call.request.method == "POST" and field(call, "revoke"):
        if access_tokens.revoke_token(call.hub, user, field(call, "revoke")):
            call.record("token.revoked")
        return redirect("/settings/tokens")
    namespaces, repositories = _possible_scopes(call, user)
    if call.request.method == "POST":
        try:
            fresh = _make(call, user, namespaces, repositories)
        except HubRefused as refused:
            problem = refused.what
    return render(
        call, "tokens.html", 400 if problem else 200, fresh=fresh, problem=problem, lifetimes=LIFETIMES,
        tokens=[(token, _scopes(token)) for token in access_tokens.tokens_of(call.hub, user)], namespaces=namespaces,
        repositories=repositories, given="" if fresh else field(call, "name"),
        role=(not fresh and field(call, "role")) or "read",
    )  # fmt: skip


def _possible_scopes(call: Call, user: User) -> tuple[list[User], list[Repository]]:
    """Return the namespaces and repositories that a fine-grained token can cover."""
    namespaces = [user, *(organization for organization, __ in organizations.organizations(call.hub, user))]
    repositories = [found for owner in namespaces for found in repositories_of(call.hub, owner)]
    repositories.sort(key=lambda repository: -repository.updated_at)
    return namespaces, repositories[:_LISTED]


def _make(call: Call, user: User, namespaces: list[User], repositories: list[Repository]) -> str:
    """Create a token. Raises HubRefused for an unknown role, or a fine-grained token without any right."""
    role, scopes = field(call, "role") or "read", dict[str, Any]()
    if role == "fineGrained":
        wanted = [({"type": owner.kind, "name": owner.name}, f"for:{owner.name}") for owner in namespaces]
        wanted += [({"type": found.type, "name": found.full_name}, f"for:{found.path}") for found in repositories]
        scoped = [
            {"entity": entity, "permissions": _GRANTS[field(call, name)]}
            for entity, name in wanted
            if field(call, name) in _GRANTS
        ]
        if not scoped:
            _ = translator("hub", language_of(call.request))
            raise HubRefused(_("A fine-grained token needs at least one right: choose what it may read or write."))
        scopes = {"global": [], "scoped": scoped}
    days = field(call, "days")
    expires_at = call.hub.now() + int(days) * 86_400_000 if days and days in LIFETIMES else None
    fresh = access_tokens.create_token(
        call.hub, user, role=role, name=field(call, "name")[:100], scopes=scopes, expires_at=expires_at
    )
    call.record("token.created", role=role)
    return fresh


def _scopes(token: Token) -> list[tuple[str, bool]]:
    """Return what a fine-grained token covers: each name, and whether it may be written."""
    return [
        (str(scope.get("entity", {}).get("name", "")), "repo.write" in scope.get("permissions", []))
        for scope in token.scopes.get("scoped", [])
    ]
