"""Files that pages load: the style sheets, the scripts, and people's pictures."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from autograde.hub.pages.view import HUB, static_response


async def static(request: Request) -> Response:
    """Serve the style sheet and the scripts; their URLs change with their content."""
    return static_response(HUB, request.path_params["file"])


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
