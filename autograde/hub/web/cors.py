"""Cross-origin requests: pages of other origins may use the API and download files, as on huggingface.co.

Every origin is allowed, but without credentials (``Access-Control-Allow-Origin: *``): with that header, browsers don't
let a page read a response to a request that carried the user's cookie, so such a page needs an access token. The Hub's
own pages and forms don't allow other origins.
"""

from __future__ import annotations

import re

from starlette.types import Message, Scope

from autograde.hub.permissions import Credential, Permission

#: Response headers that pages of other origins may read; clients in a browser need them for downloads and errors.
_EXPOSED = (
    "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,"
    "Content-Length,Content-Disposition,X-Linked-Size,X-Linked-ETag,X-Xet-Hash,X-Xet-Refresh-Route,X-Xet-Cas-Url,"
    "X-Xet-Access-Token,X-Xet-Token-Expiration"
)
_METHODS = "GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS"

#: The paths of the API, of git and of downloads; all others are pages.
_PROGRAMS = re.compile(
    r"/(api|oauth|lfs|xet|v1|v2|healthz|\.well-known)(/|\Z)|/[^?]*/(resolve|raw|info|git-[a-z]+-pack)(/|\Z)"
)


def is_preflight(scope: Scope) -> bool:
    """Return whether this is a preflight request from another origin, for a path of the API, git or downloads."""
    if scope["method"] != "OPTIONS" or not _PROGRAMS.match(scope["path"]):
        return False
    names = {name for name, __ in scope["headers"]}
    return b"origin" in names and b"access-control-request-method" in names


def preflight(scope: Scope) -> dict[str, str]:
    """Return the headers of the answer to a preflight: all methods, and the headers that it names."""
    wanted = next((value for name, value in scope["headers"] if name == b"access-control-request-headers"), b"")
    allowed = wanted.decode("ascii") if re.fullmatch(rb"[A-Za-z0-9_, -]{0,2000}", wanted) else ""
    # Access-Control-Allow-Origin is added by headers(), as for every response.
    return {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": allowed,
        "Access-Control-Max-Age": "86400",
        "Vary": "Access-Control-Request-Headers",
    }


def headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """Return the headers that let pages of other origins read a response; empty for the Hub's own pages."""
    permission: Permission | None = scope.get("permission")
    own = permission is not None and not permission.accepts - {Credential.NONE, Credential.SESSION}
    html = any(name == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])
    if own or html or not _PROGRAMS.match(scope["path"]):
        return []
    return [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", _EXPOSED.encode())]
