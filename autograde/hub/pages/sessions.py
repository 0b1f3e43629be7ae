"""Browser sessions: require one, start one, and the cookies of both a session and a known browser."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from autograde.hub.pages.links import redirect
from autograde.hub.people import attempts, sessions
from autograde.hub.people.accounts import User
from autograde.hub.people.attempts import LoginSource
from autograde.hub.web.admission import cookie_name
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import client_address, path_prefix


class LoginRequired(Exception):
    """Raised by a page for people who are not logged in.

    Args:
        then: path of the page to show after the log-in.
    """

    def __init__(self, then: str) -> None:
        super().__init__(then)
        self.then = then

    def response(self) -> Response:
        """Return the redirection to the log-in page."""
        return redirect("/login?next=" + quote(self.then, safe="/"))


def required_user(call: Call, *, then: str = "") -> User:
    """Return the person who is logged in.

    Raises:
        LoginRequired: they are not logged in; after the log-in, the browser shows ``then``, or this page.
    """
    if call.caller.user is None:
        raise LoginRequired(then or call.request.scope["path"])
    return call.caller.user


def start_session(call: Call, user: User, target: str) -> Response:
    """Start a new session of a browser and redirect it to ``target``."""
    response = redirect(target)
    set_session_cookie(call, response, sessions.open_session(call.hub, user))
    response.set_cookie(
        f"known_{cookie_name(call.hub)}", attempts.known_browser(call.hub, user.id),
        max_age=attempts.KNOWN_DAYS * 86_400, httponly=True, samesite="lax",
        secure=call.base_url.startswith("https"), path=path_prefix(call.request) or "/",
    )  # fmt: skip
    return response


def login_source(call: Call) -> LoginSource:
    """Return where a log-in comes from."""
    return LoginSource(client_address(call.request), call.request.cookies.get(f"known_{cookie_name(call.hub)}", ""))


def set_session_cookie(call: Call, response: Response, secret: str) -> None:
    """Set the session cookie to ``secret``: not readable by scripts, not sent from other sites."""
    response.set_cookie(
        cookie_name(call.hub), secret, max_age=sessions.SESSION_DAYS * 86_400, httponly=True, samesite="lax",
        secure=call.base_url.startswith("https"), path=path_prefix(call.request) or "/",
    )  # fmt: skip
