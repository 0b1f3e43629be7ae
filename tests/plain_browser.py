"""A browser without JavaScript, for tests of the Hub's pages."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from dataclasses import dataclass

from autograde.hub import LocalHub


@dataclass(frozen=True)
class Answer:
    """A response of the Hub; ``text`` is its decoded body."""

    status: int
    headers: http.client.HTTPMessage
    text: str


class Browser:
    """A browser without JavaScript: it keeps cookies and submits forms, but does not follow redirects.

    ``port`` is the port to connect to, if it is not the Hub's, for example a proxy's.
    """

    def __init__(self, hub: LocalHub, *, port: int = 0, **headers: str) -> None:
        self.hub, self.port, self.cookies, self.headers = hub, port or hub.port, dict[str, str](), headers

    def open(self, method: str, path: str, fields: dict[str, str] | None = None, /, **headers: str) -> Answer:
        """Send a request, with ``fields`` as form data."""
        if fields is None:
            return self.send(method, path, None, headers)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send(method, path, urllib.parse.urlencode(fields).encode(), headers | kind)

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Send a request with any body; ``_`` in the names of headers is ``-``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **self.headers, **headers}
        named = {key.replace("_", "-"): value.encode() for key, value in sent.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("set-cookie") or []:
            name, __, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return Answer(answer.status, answer.headers, text)

    def get(self, path: str, /, **headers: str) -> Answer:
        """Open a page."""
        return self.open("GET", path, **headers)

    def csrf(self, path: str = "/login") -> str:
        """Return the CSRF value of a page's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, headers: dict[str, str] | None = None, /, **fields: str) -> Answer:
        """Submit a form."""
        fields = {"csrf": self.csrf()} | fields
        return self.open("POST", path, fields, **(headers or {}))

    def log_in(self, name: str) -> Browser:
        """Log in with the password that all tests use."""
        answer = self.post("/login", username=name, password="correct horse")
        assert answer.status == 303
        return self
