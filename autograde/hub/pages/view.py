"""Functions shared by all pages: language, CSRF protection, templates, error pages."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from autograde import settings
from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.extension import Extension
from autograde.hub.pages.visible import visible, visible_text
from autograde.hub.people.switches import sign_up_is_open
from autograde.hub.permissions import FORM
from autograde.hub.refusals import Refusal
from autograde.hub.refusals import _marked as _marked
from autograde.hub.repos.access import ANONYMOUS, Caller
from autograde.hub.secrets import random_string
from autograde.hub.times import ago, iso, size_text
from autograde.hub.web import disk
from autograde.hub.web.admission import cookie_name, identify, require, session_secret
from autograde.hub.web.bodies import chunks
from autograde.hub.web.calls import Call
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.origin import address, base_url, root, through_proxy
from autograde.i18n.translation import translator

if TYPE_CHECKING:
    from jinja2 import Environment

HUB = Path(__file__).parents[1]

#: Repositories on one page of a list.
LISTED = 50

_LANGUAGE_COOKIE = "hub_language"

#: What the secret of a form is signed for.
_CSRF = "csrf"

_STATIC_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)


def _policy(call: Call) -> str:
    """Return the page's Content-Security-Policy. To prevent clickjacking, only JupyterLab may show pages in a frame,
    except pages with a form that grants, creates or deletes something."""
    framed = call.request.scope.get("framed", False)
    return _POLICY + (" ".join(["'self'", *call.hub.frames]) if framed else "'none'")


_FOREIGN = _marked("This form came from another site, so nothing was changed. Open the Hub's own page and try again.")
_STALE = _marked("This page was open for too long. Go back, reload it, and send the form again.")

#: Messages for pages by error code; the API uses huggingface.co's messages instead.
_SENTENCES = {
    "RepoNotFound": _marked(
        "There is no repository at this address, or it is private and not yours. Check the name; log in if it is yours."
    ),
    "RevisionNotFound": _marked("This repository has no branch, tag or commit of this name."),
    "EntryNotFound": _marked("There is no file or folder of this name here. It may have been moved or deleted."),
    "GatedRepo": _marked("This repository is gated: request access from its authors to see its files."),
}

PageHandler = Callable[[Call], Response]


def statuses(_: Callable[[str], str]) -> dict[str, str]:
    """Return the names of a discussion's states."""
    return {"draft": _("Draft"), "open": _("Open"), "closed": _("Closed"), "merged": _("Merged")}


@lru_cache(maxsize=8)
def _templates(folder: Path | None) -> Environment:
    """Return the Hub's templates and, with ``folder``, those of an extension."""
    # Importing jinja2 takes 50 ms, and not every Hub shows a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folders = [place / "templates" for place in (HUB, folder) if place]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["statuses"] = statuses
    environment.globals["static_version"] = static_version
    environment.globals["extension_version"] = partial(static_version, folder=folder)
    environment.filters |= {"ago": ago, "size": size_text, "iso": iso, "visible": visible, "visible_text": visible_text}
    environment.filters["url"] = lambda path: quote(path, errors="surrogateescape")
    return environment


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


def language_of(request: Request) -> str:
    """Return the page's language: the chosen one, else the browser's preferred one."""
    chosen = (
        request.query_params.get("lang")
        or request.cookies.get(_LANGUAGE_COOKIE)
        or request.headers.get("accept-language", "en")
    )
    return settings.language(chosen)


def endpoint_of(request: Request) -> str:
    """Return the Hub's URL for programs. Behind a proxy with a path it is the Hub's local URL, unless the configuration
    says that programs use the proxy too: beside JupyterLab, git and Python run on the same machine, and the proxy would
    require a log-in that they don't have."""
    server = request.scope.get("server")
    if through_proxy(request) and request.app.state.hub.config.programs_use_proxy:
        return address(request)
    if root(request) and server and server[1]:
        host = f"[{server[0]}]" if ":" in server[0] else server[0]
        return f"http://{host}:{server[1]}"
    return base_url(request)


