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
def test_hash_accepts_only_its_own_password(password: str, other: str) -> None:
    stored = hash_password(password, COST)
    assert verify_password(password, stored)
    assert verify_password(other, stored) == (other == password)


# Leave out the characters of a hash, so that a password can't be in it by chance.
@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8", exclude_characters="0123456789abcdefprsty$"), min_size=1))
@example("correct horse")
def test_password_is_not_readable_in_its_hash(password: str) -> None:
    stored = hash_password(password, COST)
    assert password not in stored
    fast = hashlib.sha256(password.encode()).hexdigest()
    assert fast not in stored, "a fast hash can be looked up"


def test_same_password_has_a_different_hash_each_time() -> None:
    assert hash_password("x", COST) != hash_password("x", COST)


def test_hash_contains_its_own_cost() -> None:
    """The cost can be raised later without resetting passwords."""
    assert verify_password("x", hash_password("x", 2**5))
    assert verify_password("x", hash_password("x", 2**10))


def test_tokens_are_unique_and_look_like_those_of_huggingface() -> None:
    tokens = {new_token() for __ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"hf_[A-Za-z0-9]{34}", token) for token in tokens)


def test_random_strings_use_the_whole_alphabet() -> None:
    assert len(set(random_string(5000))) == 62


@given(st.text(st.characters(codec="utf-8")))
def test_digest_is_sha256(secret: str) -> None:
    assert digest(secret) == hashlib.sha256(secret.encode()).hexdigest()


SIGNER = Signer(b"secret of this instance")
CLAIMS = {"repository": "r", "oid": "o" * 64, "size": 3, "exp": 1000}


def test_signed_claims_are_readable_until_they_expire() -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    assert re.fullmatch(r"[\w.-]+", text), "safe in a URL"
    assert SIGNER.read("lfs", text, 999) == CLAIMS
    assert SIGNER.read("lfs", text, 1000) is None


def test_claims_are_valid_for_their_purpose_and_instance_only() -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    assert SIGNER.read("xet", text, 0) is None
    assert Signer(b"another instance").read("lfs", text, 0) is None


@given(st.data())
def test_changed_text_never_gives_other_claims(data: st.DataObject) -> None:
    text = SIGNER.sign("lfs", CLAIMS)
    position = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(codec="utf-8"))
    changed = text[:position] + character + text[position + 1 :]
    # The last character of a signature has unused bits.
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
def test_malformed_text_is_rejected_without_an_exception(text: str) -> None:
    assert SIGNER.read("lfs", text, 0) is None
