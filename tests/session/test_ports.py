"""Choosing a port: the preferred one, or the next one that is free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograde.errors import PortInUse
from autograde.session import ports
from autograde.session.ports import Ports, first_free, is_free


@pytest.mark.parametrize("damage", ["", "[]", '{"hub": 5}', '{"hub": ["x"]}'])
def test_damaged_ports_file_counts_as_empty(tmp_path: Path, damage: str) -> None:
    (tmp_path / "ports.json").write_text(damage)
    assert Ports.read(tmp_path) == Ports()


def test_written_ports_are_read_back(tmp_path: Path) -> None:
    Ports(hub=(1, 2), lab=(3,)).write(tmp_path)
    assert Ports.read(tmp_path) == Ports(hub=(1, 2), lab=(3,))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which a program listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port_is_used(taken: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        free = other.getsockname()[1]
    assert first_free(free) == free


def test_next_free_port_is_used_if_the_first_is_busy(taken: int) -> None:
    assert not is_free(taken)
    found = first_free(taken)
    assert taken < found <= taken + ports.TRIES
    assert is_free(found)


def test_no_free_port_gives_a_clear_error(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "TRIES", 0)
    with pytest.raises(PortInUse, match=str(taken)) as caught:
        first_free(taken)
    assert "AUTOGRADE_HUB_PORT" in caught.value.fix


def test_search_for_a_port_ends_at_65535(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port > 65535)
    with pytest.raises(PortInUse, match="65535"):
        first_free(65500)
