"""Find the Hub's URL as the client uses it, with or without a proxy in front."""

from __future__ import annotations

from starlette.requests import Request

from autograde.hub.addresses import PREFIX, PublicAddress


def origin_url(request: Request) -> str:
    """Return ``scheme://host[:port]`` as the client wrote it: the Hub's own, or that of the proxy in front."""
    proxy = through_proxy(request)
    if proxy and proxy.origin:
        return proxy.origin
    if proxy:
        # Only the path is configured. The proxy keeps the browser's Host header and sends X-Forwarded-Proto.
        scheme = request.headers.get("x-forwarded-proto", "").split(",")[0].strip().lower()
        return f"{'https' if scheme == 'https' else 'http'}://{request.headers.get('host')}"
    return f"{request.scope['scheme']}://{request.headers.get('host') or 'localhost'}"


def path_prefix(request: Request) -> str:
    """Return the path prefix of this Hub in the browser, without a trailing slash; empty without a proxy.

    jupyter-server-proxy serves the Hub at ``/user/ada/proxy/8960/`` and sends that in ``X-Forwarded-Prefix``. Only a
    path is accepted, so that no header can redirect links to another machine. For proxies that don't send it, it is the
    path of the configured public URL.
    """
    given = request.headers.get("x-forwarded-prefix", "").rstrip("/")
    if len(given) <= 500 and PREFIX.fullmatch(given):
        return given
    if proxy := through_proxy(request):
        return proxy.path
    return str(request.scope.get("root_path", "")).rstrip("/")


def base_url(request: Request) -> str:
    """Return the Hub's URL as the client uses it, with the path of the proxy in front, without a trailing slash."""
    return origin_url(request) + path_prefix(request)


def location(request: Request, path: str) -> str:
    """Return the ``Location`` header for another path of this Hub.

    huggingface_hub before 2.0 follows a redirection only if it is a bare path. Behind a proxy that programs don't use,
    it is a complete URL, because some proxies add their prefix to a bare path.
    """
    prefix = path_prefix(request)
    if not prefix or (through_proxy(request) and request.app.state.hub.config.programs_use_proxy):
        return prefix + path
    return origin_url(request) + prefix + path


def through_proxy(request: Request) -> PublicAddress | None:
    """Return the proxy that a request came through; None for direct requests, or if no proxy is configured.

    A proxy keeps the browser's ``Host``, or puts it into ``X-Forwarded-Host``. Other values of these headers are
    ignored, because any client can send them.
    """
    public: PublicAddress | None = request.app.state.hub.public
    headers = request.headers
    if public and not public.name:
        return public if headers.get("x-forwarded-prefix", "").rstrip("/") == public.path else None
    named = [headers.get("host", ""), *headers.get("x-forwarded-host", "").split(",")[:1]]
    return public if public and any(map(public.is_meant_by, named)) else None


def client_address(request: Request) -> str:
    """Return the IP address of the client, or of the proxy in front. Forwarding headers are ignored."""
    return request.client.host if request.client else ""