def _here(request: Request) -> str:
    """Return the path and query of this page, to come back to; for the response to a form, those of the form."""
    query = request.scope["query_string"].decode("ascii", "replace")
    path = str(request.scope["path"]).removeprefix(str(request.scope.get("root_path", "")))
    return f"{path}?{query}" if query and request.method == "GET" else path


def _switched(request: Request, language: str) -> str:
    """Return the URL of this page in the other language."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    if request.method != "GET":
        kept = []
    return "?" + urlencode([*kept, ("lang", "en" if language == "zh" else "zh")])


def _secret_of(call: Call) -> str:
    """Return the value of the browser's cookie, or the new one that this page sets."""
    known = session_secret(call.hub, call.request)
    if known:
        return known
    if not hasattr(call.request.state, "fresh_secret"):
        call.request.state.fresh_secret = random_string(43)
    return str(call.request.state.fresh_secret)


def give_cookie(call: Call, response: Response, secret: str) -> None:
    """Set the session cookie to ``secret``: not readable by scripts, not sent from other sites."""
    secure = call.base_url.startswith("https")
    response.set_cookie(
        cookie_name(call.hub), secret, max_age=30 * 86400, httponly=True, samesite="lax", secure=secure,
        path=root(call.request) or "/",
    )  # fmt: skip


def _navigation(call: Call, language: str) -> list[tuple[str, str]]:
    """Return path and title of each extension that the reader may use."""
    user = call.caller.user
    if user is None or not user.administrator:
        return []
    shown = [extension for extension in call.hub.config.extensions if extension.title]
    return [(f"/{each.name}", translator(each.name, language)(each.title)) for each in shown]


def _extension(hub: Hub, name: str) -> Extension | None:
    return next((each for each in hub.config.extensions if each.name == name), None)


