"""People and organisations: sign-up, passwords, sessions of the browser, access tokens."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.names import user_name_problem
from autograde.hub.people import attempts
from autograde.hub.people.attempts import Origin
from autograde.hub.secrets import cost_of, digest, hash_password, new_token, random_string, verify_password
from autograde.hub.storage.database import Row, Taken
from autograde.i18n.translation import translator

TOKEN_ROLES = ("read", "write", "fineGrained")

SESSION_DAYS = 30
MIN_PASSWORD = 8

#: Checked against when there is no such person, so that a wrong name takes as long as a wrong password.
_NOBODY: dict[int, str] = {}


@dataclass(frozen=True)
class User:
    """A person or an organisation. ``kind`` is ``"user"`` or ``"org"``; ``created_at`` in milliseconds."""

    id: str
    name: str
    kind: str
    fullname: str
    email: str | None
    teacher: bool
    settings: dict[str, Any]
    created_at: int

    @staticmethod
    def of(row: Row) -> User:
        """The user of a database row."""
        return User(
            row["id"], row["name"], row["kind"], row["fullname"], row["email"], bool(row["teacher"]),
            json.loads(row["settings"]), row["created_at"],
        )  # fmt: skip


@dataclass(frozen=True)
class Token:
    """An access token without its secret. ``tail`` is its last four characters; times are milliseconds."""

    id: str
    user_id: str
    name: str
    role: str
    tail: str
    created_at: int
    last_used_at: int | None
    expires_at: int | None
    scopes: dict[str, Any] = field(default_factory=dict)

    def has_ended(self, now: int) -> bool:
        """Whether it has expired at ``now``, in milliseconds since 1970."""
        return self.expires_at is not None and self.expires_at <= now

    @staticmethod
    def of(row: Row) -> Token:
        """The token of a database row."""
        return Token(
            row["id"], row["user_id"], row["name"], row["role"], row["tail"], row["created_at"], row["last_used_at"],
            row["expires_at"], json.loads(row["scopes"]),
        )  # fmt: skip


class FirstPassword(str):
    """A password that this Hub made up: 59 bits of chance."""

    __slots__ = ()


def first_password() -> FirstPassword:
    """A password for somebody who reads it from paper: three groups of four, of letters and digits that nobody takes
    for others."""
    groups = ("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(3))
    return FirstPassword("-".join(groups))


def find_user(hub: Hub, name: str) -> User | None:
    """The person or organisation of this name, whatever its capitals."""
    row = hub.database.one("SELECT * FROM users WHERE name_key = ?", (name.lower(),))
    return User.of(row) if row else None


def user_by_id(hub: Hub, user_id: str) -> User | None:
    """The person or organisation of this id."""
    row = hub.database.one("SELECT * FROM users WHERE id = ?", (user_id,))
    return User.of(row) if row else None


def sign_up(hub: Hub, name: str, email: str, password: str, *, fullname: str = "", language: str = "en") -> User:
    """Make an account, as ``/join`` does.

    Raises:
        HubRefused: the name or the address is taken or not allowed, or the password is too short.
    """
    _ = translator("hub", language)
    if problem := user_name_problem(name, language):
        raise HubRefused(problem)
    if problem := email_problem(email, language):
        raise HubRefused(problem)
    if len(password) < MIN_PASSWORD:
        raise HubRefused(_("A password has at least 8 characters."))
    if len(password) > 1024:
        raise HubRefused(_("A password has at most 1024 characters."))
    return create_user(hub, name, email=email, password=password, fullname=fullname, language=language)


def email_problem(email: str, language: str = "en") -> str | None:
    """Why ``email`` is no e-mail address, as a sentence; None when it looks like one."""
    if re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*", email) and len(email) <= 254:
        return None
    _ = translator("hub", language)
    return _("This is not an e-mail address; it looks like name@example.org.")


def email_taken(hub: Hub, email: str) -> bool:
    """Whether somebody has this e-mail address already, whatever its capitals."""
    return hub.database.one("SELECT 1 FROM users WHERE email_key = ?", (email.lower(),)) is not None


def create_user(
    hub: Hub,
    name: str,
    *,
    email: str | None = None,
    password: str | None = None,
    fullname: str = "",
    kind: str = "user",
    teacher: bool = False,
    settings: Mapping[str, Any] | None = None,
    language: str = "en",
) -> User:
    """Make an account or an organisation without ``/join``'s rules: for seeds, tests and teachers.

    Raises:
        HubRefused: the name or the address is taken.
    """
    _ = translator("hub", language)
    user_id = hub.new_id()
    secret = hash_password(password, _cost(hub, password)) if password is not None else None
    try:
        hub.database.execute(
            "INSERT INTO users (id, name, name_key, kind, fullname, email, email_key, password, teacher, settings, "
            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                user_id, name, name.lower(), kind, fullname.strip() or name, email, email.lower() if email else None,
                secret, int(teacher), json.dumps(dict(settings or {})), hub.now(),
            ),
        )  # fmt: skip
    except Taken:
        if find_user(hub, name):
            raise HubRefused(_("The name {name} is taken; choose another.").format(name=name)) from None
        raise HubRefused(_("There is an account with this e-mail address already. Log in instead.")) from None
    user = user_by_id(hub, user_id)
    assert user
    return user


def check_password(
    hub: Hub,
    name: str,
    password: str,
    *,
    origin: Origin | None = None,
    language: str = "en",
) -> User | None:
    """The person who logs in with this name (or e-mail address) and password, or None.

    Raises:
        TooManyAttempts: too many wrong passwords, see :mod:`autograde.hub.people.attempts`; the right one has to wait
            too.
    """
    row = hub.database.one(
        "SELECT * FROM users WHERE kind = 'user' AND (name_key = ? OR email_key = ?)", (name.lower(),) * 2
    )
    attempt = attempts.begin(hub, row["id"] if row else name.lower()[:200], origin or Origin(), language=language)
    if not _is_password(hub, password, row["password"] if row else None) or row is None:
        return None
    attempts.succeed(hub, attempt)
    return User.of(row)


def _is_password(hub: Hub, password: str, stored: str | None) -> bool:
    """Whether a password is the one that is stored. Takes equally long whatever is stored, and if nothing is."""
    cost = hub.config.password_cost
    if cost not in _NOBODY:
        _NOBODY[cost] = hash_password("", cost)
    right = stored is not None and verify_password(password, stored)
    if stored is None or cost_of(stored) < cost:
        verify_password(password, _NOBODY[cost])
    return right


def set_fullname(hub: Hub, user: User, fullname: str) -> None:
    """Change the name that others see; an empty one is the user name again."""
    hub.database.execute("UPDATE users SET fullname = ? WHERE id = ?", (fullname.strip()[:100] or user.name, user.id))


def set_password(hub: Hub, user: User, password: str) -> None:
    """Change a password; end every session of its owner and every device log-in that they have approved."""
    with hub.database.transaction():
        hub.database.execute(
            "UPDATE users SET password = ? WHERE id = ?", (hash_password(password, _cost(hub, password)), user.id)
        )
        hub.database.execute("DELETE FROM sessions WHERE user_id = ?", (user.id,))
        hub.database.execute("DELETE FROM device_codes WHERE user_id = ?", (user.id,))


def _cost(hub: Hub, password: str) -> int:
    """scrypt's cost for a password. One that :func:`first_password` made cannot be guessed at any cost, and a class of
    them is made in one request."""
    return min(hub.config.password_cost, 2**8) if isinstance(password, FirstPassword) else hub.config.password_cost


def set_teacher(hub: Hub, user: User, teacher: bool = True) -> None:
    """Let a person see ``/classroom``, or no longer."""
    hub.database.execute("UPDATE users SET teacher = ? WHERE id = ?", (int(teacher), user.id))


def add_member(hub: Hub, organization: User, user: User, role: str = "admin") -> None:
    """Make a person a member of an organisation; ``role`` is read, write or admin."""
    hub.database.execute(
        "INSERT INTO memberships (organization_id, user_id, role) VALUES (?, ?, ?)"
        " ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role",
        (organization.id, user.id, role),
    )


def membership(hub: Hub, organization_id: str, user_id: str) -> str | None:
    """A person's role in an organisation, or None."""
    row = hub.database.one(
        "SELECT role FROM memberships WHERE organization_id = ? AND user_id = ?", (organization_id, user_id)
    )
    return str(row["role"]) if row else None


