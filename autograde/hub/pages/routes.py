"""The routes of all pages."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Router

from autograde.hub.late import Address
from autograde.hub.pages import (
    card,
    classroom,
    discussions,
    files,
    history,
    lists,
    making,
    organizations,
    people,
    refs,
    settings,
    tokens,
)
from autograde.hub.pages.view import HUB, page
from autograde.hub.permissions import ENTRY, FORM, OPEN, PAGE, TEACHER

_STATIC = {
    "style.css": "text/css; charset=utf-8",
    "classroom.css": "text/css; charset=utf-8",
    "hub.js": "text/javascript; charset=utf-8",
    "follow.js": "text/javascript; charset=utf-8",
}


@lru_cache(maxsize=8)
def _file(name: str) -> bytes:
    return (HUB / "static" / name).read_bytes()


async def static(request: Request) -> Response:
    """Serve the style sheet and the scripts; their URLs change with their content."""
    name = request.path_params["file"]
    if name not in _STATIC:
        return JSONResponse({"error": "Not found"}, 404)
    return Response(
        _file(name), media_type=_STATIC[name], headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


async def avatar(request: Request) -> Response:
    """Serve a person's picture: their first letter on a colour derived from the name."""
    name = request.path_params["file"].removesuffix(".svg")
    hue = sum(map(ord, name)) * 47 % 360
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="8" '
        f'fill="hsl({hue} 45% 32%)"/><text x="20" y="27" font-family="sans-serif" font-size="20" text-anchor="middle" '
        f'fill="#fff">{escape(name[:1].upper())}</text></svg>'
    )
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def page_routes() -> list[Address]:
    """Return the routes of all pages; fixed paths come before those that start with an account's name."""
    both = ["GET", "POST"]
    routes = [
        Address("/", page(lists.home), permission=PAGE, framed=True),
        Address("/static/{file:seg}", static, permission=OPEN),
        Address("/avatars/{file:seg}", avatar, permission=OPEN),
        Address("/join", page(people.join, hashes=True), permission=ENTRY, methods=both),
        Address("/login", page(people.login, hashes=True), permission=ENTRY, methods=both),
        Address("/logout", page(people.logout), permission=ENTRY, methods=["POST"]),
        Address("/welcome", page(people.welcome), permission=PAGE),
        Address("/settings/tokens", page(tokens.tokens), permission=PAGE, post=FORM, methods=both),
        Address("/settings/account", page(settings.account, hashes=True), permission=PAGE, post=FORM, methods=both),
        Address("/device", page(people.device), permission=PAGE, post=FORM, methods=both),
        Address("/new", page(making.new), permission=PAGE, post=FORM, methods=both),
        Address("/classroom", page(classroom.classroom), permission=TEACHER, methods=both),
        Address("/classroom/new", page(classroom.admission), permission=TEACHER, methods=both),
        Address("/classroom/events.{format:seg}", page(classroom.events), permission=TEACHER),
        Address("/classroom/{person:seg}", page(classroom.learner), permission=TEACHER, methods=both),
        Address("/organizations/new", page(organizations.new), permission=PAGE, post=FORM, methods=both),
        Address(
            "/organizations/{owner:seg}/members", page(organizations.members), permission=PAGE, post=FORM, methods=both
        ),
        Address("/{types:types}", page(lists.listing), permission=PAGE, framed=True),
        Address("/{owner:seg}", page(people.profile), permission=PAGE, framed=True),
    ]
    for prefix in ("/{types:kinds}", ""):
        base = prefix + "/{owner:seg}/{name:seg}"
        routes += [
            Address(base, page(card.card), permission=PAGE, framed=True, post=FORM, methods=both),
            Address(base + "/tree/{revision:seg}", page(files.tree), permission=PAGE, framed=True),
            Address(base + "/tree/{revision:seg}/{path:rest}", page(files.tree), permission=PAGE, framed=True),
            Address(base + "/blob/{revision:seg}/{path:rest}", page(files.blob), permission=PAGE, framed=True),
            Address(base + "/commits/{revision:seg}", page(history.commits), permission=PAGE, framed=True),
            Address(base + "/commit/{revision:seg}", page(history.commit), permission=PAGE, framed=True),
            Address(base + "/discussions", page(discussions.listing), permission=PAGE, post=FORM, methods=both),
            Address(
                base + "/discussions/{number:seg}",
                page(discussions.discussion),
                permission=PAGE,
                post=FORM,
                methods=both,
            ),
            Address(base + "/refs", page(refs.refs), permission=PAGE, post=FORM, methods=both),
            Address(base + "/incoming", page(card.incoming), permission=PAGE, framed=True),
            Address(base + "/like", page(card.like), permission=FORM, methods=["POST"]),
            Address(base + "/duplicate", page(card.duplicate), permission=PAGE, post=FORM, methods=both),
            Address(base + "/settings", page(settings.repository), permission=PAGE, post=FORM, methods=both),
        ]
    return routes


@lru_cache(maxsize=1)
def router() -> Router:
    """Return the pages' router, shared by all Hubs of a process and created for the first page."""
    return Router(page_routes())


def for_people(request: Request) -> bool:
    """Return whether a browser requests a page, rather than a program requesting data."""
    return not request.scope["path"].startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def not_found(request: Request, error: Exception) -> Response:
    """Answer an unknown address: JSON for programs, a page for people."""
    if not for_people(request):
        return JSONResponse({"error": "Sorry, we can't find the page you are looking for."}, 404)
    request.scope["permission"] = PAGE
    return await page(lists.lost)(request)
