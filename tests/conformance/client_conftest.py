"""The ``conftest.py`` for huggingface_hub's own tests; ``run.py`` copies it next to them.

The client's source distribution has its test modules but not their fixtures. These are our own: each test gets its own
cache and token file, an API client for the Hub under test, and a factory that deletes its repositories afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import urllib.parse
import urllib.request
import warnings
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import testing_constants  # type: ignore[attr-defined]  # next to this file after run.py has copied it

testing_constants.ENDPOINT_STAGING = os.environ["HF_ENDPOINT"]

from huggingface_hub import HfApi, RepoUrl, constants  # noqa: E402 - the endpoint must be set before the client is read
from huggingface_hub.errors import HfHubHTTPError  # noqa: E402
from huggingface_hub.utils import _auth, _detect_agent  # noqa: E402

from .testing_utils import repo_name  # noqa: E402

#: The file of outcomes, one JSON object per line, which ``run.py`` reads.
REPORT = Path(os.environ["CONFORMANCE_REPORT"])


class RepoFactory:
    """Creates repositories and deletes them after the test."""

    def __init__(self, api: HfApi) -> None:
        self.api = api
        self.created: list[tuple[str, str]] = []

    def __call__(self, repo_type: str = "model", **options: Any) -> RepoUrl:
        options.setdefault("repo_id", repo_name(prefix=repo_type))
        if repo_type == "space":
            options.setdefault("space_sdk", "gradio")
        url = self.api.create_repo(repo_type=repo_type, **options)
        self.created.append((url.repo_id, repo_type))
        return url

    def delete_all(self) -> None:
        for repo_id, repo_type in self.created:
            # A test may have deleted, moved or transferred its repository.
            with contextlib.suppress(HfHubHTTPError):
                self.api.delete_repo(repo_id, repo_type=repo_type, missing_ok=True)


def pytest_configure(config: pytest.Config) -> None:
    for marker in ("api", "transfer", "inference", "xet", "no_xet", "production", "deprecated(*names)", "git_lfs"):
        config.addinivalue_line("markers", f"{marker}: a marker of the client's own suite")


def _send_test_name(test: str) -> None:
    """Tell the Hub which test its next requests belong to."""
    urllib.request.urlopen(os.environ["HF_ENDPOINT"] + "/conformance/" + urllib.parse.quote(test, safe=""))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    _send_test_name(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    outcome = yield
    if outcome.when == "call" or outcome.outcome != "passed":
        reason = outcome.longreprtext.strip().splitlines()[-1:] if outcome.failed else [str(outcome.longrepr)]
        with REPORT.open("a", encoding="utf-8") as stream:
            line = {
                "test": item.nodeid,
                "outcome": outcome.outcome,
                "when": outcome.when,
                "reason": "".join(reason)[-300:],
            }
            stream.write(json.dumps(line) + "\n")
    return outcome


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("home")
    places = {
        "HF_HOME": home,
        "HF_HUB_CACHE": home / "hub",
        "HUGGINGFACE_HUB_CACHE": home / "hub",
        "HF_XET_CACHE": home / "xet",
        "HF_ASSETS_CACHE": home / "assets",
        "HF_TOKEN_PATH": home / "token",
        "HF_STORED_TOKENS_PATH": home / "stored_tokens",
    }
    for name, place in places.items():
        monkeypatch.setattr(constants, name, str(place))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_EXPERIMENTAL_WARNING", True)
    monkeypatch.setattr(_auth, "_OAUTH_REFRESH_CACHE", None, raising=False)
    monkeypatch.setattr(_detect_agent, "_registry", _detect_agent._EMPTY_REGISTRY)
    for name, value in {"NO_COLOR": "1", "COLUMNS": "200"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def plain_command_line() -> None:
    from huggingface_hub.cli._output import out

    out.set_mode()
    out.set_no_truncate(False)


@pytest.fixture(autouse=True)
def markers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    node = request.node
    if node.get_closest_marker("xet"):
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
        monkeypatch.delenv("HF_HUB_DISABLE_XET", raising=False)
    if node.get_closest_marker("no_xet"):
        pytest.skip("for machines without hf_xet")
    if node.get_closest_marker("git_lfs") and os.environ.get("RUN_GIT_LFS_TESTS") != "1":
        pytest.skip("for machines with git-lfs")
    names = [name for marker in node.iter_markers("deprecated") for name in marker.args]
    with warnings.catch_warnings(record=bool(names)) as caught:
        if names:
            warnings.simplefilter("always")
        yield
    for name in names:
        assert any(f"'{name}'" in str(warning.message) for warning in caught or []), (
            f"no deprecation warning about {name}"
        )


@pytest.fixture(scope="session")
def api() -> HfApi:
    return HfApi(endpoint=os.environ["HF_ENDPOINT"], token=testing_constants.TOKEN)


@pytest.fixture(scope="session")
def api_prod() -> HfApi:
    return HfApi(endpoint=testing_constants.ENDPOINT_PRODUCTION)


@pytest.fixture
def repo_factory(api: HfApi) -> Iterator[RepoFactory]:
    factory = RepoFactory(api)
    yield factory
    factory.delete_all()


@pytest.fixture
def new_repo_id(api: HfApi) -> Iterator[str]:
    repo_id = f"{testing_constants.USER}/{repo_name()}"
    yield repo_id
    for repo_type in ("model", "dataset", "space"):
        api.delete_repo(repo_id, repo_type=repo_type, missing_ok=True)