def organizations(hub: Hub, user: User) -> list[tuple[User, str]]:
    """The organisations of a person, each with the person's role."""
    rows = hub.database.all(
        "SELECT users.*, memberships.role AS member_role FROM users JOIN memberships ON users.id = organization_id"
        " WHERE user_id = ? ORDER BY name_key",
        (user.id,),
    )
    return [(User.of(row), row["member_role"]) for row in rows]


def namespaces(hub: Hub, user: User | None) -> tuple[str, ...]:
    """The ids of the namespaces that a person belongs to: their own and their organisations'; none for nobody."""
    return () if user is None else (user.id, *(organization.id for organization, __ in organizations(hub, user)))


def members(hub: Hub, organization: User) -> list[tuple[User, str]]:
    """The members of an organisation, each with their role."""
    rows = hub.database.all(
        "SELECT users.*, memberships.role AS member_role FROM users JOIN memberships ON users.id = user_id"
        " WHERE organization_id = ? ORDER BY name_key",
        (organization.id,),
    )
    return [(User.of(row), row["member_role"]) for row in rows]


def create_token(
    hub: Hub,
    user: User,
    *,
    role: str = "write",
    name: str = "",
    scopes: Mapping[str, Any] | None = None,
    secret: str | None = None,
    expires_at: int | None = None,
) -> str:
    """Make an access token and return it: the only time that anybody sees it.

    Args:
        hub: the Hub.
        user: its owner.
        role: ``read``, ``write`` or ``fineGrained``.
        name: what its owner calls it.
        scopes: for a fine-grained token, what it may do: ``{"global": […], "scoped": [{"entity": {"type", "name"},
            "permissions": […]}]}``.
        secret: the token itself, for a Hub that must know a given one; random when None.
        expires_at: milliseconds since 1970 after which it is refused.

    Raises:
        HubRefused: there is no such role.
    """
    if role not in TOKEN_ROLES:
        raise HubRefused(f"{role!r} is no role of a token; the roles are read, write and fineGrained.")
    secret = secret or new_token()
    hub.database.execute(
        "INSERT INTO tokens (id, user_id, name, role, scopes, digest, tail, created_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            hub.new_id(), user.id, name.strip() or f"{role}-token", role, json.dumps(dict(scopes or {})),
            digest(secret), secret[-4:], hub.now(), expires_at,
        ),
    )  # fmt: skip
    return secret


