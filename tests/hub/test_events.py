"""Events record what each request did."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from autograde.hub import LocalHub, rates
from autograde.hub.core import Hub
from autograde.hub.events import Sender, about_person, events_between, record, totals
from autograde.hub.people import access_tokens, accounts
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.access import Caller
from autograde.hub.repos.repositories import create_repository
from autograde.hub.web.admission import require_change_limit


def post(hub: LocalHub, path: str, token: str, body: dict[str, Any]) -> str:
    """Send a request and return the request id of the answer."""
    request = urllib.request.Request(
        hub.endpoint + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(answer.headers["X-Request-Id"])


def test_events_are_found_by_the_request_id_of_an_answer() -> None:
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        made = post(hub, "/api/repos/create", ada.token, {"name": "m"})
        tagged = post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": "v1"})
        assert [(e.kind, e.user, e.repository) for e in hub.events(request_id=made)] == [
            ("repository.created", "ada", "ada/m")
        ]
        (event,) = hub.events(request_id=tagged)
        assert event.detail == {"tag": "v1", "commit": hub.repository("ada/m").head("v1")}


def test_refused_change_is_recorded_with_the_role_of_the_token(tmp_path: Path) -> None:
    """An upload that tried the read token first left no trace of that."""
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        hub.create_repository("ada/m")
        reader = hub.create_token("ada", role="read", name="reading")
        with pytest.raises(urllib.error.HTTPError, match="403"):
            post(hub, "/api/models/ada/m/branch/dev", reader, {})
        with pytest.raises(urllib.error.HTTPError, match="401"):
            post(hub, "/api/models/ada/m/branch/dev", "hf_unknown", {})
        post(hub, "/api/models/ada/m/branch/dev", ada.token, {})
        git = ["git", "-C", str(tmp_path), "push", hub.endpoint.replace("://", f"://ada:{reader}@") + "/ada/m", ":x"]
        subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True, env=hub.environment())
        assert "403" in subprocess.run(git, capture_output=True, text=True, check=False, env=hub.environment()).stderr
        found = [(e.user, e.repository, e.token, e.token_role, e.detail) for e in hub.events(kind="token.refused")]
    assert found == [
        ("ada", None, "reading", "read", {"method": "POST", "path": "/api/models/ada/m/branch/dev"}),
        ("ada", None, "reading", "read", {"method": "GET", "path": "/ada/m/info/refs"}),
    ]


def test_token_is_accepted_or_refused_although_its_use_cannot_be_stored() -> None:
    """On a full disk, both were 507."""
    with LocalHub() as hub:
        hub.create_user("ada")
        hub.create_repository("ada/m")
        reader = hub.create_token("ada", role="read", name="reading")
        hub.hub.database.execute("PRAGMA query_only = 1")
        wanted = urllib.request.Request(
            hub.endpoint + "/api/models/ada/m", headers={"Authorization": f"Bearer {reader}"}
        )
        with urllib.request.urlopen(wanted) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="403"):
            post(hub, "/api/models/ada/m/branch/dev", reader, {})
        hub.hub.database.execute("PRAGMA query_only = 0")
        assert hub.events(kind="token.refused") == []


def test_events_can_be_filtered() -> None:
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


def test_ls_remote_is_not_a_fetch_and_push_is_recorded_before_git_returns(tmp_path: Path) -> None:
    """Lessons and graders read events right after a push."""
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        post(hub, "/api/repos/create", ada.token, {"name": "m"})
        address = hub.endpoint.replace("://", f"://ada:{ada.token}@") + "/ada/m"

        def git(*arguments: str) -> list[str]:
            command = ["git", "-C", str(tmp_path), "-c", "credential.helper=", *arguments]
            subprocess.run(command, env=hub.environment(), check=True, capture_output=True)
            return [event.kind for event in hub.events(kind="git.")]

        assert git("ls-remote", address) == []
        assert git("clone", address, "m") == ["git.fetched"]
        for number in range(1, 6):
            git("-C", "m", "commit", "--allow-empty", "-m", "again")
            assert git("-C", "m", "push") == ["git.fetched"] + ["git.pushed"] * number


def ask(hub: LocalHub, path: str, token: str = "", body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Send a request and return the answer, or an empty dict if it is not a JSON object."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    address = path if path.startswith("http") else hub.endpoint + path
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(address, data, headers)) as answer:
        content = answer.read()
    return dict(json.loads(content)) if content.startswith(b"{") else {}


def test_event_records_the_token_even_for_signed_urls(tmp_path: Path) -> None:
    """The user alone does not tell whether a read token or a write token was used."""
    large = b"weights " * 1000
    oid = hashlib.sha256(large).hexdigest()
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        reads = hub.create_token("ada", role="read", name="for the lesson")
        hub.create_repository("ada/m", files={"w.bin": large, "note.txt": b"note"})
        secrets = {"read": reads, "write": ada.token, "none": ""}
        batch = {"operation": "download", "objects": [{"oid": oid, "size": len(large)}]}
        for secret in secrets.values():
            ask(hub, "/ada/m/resolve/main/note.txt", secret)
            (item,) = ask(hub, "/ada/m.git/info/lfs/objects/batch", secret, batch)["objects"]
            ask(hub, item["actions"]["download"]["href"])
            xet = ask(hub, "/api/models/ada/m/xet-read-token/main", secret)
            ask(hub, f"{xet['casUrl']}/v1/reconstructions/{oid}", xet["accessToken"])
        post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": "v1"})

        names = {"read": "for the lesson", "write": "ada-write", "none": None}
        kinds = ["file.downloaded", "lfs.downloaded", "xet.downloaded"]
        roles = {role: None if role == "none" else role for role in secrets}
        assert [(event.kind, event.token, event.token_role) for event in hub.events()] == [
            *((kind, names[role], roles[role]) for role in secrets for kind in kinds),
            ("tag.created", "ada-write", "write"),
        ]

        # A signed address expires with its token, and a rejected request is not an event.
        (item,) = ask(hub, "/ada/m.git/info/lfs/objects/batch", reads, batch)["objects"]
        user = accounts.find_user(hub.hub, "ada")
        assert user
        for token in access_tokens.tokens_of(hub.hub, user):
            access_tokens.revoke_token(hub.hub, user, token.id)
        before = len(hub.events())
        with pytest.raises(urllib.error.HTTPError, match="403") as refused:
            ask(hub, item["actions"]["download"]["href"])
        refused.value.close()
        assert len(hub.events()) == before
        rows = json.dumps([dict(row) for row in hub.hub.database.all("SELECT * FROM events")])
        assert not any(secret in rows for secret in (reads, ada.token))


def test_events_about_a_user_include_anonymous_ones_newest_first(store: Hub) -> None:
    ada = accounts.create_user(store, "ada")
    mine = create_repository(store, ada, "m")
    for number in range(7):
        sender, place = (Sender.of(ada), None) if number % 2 else (None, mine.id)
        record(store, "x.y", sender, repository_id=place, detail={"n": number})
        record(store, "x.y", Sender(user_id="somebody else"), repository_id=mine.id, detail={"n": -1})
    seen: list[int] = []
    before = None
    while True:
        found, before = about_person(store, ada.id, before=before, limit=3)
        seen += [entry.detail["n"] for entry in found]
        if before is None:
            break
    assert seen == [6, 5, 4, 3, 2, 1, 0]


def test_repeated_downloads_share_a_row_and_are_all_counted(store: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_ROWS", 3)
    now = 10**12
    store.now = lambda: now  # type: ignore[method-assign]
    ada, eve = accounts.create_user(store, "ada"), accounts.create_user(store, "eve")
    place = create_repository(store, ada, "m").id

    def rows(user: User = eve) -> list[tuple[str, int, int]]:
        found = [event for event in events_between(store.database) if event.user == user.name]
        return [(event.kind, event.detail.get("files", 0), event.detail.get("times", 1)) for event in found]

    def download(times: int, sender: Sender) -> None:
        for number in range(times):
            detail = {"path": f"{number}.txt", "files": 1, "size": 5}
            record(store, "file.downloaded", sender, repository_id=place, detail=detail)

    one = ("file.downloaded", 1, 1)
    download(10, Sender.of(eve))
    assert rows() == [one] * 3 + [("file.downloaded", 7, 7)]
    download(2, Sender.of(ada))
    assert rows(ada) == [one] * 2
    # A different token, a different kind and downloads after a change start new rows.
    download(3, Sender(user_id=eve.id, user_name="eve", token_name="t", token_role="read"))
    record(store, "model.loaded", Sender.of(eve), repository_id=place)
    record(store, "git.pushed", Sender.of(ada), repository_id=place)
    download(2, Sender.of(eve))
    assert rows()[4:] == [("file.downloaded", 3, 3), ("model.loaded", 0, 1), ("file.downloaded", 2, 2)]
    # Changes are never merged.
    for __ in range(9):
        record(store, "repository.changed", Sender.of(eve), repository_id=place)
    assert rows()[7:] == [("repository.changed", 0, 1)] * 9
    (total,) = [each for each in totals(store, eve.id) if (each.kind, each.user_id) == ("file.downloaded", eve.id)]
    assert (total.times, total.size) == (15, 75)
    now += rates.WINDOW
    download(2, Sender.of(eve))
    assert rows()[16:] == [one] * 2


def test_changes_per_user_and_hour_are_limited() -> None:
    with LocalHub() as hub:
        hub.hub.config = replace(hub.hub.config, limits=replace(hub.hub.config.limits, changes=10))
        ada, bob = hub.create_user("ada"), hub.create_user("bob")
        post(hub, "/api/repos/create", ada.token, {"name": "m"})
        before = len(hub.events(user="ada"))
        for number in range(10 - before):
            post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": f"v{number}"})
        with pytest.raises(urllib.error.HTTPError) as refused:
            post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": "more"})
        assert refused.value.code == 429
        assert 3500 < int(refused.value.headers["Retry-After"]) <= 3601
        refused.value.close()
        assert len(hub.events(user="ada")) == 10
        caller = Caller(accounts.find_user(hub.hub, "ada"))
        for path in ("/settings/tokens", "/logout"):
            require_change_limit(hub.hub, caller, Request({"type": "http", "method": "POST", "path": path}))
        # A user called "logout-2" must not bypass the limit.
        with pytest.raises(Refusal):
            require_change_limit(hub.hub, caller, Request({"type": "http", "method": "POST", "path": "/logout-2/m"}))
        post(hub, "/api/repos/create", bob.token, {"name": "m"})
        urllib.request.urlopen(hub.endpoint + "/api/models/ada/m").close()
        hub.hub.now = lambda: int(time.time() * 1000) + rates.WINDOW  # type: ignore[method-assign]
        post(hub, "/api/models/ada/m/tag/main", ada.token, {"tag": "more"})


def test_events_of_a_period_are_read_in_batches(store: Hub) -> None:
    store.now = lambda: next(clock)  # type: ignore[method-assign]
    clock = itertools.count(1000)
    for __ in range(25):
        record(store, "x.y")
    assert [entry.at for entry in events_between(store.database, 1003, 1020, batch=4)] == list(range(1003, 1020))
    assert len(list(events_between(store.database, batch=5))) == 25
