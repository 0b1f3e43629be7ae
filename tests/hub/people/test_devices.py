"""Device login: a user approves a code once, before it expires."""

from __future__ import annotations

import re

import pytest

from autograde.hub.core import Hub
from autograde.hub.people import access_tokens, accounts, devices


@pytest.fixture
def ada(store: Hub) -> accounts.User:
    return accounts.create_user(store, "ada")


def test_approved_code_gives_one_write_token_once(store: Hub, ada: accounts.User) -> None:
    code = devices.start(store)
    assert devices.collect(store, code.device_code) == (None, "authorization_pending")
    assert devices.decide(store, code.user_code, ada, approve=True)
    token, problem = devices.collect(store, code.device_code)
    assert token
    assert problem == ""
    found = access_tokens.find_token(store, token)
    assert found
    assert found[0] == ada
    assert found[1].role == "write"
    assert devices.collect(store, code.device_code) == (None, "invalid_grant")


def test_denied_code_gives_no_token(store: Hub, ada: accounts.User) -> None:
    code = devices.start(store)
    devices.decide(store, code.user_code, ada, approve=False)
    assert devices.collect(store, code.device_code) == (None, "access_denied")
    assert access_tokens.tokens_of(store, ada) == []


def test_second_decision_on_a_code_is_ignored(store: Hub, ada: accounts.User) -> None:
    code = devices.start(store)
    assert devices.decide(store, code.user_code, ada, approve=False)
    assert not devices.decide(store, code.user_code, ada, approve=True)
    assert devices.collect(store, code.device_code) == (None, "access_denied")


def test_unknown_code_is_refused(store: Hub, ada: accounts.User) -> None:
    assert devices.collect(store, "x") == (None, "invalid_grant")
    assert not devices.decide(store, "BBBB-BBBB", ada, approve=True)


def test_user_code_cannot_be_used_as_device_code(store: Hub, ada: accounts.User) -> None:
    code = devices.start(store)
    devices.decide(store, code.user_code, ada, approve=True)
    assert devices.collect(store, code.user_code) == (None, "invalid_grant")


def test_expired_code_is_refused(store: Hub, ada: accounts.User, monkeypatch: pytest.MonkeyPatch) -> None:
    code = devices.start(store)
    later = store.now() + devices.LIFETIME * 1000
    monkeypatch.setattr(store, "now", lambda: later)
    assert not devices.decide(store, code.user_code, ada, approve=True)
    assert devices.collect(store, code.device_code) == (None, "expired_token")
    devices.start(store)
    assert store.database.one("SELECT count(*) AS n FROM device_codes")["n"] == 1, "old codes are deleted"  # type: ignore[index]


@pytest.mark.parametrize("typed", ["{}", " {} ", "lower", "without hyphen"])
def test_code_is_accepted_in_any_case_and_spacing(store: Hub, ada: accounts.User, typed: str) -> None:
    code = devices.start(store).user_code
    forms = {"lower": code.lower(), "without hyphen": code.replace("-", "")}
    assert devices.decide(store, forms.get(typed, typed.format(code)), ada, approve=True)


def test_code_has_two_groups_of_four_consonants(store: Hub) -> None:
    assert all(
        re.fullmatch(r"[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}", devices.start(store).user_code) for __ in range(20)
    )
