"""Hubs, people and unmodified clients for the tests of the Hub.

Tests that only add data share one Hub for the whole run and take names from ``new_name``, so that they do not
collide. ``python_client`` is one child process for many tests, because importing ``huggingface_hub`` takes a third
of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograde.classroom import CLASSROOM
from autograde.hub import Account, LocalHub, client_environment
from tests.hub.clients import Ask, ClientError, Connect, Endpoint, Git, JsonClient, LocalGit, PythonClient, send
from tests.hub.clock import Clock
from tests.plain_browser import Browser


@pytest.fixture
def clock() -> Clock:
    """A clock that starts at 0."""
    return Clock()


@pytest.fixture(scope="session")
def client_error() -> type[ClientError]:
    """The exception that a client process raises."""
    return ClientError


@pytest.fixture(scope="session")
def hub() -> Iterator[LocalHub]:
    """A Hub shared by all tests, which may only add to it."""
    with LocalHub(extensions=(CLASSROOM,)) as running:
        yield running


@pytest.fixture
def ada(hub: LocalHub, new_name: Callable[[str], str]) -> Account:
    """A user with a write token, on the shared Hub."""
    return hub.create_user(new_name("ada"), password="correct horse")


@pytest.fixture
def adas(hub: LocalHub, ada: Account, open_browser: type[Browser]) -> Browser:
    """Ada's browser, logged in."""
    return open_browser(hub).log_in(ada.name)


@pytest.fixture
def bob(hub: LocalHub, new_name: Callable[[str], str]) -> Account:
    """Another user, on the shared Hub."""
    return hub.create_user(new_name("bob"), password="correct horse")


@pytest.fixture(scope="session")
def python_client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonClient]:
    """``huggingface_hub`` with its defaults, in its own process."""
    client = PythonClient(hub.environment(tmp_path_factory.mktemp("client")))
    yield client
    client.close()


@pytest.fixture(scope="module")
def new_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[LocalHub], PythonClient]]:
    """Start a client process for a Hub that one module's tests share."""
    opened: list[PythonClient] = []

    def start(hub: LocalHub) -> PythonClient:
        opened.append(PythonClient(hub.environment(tmp_path_factory.mktemp("client"))))
        return opened[-1]

    yield start
    for client in opened:
        client.close()


@pytest.fixture(scope="session")
def lfs_client(hub: LocalHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonClient]:
    """``huggingface_hub`` with ``HF_HUB_DISABLE_XET=1``."""
    environment = hub.environment(tmp_path_factory.mktemp("lfs-client")) | {"HF_HUB_DISABLE_XET": "1"}
    client = PythonClient(environment)
    yield client
    client.close()


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Start a client process for the test's own Hub, each with a new home folder unless one is given."""
    opened: list[PythonClient] = []

    def start(hub: Endpoint, home: Path | None = None, /, **more: str) -> PythonClient:
        environment = client_environment(hub.endpoint, home or tmp_path / f"home-{len(opened)}") | more
        opened.append(PythonClient(environment))
        return opened[-1]

    yield start
    for client in opened:
        client.close()


@pytest.fixture
def git(hub: LocalHub, tmp_path: Path, ada: Account) -> Git:
    """git for the shared Hub, answering with ada's name and token."""
    home = tmp_path / "git-home"
    found = Git(client_environment(hub.endpoint, home), home)
    found.answer(ada.name, ada.token)
    return found


@pytest.fixture
def local_git(tmp_path: Path) -> LocalGit:
    """git on an empty local repository, as the reference for paths, patterns and names."""
    return LocalGit(tmp_path)


@pytest.fixture
def api(hub: LocalHub, ada: Account) -> JsonClient:
    """Send one request of the API as ada: ``api("POST", "/path", {"a": 1})``."""
    return JsonClient(hub, ada.token)


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Send one raw request: ``ask(hub, "GET", "/path", b"body", X_Header="value")`` → status, headers, body."""
    return send
