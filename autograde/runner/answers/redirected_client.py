"""Point this process's ``huggingface_hub`` and its environment at a scenario's Hub and folders."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.runner.answers.run_environment import RunEnvironment
from autograde.runner.scenario import Scenario


@contextlib.contextmanager
def redirected_client(scenario: Scenario, environment: RunEnvironment) -> Iterator[None]:
    """Make this process's ``huggingface_hub`` use the scenario's Hub and home folder inside the block."""
    from autograde.hub.client_redirect import redirect_client

    with (
        redirect_client(scenario.endpoint, environment.home),
        _every_client(scenario.endpoint),
        _changed_uploads(scenario.uploaded_becomes),
    ):
        yield


@contextlib.contextmanager
def inside(environment: RunEnvironment) -> Iterator[None]:
    """Make this process use the working folder and the variables of ``environment`` inside the block."""
    before, folder = settings.environment(), os.open(".", os.O_RDONLY)
    try:
        settings.set_environment(environment.all_variables)
        _enter(environment.work)
        yield
    finally:
        os.fchdir(folder)
        os.close(folder)
        settings.set_environment(before)


def _enter(folder: Path) -> None:
    """Change to the folder; create it again if an earlier call removed or replaced it."""
    try:
        os.chdir(folder)
    except OSError:
        with contextlib.suppress(OSError):
            folder.rename(folder.with_name("what-an-earlier-call-left"))
        folder.mkdir(parents=True, exist_ok=True)
        os.chdir(folder)


@contextlib.contextmanager
def _every_client(endpoint: str) -> Iterator[None]:
    """Make every ``HfApi`` use ``endpoint`` inside the block, even one created earlier for another Hub."""
    import huggingface_hub

    client: Any = huggingface_hub.HfApi

    def keep(api: Any, value: object) -> None:
        api.__dict__["endpoint"] = value

    client.endpoint = property(lambda _api: endpoint, keep)
    try:
        yield
    finally:
        del client.endpoint


@contextlib.contextmanager
def _changed_uploads(text: str) -> Iterator[None]:
    """Replace each local file's content by ``text`` after its upload inside the block; with ``""``, do nothing.

    This distinguishes functions that read the local file from those that read the downloaded one.
    """
    if not text:
        yield
        return
    import huggingface_hub

    client: Any = huggingface_hub.HfApi
    before = client.create_commit

    @functools.wraps(before)
    def create_commit(api: Any, repo_id: str, operations: Any, *given: Any, **named: Any) -> Any:
        planned = list(operations)
        made = before(api, repo_id, planned, *given, **named)
        for operation in planned:
            path = getattr(operation, "path_or_fileobj", None)
            if isinstance(path, str | Path):
                with contextlib.suppress(OSError):
                    Path(path).write_text(text, encoding="utf-8")
        return made

    client.create_commit = create_commit
    try:
        yield
    finally:
        client.create_commit = before
