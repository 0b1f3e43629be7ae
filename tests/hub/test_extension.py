"""An application that is mounted into a Hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, Response

from autograde.errors import HubRefused
from autograde.hub import LocalHub
from autograde.hub.extension import Extension
from autograde.hub.people import accounts, organizations
from autograde.hub.public import ADMINISTRATOR, Address, Call, page, render


def _routes() -> Sequence[Address]:
    def board(call: Call) -> Response:
        return render(call, "board.html", extension="board")

    def count(call: Call) -> Response:
        return PlainTextResponse(call.parameters["thing"])

    return [
        Address("/board", page(board), permission=ADMINISTRATOR),
        Address("/board/count/{thing:seg}", page(count), permission=ADMINISTRATOR),
    ]


BOARD = Extension(
    name="board",
    folder=Path(),
    routes=_routes,
    title="Notice board",
    announces=lambda is_on: {"open": is_on("board.open", True)},
)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    folder = tmp_path_factory.mktemp("board")
    (folder / "templates").mkdir()
    (folder / "templates" / "board.html").write_text(
        '{% extends "base.html" %}{% block main %}{{ _("Log out") }}: {{ me.name }}{% endblock %}'
    )
    object.__setattr__(BOARD, "folder", folder)
    with LocalHub(extensions=(BOARD,)) as running:
        running.create_user("tina", password="correct horse", administrator=True)
        running.create_user("ada", password="correct horse")
        yield running


def test_administrator_finds_its_pages_in_the_navigation(hub: LocalHub, open_browser: Callable) -> None:
    tina = open_browser(hub, Accept_Language="zh").log_in("tina")
    assert '<a href="/board">Notice board</a>' in tina.get("/models").text
    assert "退出登录: tina" in tina.get("/board").text
    assert tina.get("/board/count/a%2Fb").text == "a/b"
    assert tina.get("/board/unknown").status == 404


def test_others_see_neither_entry_nor_pages(hub: LocalHub, open_browser: Callable) -> None:
    ada = open_browser(hub).log_in("ada")
    assert "/board" not in ada.get("/models").text
    assert ada.get("/board").status == open_browser(hub).get("/board").status == 404


def test_its_name_is_refused_for_new_accounts(hub: LocalHub) -> None:
    with pytest.raises(HubRefused, match="belongs to a page"):
        accounts.sign_up(hub.hub, "Board", "b@example.org", "correct horse")
    founder = accounts.find_user(hub.hub, "ada")
    assert founder
    with pytest.raises(HubRefused, match="belongs to a page"):
        organizations.create_organization(hub.hub, founder, "board")


def test_healthz_tells_what_it_announces(hub: LocalHub, open_browser: Callable) -> None:
    told = json.loads(open_browser(hub).get("/healthz").text)
    assert told["extensions"] == {"board": {"open": True}}


def test_hub_without_it_has_none_of_its_addresses(open_browser: Callable) -> None:
    with LocalHub() as plain:
        plain.create_user("tina", password="correct horse", administrator=True)
        tina = open_browser(plain).log_in("tina")
        assert tina.get("/classroom").status == tina.get("/board").status == 404
        assert json.loads(tina.get("/healthz").text)["extensions"] == {}
        accounts.sign_up(plain.hub, "board", "b@example.org", "correct horse")
