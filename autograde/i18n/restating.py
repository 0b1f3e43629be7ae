"""Say a message again in another language after it was translated and filled in.

A receipt holds what happened to a submission as text, in the language of the person or the learner at that time. The
class page is written in every language.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from autograde.i18n.translation import LOCALE, translator
from autograde.settings import LANGUAGES

_FIELD = re.compile(r"\{(\w+)[^{}]*\}")

#: Characters of a text that is looked up.
_LONGEST = 1000


@lru_cache(maxsize=4096)
def restated(text: str, domain: str, language: str) -> str:
    """Return a text of the catalogue ``domain``, or two of them with a blank between, in ``language``.

    Fields that were filled in stay as they are. A text that is not of the catalogue is returned unchanged, and so is
    one longer than :data:`_LONGEST`: learners choose what is filled in, and matching long texts is slow.
    """
    return _restated(text, domain, language)[1] if len(text) <= _LONGEST else text


def _restated(text: str, domain: str, language: str) -> tuple[int, str]:
    """Return how many characters of the text are the catalogue's, and the text in ``language``."""
    best = 0, text
    for form, length, message in _forms(domain):
        said = translator(domain, language)(message)
        if found := form.fullmatch(text):
            best = max(best, (length, _filled_in(said, found.groupdict())), key=lambda each: each[0])
        # An error is what happened and what to do.
        if (found := form.match(text)) and (text[found.end() :].startswith(" ") or found[0].endswith("。")):
            more, rest = _restated(text[found.end() :].removeprefix(" "), domain, language)
            first = _filled_in(said, found.groupdict())
            if more and length + more > best[0]:
                best = length + more, f"{first}{'' if first.endswith('。') else ' '}{rest}"
    return best


def _filled_in(message: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), message)


@cache
def _forms(domain: str) -> tuple[tuple[re.Pattern[str], int, str], ...]:
    """Return for each message in each language: a pattern, the number of its fixed characters, and the English message.

    The ones with most fixed characters come first.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        catalogue = gettext.translation(domain, LOCALE, languages=[language], fallback=True)
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
