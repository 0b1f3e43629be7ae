"""Choose free ports, and remember which ports a workspace has used."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from pathlib import Path

from autograde.errors import PortInUse
from autograde.files import write_file
from autograde.i18n.translation import messages

_ = messages("cli")

#: Number of further ports that are tried when the first one is in use.
TRIES = 100

#: Name of the file with a workspace's ports, inside its private folder.
FILE = "ports.json"


@dataclass(frozen=True)
class Ports:
    """The ports that a workspace has used, the most recent one first.

    Attributes:
        hub: ports of its Hub. Clones contain the port that was current when they were made.
        lab: ports of its JupyterLab.
    """

    hub: tuple[int, ...] = ()
    lab: tuple[int, ...] = ()

    @classmethod
    def read(cls, home: Path) -> Ports:
        """Read the ports from a workspace's private folder; a missing or damaged file counts as empty."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            kept = json.loads((home / FILE).read_text(encoding="utf-8"))
            return cls(*(tuple(int(port) for port in kept.get(name, [])) for name in ("hub", "lab")))
        return cls()

    def write(self, home: Path) -> None:
        """Write the ports into a workspace's private folder.

        Raises:
            OSError: the file cannot be written.
        """
        write_file(home / FILE, json.dumps({"hub": list(self.hub), "lab": list(self.lab)}).encode())


def is_free(port: int) -> bool:
    """Return whether a server could listen on ``port`` of this machine now."""
    with socket.socket() as probe:
        # Servers do the same: connections that are still closing do not block a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return any free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def first_free(wanted: int) -> int:
    """Return ``wanted`` if it is free, otherwise the next free port above it.

    Raises:
        PortInUse: none of the next hundred ports is free.
    """
    last = min(wanted + TRIES, 65535)
    for port in range(wanted, last + 1):
        if is_free(port):
            return port
    raise PortInUse(
        _("All ports from {first} to {last} are in use.").format(first=wanted, last=last),
        _("Set AUTOGRADE_HUB_PORT and AUTOGRADE_LAB_PORT to ports in another range."),
    )
