"""Translate messages into the reader's language.

English strings in the code are the source; a gettext catalogue per domain (``hub``, ``judge``, ``widgets``, ``cli``)
contains the Chinese. Catalogues are edited as ``.po`` and compiled by ``make messages``; both are committed, and a test
checks that they agree and are complete.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograde import settings
from autograde.i18n.packages import PackageTranslations

LOCALE = Path(__file__).parent / "locale"

#: The domain of the judge and the questions; other packages may add questions and their translations.
QUESTIONS = "judge"


#: A space after a Chinese sentence, to be removed.
_SPACE_AFTER_CHINESE = re.compile(r"(?<=[。！？：]) ")


@cache
def translator(domain: str, language: str) -> Callable[[str], str]:
    """Return a function that translates English messages of ``domain`` into ``language``.

    Like gettext, it returns messages without a translation unchanged.
    """
    found = gettext.translation(domain, LOCALE, languages=[language], fallback=True)
    if domain == QUESTIONS:
        found.add_fallback(PackageTranslations(language))
    return found.gettext


def messages(domain: str) -> Callable[[str], str]:
    """Return a function that translates English messages of ``domain`` into the settings' language at each call.

    For programs with one reader (the command line, a kernel). The Hub has many readers: it calls :func:`translator`
    with each reader's language.
    """

    def translate(message: str) -> str:
        return translator(domain, settings.language())(message)

    return translate


def marked(message: str) -> str:
    """Return ``message`` unchanged; mark it for translation where it is shown."""
    return message


def sentences(*texts: str) -> str:
    """Join sentences with spaces, except after Chinese ones; skip empty ones."""
    return _SPACE_AFTER_CHINESE.sub("", " ".join(filter(None, texts)))
