"""The practice account, with which a lesson runs from top to bottom without filling in a form.

It is an ordinary account, created through the Hub's sign-up page. Its password is stored in the workspace's
``HF_HOME``, readable by the user only; it is valid on this Hub only.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from autograde.errors import HubRefused
from autograde.files import write_file
from autograde.hub import Visitor
from autograde.secret import Secret

FILE = "practice-account.json"


@dataclass(frozen=True)
class PracticeAccount:
    """An account on the Hub at ``endpoint``, created by the kit.

    Attributes:
        endpoint: the Hub's URL.
        name: the account's name; ``learner`` if that was free.
        password: not part of the representation.
        browser: a logged-in browser session, kept because the Hub's password check is slow by design.
    """

    endpoint: str
    name: str
    password: str = field(repr=False)
    browser: Visitor = field(repr=False, compare=False)

    def token(self, role: str) -> Secret:
        """Create an access token with the role ``"read"`` or ``"write"`` on the Hub's token page.

        Raises:
            HubRefused: the Hub does not create the token.
        """
        return Secret(self.browser.create_token(f"practice {role} {secrets.token_hex(2)}", role=role))


def open_account(endpoint: str, folder: Path, instance: str) -> PracticeAccount:
    """Return the practice account that ``folder`` has for this Hub, or create one.

    Args:
        endpoint: the Hub's URL.
        folder: the workspace's ``HF_HOME``.
        instance: the Hub's id from ``/healthz``, which stays the same when its port changes.

    Raises:
        HubRefused: the Hub does not accept a new account.
    """
    path = folder / FILE
    known = _read(path)
    if found := known.get(instance):
        browser = Visitor(endpoint)
        with contextlib.suppress(HubRefused):
            browser.log_in(found["name"], found["password"])
            return PracticeAccount(endpoint, found["name"], found["password"], browser)
    account = _sign_up(endpoint)
    known[instance] = {"name": account.name, "password": account.password}
    write_file(path, json.dumps(known, indent=1).encode(), mode=0o600)
    return account


def known_account(folder: Path, instance: str) -> str | None:
    """Return the name of the practice account that ``folder`` has for this Hub; None if there is none."""
    found = _read(folder / FILE).get(instance)
    return found["name"] if found else None


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sign_up(endpoint: str) -> PracticeAccount:
    """Sign up at /join; if the name is taken, try another one."""
    refused: HubRefused | None = None
    for name in ("learner", *(f"learner-{secrets.token_hex(3)}" for _ in range(3))):
        password, browser = secrets.token_urlsafe(18), Visitor(endpoint)
        try:
            browser.join(name, f"{name}@example.org", password)
        except HubRefused as error:
            refused = error
        else:
            return PracticeAccount(endpoint, name, password, browser)
    assert refused
    raise refused
