"""Create, store and compare passwords, access tokens and signatures.

Passwords are stored as slow hashes (scrypt). Tokens are long random strings, so a plain SHA-256 is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from itsdangerous import URLSafeSerializer

_ALPHABET = string.ascii_letters + string.digits


#: Passwords hashed at the same time; each needs 16 MiB.
_HASHING = threading.BoundedSemaphore(2)

#: Prefix of every sealed text.
_SEALED = "sealed:"


def random_string(length: int) -> str:
    """Return a random string of letters and digits, about 6 bits per character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return a new access token in huggingface.co's format: ``hf_`` and 34 random characters."""
    return "hf_" + random_string(34)


def digest(secret: str) -> str:
    """Return the SHA-256 of a token or session, which is stored instead of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str, cost: int) -> str:
    """Return a salted scrypt hash that includes its cost."""
    salt = secrets.token_bytes(16)
    return f"scrypt${cost}${salt.hex()}${_scrypt(password, salt, cost).hex()}"


def verify_password(password: str, stored: str) -> bool:
    """Return whether ``password`` is the one that was hashed, in constant time."""
    __, cost, salt, expected = stored.split("$")
    return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt), int(cost)), bytes.fromhex(expected))


def cost_of(stored: str) -> int:
    """Return the scrypt cost of a stored hash."""
    return int(stored.split("$")[1])


def _scrypt(password: str, salt: bytes, cost: int) -> bytes:
    with _HASHING:
        return hashlib.scrypt(
            password.encode("utf-8", "surrogatepass"),
            salt=salt,
            n=cost,
            r=8,
            p=1,
            maxmem=(cost * 8 * 128) * 2 + (1 << 20),
        )


class Signer:
    """Signs and encrypts texts with the instance's secret, each for one purpose.

    Signatures are itsdangerous's. Encryption, which it does not have, is needed for one column of the database only.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def _signing(self, purpose: str) -> URLSafeSerializer:
        # A Hub signs nothing before its first page or large file.
        from itsdangerous import URLSafeSerializer

        strong = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        return URLSafeSerializer(self._secret, salt=purpose, signer_kwargs=strong)

    def signature(self, purpose: str, message: str) -> str:
        """Return a signature of ``message``, without the message."""
        return self._signing(purpose).make_signer(purpose).get_signature(message).decode("ascii")

    def verify(self, purpose: str, message: str, signature: str) -> bool:
        """Return whether :meth:`signature` made ``signature`` for this purpose and message."""
        return self._signing(purpose).make_signer(purpose).verify_signature(message, signature)

    def sign(self, purpose: str, claims: Mapping[str, Any]) -> str:
        """Return ``claims`` as a signed, URL-safe text."""
        return self._signing(purpose).dumps(dict(claims))

    def read(self, purpose: str, text: str, now: float) -> dict[str, Any] | None:
        """Return the claims of a text signed for this purpose; None if the signature is wrong or ``exp`` is past.

        Args:
            purpose: the purpose given to :meth:`sign`.
            text: the signed text, untrusted.
            now: seconds since 1970; claims are valid until their ``exp``.
        """
        from itsdangerous import BadData

        try:
            claims: dict[str, Any] = self._signing(purpose).loads(text)
        except (BadData, UnicodeError):
            return None
        return claims if claims["exp"] > now else None

    def seal(self, purpose: str, text: str) -> str:
        """Encrypt ``text`` so that only this instance can read it, for secrets stored in the database."""
        nonce, content = secrets.token_hex(16), text.encode("utf-8", "surrogatepass")
        body = f"{nonce}.{self._masked(purpose, nonce, content).hex()}"
        return f"{_SEALED}{body}.{self._mac(f'seal {purpose}', body).hex()}"

    def unseal(self, purpose: str, sealed: str) -> str | None:
        """Decrypt a text sealed for this purpose; return None if it was not."""
        body, __, signature = sealed.removeprefix(_SEALED).rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._mac(f"seal {purpose}", body).hex().encode()):
            return None
        nonce, __, content = body.partition(".")
        return self._masked(purpose, nonce, bytes.fromhex(content)).decode("utf-8", "surrogatepass")

    def _masked(self, purpose: str, nonce: str, content: bytes) -> bytes:
        """XOR ``content`` with a key stream derived from the secret and the nonce; doing it again undoes it."""
        blocks = range(-(-len(content) // 32))
        mask = b"".join(self._mac(f"mask {purpose}", f"{nonce} {number}") for number in blocks)
        return bytes(a ^ b for a, b in zip(content, mask, strict=False))

    def _mac(self, purpose: str, message: str) -> bytes:
        return hmac.digest(self._secret, f"{purpose}\0{message}".encode(), hashlib.sha256)
