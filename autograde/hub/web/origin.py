"""Find the Hub's URL as the client uses it, with or without a proxy in front."""

from __future__ import annotations

from starlette.requests import Request

from autograde.hub.addresses import PublicAddress


def base_url(request: Request) -> str:
    """Return ``scheme://host[:port]`` as the client wrote it: the Hub's own, or that of the proxy in front."""
    if proxy := through_proxy(request):
        return proxy.origin
    return f"{request.scope['scheme']}://{request.headers.get('host') or 'localhost'}"


def through_proxy(request: Request) -> PublicAddress | None:
    """Return the proxy that a request came through; None for direct requests, or if no proxy is configured.

    A proxy keeps the browser's ``Host``, or puts it into ``X-Forwarded-Host``. Other values of these headers are
    ignored, because any client can send them.
    """
    public: PublicAddress | None = request.app.state.hub.public
    headers = request.headers
    named = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")[:1]]
    return public if public and any(map(public.is_meant_by, named)) else None


def address_of(request: Request) -> str:
    """Return the IP address of the client, or of the proxy in front. Headers about it are not trusted."""
    return request.client.host if request.client else ""
