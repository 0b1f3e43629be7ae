"""A ``huggingface_hub`` that was imported before there was a Hub is pointed at one, and back."""

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
    """Every text of the client's modules, and what is set in the environment."""
    found = {f"${key}": value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    for name, module in list(sys.modules.items()):
        if name.startswith("huggingface_hub"):
            found |= {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, str)}
    return found


def test_everything_that_the_client_does_goes_to_the_hub(hub_client: LocalHub, tmp_path: Path) -> None:
    import huggingface_hub as h

    ada = hub_client.create_user("ada")
    assert h.get_token() is None, "nobody's own token is used"
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


def test_afterwards_everything_is_as_it_was(tmp_path: Path) -> None:
    import huggingface_hub as h

    before = texts()
    hosts, endpoint = constants.HF_URL_HOSTS, h.HfApi().endpoint
    with LocalHub() as hub, redirect_client(hub.endpoint, tmp_path):
        # A module that is imported meanwhile copies the new endpoint.
        late = importlib.import_module("huggingface_hub.utils._git_credential")
        assert late.ENDPOINT == hub.endpoint == h.HfApi().endpoint
        assert os.environ["HF_ENDPOINT"] == hub.endpoint
        inside, its = texts(), hub.endpoint
    after = texts()
    assert {key: after[key] for key in before} == before
    assert not [key for key, value in after.items() if its in value]
    assert [key for key, value in inside.items() if its in value]
    assert (constants.HF_URL_HOSTS, h.HfApi().endpoint) == (hosts, endpoint)


def test_one_hub_after_the_other(tmp_path: Path) -> None:
    import huggingface_hub as h

    for number in range(2):
        with LocalHub() as hub, redirect_client(hub.endpoint, tmp_path / str(number)):
            token = hub.create_user("ada").token
            assert h.whoami(token)["name"] == "ada"
            h.create_repo("ada/m", token=token)


def test_an_error_in_the_block_leaves_nothing_behind(tmp_path: Path) -> None:
    before = texts()
    with pytest.raises(KeyError), redirect_client("http://127.0.0.1:1", tmp_path):
        raise KeyError
    assert {key: texts()[key] for key in before} == before


def test_a_client_that_is_offline_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    before = texts()
    with pytest.raises(RestartNeeded, match="HF_HUB_OFFLINE"), redirect_client("http://127.0.0.1:1", tmp_path):
        pass
    assert texts() == before


def test_a_client_of_another_form_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE")
    with pytest.raises(RestartNeeded, match="HUGGINGFACE_CO_URL_TEMPLATE"), redirect_client("http://x", tmp_path):
        pass


def test_the_fixtures_are_there_for_anybodys_tests(pytester_run: Callable[[str], str]) -> None:
    """The fixtures work in another project that only installs the kit."""
    said = pytester_run(
        """
        import urllib.request
        def test_fresh(local_hub):
            assert urllib.request.urlopen(local_hub.endpoint + "/healthz").status == 200
        def test_client(hub_client):
            import huggingface_hub
            assert huggingface_hub.HfApi().endpoint == hub_client.endpoint
        """
    )
    assert "2 passed" in said


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
