"""The Hub of one workspace: its port, its server, and the addresses of older clones."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograde import settings
from autograde.errors import FolderUnusable, KitError, PortInUse
from autograde.hub import LocalHub, client_environment
from autograde.i18n.translation import messages
from autograde.session.health import healthz
from autograde.session.moved_hub import redirect
from autograde.session.open_workspace import OpenWorkspace
from autograde.session.ports import Ports, first_free
from autograde.session.seeding import seed

_ = messages("cli")

#: Longest time in seconds to wait for a Hub that another process is starting.
START_SECONDS = 10


class WorkspaceHub(OpenWorkspace):
    """A running Hub that belongs to a workspace. Use it as a context manager, or call :meth:`close`.

    Attributes:
        home: the workspace's private folder.
        server: the Hub's server.
        ports: the ports that the workspace has used, including the current one.
    """

    def __init__(self, home: Path, say: Callable[[str], object]) -> None:
        """Lock the workspace and start its Hub.

        The Hub uses the port of the last start, because clones contain it. If that port is in use, the Hub uses the
        next free one, and git redirects the old addresses to it.

        Args:
            home: the workspace's private folder.
            say: prints a line for the learner.

        Raises:
            FolderUnusable: another process has this workspace open, or the folder cannot be written to.
            PortInUse: no port is free.
        """
        super().__init__(home)
        try:
            self.server, self.ports = _start(home, say)
            self._opened.callback(self.server.stop)
            self.ports.write(home)
            if self.ports.hub[1:]:
                redirect(home, self.ports.hub[0], self.ports.hub[1:], client_environment(self.endpoint, home))
        except BaseException:
            self.close()
            raise

    @property
    def endpoint(self) -> str:
        """The Hub's URL on this machine."""
        return self.server.endpoint


def find(home: Path) -> tuple[str, dict[str, Any]] | None:
    """Return the endpoint of the workspace's Hub and its answer to ``/healthz``; None if it is not running."""
    try:
        instance = json.loads((home / "hub" / "instance.json").read_text(encoding="utf-8"))["id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    for port in Ports.read(home).hub[:1]:
        endpoint = f"http://127.0.0.1:{port}"
        answer = healthz(endpoint)
        if answer and answer.get("instance") == instance:
            return endpoint, answer
    return None


def find_or_start(home: Path) -> tuple[str, WorkspaceHub | None]:
    """Return the endpoint of the workspace's Hub, and the Hub itself if this call had to start it.

    Args:
        home: the workspace's private folder.

    Raises:
        FolderUnusable: another process has the workspace open, but its Hub does not answer.
        PortInUse: no port is free.
    """
    if found := find(home):
        return found[0], None
    try:
        started = WorkspaceHub(home, say=lambda _line: None)
    except FolderUnusable:
        # Another notebook or `autograde learn` is starting the Hub at this moment.
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if found := find(home):
                return found[0], None
            time.sleep(0.1)
        raise
    started.announce(started.endpoint)
    return started.endpoint, started


def _start(home: Path, say: Callable[[str], object]) -> tuple[LocalHub, Ports]:
    """Start the Hub with lesson 1's models on it; return it and the workspace's ports, the chosen one first."""
    ports = Ports.read(home)
    wanted = (*ports.hub, settings.hub_port())[0]
    port = first_free(wanted)
    while True:
        hub = LocalHub(data=home / "hub", host="127.0.0.1", port=port, public_url=settings.public_url())
        try:
            hub.start()
        except PortInUse:
            # Another program has taken the port since first_free checked it.
            port = first_free(port + 1)
        else:
            break
    if port != wanted:
        say(_("Another program uses port {wanted}, so your Hub is on port {port}.").format(wanted=wanted, port=port))
        if ports.hub:
            say(_("Clones that you made at the old address still work."))
    try:
        seed(hub)
    except KitError as error:
        # Only lesson 1 needs these models.
        say(str(error))
    return hub, replace(ports, hub=(port, *(old for old in ports.hub if old != port)))
