"""The people of the class list, and how platforms write their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograde.grading.submissions.platform_names import Download

#: Chinese, Japanese and Korean letters, the last also in parts.
_EASTERN = "\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

#: How German umlauts are written in ASCII.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True)
class ListedLearner:
    """A learner in the class list: the id used by nbgrader and the Hub, and the names that platforms may use."""

    id: str
    names: tuple[str, ...]


def with_names(people: Iterable[tuple[str, str, str]]) -> list[ListedLearner]:
    """Return the class list's people from ``(id, full name, e-mail address)``, with every name a platform may use."""
    found = []
    for identifier, fullname, email in people:
        # Canvas writes garcialopezmariajose: any number of last names come before the first names.
        spellings = dict.fromkeys((fullname, fullname.translate(_UMLAUTS)))
        joined = [
            "".join((*words[place:], *words[:place]))
            for words in ([re.sub(r"\W+", "", word) for word in spelling.split()] for spelling in spellings)
            for place in range(len(words))
        ]
        # A Chinese name has no space, but platforms add one, in either order.
        if len(fullname) > 1 and all("\u3040" <= mark <= "\uffef" for mark in fullname):
            joined += [f"{fullname[:length]} {fullname[length:]}" for length in (1, 2)]
        names = (*spellings, *joined, *("".join(reversed(each.split())) for each in spellings), email,
                 email.partition("@")[0])  # fmt: skip
        found.append(ListedLearner(identifier, tuple(name for name in names if name)))
    return found


def ids_by_name(people: Sequence[ListedLearner]) -> dict[str, set[str]]:
    """Return the ids of the people by name."""
    by_name: dict[str, set[str]] = {}
    for person in people:
        for name in (person.id, *person.names):
            by_name.setdefault(folded(name), set()).add(person.id)
    return by_name


def person_within(download: Download, people: Sequence[ListedLearner]) -> ListedLearner | None:
    """Return the only person whose number or full name is in a longer one: "20230001-王小明", "Dr. Ada Lovelace"."""
    words = words_of(" ".join((download.learner, *download.others)))
    if not id_number(download):
        words -= words_of(download.number)
    found = [
        person
        for person in people
        if (any(map(str.isdigit, person.id)) and words_of(person.id) <= words)
        or any(_is_whole(name) and words_of(name) <= words for name in _spellings(person.names[:1]))
    ]
    return found[0] if len(found) == 1 else None


def _spellings(names: Iterable[str]) -> list[str]:
    return [spelling for name in names for spelling in (name, name.translate(_UMLAUTS))]


def _is_whole(name: str) -> bool:
    """Return whether a name is a full name: two words, or Chinese."""
    return len(words_of(name)) > 1 or (len(name) > 1 and name > "\u2e80")


def name_and_id(person: ListedLearner) -> str:
    """Return "Ada Lovelace (ada)"."""
    return f"{person.names[0]} ({person.id})" if person.names else person.id


def _without_accents(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(name: str) -> set[str]:
    """Return the words of a name, without accents and in small letters."""
    # A number and a Chinese, Japanese or Korean name are often written without a space: 20230001王小明.
    return set(re.findall(rf"[{_EASTERN}]+|[^\W_{_EASTERN}]+", _without_accents(name)))


def folded(name: str) -> str:
    """Normalise a name: ignore case, accents, spaces and word order, since platforms write ``lovelaceada``."""
    words = re.findall(r"\w+", _without_accents(name))
    return "".join(sorted(words)) if len(words) > 1 else "".join(words)


def id_number(download: Download) -> str:
    """Return the platform's number if it may be an id in the class list; otherwise "".

    Moodle numbers the submissions of all its courses, so a match with a student number would be a coincidence.
    """
    return "" if download.platform in ("Moodle", "Brightspace") and download.number.isdecimal() else download.number
