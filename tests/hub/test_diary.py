"""What did this request do?"""

from __future__ import annotations

import json
import urllib.request

from autograde.hub import LocalHub


def post(hub: LocalHub, path: str, token: str, body: dict) -> str:
    """Send a request; returns the id that its answer carries."""
    request = urllib.request.Request(
        hub.endpoint + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["X-Request-Id"])


def test_an_answers_id_leads_to_what_the_request_did() -> None:
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        made = post(hub, "/api/repos/create", ada.token, {"name": "m"})
        tagged = post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": "v1"})
        assert [(e.kind, e.user, e.repository) for e in hub.events(request_id=made)] == [
            ("repository.created", "ada", "ada/m")
        ]
        (event,) = hub.events(request_id=tagged)
        assert event.detail == {"tag": "v1", "commit": hub.repository("ada/m").head("v1")}


def test_the_diary_can_be_narrowed() -> None:
    with LocalHub() as hub:
        ada, bob = hub.create_user("ada"), hub.create_user("bob")
        for person in (ada, bob):
            post(hub, "/api/repos/create", person.token, {"name": "m"})
            post(hub, f"/api/models/{person.name}/m/branch/dev", person.token, {})
        kinds = [event.kind for event in hub.events(user="bob")]
        assert kinds == ["repository.created", "branch.created"]
        assert {event.repository for event in hub.events(kind="branch.created")} == {"ada/m", "bob/m"}
        assert [event.kind for event in hub.events(kind="branch.", repository="ada/m")] == ["branch.created"]
        assert hub.events(kind="branch") == []
