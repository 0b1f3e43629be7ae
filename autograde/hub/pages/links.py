"""URLs of pages and of their links, with and without a proxy in front."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograde.hub.web.calls import Call
from autograde.hub.web.origin import base_url, origin_url, path_prefix, through_proxy

#: Repositories on one page of a list.
LISTED = 50


def endpoint_of(request: Request) -> str:
    """Return the Hub's URL for programs.

    Behind a proxy with a path it is the Hub's local URL, unless ``programs_use_proxy`` is set: git and Python in
    JupyterLab run on the Hub's own machine, and the proxy would require a log-in that they don't have.
    """
    server = request.scope.get("server")
    if through_proxy(request) and request.app.state.hub.config.programs_use_proxy:
        return base_url(request)
    if path_prefix(request) and server and server[1]:
        host = f"[{server[0]}]" if ":" in server[0] else server[0]
        return f"http://{host}:{server[1]}"
    return origin_url(request)


def current_path(request: Request) -> str:
    """Return the path and query of this page, for a link back to it; after a form was sent, without the query."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
    return f"{path}?{query}" if query and request.method == "GET" else path


def redirect(path: str) -> Response:
    """Redirect to another page of this Hub; ``path`` is without the proxy's prefix."""
    return RedirectResponse(path, 303)


def with_prefix(request: Request, response: Response) -> Response:
    """Add the proxy's prefix to a redirection, as a complete URL: some proxies add their prefix to a bare path, others
    don't."""
    location = response.headers.get("location", "")
    if path_prefix(request) and location.startswith("/"):
        response.headers["location"] = origin_url(request) + path_prefix(request) + location
    return response


def local_path(text: str) -> str:
    """Return ``text`` if it is a path of this Hub, else ``/``, to prevent redirects to other sites after a log-in."""
    # Browsers treat a backslash as a slash, and drop blanks and control characters.
    return text if re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", text) else "/"


def page_number(call: Call) -> int:
    """Return the requested page number of a list, ``?p=2``, from 0; 0 if it is invalid."""
    return call.number("p")
