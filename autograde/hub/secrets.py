"""Passwords, access tokens and signatures: made, stored and compared.

Passwords are slow hashes (scrypt); tokens are long random strings, so a plain SHA-256 of them is enough (hub-study, 4).
Nothing here ever returns a secret that was stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import string
from collections.abc import Mapping
from typing import Any

_ALPHABET = string.ascii_letters + string.digits


#: How a sealed text begins.
_SEALED = "sealed:"


def random_string(length: int) -> str:
    """A random string of letters and digits, about 6 bits a character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_token() -> str:
    """An access token in the form of huggingface.co's: ``hf_`` and 34 random characters."""
    return "hf_" + random_string(34)


def digest(secret: str) -> str:
    """What is stored of a token or a session: its SHA-256."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str, cost: int) -> str:
    """A salted scrypt hash that names its own cost."""
    salt = secrets.token_bytes(16)
    return f"scrypt${cost}${salt.hex()}${_scrypt(password, salt, cost).hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Whether ``password`` is the one that was hashed; takes as long for a wrong one as for a right one."""
    __, cost, salt, expected = stored.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt), int(cost)), bytes.fromhex(expected))


def cost_of(stored: str) -> int:
    """scrypt's cost of a stored hash."""
    return int(stored.split("$")[1])


def _scrypt(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"), salt=salt, n=cost, r=8, p=1, maxmem=(cost * 8 * 128) * 2 + (1 << 20)
    )


class Signer:
    """Signs small claims with the instance's secret: a URL or a token can carry them and nobody can change them."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def mac(self, purpose: str, message: str) -> str:
        """A signature of ``message`` that is good for one purpose only."""
        return hmac.new(self._secret, f"{purpose}\0{message}".encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, text: str) -> str:
        """``text`` in a form that only this instance can read: what must be kept and not be seen in the database."""
        nonce, content = secrets.token_hex(16), text.encode("utf-8", "surrogatepass")
        body = f"{nonce}.{self._masked(purpose, nonce, content).hex()}"
        return f"{_SEALED}{body}.{self.mac(f'seal {purpose}', body)}"

    def unseal(self, purpose: str, sealed: str) -> str | None:
        """The text that :meth:`seal` was given for this purpose; None when it was not."""
        body, __, signature = sealed.removeprefix(_SEALED).rpartition(".")
        if not hmac.compare_digest(signature.encode(), self.mac(f"seal {purpose}", body).encode()):
            return None
        nonce, __, content = body.partition(".")
        return self._masked(purpose, nonce, bytes.fromhex(content)).decode("utf-8", "surrogatepass")

    def _masked(self, purpose: str, nonce: str, content: bytes) -> bytes:
        """``content`` under a mask that follows from the secret and the nonce; the same again takes it off."""
        blocks = range(-(-len(content) // 32))
        mask = b"".join(bytes.fromhex(self.mac(f"mask {purpose}", f"{nonce} {number}")) for number in blocks)
        return bytes(a ^ b for a, b in zip(content, mask, strict=False))

    def sign(self, purpose: str, claims: Mapping[str, Any]) -> str:
        """``claims`` as a signed text that is safe in a URL."""
        body = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")
        return f"{body}.{self.mac(purpose, body)}"

    def read(self, purpose: str, text: str, now: float) -> dict[str, Any] | None:
        """The claims of a text that :meth:`sign` made for this purpose; None when it did not, or ``exp`` is past.

        Args:
            purpose: as it was given to :meth:`sign`.
            text: what came back from outside.
            now: seconds since 1970; claims hold until their ``exp``.
        """
        body, __, signature = text.partition(".")
        if not hmac.compare_digest(signature.encode(), self.mac(purpose, body).encode()):
            return None
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return claims if claims["exp"] > now else None
