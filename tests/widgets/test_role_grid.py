"""The role grid: actions tried on a real Hub, with results in the learner's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from autograde.errors import HubUnreachable
from autograde.hub import Account, LocalHub
from autograde.widgets import RoleGrid
from autograde.widgets.role_grid import attempt


@pytest.fixture
def tokens(hub: LocalHub, ada: Account, workspace: Path) -> Mapping[Any, Any]:
    return {"none": False, "read": hub.create_token("ada", role="read"), "write": ada.token}


def test_field_is_unknown_until_its_action_was_tried(tokens: Mapping[Any, Any]) -> None:
    grid = RoleGrid({"who-am-i": lambda token: HfApi(token=token).whoami(), "upload": lambda _token: None}, tokens)
    assert grid.grid.value.count(">?<") == 6
    grid.try_act("who-am-i")
    assert grid.grid.value.count(">?<") == 3
    assert grid.least("upload") is None


def test_grid_is_filled_with_the_hubs_answers(hub: LocalHub, ada: Account, tokens: Mapping[Any, Any]) -> None:
    HfApi(token=ada.token).create_repo("ada/secret", private=True)
    acts = {
        "who-am-i": lambda token: HfApi(token=token).whoami(),
        "download-private": lambda token: HfApi(token=token).model_info("ada/secret"),
        "create-repository": lambda token: HfApi(token=token).create_repo("ada/made", exist_ok=False),
    }
    grid = RoleGrid(acts, tokens)
    grid.try_all()
    assert {act: grid.least(act) for act in acts} == {
        "who-am-i": "read",
        "download-private": "read",
        "create-repository": "write",
    }
    assert grid.outcomes["create-repository", "read"].status == 403
    assert grid.outcomes["create-repository", "none"].status == 401
    # For strangers, a private repository does not exist.
    assert grid.outcomes["download-private", "none"].status in (401, 404)
    assert hub.repository("ada/made").exists


def test_button_tries_its_row_and_shows_the_hubs_reason(tokens: Mapping[Any, Any]) -> None:
    grid = RoleGrid({"create-repository": lambda token: HfApi(token=token).create_repo("ada/by-button")}, tokens)
    grid.buttons["create-repository"].click()
    assert "403" in grid.message.value
    assert "write" in grid.message.value


def test_grid_is_in_the_learners_language(tokens: Mapping[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRADE_LANGUAGE", "zh")
    grid = RoleGrid({"who-am-i": lambda token: HfApi(token=token).whoami()}, tokens)
    below = grid.try_all()
    # Below the cell stands the same table: columns of Chinese text would not be aligned in JupyterLab.
    assert below._repr_html_() == grid.grid.value
    assert repr(below) == repr(grid)
    for shown in (repr(grid), re.sub(r"<[^>]*>", " ", grid.grid.value)):
        assert not re.search(r"\b(yes|no|allowed|refused|token|read|write)\b", shown), shown
        assert "✓ 允许" in shown


def test_columns_of_the_text_are_aligned_in_both_languages(
    tokens: Mapping[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = {"who-am-i": lambda _token: None, "download-private": lambda _token: None}
    for language in ("en", "zh"):
        monkeypatch.setenv("AUTOGRADE_LANGUAGE", language)
        grid = RoleGrid(acts, tokens)
        rows = repr(grid).splitlines()[1:]
        # A Chinese character is as wide as two Latin ones.
        places = {sum(2 if each > "\u2e80" else 1 for each in row[: row.index(" ?")]) for row in rows}
        assert len(places) == 1, repr(grid)


def test_no_token_is_shown_or_saved(ada: Account, tokens: Mapping[Any, Any]) -> None:
    grid = RoleGrid({"who-am-i": lambda token: HfApi(token=token).whoami()}, tokens)
    grid.try_all()
    saved = repr(grid) + "".join(repr(each.get_state()) for each in (grid, grid.grid, grid.message))
    assert not any(token in saved for token in tokens.values() if token)


def test_unreachable_hub_does_not_count_as_a_refusal(workspace: Path) -> None:
    nowhere = HfApi(endpoint="http://127.0.0.1:9", token="hf_x")
    with pytest.raises(HubUnreachable):
        attempt(lambda _token: nowhere.whoami(), False)
