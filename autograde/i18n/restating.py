"""Translate a formatted message into another language by recognising its template.

A receipt contains messages as text in the language of the person or the learner at the time of grading, but the class
page is written in every language.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from autograde.i18n.translation import LOCALE, translator
from autograde.settings import LANGUAGES

_FIELD = re.compile(r"\{(\w+)[^{}]*\}")

#: The catalogue of the messages that receipts contain.
_DOMAIN = "cli"

#: Longest text that is looked up, in characters.
_LONGEST = 1000


@lru_cache(maxsize=4096)
def restated(text: str, language: str) -> str:
    """Return a message of the catalogue "cli", or two messages separated by a space, in ``language``.

    The values in it are not changed. A text that is not in the catalogue is returned unchanged, and so is one longer
    than :data:`_LONGEST`, because learners control the values, and matching long texts is slow.
    """
    return _restated(text, language)[1] if len(text) <= _LONGEST else text


def _restated(text: str, language: str) -> tuple[int, str]:
    """Return the number of characters from the catalogue, and the text in ``language``."""
    best = 0, text
    translate = translator(_DOMAIN, language)
    for form, length, message in _forms():
        translated = translate(message)
        if found := form.fullmatch(text):
            best = max(best, (length, _filled_in(translated, found.groupdict())), key=lambda each: each[0])
        # An error consists of two messages: what happened and what to do.
        if (found := form.match(text)) and (text[found.end() :].startswith(" ") or found[0].endswith("。")):
            more, rest = _restated(text[found.end() :].removeprefix(" "), language)
            first = _filled_in(translated, found.groupdict())
            if more and length + more > best[0]:
                best = length + more, f"{first}{'' if first.endswith('。') else ' '}{rest}"
    return best


def _filled_in(message: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), message)


@cache
def _forms() -> tuple[tuple[re.Pattern[str], int, str], ...]:
    """Return a pattern, the number of fixed characters, and the English message, for each message in each language.

    Those with the most fixed characters come first.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        catalogue = gettext.translation(_DOMAIN, LOCALE, languages=[language], fallback=True)
        for message, translated in getattr(catalogue, "_catalog", {}).items():
            if isinstance(message, str) and message:
                found.update({message: message, translated: message})
    forms = [(_pattern(each), len(_FIELD.sub("", each)), message) for each, message in found.items()]
    return tuple(sorted(forms, key=lambda each: -each[1]))


def _pattern(message: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for number, part in enumerate(_FIELD.split(message)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
