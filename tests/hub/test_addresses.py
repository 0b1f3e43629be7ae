"""The address on a slip is one that a learner's machine can reach."""

from __future__ import annotations

import ipaddress

import pytest

from autograde.hub.addresses import for_others, lan_address


def test_the_address_that_is_told_to_a_class_is_one_of_this_machine() -> None:
    assert ipaddress.ip_address(lan_address()).version == 4


@pytest.mark.parametrize("seen", ["http://127.0.0.1:8960", "http://localhost:8960", "http://[::1]:8960"])
def test_a_teacher_at_the_hubs_own_machine_tells_the_address_for_others(seen: str) -> None:
    assert for_others(seen, host="0.0.0.0", names=()) == f"http://{lan_address()}:8960"
    assert for_others(seen, host="::", names=()) == f"http://{lan_address()}:8960"
    assert for_others(seen, host="0.0.0.0", names=("hub.lan", "x")) == "http://hub.lan:8960"
    assert for_others(seen, host="127.0.0.1", names=()) == seen, "nobody else reaches it at all"


@pytest.mark.parametrize("seen", ["http://192.0.2.7:8960", "https://hub.example.org", "http://hub.lan"])
def test_an_address_that_others_use_stays(seen: str) -> None:
    assert for_others(seen, host="0.0.0.0", names=("hub.lan",)) == seen
