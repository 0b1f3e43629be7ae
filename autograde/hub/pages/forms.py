"""Forms of pages: their fields, and the check that they come from this Hub's own page."""

from __future__ import annotations

from autograde.hub.refusals import Refusal
from autograde.hub.secrets import random_string
from autograde.hub.web.admission import session_secret
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import origin_url
from autograde.i18n.translation import marked

#: What the secret of a form is signed for.
CSRF = "csrf"


_FOREIGN = marked("This form came from another site, so nothing was changed. Open the Hub's own page and try again.")


_STALE = marked("This page was open for too long. Go back, reload it, and send the form again.")


def field(call: Call, name: str) -> str:
    """Return a form field's value; empty if it was not sent."""
    return call.form().get(name, [""])[-1]


def secret_of(call: Call) -> str:
    """Return the value of the browser's cookie, or the new one that this page sets."""
    known = session_secret(call.hub, call.request)
    if known:
        return known
    if not hasattr(call.request.state, "fresh_secret"):
        call.request.state.fresh_secret = random_string(43)
    return str(call.request.state.fresh_secret)


def check_form(call: Call) -> None:
    """Check the origin and the CSRF token of a form; raise if it does not come from this Hub's own page."""
    request = call.request
    origin = request.headers.get("origin")
    if (origin is not None and origin != origin_url(request)) or request.headers.get("sec-fetch-site") in (
        "cross-site",
        "same-site",
    ):
        raise Refusal(403, _FOREIGN)
    secret, given = session_secret(call.hub, request), call.form().get("csrf", [""])[-1]
    if secret is None or not call.hub.signer.verify(CSRF, secret, given):
        raise Refusal(403, _STALE)
