"""A Hub for the widgets' tests; this process is configured for it like a kernel by a lesson's first cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub, client_environment


@pytest.fixture(scope="module")
def ada(hub: LocalHub) -> Account:
    return hub.create_user("ada")


@pytest.fixture
def workspace(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate home for the client. huggingface_hub reads its settings once per process, so they are patched."""
    from huggingface_hub import constants, hf_api
    from huggingface_hub.utils import _git_credential

    variables = client_environment(hub.endpoint, tmp_path)
    for name in ("HF_ENDPOINT", "HF_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT"):
        monkeypatch.setenv(name, variables[name])
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
    home = Path(variables["HF_HOME"])
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_STORED_TOKENS_PATH", str(home / "stored_tokens"))
    monkeypatch.setattr(hf_api.api, "endpoint", hub.endpoint)
    monkeypatch.setattr(_git_credential, "ENDPOINT", hub.endpoint)
    return home
