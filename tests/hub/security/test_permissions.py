"""Every route of the Hub with every kind of credential, over a real socket, against the table in ``SECURITY.md``."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from autograde.classroom import CLASSROOM
from autograde.hub import Account, LocalHub
from autograde.hub.app import all_routes
from autograde.hub.config import Limits
from autograde.hub.people import access_tokens, accounts, sessions
from autograde.hub.permissions import PERMISSIONS, Credential
from autograde.hub.web.admission import cookie_name

TABLES = (Path(__file__).parents[3] / "SECURITY.md").read_text(encoding="utf-8")


def table(title: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without the header row."""
    section = TABLES.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


#: ``{permission: accepted credentials}`` and ``{(method, path): permission}``, as documented.
ACCEPTED = {
    row[0]: {kind for kind, cell in zip(Credential, row[2:], strict=True) if cell != "–"}
    for row in table("What each credential may do")
}
DOCUMENTED = {(row[0], row[1]): row[2] for row in table("All routes")}

#: ``(method, path)`` of every route in the application.
ROUTES = sorted({(method, route.path) for route in all_routes((CLASSROOM,)) for method in route.permissions})


def test_every_address_is_documented() -> None:
    present = {
        (method, route.path): permission.name
        for route in reversed(all_routes((CLASSROOM,)))
        for method, permission in route.permissions.items()
    }
    assert present == DOCUMENTED


def test_permissions_match_the_documentation() -> None:
    assert {permission.name: permission.accepts for permission in PERMISSIONS} == ACCEPTED


def test_limits_match_the_documentation() -> None:
    written = {row[0]: int(row[1].replace(",", "")) for row in table("Limits and their defaults")}
    assert written == {item.name: item.default for item in fields(Limits)}


SCOPES = [
    {
        "entity": {"type": "user", "name": "ada"},
        "permissions": ["repo.write", "collection.write", "collection.read", "user.webhooks.write"],
    }
]


#: A fine-grained token for another repository of the same user.
OTHER_REPOSITORY = {
    "global": [],
    "scoped": [{"entity": {"type": "model", "name": "ada/m"}, "permissions": ["repo.write", "repo.content.read"]}],
}


