"""``POST /oauth/device`` and ``/oauth/token``: the two requests of a device login."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from autograde.hub.people import attempts, devices
from autograde.hub.people.switches import device_login_is_open
from autograde.hub.refusals import Refusal
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import client_address

_DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
_SCOPE = "openid profile write-repos"


def configuration(call: Call) -> dict[str, Any]:
    """``GET /.well-known/openid-configuration``: this Hub supports log-ins by device code only."""
    base = call.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "device_authorization_endpoint": f"{base}/oauth/device",
        "grant_types_supported": [_DEVICE_CODE],
        "response_types_supported": [],
        "scopes_supported": _SCOPE.split(),
    }


def authorize(call: Call) -> dict[str, Any]:
    """``GET /oauth/authorize``: refuse, because log-in by redirection is not supported."""
    raise Refusal(501, "This Hub has no log-in by redirection. Use the device log-in or an access token.")


def device(call: Call) -> dict[str, Any]:
    """Start a device login: return the code, and the page where it is approved."""
    if not device_login_is_open(call.hub):
        raise Refusal(403, "The device login is switched off on this Hub. Log in with an access token.")
    attempts.count_action(call.hub, "device", client_address(call.request), call.hub.config.limits.device_logins)
    code = devices.start(call.hub)
    page = f"{call.base_url}/device"
    return {
        "device_code": code.device_code,
        "user_code": code.user_code,
        "verification_uri": page,
        "verification_uri_complete": f"{page}?user_code={code.user_code}",
        "expires_in": devices.LIFETIME,
        "interval": devices.INTERVAL,
    }


def token(call: Call) -> Response:
    """Poll for the person's decision; after approval, return an access token once."""
    fields = {key: values[-1] for key, values in call.form().items()}
    if fields.get("grant_type") != _DEVICE_CODE:
        return JSONResponse({"error": "unsupported_grant_type"}, 400)
    secret, problem = devices.collect(call.hub, fields.get("device_code", ""))
    if secret is None:
        return JSONResponse({"error": problem}, 400)
    call.record("device.logged_in")
    return JSONResponse({"access_token": secret, "token_type": "bearer", "scope": _SCOPE})
