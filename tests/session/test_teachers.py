"""The teachers of a class's Hub."""

from __future__ import annotations

import re

import pytest

from autograde.errors import HubRefused
from autograde.hub import LocalHub
from autograde.hub.people import accounts
from autograde.session.teachers import introduce


def test_terminal_shows_the_teachers_first_password_once() -> None:
    with LocalHub() as hub:
        hub.create_user("ada")
        hub.create_organization("class")
        (line,) = introduce(hub.hub, ["tina"], terminal=True)
        found = re.search(r"password (\S+)", line)
        assert found
        assert accounts.check_password(hub.hub, "tina", found[1])
        assert list(introduce(hub.hub, ["tina"], terminal=True)) == ["Teacher:       tina"]
        (line,) = introduce(hub.hub, ["ADA"], terminal=True)
        assert line == "Teacher:       ada (this account existed already and is a teacher's from now on)"
        assert list(introduce(hub.hub, ["ada"], terminal=True)) == ["Teacher:       ada"]
        for name in ("tina", "ada"):
            user = accounts.find_user(hub.hub, name)
            assert user
            assert user.administrator
        for name in ("class", "settings", "-x", "no good"):
            with pytest.raises(HubRefused):
                list(introduce(hub.hub, ["new", name], terminal=True))
        assert accounts.find_user(hub.hub, "new") is None
