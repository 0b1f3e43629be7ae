"""Public addresses: under which URL other machines reach this Hub (never ``127.0.0.1``)."""

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
    """The address under which a proxy serves a Hub: ``https://jupyter.example.org`` and ``/user/ada/proxy/8960``.

    Attributes:
        origin: scheme, name and port, as in a browser's ``Origin`` header.
        name: the host name, in lower case.
        path: the prefix of every path of the Hub, without a trailing slash; empty if there is none.

    ``origin`` and ``name`` are empty if only the path is known, because the JupyterHub does not tell its own address.
    """

    origin: str
    name: str
    path: str

    def is_meant_by(self, host: str) -> bool:
        """Return whether a ``Host`` header names the proxy.

        The port may differ, because proxies may be chained. But under the name of this machine, or an IP address,
        another port is the Hub's own.
        """
        host = host.strip().lower()
        if not self.name:
            return False
        if host == self.origin.partition("://")[2]:
            return True
        return host_name(host) == self.name and not (_is_address(self.name) or _is_loopback(self.name))


def public_address(url: str) -> PublicAddress | None:
    """Parse a Hub's public URL; return None for an empty text.

    A path alone means: under this path, on a server whose name is not known.

    Raises:
        HubRefused: it is not the URL of a web page.
    """
    if not url:
        return None
    if PREFIX.fullmatch(url.rstrip("/")):
        return PublicAddress("", "", url.rstrip("/"))
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
    """Return the origin of a page's URL, for example ``http://127.0.0.1:8888``.

    Raises:
        HubRefused: it is not the URL of a web page.
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
    """Return the name in a ``Host`` header, in lower case, without its port and an IPv6 address's brackets."""
    return re.sub(r":\d+\Z", "", host.strip()).strip("[]").lower()


def lan_address() -> str:
    """Return this machine's address on its network, or ``127.0.0.1`` if it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A documentation address (RFC 5737): connecting a datagram socket only selects a network interface.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def for_others(seen: str, *, host: str, names: Sequence[str]) -> str:
    """Return the address of a Hub for people on other machines.

    Args:
        seen: its address in the current user's browser, which may run on the Hub's own machine.
        host: the address that it listens on.
        names: host names that were configured for it.
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
