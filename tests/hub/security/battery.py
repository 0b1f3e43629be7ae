"""Attacks on a running Hub over real sockets, as a hostile class could try them; one row of a table for each.

    python -m tests.hub.security.run            starts a separate Hub in a temporary folder
    python -m tests.hub.security.run URL        attacks a running Hub; its sign-up must be open

The tests run the same rows (``test_rows.py``). A row is a function in a module of ``attacks/``, marked with
:func:`row`. It gets a :class:`Target` and raises ``AssertionError`` when the attack succeeds. Each row
creates its own users and has a limit of requests and seconds, so that the whole run is bounded.
"""

from __future__ import annotations

import http.client
import itertools
import json
import re
import secrets
import socket
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from autograde.hub import client_environment
from autograde.hub.config import HubConfig
from autograde.hub.server import RunningHub

#: Limits of one row: requests and seconds.
MOST_REQUESTS = 600
MOST_SECONDS = 120.0

_numbers = itertools.count(1)
_run = secrets.token_hex(3)


@dataclass(frozen=True)
class Answer:
    """An answer of the Hub."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        """Return the body parsed as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass
class Target:
    """The Hub under attack. ``address`` is the client's IP address; loopback has many."""

    endpoint: str
    address: str = "127.0.0.1"
    sent: int = 0
    started: float = field(default_factory=time.monotonic)

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
        """Send one request; ``path`` is a path exactly as sent, or a complete URL of this Hub."""
        self.sent += 1
        assert self.sent <= MOST_REQUESTS, f"a row sends at most {MOST_REQUESTS} requests"
        assert time.monotonic() - self.started < MOST_SECONDS, f"a row takes at most {MOST_SECONDS:.0f} s"
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

    def connect(self, sent: bytes = b"") -> socket.socket:
        """Open a connection, send these bytes and leave it open."""
        self.sent += 1
        parts = urllib.parse.urlsplit(self.endpoint)
        source = (self.address, 0) if parts.hostname == "127.0.0.1" else None
        opened = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30, source_address=source)
        opened.sendall(sent)
        return opened

    def git(self, folder: Path, *arguments: str, stdin: bytes = b"", check: bool = True) -> str:
        """Run git with a home next to ``folder`` and return its output; with ``check=False``, its error output, too."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=client_environment(self.endpoint, folder.parent / "home"),
            input=stdin,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
        )
        output = (done.stdout + (b"" if check else done.stderr)).decode("utf-8", "replace").strip()
        assert not check or done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return output

    def api(self, method: str, path: str, data: Any = None, *, token: str = "", **headers: str) -> Answer:
        """Send a request to the JSON API."""
        body = json.dumps(data).encode() if data is not None else b""
        return self.send(method, path, body, token=token, Content_Type="application/json", **headers)

    def commit(
        self, repository: str, *lines: dict[str, Any], token: str, query: str = "", branch: str = "main"
    ) -> Answer:
        """Commit to a model repository with the API."""
        header = {"key": "header", "value": {"summary": "change"}}
        body = "\n".join(map(json.dumps, [header, *lines])).encode()
        revision = urllib.parse.quote(branch, safe="")
        return self.send("POST", f"/api/models/{repository}/commit/{revision}{query}", body, token=token)

    def person(self, stem: str = "eve", *, address: str = "") -> Person:
        """Sign up a new user on the page ``/join``."""
        name = f"{stem}-{_run}-{next(_numbers)}"
        made = Person(self, name, f"{name}@example.org", secrets.token_urlsafe(12), address or self.address)
        answer = made.form("/join", username=name, email=made.email, password=made.password)
        assert answer.status == 303, "this battery signs up through /join: open the sign-up of the Hub"
        return made


@dataclass
class Person:
    """A user with a browser: name, password and cookies."""

    target: Target
    name: str
    email: str
    password: str
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """Send a request with this browser's cookies and store new ones."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.target.send(method, path, body, address=self.address, Cookie=cookie, **headers)
        for given in answer.headers.get_all("Set-Cookie") or []:
            name, __, value = given.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def csrf(self, path: str = "/login") -> str:
        """Return the CSRF token of a page's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.open("GET", path).text)
        assert found, path
        return found[1]

    def form(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Answer:
        """Submit a form as its page would."""
        body = urllib.parse.urlencode({"csrf": self.csrf(), **fields}).encode()
        kind = {"Content_Type": "application/x-www-form-urlencoded"}
        return self.open("POST", path, body, **kind, **(headers or {}))

    def token(self, role: str = "write", **fields: str) -> str:
        """Create an access token on the settings page and return it."""
        found = re.search(
            r'data-token="([^"]+)"', self.form("/settings/tokens", **{"name": "t", "role": role, **fields}).text
        )
        assert found, "the page shows no token"
        return found[1]

    def repository(self, token: str, name: str = "m", **fields: Any) -> str:
        """Create a model repository and return its full name."""
        answer = self.target.api("POST", "/api/repos/create", {"name": name, **fields}, token=token)
        assert answer.status == 200, answer.text
        return f"{self.name}/{name}"

    def again(self) -> Person:
        """Return the same user in another browser, logged out."""
        return Person(self.target, self.name, self.email, self.password, self.address)


@contextmanager
def clone_folder(target: Target) -> Iterator[Path]:
    """Create an empty local repository in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        (clone := Path(folder, "clone")).mkdir()
        target.git(clone, "init", "-q", "-b", "main")
        yield clone


