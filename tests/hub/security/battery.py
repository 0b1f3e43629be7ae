"""What a hostile class could try, over real sockets against a running Hub: a row each, in a table.

    python -m tests.hub.security.run            starts a Hub of its own in a temporary folder
    python -m tests.hub.security.run URL        against one that runs; its sign-up must be open

The tests run the same rows (``test_rows.py``). A row is a function in a module of ``attacks/``, marked with
:func:`row`: it is given a :class:`Target`, and raises ``AssertionError`` where the Hub gives way. Each has its own
people on the Hub and a limit of requests and seconds, so that the whole is bounded.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import secrets
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

#: What one row may send, and for how many seconds.
MOST_REQUESTS = 600
MOST_SECONDS = 120.0

_numbers = itertools.count(1)
_run = secrets.token_hex(3)


@dataclass(frozen=True)
class Answer:
    """What the Hub answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass
class Target:
    """A Hub under attack. ``address`` is where requests come from: loopback has many addresses."""

    endpoint: str
    address: str = "127.0.0.1"
    sent: int = 0
    begun: float = field(default_factory=time.monotonic)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        token: str = "",
        address: str = "",
        **headers: str,
    ) -> Answer:
        """One request; ``path`` as it goes over the wire, or a whole URL of this Hub."""
        self.sent += 1
        assert self.sent <= MOST_REQUESTS, f"a row sends at most {MOST_REQUESTS} requests"
        assert time.monotonic() - self.begun < MOST_SECONDS, f"a row takes at most {MOST_SECONDS:.0f} s"
        parts = urllib.parse.urlsplit(self.endpoint)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        source = (address or self.address, 0) if parts.hostname == "127.0.0.1" else None
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=30, source_address=source
        )
        try:
            connection.request(method, path.removeprefix(self.endpoint), body, named)
            found = connection.getresponse()
            return Answer(found.status, found.headers, found.read())
        finally:
            connection.close()

    def api(self, method: str, path: str, data: Any = None, *, token: str = "", **headers: str) -> Answer:
        """A request of the JSON API."""
        body = json.dumps(data).encode() if data is not None else b""
        return self.send(method, path, body, token=token, Content_Type="application/json", **headers)

    def commit(
        self, repository: str, *lines: dict[str, Any], token: str, query: str = "", branch: str = "main"
    ) -> Answer:
        """A commit of the API to a model repository."""
        header = {"key": "header", "value": {"summary": "change"}}
        body = "\n".join(map(json.dumps, [header, *lines])).encode()
        revision = urllib.parse.quote(branch, safe="")
        return self.send("POST", f"/api/models/{repository}/commit/{revision}{query}", body, token=token)

    def person(self, stem: str = "eve", *, address: str = "") -> Person:
        """Somebody new, signed up through the page."""
        name = f"{stem}-{_run}-{next(_numbers)}"
        made = Person(self, name, f"{name}@example.org", secrets.token_urlsafe(12), address or self.address)
        answer = made.form("/join", username=name, email=made.email, password=made.password)
        assert answer.status == 303, "this battery signs up through /join: open the sign-up of the Hub"
        return made


@dataclass
class Person:
    """One person's browser, and what they know."""

    target: Target
    name: str
    email: str
    password: str
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """A request with this browser's cookies."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.target.send(method, path, body, address=self.address, Cookie=cookie, **headers)
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, __, value = given.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def csrf(self, path: str = "/login") -> str:
        """The secret of a page's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.open("GET", path).text)
        assert found, path
        return found[1]

    def form(self, path: str, _headers: dict[str, str] | None = None, **fields: str) -> Answer:
        """Send a form as its page would."""
        body = urllib.parse.urlencode({"csrf": self.csrf(), **fields}).encode()
        kind = {"Content_Type": "application/x-www-form-urlencoded"}
        return self.open("POST", path, body, **kind, **(_headers or {}))

    def token(self, role: str = "write", **fields: str) -> str:
        """A new access token, made on the page."""
        found = re.search(r'data-token="([^"]+)"', self.form("/settings/tokens", name="t", role=role, **fields).text)
        assert found, "the page shows no token"
        return found[1]

    def repository(self, token: str, name: str = "m", **fields: Any) -> str:
        """A new model repository; returns its full name."""
        answer = self.target.api("POST", "/api/repos/create", {"name": name, **fields}, token=token)
        assert answer.status == 200, answer.text
        return f"{self.name}/{name}"

    def again(self) -> Person:
        """The same person in another browser, logged out."""
        return Person(self.target, self.name, self.email, self.password, self.address)


Attack = Callable[[Target], None]


@dataclass(frozen=True)
class Row:
    """One line of the table: which item of the list it is about, what must hold, and what tries it."""

    item: str
    title: str
    attack: Attack


ROWS: list[Row] = []


def row(item: str, title: str) -> Callable[[Attack], Attack]:
    """Mark a function as a row of the table."""

    def mark(attack: Attack) -> Attack:
        ROWS.append(Row(item, title, attack))
        return attack

    return mark


def rows() -> list[Row]:
    """Every row of every module in ``attacks/``."""
    for path in sorted((Path(__file__).parent / "attacks").glob("*.py")):
        import_module(f".attacks.{path.stem}", __package__)
    return sorted(ROWS, key=lambda row: (int(row.item), row.title))


def run(endpoint: str, say: Callable[[str], object]) -> int:
    """Try every row and tell the table line by line; returns how many did not hold."""
    fallen = 0
    for number, line in enumerate(rows()):
        # Each row from an address of its own: what one has used up is not another's.
        target = Target(endpoint, f"127.0.{1 + number // 250}.{1 + number % 250}")
        begun = time.monotonic()
        try:
            line.attack(target)
            result, why = "holds", ""
        except (AssertionError, OSError, http.client.HTTPException, ValueError) as error:
            fallen += 1
            result, why = "FALLS", f"  {type(error).__name__}: {' '.join(str(error).split())[:160]}"
        taken = time.monotonic() - begun
        told = f"{line.item:>4}  {result}  {taken:5.1f} s {target.sent:4} requests  {line.title}{why}"
        say(told)
    say(f"{len(ROWS) - fallen} of {len(ROWS)} rows hold.")
    return fallen
