"""Messages in the reader's language.

English strings in the code are the source; a gettext catalogue per room (``hub``, ``judge``, ``widgets``, ``cli``)
holds the Chinese. Catalogues are edited as ``.po`` and compiled by ``make messages``; both are committed, and a test
proves that they agree and are complete.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

from autograde import settings

LOCALE = Path(__file__).parent / "locale"


@cache
def translator(domain: str, language: str) -> Callable[[str], str]:
    """A function from an English message of ``domain`` to the same message in ``language``.

    A message without a translation comes back in English, as gettext does.
    """
    return gettext.translation(domain, LOCALE, languages=[language], fallback=True).gettext


def messages(domain: str) -> Callable[[str], str]:
    """A function from an English message of ``domain`` to the same message in the language of the settings when called.

    For programs with one reader (the command line, a kernel); a Hub with many readers asks for :func:`translator` with
    each reader's language.
    """

    def translate(message: str) -> str:
        return translator(domain, settings.language())(message)

    return translate
