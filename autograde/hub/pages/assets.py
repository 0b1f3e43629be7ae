"""Files that pages load: the style sheets, the scripts, and people's pictures."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.pages.view import HUB

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
