"""Render pages and error pages from their templates."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from starlette.responses import HTMLResponse, Response

from autograde.errors import HubRefused
from autograde.hub.pages.assets import HUB, extension_named, static_version
from autograde.hub.pages.forms import CSRF, secret_of
from autograde.hub.pages.languages import language_links, language_of, remember_language, tag_of, translator_of
from autograde.hub.pages.links import current_path, endpoint_of
from autograde.hub.pages.sessions import set_session_cookie
from autograde.hub.pages.visible import visible, visible_text
from autograde.hub.people.switches import sign_up_is_open
from autograde.hub.refusals import Refusal
from autograde.hub.times import ago, iso, size_text
from autograde.hub.web.admission import session_secret
from autograde.hub.web.calls import Call
from autograde.hub.web.origin import path_prefix
from autograde.i18n.translation import marked, translator

if TYPE_CHECKING:
    from jinja2 import Environment

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)


def _policy(call: Call) -> str:
    """Return the page's Content-Security-Policy. To prevent clickjacking, only JupyterLab may show pages in a frame,
    except pages with a form that grants, creates or deletes something."""
    framed = call.request.scope.get("framed", False)
    return _POLICY + (" ".join(["'self'", *call.hub.frames]) if framed else "'none'")


#: Messages for pages by error code; the API uses huggingface.co's messages instead.
_SENTENCES = {
    "RepoNotFound": marked(
        "There is no repository at this address, or it is private and not yours. Check the name; log in if it is yours."
    ),
    "RevisionNotFound": marked("This repository has no branch, tag or commit of this name."),
    "EntryNotFound": marked("There is no file or folder of this name here. It may have been moved or deleted."),
    "GatedRepo": marked("This repository is gated: request access from its authors to see its files."),
}


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


def _navigation(call: Call, language: str) -> list[tuple[str, str]]:
    """Return path and title of each extension that the reader may use."""
    user = call.caller.user
    if user is None or not user.administrator:
        return []
    shown = [extension for extension in call.hub.config.extensions if extension.title]
    return [(f"/{each.name}", translator(each.name, language)(each.title)) for each in shown]


def render(call: Call, template: str, status: int = 200, *, extension: str = "", **context: Any) -> Response:
    """Render a page from a template of the Hub, or of the extension of this name."""
    language = language_of(call.request)
    mounted = extension_named(call.hub, extension)
    html = (
        _templates(mounted.folder if mounted else None)
        .get_template(template)
        .render(
            _=translator_of(mounted, language),
            language=language,
            tag=tag_of(language),
            navigation=_navigation(call, language),
            me=call.caller.user,
            csrf=call.hub.signer.signature(CSRF, secret_of(call)),
            root=path_prefix(call.request),
            endpoint=endpoint_of(call.request),
            host=urlsplit(endpoint_of(call.request)).netloc,
            here=current_path(call.request),
            language_links=language_links(call.request, language),
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
        set_session_cookie(call, response, secret_of(call))
    remember_language(call.request, response)
    return response


def error_sentence(refusal: Refusal, _: Callable[[str], str]) -> str:
    """Return a page's message for a refusal, in the language of ``_``."""
    known = _SENTENCES.get(refusal.code or "")
    return _(known) if known else refusal.translated(_)


def problem_of(call: Call, refused: HubRefused | Refusal) -> tuple[int, str]:
    """Return the status and the problem of a form that is shown again, with what was typed, because of an error."""
    if isinstance(refused, HubRefused):
        return 400, refused.what
    return refused.status, error_sentence(refused, translator("hub", language_of(call.request)))


def error_page(call: Call, refusal: Refusal) -> Response:
    """Return an error page that says what happened and what to do next."""
    _ = translator("hub", language_of(call.request))
    message = error_sentence(refusal, _)
    # For 401, a browser may show its own log-in dialogue; this page has a log-in link instead.
    status = 404 if refusal.status == 401 else refusal.status
    return render(call, "error.html", status, status_code=status, message=message)
