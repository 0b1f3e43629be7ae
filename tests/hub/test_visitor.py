"""``Visitor``: a program that does what a person does in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autograde.errors import HubRefused, HubUnreachable
from autograde.hub import LocalHub, Visitor
from tests.hub.clients import PythonClient


def test_first_steps_of_the_tutorial_work(
    hub: LocalHub, new_name: Callable[[str], str], python_client: PythonClient
) -> None:
    name = new_name("grace")
    visitor = Visitor(hub.endpoint)
    visitor.join(name, f"{name}@example.org", "correct horse")
    token = visitor.create_token("lesson", role="write")
    page = visitor.create_repository("mymodel04", license="mit")
    assert f"git clone {hub.endpoint}/{name}/mymodel04" in page
    view = hub.repository(f"{name}/mymodel04")
    assert [commit.title for commit in view.commits()] == ["initial commit"]
    assert view.files()["README.md"] == b"---\nlicense: mit\n---\n"
    assert python_client.run("result = huggingface_hub.whoami(token)['name']", token=token) == name

    again = Visitor(hub.endpoint)
    again.log_in(name, "correct horse")
    assert name in again.get("/")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_errors_carry_the_messages_of_the_hub(hub: LocalHub, new_name: Callable[[str], str], language: str) -> None:
    name = new_name("grace")
    visitor = Visitor(hub.endpoint, language=language)
    visitor.join(name, f"{name}@example.org", "correct horse")
    visitor.create_repository("m")
    stranger = Visitor(hub.endpoint, language=language)
    for act in (
        lambda: stranger.join(name, "x@example.org", "correct horse"),
        lambda: stranger.join("x y", "x@example.org", "correct horse"),
        lambda: stranger.log_in(name, "wrong horse"),
        lambda: visitor.create_repository("a--b"),
        lambda: visitor.create_repository("m"),
        lambda: visitor.get("/nobody/nothing"),
    ):
        with pytest.raises(HubRefused) as refused:
            act()
        assert refused.value.what.endswith("." if language == "en" else "。"), refused.value.what


def test_page_that_requires_a_login_is_reported(hub: LocalHub) -> None:
    with pytest.raises(HubRefused):
        Visitor(hub.endpoint).create_token("x")


def test_unreachable_hub_gives_another_error() -> None:
    with LocalHub() as stopped:
        endpoint = stopped.endpoint
    with pytest.raises(HubUnreachable, match=endpoint):
        Visitor(endpoint).get("/")
