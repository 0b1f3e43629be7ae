"""Permissions: who makes a request and what they may do. Every decision about rights is made in this module.

Two rules apply. A caller who may not see a repository gets the same answer as for a repository that does not exist. And
rights belong to repositories, not to contents: knowing the id of a blob gives no right to read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograde.hub.core import Hub
from autograde.hub.people import organizations
from autograde.hub.people.access_tokens import Token
from autograde.hub.people.accounts import User
from autograde.hub.permissions import ADMINISTRATOR, WRITE, Credential, Permission
from autograde.hub.refusals import Refusal
from autograde.hub.repos.repositories import Repository
from autograde.i18n.translation import marked

_KINDS = {"read": Credential.READ, "write": Credential.WRITE, "fineGrained": Credential.FINE}


@dataclass(frozen=True)
class Caller:
    """Sender of a request: anonymous, a user with an access token, or a user's browser session (``token`` is None)."""

    user: User | None = None
    token: Token | None = None

    @property
    def name(self) -> str | None:
        """The user's name, or None."""
        return self.user.name if self.user else None

    @property
    def credential(self) -> Credential:
        """The kind of credential that the request carried."""
        if self.token is not None:
            return _KINDS[self.token.role]
        return Credential.SESSION if self.user else Credential.NONE


ANONYMOUS = Caller()


def role_in(hub: Hub, user: User, owner_id: str) -> str | None:
    """Return a user's role in a namespace: ``admin``, ``write``, ``read`` or None."""
    return "admin" if user.id == owner_id else organizations.membership(hub, owner_id, user.id)


def _role_of_caller(hub: Hub, caller: Caller, owner_id: str) -> str | None:
    """Return the role of the caller's user in a namespace, whatever the token allows."""
    return role_in(hub, caller.user, owner_id) if caller.user else None


def require_permission(caller: Caller, permission: Permission, path: str) -> None:
    """Check that the caller's kind of credential may use an address with this permission.

    Raises:
        Refusal: 401, the caller is not logged in; 403, the token may not do this; 404, only administrators may.
    """
    if permission is ADMINISTRATOR:
        require_administrator(caller, path)
    elif caller.credential not in permission.accepts or (permission is WRITE and not _may_change(caller)):
        require_user(caller)
        raise Refusal(403, _WRONG_ROLE)


def _may_change(caller: Caller) -> bool:
    """Return whether a token may change anything at all. Its scopes say what exactly."""
    scopes = caller.token.scopes if caller.token else {}
    granted = [*scopes.get("global", []), *(p for s in scopes.get("scoped", []) for p in s.get("permissions", []))]
    return caller.credential is not Credential.FINE or any(str(name).endswith(".write") for name in granted)


def require_administrator(caller: Caller, path: str) -> User:
    """Return the administrator who makes the request with a browser session.

    Raises:
        Refusal: 404 for other callers, with the same text as for any address that does not exist.
    """
    user = caller.user
    if user is not None and user.administrator and caller.credential is Credential.SESSION:
        return user
    if path.strip("/").count("/"):
        raise not_found(caller)
    raise Refusal(404, marked("This Hub has no user or organization with this name."))


#: Permissions included in write permission for a repository.
_WITH_WRITING = frozenset({"repo.content.read", "discussion.write"})

#: Permissions of a token with the role ``read``.
_READING = frozenset({"repo.content.read", "collection.read"})


def token_allows(caller: Caller, permission: str, *, owner: str, repository: Repository | None = None) -> bool:
    """Return whether the caller's token allows a permission that the user has."""
    if caller.token is None or caller.token.role == "write":
        return True
    if caller.token.role == "read":
        return permission in _READING
    scopes = caller.token.scopes
    granted = set(scopes.get("global", []))
    for scope in scopes.get("scoped", []):
        entity = scope.get("entity", {})
        name = str(entity.get("name", "")).lower()
        if entity.get("type") in ("user", "org"):
            applies = name == owner.lower()
        else:
            applies = (
                repository is not None
                and entity.get("type") == repository.type
                and name == repository.full_name.lower()
            )
        if applies:
            granted.update(scope.get("permissions", []))
    return permission in granted or ("repo.write" in granted and permission in _WITH_WRITING)


def can_see(hub: Hub, caller: Caller, repository: Repository) -> bool:
    """Return whether the caller may know that the repository exists."""
    if not repository.private:
        return True
    role = _role_of_caller(hub, caller, repository.owner_id)
    return role is not None and token_allows(caller, "repo.content.read", owner=repository.owner, repository=repository)


def can_write(hub: Hub, caller: Caller, repository: Repository) -> bool:
    """Return whether the caller may commit, push, and create tags and branches."""
    role = _role_of_caller(hub, caller, repository.owner_id)
    return role in ("write", "admin") and token_allows(
        caller, "repo.write", owner=repository.owner, repository=repository
    )


def can_change(hub: Hub, caller: Caller, repository: Repository) -> bool:
    """Return whether the caller may rename the repository, delete it or change its visibility."""
    return _role_of_caller(hub, caller, repository.owner_id) == "admin" and can_write(hub, caller, repository)


def can_create_in(hub: Hub, caller: Caller, owner: User) -> bool:
    """Return whether the caller may create repositories in this namespace."""
    return _role_of_caller(hub, caller, owner.id) in ("write", "admin") and token_allows(
        caller, "repo.write", owner=owner.name
    )


