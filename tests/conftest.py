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
