"""A teacher's settings take effect at once and survive a restart; before that, the start options apply."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.people.switches import device_login_is_open, open_device_login, open_sign_up, sign_up_is_open


@pytest.mark.parametrize("at_start", [True, False])
def test_start_option_applies_until_a_teacher_changes_it(tmp_path: Path, at_start: bool) -> None:
    def opened() -> Hub:
        return Hub(HubConfig(data=tmp_path, durable=False, sign_up=at_start))

    hub = opened()
    assert sign_up_is_open(hub) is at_start
    for wanted in (not at_start, at_start, not at_start):
        open_sign_up(hub, wanted)
        assert sign_up_is_open(hub) is wanted
    hub.close()
    hub = opened()
    assert sign_up_is_open(hub) is not at_start
    hub.close()


def test_changing_one_setting_leaves_the_other_unchanged(tmp_path: Path) -> None:
    hub = Hub(HubConfig(data=tmp_path, durable=False))
    assert device_login_is_open(hub)
    for wanted in (False, True, False):
        open_device_login(hub, wanted)
        assert device_login_is_open(hub) is wanted
        assert sign_up_is_open(hub)
    hub.close()