@contextmanager
def own_hub(target: Target, data: Path | None = None, **settings: Any) -> Iterator[tuple[Target, RunningHub]]:
    """Run a Hub with other ``settings`` for one row; yield its target and the Hub. Its requests count for the row."""
    with tempfile.TemporaryDirectory() as folder:
        config = HubConfig(data=data or Path(folder, "data"), durable=False, password_cost=2**12, **settings)
        running = RunningHub(config)
        running.start()
        try:
            own = Target(f"http://127.0.0.1:{running.port}", started=target.started)
            yield own, running
            target.sent += own.sent
        finally:
            running.stop()


Attack = Callable[[Target], None]


@dataclass(frozen=True)
class Row:
    """One row of the table: number of the threat, title, and the function that attacks."""

    item: str
    title: str
    attack: Attack


ROWS: list[Row] = []


def row(item: str, title: str) -> Callable[[Attack], Attack]:
    """Register a function as a row of the table."""

    def mark(attack: Attack) -> Attack:
        ROWS.append(Row(item, title, attack))
        return attack

    return mark


def rows() -> list[Row]:
    """Return the rows of all modules in ``attacks/``."""
    for path in sorted((Path(__file__).parent / "attacks").glob("*.py")):
        import_module(f".attacks.{path.stem}", __package__)
    return sorted(ROWS, key=lambda row: (int(row.item), row.title))


def run(endpoint: str, say: Callable[[str], object]) -> int:
    """Run every row and report the table line by line; return how many failed."""
    failed = 0
    for number, line in enumerate(rows()):
        # Give each row its own address, so that one row's rate limits do not affect another.
        target = Target(endpoint, f"127.0.{1 + number // 250}.{1 + number % 250}")
        started = time.monotonic()
        try:
            line.attack(target)
            result, why = "passed", ""
        except (AssertionError, OSError, http.client.HTTPException, ValueError) as error:
            failed += 1
            result, why = "FAILED", f"  {type(error).__name__}: {' '.join(str(error).split())[:160]}"
        taken = time.monotonic() - started
        report = f"{line.item:>4}  {result}  {taken:5.1f} s {target.sent:4} requests  {line.title}{why}"
        say(report)
    say(f"{len(ROWS) - failed} of {len(ROWS)} rows passed.")
    return failed