def find_token(hub: Hub, secret: str) -> tuple[User, Token] | None:
    """The token of this secret and its owner, or None when it is unknown, revoked or expired. Notes when it was
    used."""
    row = hub.database.one("SELECT * FROM tokens WHERE digest = ?", (digest(secret),))
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= hub.now()):
        return None
    token = Token.of(row)
    # To the minute is enough for a page, and spares a write for each request.
    if token.last_used_at is None or hub.now() - token.last_used_at > 60_000:
        hub.database.execute("UPDATE tokens SET last_used_at = ? WHERE id = ?", (hub.now(), token.id))
    user = user_by_id(hub, token.user_id)
    return (user, token) if user else None


def token_by_id(hub: Hub, token_id: str) -> Token | None:
    """The token of this id, which is no secret; None when there is none, or no longer."""
    row = hub.database.one("SELECT * FROM tokens WHERE id = ?", (token_id,))
    return Token.of(row) if row else None


def tokens(hub: Hub, user: User) -> list[Token]:
    """A person's tokens, newest first."""
    rows = hub.database.all("SELECT * FROM tokens WHERE user_id = ? ORDER BY created_at DESC, id", (user.id,))
    return [Token.of(row) for row in rows]


def revoke_token(hub: Hub, user: User, token_id: str) -> bool:
    """Take a token back; False when this person has no such token."""
    return hub.database.execute("DELETE FROM tokens WHERE id = ? AND user_id = ?", (token_id, user.id)) > 0


def revoke_tokens(hub: Hub, user: User) -> int:
    """Take all of a person's tokens back; returns how many."""
    return hub.database.execute("DELETE FROM tokens WHERE user_id = ?", (user.id,))


def open_session(hub: Hub, user: User) -> str:
    """Log a browser in; returns what its cookie will hold."""
    secret = random_string(43)
    now = hub.now()
    with hub.database.transaction():
        hub.database.execute("DELETE FROM sessions WHERE expires_at <= ?", (now,))
        hub.database.execute(
            "INSERT INTO sessions (digest, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
            (digest(secret), user.id, now, now + SESSION_DAYS * 86_400_000),
        )
    return secret


def session_user(hub: Hub, secret: str) -> User | None:
    """The person whose browser holds this cookie, or None."""
    row = hub.database.one(
        "SELECT user_id FROM sessions WHERE digest = ? AND expires_at > ?", (digest(secret), hub.now())
    )
    return user_by_id(hub, row["user_id"]) if row else None


def close_session(hub: Hub, secret: str) -> None:
    """Log a browser out."""
    hub.database.execute("DELETE FROM sessions WHERE digest = ?", (digest(secret),))
