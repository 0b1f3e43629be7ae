"""Account endpoints: whoami, overviews of people and organisations, and small requests that every client makes."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from autograde.hub.people import accounts, organizations
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access, quota
from autograde.hub.repos.repositories import Repository, repositories_of
from autograde.hub.times import iso
from autograde.hub.web.calls import Call


def avatar_url(call: Call, user: User) -> str:
    """Return the URL of a person's or organisation's picture."""
    return f"{call.base_url}/avatars/{user.name}.svg"


def who_am_i(call: Call) -> dict[str, Any]:
    """``GET /api/whoami-v2``."""
    user, token = call.caller.user, call.caller.token
    if user is None or token is None:
        raise Refusal(401, "Invalid username or password.")
    access_token: dict[str, Any] = {"displayName": token.name, "role": token.role, "createdAt": iso(token.created_at)}
    if token.role == "fineGrained":
        access_token["fineGrained"] = {"canReadGatedRepos": False, "global": [], "scoped": [], **token.scopes}
    return {
        "type": "user",
        "id": user.id,
        "name": user.name,
        "fullname": user.fullname,
        "email": user.email,
        "emailVerified": True,
        "isPro": False,
        "avatarUrl": avatar_url(call, user),
        "orgs": [
            {
                "type": "org", "id": org.id, "name": org.name, "fullname": org.fullname, "email": org.email,
                "avatarUrl": avatar_url(call, org), "roleInOrg": role, "isEnterprise": False,
            }
            for org, role in organizations.organizations(call.hub, user)
        ],
        "auth": {"type": "access_token", "accessToken": access_token},
    }  # fmt: skip


def _owner(call: Call, kind: str) -> User:
    """Return the person (``user``) or the organisation (``org``) that the path names."""
    user = accounts.find_user(call.hub, call.parameters["owner"])
    if user is None or user.kind != kind:
        raise Refusal(
            404, f"There is no {'organization' if kind == 'org' else 'user'} called {call.parameters['owner']}."
        )
    return user


def _counts(call: Call, user: User) -> dict[str, int]:
    visible = [r.type for r in repositories_of(call.hub, user) if access.can_see(call.hub, call.caller, r)]
    return {f"num{kind.capitalize()}s": visible.count(kind) for kind in ("model", "dataset", "space")}


def user_overview(call: Call) -> dict[str, Any]:
    """``GET /api/users/{name}/overview``."""
    user = _owner(call, "user")
    orgs = [
        {"id": org.id, "name": org.name, "fullname": org.fullname, "avatarUrl": avatar_url(call, org)}
        for org, __ in organizations.organizations(call.hub, user)
    ]
    return {
        "_id": user.id, "user": user.name, "fullname": user.fullname, "type": "user", "isPro": False,
        "avatarUrl": avatar_url(call, user), "orgs": orgs, "createdAt": iso(user.created_at), **_counts(call, user),
    }  # fmt: skip


def organization_overview(call: Call) -> dict[str, Any]:
    """``GET /api/organizations/{name}/overview``."""
    org = _owner(call, "org")
    return {
        "_id": org.id, "name": org.name, "fullname": org.fullname, "type": "org", "avatarUrl": avatar_url(call, org),
        "numUsers": len(organizations.members(call.hub, org)), **_counts(call, org),
    }  # fmt: skip


def organization_members(call: Call) -> list[dict[str, Any]]:
    """``GET /api/organizations/{name}/members``."""
    return [
        {
            "_id": user.id, "user": user.name, "fullname": user.fullname, "type": "user", "role": role, "isPro": False,
            "avatarUrl": avatar_url(call, user),
        }
        for user, role in organizations.members(call.hub, _owner(call, "org"))
    ]  # fmt: skip


def own_repositories(call: Call) -> list[dict[str, Any]]:
    """``GET /api/settings/repositories`` and ``/api/organizations/{name}/settings/repositories``, with buckets."""
    owner = _owner(call, "org") if "owner" in call.parameters else access.require_user(call.caller)
    found = [*repositories_of(call.hub, owner), *repositories_of(call.hub, owner, "bucket")]
    sizes = quota.used_by_repository(call.hub, owner.id)
    total = quota.used(call.hub, owner.id)
    visible = (repository for repository in found if access.can_see(call.hub, call.caller, repository))
    return [_listed(repository, sizes.get(repository.id, 0), total) for repository in visible]


def _listed(repository: Repository, size: int, total: int) -> dict[str, Any]:
    """Describe a repository of ``size`` bytes, in a namespace of ``total`` bytes."""
    return {
        "_id": repository.id, "id": repository.full_name, "type": repository.type, "author": repository.owner,
        "private": repository.private, "visibility": "private" if repository.private else "public",
        "gated": repository.gated or False, "downloads": repository.downloads, "likes": repository.likes,
        "createdAt": iso(repository.created_at), "lastModified": iso(repository.updated_at), "usedStorage": size,
        "updatedAt": iso(repository.updated_at), "storage": size,
        "storagePercent": 100 * size / total if total else 0.0,
    }  # fmt: skip


def follows(call: Call) -> list[dict[str, Any]]:
    """Return an empty list for ``GET …/followers`` and ``…/following``: following is not supported."""
    _owner(call, "org" if call.request.scope["path"].startswith("/api/organizations/") else "user")
    return []


def metrics(call: Call) -> list[dict[str, Any]]:
    """``GET /api/metrics``: an empty list, for clients before 0.20."""
    return []


def agent_harnesses(call: Call) -> dict[str, Any]:
    """``GET /api/agent-harnesses``: clients request this once a day to build their user agent."""
    return {"standardEnvVars": [], "harnesses": {}}


def telemetry(call: Call) -> Response:
    """Accept telemetry and discard it."""
    return Response()
