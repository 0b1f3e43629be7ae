"""Submit the sign-up form as a browser does, with a random password that is not kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping as Dictionary

from autograde.errors import HubRefused
from autograde.hub import Visitor
from autograde.judge.observation import Mapping
from autograde.replay.scene import Scene


def submit(fields: Dictionary[str, str], scene: Scene) -> Mapping:
    """Send ``username`` and ``email`` to ``/join`` of the scene's Hub.

    Returns:
        A dictionary with ``refused``: the Hub's error message, ``""`` if it accepted the form.
    """
    try:
        Visitor(scene.endpoint).join(fields["username"], fields["email"], secrets.token_urlsafe(18))
    except HubRefused as refused:
        return Mapping((("refused", refused.what[:500]),))
    return Mapping((("refused", ""),))
