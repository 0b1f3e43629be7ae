"""Fixtures for the tests of the API."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file for which the client uses every compression scheme: noise, floats, text and repetition."""
    generator = random.Random(11)
    path = tmp_path / "weights.bin"
    floats = b"".join(b"%c\x00\x80\x3f" % generator.randrange(256) for __ in range(100_000))
    path.write_bytes(generator.randbytes(500_000) + floats + b"words and words " * 40_000 + bytes(700_000))
    return path


@pytest.fixture
def write_token(hub: LocalHub) -> Callable[[Account, str], tuple[str, str]]:
    """Return ``(casUrl, access token)`` for a user and a repository."""

    def get(account: Account, name: str) -> tuple[str, str]:
        request = urllib.request.Request(
            f"{hub.endpoint}/api/models/{name}/xet-write-token/main",
            headers={"Authorization": f"Bearer {account.token}"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found = json.load(answer)
        return found["casUrl"], found["accessToken"]

    return get
