"""Use the Hub's web forms from a program: sign up, log in, create an access token or a repository.

For notebooks that run unattended, replayed submissions and tests.
"""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from html import unescape

from autograde.errors import HubRefused, HubUnreachable


class Visitor:
    """A browser session on a Hub.

    Args:
        endpoint: the Hub's URL.
        language: the language of pages and error messages, ``en`` or ``zh``.
    """

    def __init__(self, endpoint: str, *, language: str = "en") -> None:
        self.endpoint = endpoint.rstrip("/")
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.ProxyHandler({}),
        )
        self._opener.addheaders = [
            ("Accept-Language", language),
            ("User-Agent", "autograde-visitor"),
            # An origin has no path, but the Hub's URL may have one (https://school.example/hub).
            ("Origin", urllib.parse.urljoin(self.endpoint, "/").rstrip("/")),
        ]

    def get(self, path: str) -> str:
        """Return a page's HTML.

        Raises:
            HubRefused: the Hub refuses, with its own message.
            HubUnreachable: the Hub does not answer.
        """
        return self._open(path, None)

    def submit(self, path: str, **fields: str) -> str:
        """Fill in the form at ``path`` and send it; return the resulting page.

        Raises:
            HubRefused: the Hub refuses, with its own message.
            HubUnreachable: the Hub does not answer.
        """
        page = self.get(path)
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        if not found:
            raise HubRefused(f"The page {path} has no form; you may have to log in first.")
        return self._open(path.split("?")[0], urllib.parse.urlencode({"csrf": unescape(found[1]), **fields}).encode())

    def _open(self, path: str, body: bytes | None) -> str:
        try:
            with self._opener.open(self.endpoint + path, body, timeout=60) as answer:
                page: str = answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            page = error.read().decode("utf-8", "replace")
            raise HubRefused(problem_on(page) or f"The Hub answered {error.code} to {path}.") from None
        except urllib.error.URLError as error:
            raise HubUnreachable(
                f"No Hub answers at {self.endpoint}: {error.reason}.", "Start one with `autograde learn`."
            ) from None
        return page

    def join(self, username: str, email: str, password: str) -> None:
        """Sign up at ``/join``, which also logs in. Raises as :meth:`submit`."""
        self.submit("/join", username=username, email=email, password=password)

    def log_in(self, username: str, password: str) -> None:
        """Log in at ``/login``. Raises as :meth:`submit`."""
        self.submit("/login", username=username, password=password)

    def create_token(self, name: str, *, role: str = "write") -> str:
        """Create an access token at ``/settings/tokens`` and return it. Raises as :meth:`submit`."""
        page = self.submit("/settings/tokens", name=name, role=role)
        found = re.search(r'data-token="([^"]+)"', page)
        if not found:
            raise HubRefused(problem_on(page) or "The page shows no token.")
        return unescape(found[1])

    def create_repository(self, name: str, *, owner: str = "", visibility: str = "public", license: str = "") -> str:
        """Create a model repository at ``/new``; return its page. Raises as :meth:`submit`."""
        return self.submit("/new", owner=owner, name=name, visibility=visibility, license=license)


def problem_on(page: str) -> str | None:
    """Return the error message on a page, or None."""
    found = re.search(r'role="alert"[^>]*>(.*?)</', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else None
