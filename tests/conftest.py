"""What every test has: messages in English, whatever the language of the machine or of the test before."""

from __future__ import annotations

import pytest

from autograde import settings

# For fixtures that live longer than one test.
settings.choose_language("en")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that wants another language says so."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several processes test side by side: a module stays in one of them, and with it what its tests share.

    The tests of grading share one graded class, so that they stay together as a room.
    """
    for item in items:
        module = item.path.relative_to(item.config.rootpath)
        group = module.parent if module.parent.name == "grading" else module
        item.add_marker(pytest.mark.xdist_group(str(group)))
