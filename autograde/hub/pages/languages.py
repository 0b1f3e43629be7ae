"""The language of a page: chosen by a person, or preferred by the browser."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from autograde import settings
from autograde.hub.extension import Extension
from autograde.hub.web.origin import path_prefix
from autograde.i18n.translation import translator

LANGUAGE_COOKIE = "hub_language"

#: Languages whose tag in HTML is not their code.
_TAGS = {"zh": "zh-CN"}


def tag_of(language: str) -> str:
    """Return a language's tag in HTML."""
    return _TAGS.get(language, language)


def language_of(request: Request) -> str:
    """Return the page's language: the chosen one, else the browser's preferred one."""
    chosen = (
        request.query_params.get("lang")
        or request.cookies.get(LANGUAGE_COOKIE)
        or request.headers.get("accept-language", "en")
    )
    return settings.language(chosen)


def remember_language(request: Request, response: Response) -> None:
    """Set a cookie if this request chooses a language. Requests for images are ignored: a card may contain any URL."""
    chosen = request.query_params.get("lang", "")
    if chosen in settings.LANGUAGES and request.headers.get("sec-fetch-dest", "document") in ("document", "iframe"):
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=365 * 86400, samesite="lax", path=path_prefix(request) or "/"
        )


def language_links(request: Request, language: str) -> list[tuple[str, str, str]]:
    """Return, for each language except ``language``, the URL of this page in it, its tag and its name."""
    return [
        (_switched(request, other), tag_of(other), settings.LANGUAGE_NAMES[other])
        for other in settings.LANGUAGES
        if other != language
    ]


def _switched(request: Request, language: str) -> str:
    """Return the URL of this page in the language ``language``."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    if request.method != "GET":
        kept = []
    return "?" + urlencode([*kept, ("lang", language)])


def translator_of(extension: Extension | None, language: str) -> Callable[[str], str]:
    """Return the translator of a template: an extension's own messages first, then those of the Hub's templates."""
    ours = translator("hub", language)
    if extension is None:
        return ours
    theirs = translator(extension.name, language)

    def translate(message: str) -> str:
        translated = theirs(message)
        return translated if translated != message else ours(message)

    return translate