def extension_static(name: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of ``/{name}/static/{file:seg}`` for an extension."""

    async def static(request: Request) -> Response:
        extension = _extension(request.app.state.hub, name)
        assert extension
        return static_response(extension.folder, request.path_params["file"])

    return static


def _translator(extension: Extension | None, language: str) -> Callable[[str], str]:
    """Return the translator of a template: an extension's own messages first, then those of the Hub's templates."""
    ours = translator("hub", language)
    if extension is None:
        return ours
    theirs = translator(extension.name, language)

    def translate(message: str) -> str:
        translated = theirs(message)
        return translated if translated != message else ours(message)

    return translate


def render(call: Call, template: str, status: int = 200, *, extension: str = "", **context: Any) -> Response:
    """Render a page from a template of the Hub, or of the extension of this name."""
    language = language_of(call.request)
    mounted = _extension(call.hub, extension)
    html = (
        _templates(mounted.folder if mounted else None)
        .get_template(template)
        .render(
            _=_translator(mounted, language),
            language=language,
            navigation=_navigation(call, language),
            me=call.caller.user,
            csrf=call.hub.signer.signature(_CSRF, _secret_of(call)),
            root=root(call.request),
            endpoint=endpoint_of(call.request),
            host=urlsplit(endpoint_of(call.request)).netloc,
            here=_here(call.request),
            switched=_switched(call.request, language),
            style=static_version("style.css"),
            script=static_version("hub.js"),
            sign_up=sign_up_is_open(call.hub),
            now=call.hub.now(),
            **context,
        )
    )
    # File names may contain bytes that are not UTF-8; the page itself must be UTF-8.
    response = HTMLResponse(html.encode("utf-8", "replace"), status)
    response.headers["Content-Security-Policy"] = _policy(call)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept-Language, Cookie"
    if session_secret(call.hub, call.request) is None:
        give_cookie(call, response, _secret_of(call))
    if (switched := call.request.query_params.get("lang")) in settings.LANGUAGES:
        response.set_cookie(
            _LANGUAGE_COOKIE, str(switched), max_age=365 * 86400, samesite="lax", path=root(call.request) or "/"
        )
    return response


def redirect(path: str) -> Response:
    """Redirect to another page of this Hub; ``path`` is without the proxy's prefix."""
    return RedirectResponse(path, 303)


def _placed(request: Request, response: Response) -> Response:
    """Add the proxy's prefix to a redirection. Use a complete URL, because only some proxies add their prefix to a bare
    path."""
    location = response.headers.get("location", "")
    if root(request) and location.startswith("/"):
        response.headers["location"] = base_url(request) + root(request) + location
    return response


def local_path(text: str) -> str:
    """Return ``text`` if it is a path of this Hub, else ``/``, to prevent redirects to other sites after a log-in."""
    # Browsers treat a backslash as a slash, and drop blanks and control characters.
    return text if re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", text) else "/"


def _check_form(call: Call) -> None:
    """Check the origin and the CSRF token of a form; raise if it does not come from this Hub's own page."""
    request = call.request
    origin = request.headers.get("origin")
    if (origin is not None and origin != base_url(request)) or request.headers.get("sec-fetch-site") in (
        "cross-site",
        "same-site",
    ):
        raise Refusal(403, _FOREIGN)
    secret, given = session_secret(call.hub, request), call.form().get("csrf", [""])[-1]
    if secret is None or not call.hub.signer.verify(_CSRF, secret, given):
        raise Refusal(403, _STALE)


def page(handler: PageHandler, *, hashes: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """Return an ASGI endpoint for a page's handler.

    Forms are checked before the handler runs, and refusals become error pages. Forms with ``hashes`` hash a password,
    and only a few of them run at the same time: each needs 32 MiB and 0.1 s.
    """

    async def run(request: Request) -> Response:
        if request.method == "HEAD":
            # A handler that tells GET from everything else would take it for a form, of which nothing was checked.
            request = Request({**request.scope, "method": "GET"}, request.receive)
        hub: Hub = request.app.state.hub
        caller: Caller = ANONYMOUS
        body = b""
        try:
            body = b"".join([chunk async for chunk in chunks(request, 1 << 20)])

            def work() -> Response:
                nonlocal caller
                caller = identify(hub, request)
                call = Call(hub, request, caller, body)
                if request.method == "POST":
                    _check_form(call)
                if caller.user is None and request.scope["permission"] is FORM:
                    return redirect("/login?next=" + quote(request.scope["path"], safe="/"))
                require(caller, request)
                return handler(call)

            limiter = request.app.state.password_turns if hashes and request.method == "POST" else None
            return _placed(request, await in_turn(request, work, limiter))
        except Refusal as refusal:
            if refusal.status == 307:
                target = refusal.headers["Location"].removeprefix(base_url(request)).removeprefix(root(request))
                return _placed(request, RedirectResponse(target, 307))
            return error_page(Call(hub, request, caller, body), refusal)
        except HubRefused as refused:
            return error_page(Call(hub, request, caller, body), Refusal(400, str(refused)))
        except disk.TROUBLE as error:
            full = disk.refusal_of(error)
            if full is None:
                raise
            return error_page(Call(hub, request, caller, body), full)

    return run


def error_sentence(refusal: Refusal, _: Callable[[str], str]) -> str:
    """Return a page's message for a refusal, in the language of ``_``."""
    known = _SENTENCES.get(refusal.code or "")
    return _(known) if known else refusal.said(_)


def error_page(call: Call, refusal: Refusal) -> Response:
    """Return an error page that says what happened and what to do next."""
    _ = translator("hub", language_of(call.request))
    message = error_sentence(refusal, _)
    # For 401 a browser may show its own log-in dialogue; this page has a link to the log-in instead.
    status = 404 if refusal.status == 401 else refusal.status
    return render(call, "error.html", status, status_code=status, message=message)


def field(call: Call, name: str) -> str:
    """Return a form field's value; empty if it was not sent."""
    return call.form().get(name, [""])[-1]


def page_number(call: Call, name: str = "p") -> int:
    """Return the requested page number of a list, from 0; 0 if it is invalid."""
    text = call.request.query_params.get(name, "0")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 7 else 0
