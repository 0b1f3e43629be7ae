"""The front page, the lists of repositories, and the page for unknown addresses."""

from __future__ import annotations

from itertools import islice
from typing import Any

from starlette.responses import Response

from autograde.hub.pages.links import LISTED, redirect
from autograde.hub.pages.rendering import render
from autograde.hub.people import organizations
from autograde.hub.refusals import Refusal
from autograde.hub.repos import access
from autograde.hub.repos.repositories import find_repository
from autograde.hub.repos.search import Search, count, search
from autograde.hub.web.calls import Call
from autograde.i18n.translation import marked


def home(call: Call) -> Response:
    """``/``: an introduction to this Hub, and its models."""
    return _list(call, "home.html", Search(type="model", viewer=_viewer(call)), size=12)


def listing(call: Call) -> Response:
    """``/models``, ``/datasets``, ``/spaces`` and ``/kernels``: list and search."""
    text = call.request.query_params.get("search", "").strip()
    wanted = Search(type=call.repository_type, viewer=_viewer(call), text=text)
    return _list(call, "list.html", wanted, size=LISTED, type=wanted.type, search=text)


def _viewer(call: Call) -> tuple[str, ...]:
    return organizations.namespaces(call.hub, call.caller.user)


def _list(call: Call, template: str, wanted: Search, *, size: int, **context: Any) -> Response:
    """Return a page with ``size`` repositories of a list, and their total number."""
    number = call.number("p")
    seen = (r for r in search(call.hub, wanted) if access.can_see(call.hub, call.caller, r))
    shown = list(islice(seen, number * size, (number + 1) * size + 1))
    return render(
        call, template, repositories=shown[:size], count=count(call.hub, wanted), page=number, more=len(shown) > size,
        **context,
    )  # fmt: skip


def not_found(call: Call) -> Response:
    """Answer any other URL with 404, or redirect to the repository if it has a trailing slash."""
    name = call.request.scope["path"].strip("/")
    found = find_repository(call.hub, "model", name) if name.count("/") == 1 else None
    if found is not None and access.can_see(call.hub, call.caller, found):
        return redirect(f"/{name}")
    raise Refusal(404, marked("There is no page at this address."))
