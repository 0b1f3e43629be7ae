"""The Hub's own address as a client spells it, with or without a proxy in front."""

from __future__ import annotations

from starlette.requests import Request

from autograde.hub.addresses import PublicAddress


def base_url(request: Request) -> str:
    """``scheme://host[:port]`` as the client wrote it: the Hub's own address, or that of the proxy before it."""
    if proxy := through_proxy(request):
        return proxy.origin
    return f"{request.scope['scheme']}://{request.headers.get('host') or 'localhost'}"


def through_proxy(request: Request) -> PublicAddress | None:
    """The proxy that a request came through; None for the Hub's own address, and where no proxy was configured.

    A proxy leaves the browser's ``Host`` as it is, or puts it into ``X-Forwarded-Host``. Whatever else a header says
    is not believed: anybody can send one.
    """
    public: PublicAddress | None = request.app.state.hub.public
    headers = request.headers
    named = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")[:1]]
    return public if public and any(map(public.is_meant_by, named)) else None


def address_of(request: Request) -> str:
    """The IP address of the client, or of the proxy in front: what a header says of others is not believed."""
    return request.client.host if request.client else ""
