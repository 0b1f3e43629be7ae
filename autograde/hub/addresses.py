"""Under which address others reach this machine: what is told to a class is no use when it is ``127.0.0.1``."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from autograde.errors import HubRefused

#: Addresses to listen on that mean "every network that this machine is on".
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


#: A path that a proxy may put before the Hub's own: plain segments, none of them ``.`` or ``..``.
PREFIX = re.compile(r"(?:/(?!\.\.?(?:/|\Z))[\w.~%@:+-]+)+", re.ASCII)


@dataclass(frozen=True)
class PublicAddress:
    """Where a proxy shows a Hub: ``https://jupyter.example.org`` and ``/user/ada/proxy/8960``.

    Attributes:
        origin: scheme, name and port, as a browser's ``Origin`` header spells them.
        name: the name alone, in small letters.
        path: what stands before every path of the Hub, without a slash at the end; empty at the top.
    """

    origin: str
    name: str
    path: str

    def is_meant_by(self, host: str) -> bool:
        """Whether a ``Host`` header means the proxy: by its name, whatever the port (one proxy stands before another);
        by its port too where the name is this machine's or a bare address, for that is the Hub's as well."""
        host = host.strip().lower()
        if host == self.origin.partition("://")[2]:
            return True
        return host_name(host) == self.name and not (_is_address(self.name) or _is_loopback(self.name))


def public_address(url: str) -> PublicAddress | None:
    """A Hub's public URL, read; None where there is none.

    Raises:
        HubRefused: it is no address of a web page.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        name, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        parts, name, port = urlsplit(""), "", None
    path = parts.path.rstrip("/")
    usable = parts.scheme in ("http", "https") and re.fullmatch(r"[a-z0-9.:_-]+", name) and "@" not in parts.netloc
    if not usable or parts.query or parts.fragment or (path and not PREFIX.fullmatch(path)):
        raise HubRefused(
            f"{url} is not an address under which browsers could reach this Hub.",
            "Write it like https://jupyter.example.org/user/ada/proxy/{port}.",
        )
    spelt = f"[{name}]" if ":" in name else name
    standard = {"http": 80, "https": 443}[parts.scheme]
    return PublicAddress(f"{parts.scheme}://{spelt}" + (f":{port}" if port and port != standard else ""), name, path)


def origin_of(url: str) -> str:
    """The origin of a page, ``http://127.0.0.1:8888``, whatever its path.

    Raises:
        HubRefused: it is no address of a web page.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        name = (parts.hostname or "").lower()
    except ValueError:
        parts, port, name = urlsplit(""), "", ""
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9.:_-]+", name):
        raise HubRefused(f"{url} is not the address of a page.", "Write it like http://127.0.0.1:8888.")
    return f"{parts.scheme}://{f'[{name}]' if ':' in name else name}{port}"


def host_name(host: str) -> str:
    """The name in a ``Host`` header, in small letters, without its port and an IPv6 address's brackets."""
    return re.sub(r":\d+\Z", "", host.strip()).strip("[]").lower()


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
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
