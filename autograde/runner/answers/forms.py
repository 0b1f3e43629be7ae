"""Submit the sign-up form as a browser does, with a random password that is not stored."""

from __future__ import annotations

import secrets
from collections.abc import Mapping as Dictionary

from autograde.errors import HubRefused
from autograde.hub import Visitor
from autograde.judge.observation import Mapping
from autograde.runner.scenario import Scenario


def submit(fields: Dictionary[str, str], scenario: Scenario) -> Mapping:
    """Send ``username`` and ``email`` to ``/join`` of the scenario's Hub.

    Returns:
        A dictionary with ``refused``: the Hub's error message, ``""`` if it accepted the form.
    """
    try:
        Visitor(scenario.endpoint).join(fields["username"], fields["email"], secrets.token_urlsafe(18))
    except HubRefused as refused:
        return Mapping((("refused", refused.what[:500]),))
    return Mapping((("refused", ""),))
