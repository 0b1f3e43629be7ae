"""Files that pages load: style sheets, scripts, and people's pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from autograde.hub.core import Hub
from autograde.hub.extension import Extension

HUB = Path(__file__).parents[1]


_STATIC_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@lru_cache(maxsize=16)
def static_version(name: str, folder: Path | None = None) -> str:
    """Return a short digest of a static file, so that browsers can cache it forever and still get a new version."""
    return sha256(((folder or HUB) / "static" / name).read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=16)
def _static_file(path: Path) -> bytes:
    return path.read_bytes()


def static_response(folder: Path, name: str) -> Response:
    """Return the style sheet or script ``static/{name}`` of the Hub's or an extension's folder, or 404."""
    kind = _STATIC_KINDS.get(Path(name).suffix)
    path = folder / "static" / name
    if kind is None or "/" in name or not path.is_file():
        return JSONResponse({"error": "Not found"}, 404)
    forever = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(_static_file(path), media_type=kind, headers=forever)


def extension_named(hub: Hub, name: str) -> Extension | None:
    """Return the extension of this name that is mounted into a Hub, or None."""
    return next((each for each in hub.config.extensions if each.name == name), None)


def extension_static(name: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of ``/{name}/static/{file:seg}`` for an extension."""

    async def static(request: Request) -> Response:
        extension = extension_named(request.app.state.hub, name)
        assert extension
        return static_response(extension.folder, request.path_params["file"])

    return static


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
