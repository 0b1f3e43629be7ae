"""What every test has: messages in English, and the same random examples each time."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis_settings

from autograde import settings

# A run says the same each time, here and in CI. HYPOTHESIS_PROFILE=explore looks for new counterexamples.
hypothesis_settings.register_profile("same", derandomize=True)
hypothesis_settings.register_profile("explore", derandomize=False)
hypothesis_settings.load_profile(settings.environment().get("HYPOTHESIS_PROFILE", "same"))

# For fixtures that live longer than one test.
settings.choose_language("en")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that wants another language says so."""
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "en")
