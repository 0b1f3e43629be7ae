"""Passwords, tokens and signatures."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograde.hub.secrets import Signer, digest, hash_password, new_token, random_string, verify_password

COST = 2**4


@settings(deadline=None, max_examples=30)
@given(st.text(), st.text())
def test_only_the_same_password_is_right(password: str, other: str) -> None:
    stored = hash_password(password, COST)
    assert verify_password(password, stored)
    assert verify_password(other, stored) == (other == password)


# Without the letters and digits that a hash consists of, so that a password is in it only if it was put there.
@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_characters="0123456789abcdefprsty$"), min_size=1))
@example("correct horse")
def test_password_is_not_readable_in_its_hash(password: str) -> None:
    stored = hash_password(password, COST)
    assert password not in stored
    fast = hashlib.sha256(password.encode()).hexdigest()
    assert fast not in stored, "a fast hash can be looked up"


def test_the_same_password_is_stored_differently_each_time() -> None:
    assert hash_password("x", COST) != hash_password("x", COST)


def test_a_hash_names_its_own_cost() -> None:
    """So that the cost can be raised later without asking anybody for a new password."""
    assert verify_password("x", hash_password("x", 2**5))
    assert verify_password("x", hash_password("x", 2**10))


def test_a_token_looks_like_those_of_huggingface_and_none_comes_twice() -> None:
    tokens = {new_token() for __ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"hf_[A-Za-z0-9]{34}", token) for token in tokens)


def test_random_strings_use_the_whole_alphabet() -> None:
    assert len(set(random_string(5000))) == 62


@given(st.text(st.characters(codec="utf-8")))
def test_a_digest_is_sha256(secret: str) -> None:
    assert digest(secret) == hashlib.sha256(secret.encode()).hexdigest()


SIGNER = Signer(b"secret of this instance")
CLAIMS = {"repository": "r", "oid": "o" * 64, "size": 3, "exp": 1000}


def test_signed_claims_come_back_until_they_expire() -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    assert re.fullmatch(r"[\w.-]+", text), "safe in a URL"
    assert SIGNER.read("lfs", text, 999) == CLAIMS
    assert SIGNER.read("lfs", text, 1000) is None


def test_claims_are_good_for_their_purpose_and_their_instance_only() -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    assert SIGNER.read("xet", text, 0) is None
    assert Signer(b"another instance").read("lfs", text, 0) is None


@given(st.data())
def test_changed_text_never_gives_other_claims(data: st.DataObject) -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(codec="utf-8"))
    changed = text[:position] + character + text[position + 1 :]
    # The last character of a signature has bits that mean nothing.
    assert SIGNER.read("lfs", changed, 0) in ([CLAIMS] if changed == text else [CLAIMS, None])
    body = text.rpartition(".")[0]
    if changed.rpartition(".")[0] != body:
        assert SIGNER.read("lfs", changed, 0) is None


def test_signature_is_valid_for_its_purpose_message_and_instance_only() -> None:
    made = SIGNER.signature("csrf", "session")
    assert SIGNER.verify("csrf", "session", made)
    assert not SIGNER.verify("other", "session", made)
    assert not SIGNER.verify("csrf", "session2", made)
    assert not Signer(b"another instance").verify("csrf", "session", made)
    for wrong in ("", ".", "é", "x", made[:-2], made.upper()):
        assert not SIGNER.verify("csrf", "session", wrong), wrong


@pytest.mark.parametrize("text", ["", ".", "x", "x.y", "é.é", "..", "{}." + "0" * 64])
def test_nonsense_is_refused_without_a_crash(text: str) -> None:
    assert SIGNER.read("lfs", text, 0) is None
