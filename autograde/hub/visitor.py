"""What a person does in a browser, done by a program over the same forms: sign up, log in, make a token, a repository.

The kit uses it where nobody is there to click: notebooks that run by themselves, replayed exercises, tests.
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
    """One browser's session on a Hub.

    Args:
        endpoint: the Hub's URL.
        language: the language of the pages and refusals, ``en`` or ``zh``.
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
            ("Origin", self.endpoint),
        ]

    def get(self, path: str) -> str:
        """A page's HTML.

        Raises:
            HubRefused: the Hub says no, in its own words.
            HubUnreachable: nobody answers.
        """
        return self._open(path, None)

    def submit(self, path: str, **fields: str) -> str:
        """Fill in the form at ``path`` and send it; returns the page that follows.

        Raises:
            HubRefused: the Hub says no, in its own words.
            HubUnreachable: nobody answers.
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
        """Sign up at ``/join``; the session is logged in afterwards. Raises as :meth:`submit`."""
        self.submit("/join", username=username, email=email, password=password)

    def log_in(self, username: str, password: str) -> None:
        """Log in at ``/login``. Raises as :meth:`submit`."""
        self.submit("/login", username=username, password=password)

    def create_token(self, name: str, *, role: str = "write") -> str:
        """Make an access token at ``/settings/tokens``; returns what the page shows once. Raises as :meth:`submit`."""
        page = self.submit("/settings/tokens", name=name, role=role)
        found = re.search(r'data-token="([^"]+)"', page)
        if not found:
            raise HubRefused(problem_on(page) or "The page shows no token.")
        return unescape(found[1])

    def create_repository(self, name: str, *, owner: str = "", visibility: str = "public", license: str = "") -> str:
        """Make a model repository at ``/new``; returns its page. Raises as :meth:`submit`."""
        return self.submit("/new", owner=owner, name=name, visibility=visibility, license=license)


def problem_on(page: str) -> str | None:
    """The sentence with which a page refuses, or None."""
    found = re.search(r'role="alert"[^>]*>(.*?)</', page, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else None
