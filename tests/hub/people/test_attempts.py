"""Rate limits of logins, and answers that don't reveal which user names exist."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from autograde.hub.core import Hub
from autograde.hub.people import accounts, attempts
from autograde.hub.people.attempts import LoginSource, TooManyAttempts
from autograde.hub.refusals import Refusal


def test_every_name_takes_the_same_hash_cost(store: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account from a class list, with its low hash cost, once answered a hundred times faster than others."""
    accounts.create_user(store, "ada", password="correct horse")
    accounts.create_user(store, "bob", password=accounts.first_password())
    accounts.create_user(store, "nopassword")
    store.config = replace(store.config, password_cost=2**12)
    accounts.create_user(store, "cleo", password="correct horse")
    costs: list[int] = []
    real = hashlib.scrypt

    def counted(password: bytes, **more: Any) -> bytes:
        costs.append(more["n"])
        return real(password, **more)

    accounts.check_password(store, "warm-up", "x")
    monkeypatch.setattr(hashlib, "scrypt", counted)
    spent = {}
    for name in ("ada", "bob", "cleo", "nopassword", "unknown"):
        costs.clear()
        assert accounts.check_password(store, name, "wrong") is None
        spent[name] = max(costs), sum(cost for cost in costs if cost == 2**12)
    assert set(spent.values()) == {(2**12, 2**12)}, spent


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_network_is_ipv4_address_or_ipv6_64(address: str, expected: str) -> None:
    assert attempts.network(address) == expected


def test_known_browser_has_its_own_attempts(store: Hub) -> None:
    ada = accounts.create_user(store, "ada", password="correct horse")
    bob = accounts.create_user(store, "bob", password="correct horse")
    address = LoginSource("192.0.2.7")
    for number in range(store.config.limits.failed_logins):
        assert accounts.check_password(store, "ada", f"wrong {number}", source=address) is None
    with pytest.raises(TooManyAttempts):
        accounts.check_password(store, "ada", "correct horse", source=address)
    for browser in (attempts.known_browser(store, bob.id), "made.up", "x"):
        with pytest.raises(TooManyAttempts):
            accounts.check_password(store, "ada", "correct horse", source=LoginSource("192.0.2.7", browser))
    known = LoginSource("192.0.2.7", attempts.known_browser(store, ada.id))
    assert accounts.check_password(store, "ada", "correct horse", source=known) == ada
    for number in range(store.config.limits.failed_logins):
        assert accounts.check_password(store, "ada", f"wrong {number}", source=known) is None
    with pytest.raises(TooManyAttempts):
        accounts.check_password(store, "ada", "correct horse", source=known)


def test_account_under_attack_allows_few_attempts_from_each_address(store: Hub) -> None:
    ada = accounts.create_user(store, "ada", password="correct horse")
    for number in range(10 * store.config.limits.failed_logins):
        accounts.check_password(store, "ada", f"wrong {number}", source=LoginSource(f"192.0.2.{number // 5}"))
    new = LoginSource("198.51.100.1")
    for number in range(2):
        assert accounts.check_password(store, "ada", f"wrong {number}", source=new) is None
    assert accounts.check_password(store, "ada", "correct horse", source=new) == ada
    for number in range(3):
        assert accounts.check_password(store, "ada", f"wrong {number}", source=new) is None
    with pytest.raises(TooManyAttempts):
        accounts.check_password(store, "ada", "correct horse", source=new)


def test_action_over_its_limit_is_refused_until_the_window_ends(store: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    for __ in range(3):
        attempts.count_action(store, "post", "ada", 3)
    with pytest.raises(Refusal) as refused:
        attempts.count_action(store, "post", "ada", 3)
    assert refused.value.status == 429
    attempts.count_action(store, "post", "bob", 3)
    later = store.now() + store.config.limits.login_window * 1000 + 1
    monkeypatch.setattr(store, "now", lambda: later)
    attempts.count_action(store, "post", "ada", 3)


def test_success_removes_only_its_own_attempt_even_in_the_same_millisecond(
    store: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = accounts.create_user(store, "ada", password="correct horse")
    monkeypatch.setattr(store, "now", lambda: 1_800_000_000_000)
    for number in range(4):
        accounts.check_password(store, "ada", "wrong", source=LoginSource(f"192.0.2.{number}"))
    assert accounts.check_password(store, "ada", "correct horse", source=LoginSource("198.51.100.1")) == ada
    (row,) = store.database.all("SELECT count(*) AS n FROM login_failures WHERE name_key = ?", (f"account {ada.id}",))
    assert row["n"] == 4
