"""Redirect an already imported ``huggingface_hub`` to a Hub, and restore it afterwards."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.errors import RestartNeeded
from autograde.hub import LocalHub
from autograde.hub.client_redirect import redirect_client

constants = pytest.importorskip("huggingface_hub.constants")


def texts() -> dict[str, str]:
    """Return all string attributes of the client's modules and all environment variables."""
    found = {f"${key}": value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    for name, module in list(sys.modules.items()):
        if name.startswith("huggingface_hub"):
            found |= {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, str)}
    return found


def test_all_client_requests_go_to_the_hub(hub_client: LocalHub, tmp_path: Path) -> None:
    import huggingface_hub as h

    ada = hub_client.create_user("ada")
    assert h.get_token() is None, "the user's own token is not used"
    h.login(ada.token)
    assert h.whoami()["name"] == "ada"
    h.create_repo("ada/m")
    h.upload_file(path_or_fileobj=b"\0weights", path_in_repo="w.bin", repo_id="ada/m")
    downloaded = h.hf_hub_download("ada/m", "w.bin")
    assert Path(downloaded).read_bytes() == b"\0weights"
    assert Path(downloaded).is_relative_to(tmp_path)
    assert h.HfFileSystem().ls("ada/m", detail=False) == ["ada/m/.gitattributes", "ada/m/w.bin"]
    assert h.hf_hub_url("ada/m", "w.bin").startswith(hub_client.endpoint)
    assert hub_client.repository("ada/m").files()["w.bin"] == b"\0weights"
    assert [c.title for c in h.list_repo_commits("ada/m")][-1] == "initial commit"


def test_client_and_environment_are_restored_afterwards(tmp_path: Path) -> None:
    import huggingface_hub as h

    before = texts()
    hosts, endpoint = constants.HF_URL_HOSTS, h.HfApi().endpoint
    with LocalHub() as hub, redirect_client(hub.endpoint, tmp_path):
        # A module that is imported meanwhile copies the new endpoint.
        imported_module = importlib.import_module("huggingface_hub.utils._git_credential")
        assert imported_module.ENDPOINT == hub.endpoint == h.HfApi().endpoint
        assert os.environ["HF_ENDPOINT"] == hub.endpoint
        during, hub_endpoint = texts(), hub.endpoint
    after = texts()
    assert {key: after[key] for key in before} == before
    assert not [key for key, value in after.items() if hub_endpoint in value]
    assert [key for key, value in during.items() if hub_endpoint in value]
    assert (constants.HF_URL_HOSTS, h.HfApi().endpoint) == (hosts, endpoint)


def test_client_can_be_redirected_twice_in_a_row(tmp_path: Path) -> None:
    import huggingface_hub as h

    for number in range(2):
        with LocalHub() as hub, redirect_client(hub.endpoint, tmp_path / str(number)):
            token = hub.create_user("ada").token
            assert h.whoami(token)["name"] == "ada"
            h.create_repo("ada/m", token=token)


def test_client_is_restored_after_an_error_in_the_block(tmp_path: Path) -> None:
    before = texts()
    with pytest.raises(KeyError), redirect_client("http://127.0.0.1:1", tmp_path):
        raise KeyError
    assert {key: texts()[key] for key in before} == before


def test_offline_client_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    before = texts()
    with pytest.raises(RestartNeeded, match="HF_HUB_OFFLINE"), redirect_client("http://127.0.0.1:1", tmp_path):
        pass
    assert texts() == before


def test_unsupported_client_version_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE")
    with pytest.raises(RestartNeeded, match="HUGGINGFACE_CO_URL_TEMPLATE"), redirect_client("http://x", tmp_path):
        pass


def test_fixtures_work_in_another_project(pytester_run: Callable[[str], str]) -> None:
    """The other project only has the kit installed."""
    output = pytester_run(
        """
        import urllib.request
        def test_fresh(local_hub):
            assert urllib.request.urlopen(local_hub.endpoint + "/healthz").status == 200
        def test_client(hub_client):
            import huggingface_hub
            assert huggingface_hub.HfApi().endpoint == hub_client.endpoint
        """
    )
    assert "2 passed" in output


@pytest.fixture
def pytester_run(tmp_path: Path) -> Callable[[str], str]:
    """Run a test file of another project with pytest."""
    import subprocess
    import textwrap

    def run(text: str) -> str:
        (tmp_path / "test_theirs.py").write_text(textwrap.dedent(text))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_theirs.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    return run
