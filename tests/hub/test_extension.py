"""Extensions: applications mounted into a Hub."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse, Response

from autograde.errors import HubRefused
from autograde.hub import LocalHub, Visitor
from autograde.hub.core import Hub
from autograde.hub.extension import Extension
from autograde.hub.people import accounts, extension_data, organizations
from autograde.hub.public import ADMINISTRATOR, Call, Route, page, render
from autograde.hub.repos.owners import remove_user
from tests.plain_browser import Browser


def _routes() -> Sequence[Route]:
    def board(call: Call) -> Response:
        return render(call, "board.html", extension="board")

    def count(call: Call) -> Response:
        return PlainTextResponse(call.parameters["thing"])

    return [
        Route("/board", page(board), permission=ADMINISTRATOR),
        Route("/board/count/{thing:seg}", page(count), permission=ADMINISTRATOR),
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


def test_administrator_sees_the_extension_in_the_navigation_and_opens_its_pages(
    hub: LocalHub, open_browser: type[Browser]
) -> None:
    tina = open_browser(hub, Accept_Language="zh").log_in("tina")
    assert '<a href="/board">Notice board</a>' in tina.get("/models").text
    assert "退出登录: tina" in tina.get("/board").text
    assert tina.get("/board/count/a%2Fb").text == "a/b"
    assert tina.get("/board/unknown").status == 404


def test_other_users_see_neither_navigation_entry_nor_pages(hub: LocalHub, open_browser: type[Browser]) -> None:
    ada = open_browser(hub).log_in("ada")
    assert "/board" not in ada.get("/models").text
    assert ada.get("/board").status == open_browser(hub).get("/board").status == 404


def test_name_of_an_extension_is_rejected_for_new_accounts(hub: LocalHub) -> None:
    with pytest.raises(HubRefused, match="belongs to a page"):
        accounts.sign_up(hub.hub, "Board", "b@example.org", "correct horse")
    founder = accounts.find_user(hub.hub, "ada")
    assert founder
    with pytest.raises(HubRefused, match="belongs to a page"):
        organizations.create_organization(hub.hub, founder, "board")


def test_healthz_includes_the_values_that_an_extension_announces(hub: LocalHub, open_browser: type[Browser]) -> None:
    health = json.loads(open_browser(hub).get("/healthz").text)
    assert health["extensions"] == {"board": {"open": True}}


def test_hub_without_the_extension_has_none_of_its_pages(open_browser: type[Browser]) -> None:
    with LocalHub() as plain:
        plain.create_user("tina", password="correct horse", administrator=True)
        tina = open_browser(plain).log_in("tina")
        assert tina.get("/classroom").status == tina.get("/board").status == 404
        assert json.loads(tina.get("/healthz").text)["extensions"] == {}
        accounts.sign_up(plain.hub, "board", "b@example.org", "correct horse")


def test_example_in_the_documentation_works(capsys: pytest.CaptureFixture[str]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "extend-the-hub.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    program = program.replace("    input(", "    check(hub, ")
    seen: list[str] = []

    def check(running: LocalHub, _prompt: str) -> None:
        tina = Visitor(running.endpoint)
        tina.log_in("tina", "correct horse")
        seen.append(tina.get("/board"))

    exec(compile(program, "extend-the-hub.md", "exec"), {"check": check})
    assert seen == ["0"]


def test_stored_values_belong_to_one_extension_and_go_with_the_user(store: Hub) -> None:
    ada, bob = accounts.create_user(store, "ada"), accounts.create_user(store, "bob")
    for user, value in ((ada, {"n": 1}), (bob, {"n": 2}), (ada, {"n": 3})):
        extension_data.store(store, "board", user.id, "note", value)
    extension_data.store(store, "other", ada.id, "note", {})
    found = extension_data.stored_values(store, "board")
    assert sorted((each.user_id == ada.id, each.value["n"]) for each in found) == [(False, 2), (True, 3)]
    remove_user(store, ada)
    assert [each.user_id for each in extension_data.stored_values(store, "board")] == [bob.id]
    assert extension_data.stored_values(store, "other") == []