@dataclass
class World:
    """A Hub with one user's data, and every kind of credential that a request can carry."""

    hub: LocalHub
    account: Account
    tokens: dict[Credential, str]
    session: str
    csrf: str
    visitor: str
    visitor_csrf: str
    slug: str
    places: dict[Credential, str] = field(default_factory=dict)
    others: list[dict[str, str]] = field(default_factory=list)

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, urllib.parse.quote(path, safe="/?&=%-._~"), body, named)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.headers

    def json(self, method: str, path: str, data: Any = None, token: str = "") -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=20)
        kind = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(data).encode() if data is not None else b"", kind)
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        assert answer.status == 200, found
        return found

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows that a request could change, except those that the Hub writes for every request."""
        names = [row["name"] for row in self.hub.hub.database.all("SELECT name FROM sqlite_master WHERE type='table'")]
        kept = set(names) - {"events", "activity", "login_failures", "device_codes"}
        found = {name: [tuple(row) for row in self.hub.hub.database.all(f"SELECT * FROM {name}")] for name in kept}
        found["tokens"] = [row[:8] for row in found["tokens"]]
        return found


PATH = {
    "tag": "latest",
    "owner": "ada", "name": "m", "revision": "main",
    "path": "README.md", "branch": "b1", "number": "1", "event": "x", "item": "x", "webhook": "x", "state": "disable",
    "topic": "x", "person": "bob", "format": "csv", "file": "style.css", "rest": "x", "status": "pending",
    "prefix": "default", "hash": "0" * 64, "ticket": "made.up", "instance": "none", "slug": "x",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with LocalHub(extensions=(CLASSROOM,)) as hub:
        ada = hub.create_user("ada", password="correct horse", administrator=True)
        bob = hub.create_user("bob")
        for type in ("model", "dataset"):
            hub.create_repository("ada/m", type=type, files={"README.md": b"# card\n", "w.bin": b"weights" * 9})
        user = accounts.find_user(hub.hub, "ada")
        assert user
        tokens = {
            Credential.WRITE: ada.token,
            Credential.READ: hub.create_token("ada", role="read"),
            Credential.FINE: access_tokens.create_token(
                hub.hub, user, role="fineGrained", scopes={"global": [], "scoped": SCOPES}
            ),
        }
        name = cookie_name(hub.hub)
        session = sessions.open_session(hub.hub, user)
        world = World(hub, ada, tokens, f"{name}={session}", hub.hub.signer.signature("csrf", session), "", "", "")
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
        connection.request("GET", "/login")
        answer = connection.getresponse()
        world.visitor = answer.headers["Set-Cookie"].split(";")[0]
        found = re.search(rb'name="csrf" value="([^"]+)"', answer.read())
        connection.close()
        assert found
        world.visitor_csrf = found[1].decode()
        world.json("POST", "/api/models/ada/m/discussions", {"title": "t", "pullRequest": False}, ada.token)
        world.json("POST", "/api/buckets/ada/m", {}, ada.token)
        world.slug = world.json("POST", "/api/collections", {"title": "c"}, ada.token)["slug"]
        for kind, action in ((Credential.XET_READ, "read"), (Credential.XET_WRITE, "write")):
            given = world.json("GET", f"/api/models/ada/m/xet-{action}-token/main", token=ada.token)
            tokens[kind], world.places[kind] = given["accessToken"], given["casUrl"].rpartition("/")[2]
        for type in ("model", "dataset"):
            hub.create_repository("ada/secret", type=type, private=True, files={"README.md": b"# secret\n"})
        world.json("POST", "/api/buckets/ada/secret", {"private": True}, ada.token)
        other_token = access_tokens.create_token(hub.hub, user, role="fineGrained", scopes=OTHER_REPOSITORY)
        stranger = sessions.open_session(hub.hub, accounts.find_user(hub.hub, "bob") or user)
        world.others = [
            {},
            {"Authorization": f"Bearer {bob.token}"},
            {"Authorization": f"Bearer {other_token}"},
            {"Cookie": f"{name}={stranger}"},
        ]
        yield world


def headers_with(world: World, kind: Credential, permission: str) -> dict[str, str]:
    """Return the headers that carry a credential. Access tokens are sent with a visitor's cookie, so that a page that
    confuses the two is found."""
    if kind is Credential.NONE:
        return {}
    if kind is Credential.SESSION:
        return {"Cookie": world.session}
    if kind in (Credential.LFS, Credential.PIECE):
        return {}
    return {"Authorization": f"Bearer {world.tokens[kind]}", "Cookie": world.visitor}


def place(world: World, path: str, kind: Credential, **given: str) -> str:
    values = PATH | given | {"slug": world.slug, "instance": world.places.get(kind, world.places[Credential.XET_WRITE])}
    kinds = {"types": "models", "kinds": "datasets", "buckets": "buckets"}
    found = re.sub(r"\{(\w+):(\w+)\}", lambda match: kinds.get(match[2]) or values[match[1]], path)
    return found + ("?service=git-upload-pack" if found.endswith("/info/refs") else "")


def ask(world: World, method: str, path: str, kind: Credential) -> tuple[int, http.client.HTTPMessage]:
    permission = DOCUMENTED[method, path]
    headers, body = headers_with(world, kind, permission), b""
    if permission in ("form", "log-in form", "administrator") and method == "POST":
        csrf = world.csrf if kind is Credential.SESSION else world.visitor_csrf
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        headers.setdefault("Cookie", world.visitor)
        body = urllib.parse.urlencode({"csrf": csrf, "name": "made", "role": "write"}).encode()
    elif path.endswith("/lfs/objects/batch"):
        body = b'{"operation": "download", "objects": []}'
    elif path.endswith(("git-upload-pack", "git-receive-pack")):
        headers["Content-Type"], body = "application/x-none", b"0000"
    given = {"name": "deleted"} if method == "DELETE" else {}
    return world.send(method, place(world, path, kind, **given), body, **headers)


def is_refused(permission: str, status: int, headers: http.client.HTTPMessage) -> bool:
    to_login = status == 303 and headers["Location"].startswith("/login")
    return (
        status in (401, 403) or (permission == "form" and to_login) or (permission == "administrator" and status == 404)
    )


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_credential_that_an_address_does_not_accept_is_refused(world: World, method: str, path: str) -> None:
    permission = DOCUMENTED[method, path]
    before = world.state()
    for kind in set(Credential) - ACCEPTED[permission] - {Credential.LFS, Credential.PIECE}:
        status, headers = ask(world, method, path, kind)
        if Credential.NONE in ACCEPTED[permission]:
            # A public route ignores the credential and answers as to an anonymous visitor.
            assert is_refused(permission, status, headers) or status == ask(world, method, path, Credential.NONE)[0]
        else:
            assert is_refused(permission, status, headers), (kind, status)
    assert world.state() == before


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_credential_that_an_address_accepts_is_not_refused(world: World, method: str, path: str) -> None:
    permission = DOCUMENTED[method, path]
    for kind in Credential:
        if kind in ACCEPTED[permission] and kind not in (Credential.LFS, Credential.PIECE) and path != "/logout":
            status, headers = ask(world, method, path, kind)
            assert not is_refused(permission, status, headers), (kind, status)


OF_REPOSITORIES = [(method, path) for method, path in ROUTES if "{owner:seg}" in path and "{name:" in path]


@pytest.mark.parametrize(("method", "path"), OF_REPOSITORIES)
def test_private_repository_answers_like_a_missing_one(world: World, method: str, path: str) -> None:
    """For visitors, for other users' tokens and sessions, and for a fine-grained token of another repository."""
    before = world.state()
    for headers in world.others:
        status = {
            name: world.send(method, place(world, path, Credential.NONE, name=name), b"", **headers)[0]
            for name in ("secret", "missing")
        }
        assert status["secret"] == status["missing"] >= 300, headers
    assert world.state() == before
