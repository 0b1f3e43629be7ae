"""pytest fixtures. They are available wherever the kit is installed, without an import.

``local_hub``
    a fresh, empty Hub on a real socket, for one test. Child processes use it through their environment::

        def test_upload(local_hub, tmp_path):
            ada = local_hub.create_user("ada")
            subprocess.run(["hf", "upload", "ada/m", "."], env=local_hub.environment() | {"HF_TOKEN": ada.token})
            assert local_hub.repository("ada/m").lfs_paths() == ["model.safetensors"]

``hub_client``
    the same, and ``huggingface_hub`` in the test's own process uses it until the test ends, even if it was imported
    before::

        def test_push(hub_client):
            ada = hub_client.create_user("ada")
            huggingface_hub.create_repo("ada/m", token=ada.token)

    If that is impossible (the client was imported in offline mode, or its version stores its settings differently), the
    test fails with :class:`~autograde.errors.RestartNeeded`, whose message gives the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograde.hub import LocalHub


@pytest.fixture
def local_hub() -> Iterator[LocalHub]:
    """A new, empty Hub on a free port, stopped and removed after the test."""
    from autograde.hub import LocalHub

    with LocalHub() as hub:
        yield hub


@pytest.fixture
def hub_client(local_hub: LocalHub, tmp_path: Path) -> Iterator[LocalHub]:
    """``local_hub``, used by this process's ``huggingface_hub`` until the test ends."""
    from autograde.hub.client_redirect import redirect_client

    with redirect_client(local_hub.endpoint, tmp_path / "hub-client"):
        yield local_hub
