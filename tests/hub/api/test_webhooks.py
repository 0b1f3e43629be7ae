"""Owners create, change, disable and delete their webhooks; tests/hub/test_webhooks.py tests delivery."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.api.webhooks import MAX_WEBHOOKS
from autograde.hub.webhooks import LOOPBACK
from tests.hub.clients import JsonClient

ADDRESS = "/api/settings/webhooks"


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    """A Hub that allows webhooks to this machine."""
    with LocalHub(webhooks=LOOPBACK) as running:
        yield running


def hook(ada: Account, **changes: object) -> dict[str, object]:
    return {"url": "http://127.0.0.1:9/hook", "watched": [{"type": "user", "name": ada.name}], **changes}


def test_webhook_is_created_changed_disabled_and_deleted(api: JsonClient, ada: Account) -> None:
    made = api("POST", ADDRESS, hook(ada, secret="s3", domains=["repo"])).json["webhook"]
    assert (made["url"], made["domains"], made["disabled"]) == ("http://127.0.0.1:9/hook", ["repo"], False)
    assert made["watched"] == [{"type": "user", "name": ada.name}]
    assert made["secret"] == "s3", "shown only in the answer to the request that set it"
    one = f"{ADDRESS}/{made['id']}"
    assert api("GET", one).json["webhook"] == made | {"secret": None}
    assert api("GET", ADDRESS).json == [made | {"secret": None}]
    changed = api("POST", one, {"url": "http://127.0.0.1:8/other"}).json["webhook"]
    assert changed == made | {"url": "http://127.0.0.1:8/other", "secret": None}
    assert api("POST", f"{one}/disable").json["webhook"]["disabled"] is True
    assert api("GET", one).json["webhook"]["disabled"] is True
    assert api("POST", f"{one}/enable").json["webhook"]["disabled"] is False
    assert api("DELETE", one).status == 200
    assert api("GET", one).status == 404
    assert api("GET", ADDRESS).json == []


def test_secret_is_stored_encrypted_and_kept_when_other_fields_change(
    api: JsonClient, hub: LocalHub, ada: Account
) -> None:
    made = api("POST", ADDRESS, hook(ada, secret="a secret text")).json["webhook"]
    api("POST", f"{ADDRESS}/{made['id']}", {"domains": ["discussion"]})
    row = hub.hub.database.one("SELECT secret, domains FROM webhooks WHERE id = ?", (made["id"],))
    assert row
    assert row["domains"] == '["discussion"]'
    assert "a secret text" not in row["secret"]
    assert hub.hub.signer.unseal("webhook", row["secret"]) == "a secret text"


def test_webhook_of_another_user_is_not_found(api: JsonClient, hub: LocalHub, ada: Account, bob: Account) -> None:
    made = api("POST", ADDRESS, hook(ada)).json["webhook"]
    stranger = JsonClient(hub, bob.token)
    assert stranger("GET", ADDRESS).json == []
    for method, path, body in (("GET", "", None), ("POST", "", {"url": "http://127.0.0.1:7/"}), ("DELETE", "", None),
                               ("POST", "/disable", None)):  # fmt: skip
        assert stranger(method, f"{ADDRESS}/{made['id']}{path}", body).status == 404, (method, path)
    assert api("GET", ADDRESS).json == [made]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"url": "http://192.168.1.1/"}, 403), ({"url": "ftp://127.0.0.1/"}, 400), ({"url": None}, 400),
        ({"url": "http://127.0.0.1/" + "x" * 2000}, 400), ({"domains": ["everything"]}, 400), ({"domains": 3}, 400),
        ({"url": "http://127.0.0.1/a b"}, 400), ({"url": "http://127.0.0.1/x\r\nHost: y"}, 400),
        ({"url": "http://127.0.0.1/\u94a9"}, 400), ({"secret": "s\r\nHost: y"}, 400), ({"secret": "\u5bc6"}, 400),
        ({"secret": 3}, 400), ({"secret": "s" * 201}, 400), ({"watched": None}, 400),
        ({"watched": [{"type": "planet", "name": "x"}]}, 400), ({"secret": "s" * 200, "domains": []}, 200),
    ],
)  # fmt: skip
def test_webhook_with_an_invalid_field_is_rejected(
    api: JsonClient, ada: Account, changes: dict[str, object], status: int
) -> None:
    """One with spaces or line ends in its address or secret was accepted, and nothing was ever delivered."""
    assert api("POST", ADDRESS, hook(ada, **changes)).status == status
    assert len(api("GET", ADDRESS).json) == (status == 200)


def test_read_token_cannot_create_a_webhook(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    reader = JsonClient(hub, hub.create_token(ada.name, role="read"))
    assert reader("POST", ADDRESS, hook(ada)).status == 403
    assert api("GET", ADDRESS).json == []


def test_number_of_webhooks_is_limited(api: JsonClient, ada: Account) -> None:
    assert [api("POST", ADDRESS, hook(ada)).status for __ in range(MAX_WEBHOOKS + 1)] == [200] * MAX_WEBHOOKS + [400]
    first = api("GET", ADDRESS).json[0]["id"]
    api("DELETE", f"{ADDRESS}/{first}")
    assert api("POST", ADDRESS, hook(ada)).status == 200
