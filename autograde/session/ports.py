"""Ports: the one that was used last time, or the next one that is free."""

from __future__ import annotations

import socket

from autograde.errors import PortInUse
from autograde.i18n.translation import messages

_ = messages("cli")

#: Ports tried after the wanted one.
TRIES = 100


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on ``port`` now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def first_free(wanted: int, host: str = "127.0.0.1") -> int:
    """``wanted`` when it is free, otherwise the next free port above it.

    Raises:
        PortInUse: none of the next hundred ports is free.
    """
    last = min(wanted + TRIES, 65535)
    for port in range(wanted, last + 1):
        if is_free(port, host):
            return port
    raise PortInUse(
        _("Every port from {first} to {last} belongs to another program.").format(first=wanted, last=last),
        _("Choose another start with AUTOGRADE_HUB_PORT and AUTOGRADE_LAB_PORT."),
    )
