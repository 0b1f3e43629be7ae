"""Accounts: sign-up, passwords, tokens and sessions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts, organizations, sessions
from autograde.hub.secrets import cost_of


@pytest.fixture
def ada(store: Hub) -> accounts.User:
    return accounts.sign_up(store, "Ada", "ada@example.org", "correct horse")


def test_user_name_is_case_insensitive(store: Hub, ada: accounts.User) -> None:
    assert accounts.find_user(store, "aDA") == ada == accounts.user_by_id(store, ada.id)
    assert ada.name == "Ada"
    assert accounts.find_user(store, "nobody") is None


@pytest.mark.parametrize(
    ("name", "email", "password", "words"),
    [
        ("ada", "new@example.org", "long enough", "is taken"),
        ("ADA", "new@example.org", "long enough", "is taken"),
        ("grace", "ADA@example.org", "long enough", "Log in instead"),
        ("grace", "not-an-address", "long enough", "not an e-mail address"),
        ("grace", "a@b@c", "long enough", "not an e-mail address"),
        ("grace", "a b@c.org", "long enough", "not an e-mail address"),
        ("grace", "a@c.org:secret", "long enough", "not an e-mail address"),
        ("grace", "<a@c.org>", "long enough", "not an e-mail address"),
        ("grace", "g@example.org", "short", "at least 8"),
        ("grace", "g@example.org", "x" * 1025, "at most 1024"),
        ("new", "g@example.org", "long enough", "belongs to a page"),
        ("a", "g@example.org", "long enough", "at least 2"),
    ],
)
def test_invalid_sign_up_is_refused_with_the_reason(
    store: Hub, ada: accounts.User, name: str, email: str, password: str, words: str
) -> None:
    with pytest.raises(HubRefused, match=words):
        accounts.sign_up(store, name, email, password)
    with pytest.raises(HubRefused) as chinese:
        accounts.sign_up(store, name, email, password, language="zh")
    assert words not in str(chinese.value)
    assert store.database.one("SELECT count(*) AS n FROM users")["n"] == 1  # type: ignore[index]


def test_login_needs_matching_name_and_password(store: Hub, ada: accounts.User) -> None:
    for name in ("ada", "ADA", "ada@example.org", "ADA@EXAMPLE.ORG"):
        assert accounts.check_password(store, name, "correct horse") == ada
    for name, password in [("ada", "Correct horse"), ("ada", ""), ("nobody", "correct horse"), ("", "")]:
        assert accounts.check_password(store, name, password) is None


@pytest.mark.parametrize("before", [2**3, 2**6])
def test_password_hash_is_upgraded_to_the_current_cost_at_login(store: Hub, before: int) -> None:
    present, store.config = store.config, replace(store.config, password_cost=before)
    user = accounts.create_user(store, "ada", password="correct horse")
    store.config = present

    def cost() -> int:
        row = store.database.one("SELECT password FROM users WHERE id = ?", (user.id,))
        assert row
        return cost_of(row["password"])

    assert accounts.check_password(store, "ada", "wrong horse") is None
    assert cost() == before
    assert accounts.check_password(store, "ada", "correct horse") == user
    assert cost() == present.password_cost != before
    assert accounts.check_password(store, "ada", "correct horse") == user


def test_account_without_password_cannot_log_in(store: Hub) -> None:
    accounts.create_user(store, "seeded")
    accounts.create_user(store, "org", kind="org", password="correct horse")
    assert accounts.check_password(store, "seeded", "") is None
    assert accounts.check_password(store, "org", "correct horse") is None


def test_passwords_and_tokens_are_not_stored_in_plain_text(store: Hub, ada: accounts.User) -> None:
    token = access_tokens.create_token(store, ada)
    session = sessions.open_session(store, ada)
    store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    files = {path: path.read_bytes() for path in store.data.rglob("*") if path.is_file()}
    assert b"ada" in files[store.data / "hub.db"], "the account is in the file"
    for path, content in files.items():
        for secret in ("correct horse", token, session):
            assert secret.encode() not in content, path


def test_changing_the_password_ends_every_session(store: Hub, ada: accounts.User) -> None:
    session = sessions.open_session(store, ada)
    accounts.set_password(store, ada, "another horse")
    assert sessions.session_user(store, session) is None
    assert accounts.check_password(store, "ada", "another horse") == ada
    assert accounts.check_password(store, "ada", "correct horse") is None


def test_session_ends_at_logout_and_when_it_expires(
    store: Hub, ada: accounts.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sessions.open_session(store, ada), sessions.open_session(store, ada)
    assert sessions.session_user(store, first) == ada
    sessions.close_session(store, first)
    assert sessions.session_user(store, first) is None
    assert sessions.session_user(store, second) == ada
    later = store.now() + sessions.SESSION_DAYS * 86_400_000
    monkeypatch.setattr(store, "now", lambda: later)
    assert sessions.session_user(store, second) is None


def test_token_works_until_its_owner_revokes_it(store: Hub, ada: accounts.User) -> None:
    secret = access_tokens.create_token(store, ada, role="read", name=" laptop ")
    found = access_tokens.find_token(store, secret)
    assert found
    assert found[0] == ada
    assert (found[1].role, found[1].name, found[1].tail) == ("read", "laptop", secret[-4:])
    stranger = accounts.create_user(store, "eve")
    assert not access_tokens.revoke_token(store, stranger, found[1].id)
    assert access_tokens.revoke_token(store, ada, found[1].id)
    assert access_tokens.find_token(store, secret) is None


def test_time_of_last_use_is_updated_at_most_once_a_minute(
    store: Hub, ada: accounts.User, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = access_tokens.create_token(store, ada)
    start = store.now()
    for after, stored in ((0, 0), (30_000, 0), (90_000, 90_000)):
        monkeypatch.setattr(store, "now", lambda after=after: start + after)
        assert access_tokens.find_token(store, secret)
        assert access_tokens.tokens_of(store, ada)[0].last_used_at == start + stored


def test_expired_token_is_not_found(store: Hub, ada: accounts.User) -> None:
    secret = access_tokens.create_token(store, ada, expires_at=store.now() - 1)
    assert access_tokens.find_token(store, secret) is None


def test_unknown_token_role_is_refused(store: Hub, ada: accounts.User) -> None:
    with pytest.raises(HubRefused, match="'read', 'write' or 'fineGrained'"):
        access_tokens.create_token(store, ada, role="admin")


@pytest.mark.parametrize("secret", ["", "hf_", "\ud800", "x" * 10_000, "' OR 1=1 --"])
def test_invalid_token_is_not_found(store: Hub, ada: accounts.User, secret: str) -> None:
    access_tokens.create_token(store, ada)
    assert access_tokens.find_token(store, secret) is None


def test_member_has_the_role_set_last(store: Hub, ada: accounts.User) -> None:
    organization = accounts.create_user(store, "lab", kind="org")
    organizations.add_member(store, organization, ada, "read")
    organizations.add_member(store, organization, ada, "write")
    assert organizations.membership(store, organization.id, ada.id) == "write"
    assert [(o.name, role) for o, role in organizations.organizations(store, ada)] == [("lab", "write")]
    assert [(u.name, role) for u, role in organizations.members(store, organization)] == [("Ada", "write")]