def require_user(caller: Caller) -> User:
    """Return the user who makes the request.

    Raises:
        Refusal: 401, the caller is not logged in.
    """
    if caller.user is None:
        raise Refusal(401, marked("Log in first: this request needs an access token."))
    return caller.user


def require_writing_token(caller: Caller, permission: str = "repo.write", *, owner: str = "") -> User:
    """Return the user who makes the request, with a token that may change the user's own data.

    Raises:
        Refusal: 401, the caller is not logged in; 403, the token only reads, or its scopes lack ``permission`` in the
            namespace ``owner`` (the user's own when empty).
    """
    user = require_user(caller)
    if not token_allows(caller, permission, owner=owner or user.name):
        raise Refusal(403, _WRONG_ROLE)
    return user


def require_participant(caller: Caller, repository: Repository) -> User:
    """Return the user who makes the request, with a token that may open discussions and pull requests in a repository.

    Raises:
        Refusal: 401, the caller is not logged in; 403, the token only reads or is for other repositories.
    """
    user = require_user(caller)
    if not token_allows(caller, "discussion.write", owner=repository.owner, repository=repository):
        raise Refusal(403, "This access token may not take part in discussions; use one with the role 'write'.")
    return user


_WRONG_ROLE = marked(
    "This access token may only read. Make a token with the role 'write' at /settings/tokens and log in with it."
)


def require_visible(hub: Hub, caller: Caller, repository: Repository | None) -> Repository:
    """Return the repository when the caller may see it.

    Raises:
        Refusal: RepoNotFound, the repository is private or does not exist: 401 for anonymous callers, 404 for users.
    """
    if repository is None or not can_see(hub, caller, repository):
        raise not_found(caller)
    return repository


def not_found(caller: Caller) -> Refusal:
    """Return the error for a repository that does not exist or that the caller may not see."""
    if caller.user is None:
        return Refusal(401, "Repository not found, or it is private and you are not logged in.", code="RepoNotFound")
    return Refusal(404, "Repository not found", code="RepoNotFound")


def request_status(hub: Hub, caller: Caller, repository: Repository) -> str | None:
    """Return the status of the caller's access request for a gated repository: pending, accepted, rejected or None."""
    row = caller.user and hub.database.one(
        "SELECT status FROM access_requests WHERE repository_id = ? AND user_id = ?", (repository.id, caller.user.id)
    )
    return str(row["status"]) if row else None


def can_read(hub: Hub, caller: Caller, repository: Repository) -> bool:
    """Return whether a caller who sees a repository may read its files. Gated repositories need an accepted request."""
    if not repository.gated:
        return True
    # A fine-grained token reads a gated repository only when its scopes name that repository, or allow all gated ones.
    gated_too = caller.token is not None and caller.token.scopes.get("canReadGatedRepos") is True
    if not gated_too and not token_allows(caller, "repo.content.read", owner=repository.owner, repository=repository):
        return False
    if _role_of_caller(hub, caller, repository.owner_id):
        return True
    return request_status(hub, caller, repository) == "accepted"


def require_readable(hub: Hub, caller: Caller, repository: Repository | None) -> Repository:
    """Return the repository when the caller may read its files.

    Raises:
        Refusal: as :func:`require_visible`; GatedRepo, the caller has no access to this gated repository.
    """
    repository = require_visible(hub, caller, repository)
    if can_read(hub, caller, repository):
        return repository
    text = (
        f"Access to {repository.type} {repository.full_name} is restricted and you are not in the authorized list."
        f" Visit the repository's page to ask for access."
    )
    if caller.user is None:
        text = (
            f"Access to {repository.type} {repository.full_name} is restricted. You must have access to it and be"
            " authenticated to access it. Please log in."
        )
    raise Refusal(403 if caller.user else 401, text, code="GatedRepo")


def require_write(hub: Hub, caller: Caller, repository: Repository | None) -> Repository:
    """Return the repository when the caller may write to it.

    Raises:
        Refusal: as :func:`require_visible`; 401, the caller is not logged in; 403, no write access, or a reading token.
    """
    repository = require_visible(hub, caller, repository)
    if can_write(hub, caller, repository):
        return repository
    require_user(caller)
    if _role_of_caller(hub, caller, repository.owner_id) in ("write", "admin"):
        raise Refusal(403, _WRONG_ROLE)
    raise Refusal(
        403,
        marked("You have no write access to {name}: it belongs to {owner}."),
        values={"name": repository.full_name, "owner": repository.owner},
    )


def require_admin(hub: Hub, caller: Caller, repository: Repository | None) -> Repository:
    """Return the repository when the caller may rename it, delete it or change its visibility.

    Raises:
        Refusal: as :func:`require_write`.
    """
    repository = require_write(hub, caller, repository)
    if _role_of_caller(hub, caller, repository.owner_id) != "admin":
        raise Refusal(403, marked("Only an administrator of {owner} may do this."), values={"owner": repository.owner})
    return repository


def require_create(hub: Hub, caller: Caller, owner: User) -> None:
    """Check that the caller may create repositories in a namespace.

    Raises:
        Refusal: 401, the caller is not logged in; 403, the namespace belongs to another user, or the token only reads.
    """
    require_user(caller)
    if can_create_in(hub, caller, owner):
        return
    if _role_of_caller(hub, caller, owner.id) in ("write", "admin"):
        raise Refusal(403, _WRONG_ROLE)
    raise Refusal(
        403,
        marked("You don't have the rights to create a repository under the namespace '{owner}'."),
        values={"owner": owner.name},
    )
