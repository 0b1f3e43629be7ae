"""Under which address others reach this machine: what is told to a class is no use when it is ``127.0.0.1``."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

#: Addresses to listen on that mean "every network that this machine is on".
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


def lan_address() -> str:
    """This machine's address on its network; ``127.0.0.1`` when it is on none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address for documentation (RFC 5737): connecting a datagram socket only chooses a network card.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def for_others(seen: str, *, host: str, names: Sequence[str]) -> str:
    """The address of a Hub for people at other machines.

    Args:
        seen: its address as somebody's browser spells it; that may be the machine it runs on.
        host: what it listens on.
        names: names under which it was said to be reached.
    """
    parts = urlsplit(seen)
    if not _is_loopback(parts.hostname or "") or not (names or host in EVERYWHERE):
        return seen
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{names[0] if names else lan_address()}{port}"


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
