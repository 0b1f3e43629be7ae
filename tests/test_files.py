"""Files of the system: how many may be open."""

from __future__ import annotations

import resource

import pytest

from autograde.files import raise_file_limit


def test_limit_of_open_files_is_raised_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS reports no hard limit, but refuses more than ``kern.maxfilesperproc``."""
    raised = list[int]()

    def set_limit(which: int, limits: tuple[int, int]) -> None:
        if limits[0] > 61_440:
            raise ValueError("current limit exceeds maximum limit")
        raised.append(limits[0])

    monkeypatch.setattr(resource, "getrlimit", lambda which: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    raise_file_limit()
    assert raised == [10_240]
