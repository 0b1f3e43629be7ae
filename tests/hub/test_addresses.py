"""Addresses shown to learners are reachable from their machines; public URLs are validated."""

from __future__ import annotations

import ipaddress

import pytest

from autograde.errors import HubRefused
from autograde.hub.addresses import for_others, lan_address, public_address


def test_lan_address_is_an_ipv4_address() -> None:
    assert ipaddress.ip_address(lan_address()).version == 4


@pytest.mark.parametrize("seen", ["http://127.0.0.1:8960", "http://localhost:8960", "http://[::1]:8960"])
def test_loopback_address_is_replaced_by_one_that_others_can_reach(seen: str) -> None:
    assert for_others(seen, host="0.0.0.0", names=()) == f"http://{lan_address()}:8960"
    assert for_others(seen, host="::", names=()) == f"http://{lan_address()}:8960"
    assert for_others(seen, host="0.0.0.0", names=("hub.lan", "x")) == "http://hub.lan:8960"
    assert for_others(seen, host="127.0.0.1", names=()) == seen, "the Hub listens on the loopback interface only"


@pytest.mark.parametrize("seen", ["http://192.0.2.7:8960", "https://hub.example.org", "http://hub.lan"])
def test_address_that_others_can_reach_is_kept(seen: str) -> None:
    assert for_others(seen, host="0.0.0.0", names=("hub.lan",)) == seen


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://jupyter.example.org/user/ada/proxy/8960", "https://jupyter.example.org", "/user/ada/proxy/8960"),
        ("https://Jupyter.Example.org:443/", "https://jupyter.example.org", ""),
        ("http://10.0.0.5:8000/user/a%40b/proxy/1/", "http://10.0.0.5:8000", "/user/a%40b/proxy/1"),
        ("http://[::1]:8000", "http://[::1]:8000", ""),
    ],
)
def test_public_url_is_split_into_origin_and_path(url: str, origin: str, path: str) -> None:
    found = public_address(url)
    assert found
    assert (found.origin, found.path) == (origin, path)
    assert found.is_meant_by(origin.partition("://")[2])


@pytest.mark.parametrize(
    "url",
    [
        "jupyter.example.org", "ftp://x.example", "https://", "https://a b/", "https://x/../y", "https://x/?a=1",
        "https://x/#a", "https://u:p@x/", "https://x:99999", "javascript:alert(1)", "https://x//y", 'https://x/"',
    ],
)  # fmt: skip
def test_invalid_public_url_is_rejected(url: str) -> None:
    with pytest.raises(HubRefused, match="not an address under which browsers"):
        public_address(url)


def test_host_name_matches_on_any_port_but_ip_address_on_its_own_port_only() -> None:
    named, bare = public_address("https://hub.example.org"), public_address("http://127.0.0.1:8000/hub")
    assert public_address("") is None
    assert named
    assert bare
    assert [named.is_meant_by(host) for host in ("HUB.example.org:8000", "x.hub.example.org", "127.0.0.1")] == [
        True, False, False,
    ]  # fmt: skip
    assert [bare.is_meant_by(host) for host in ("127.0.0.1:8000", "127.0.0.1:8960", "127.0.0.1")] == [
        True,
        False,
        False,
    ]
