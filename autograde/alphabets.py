"""Measure how well a text fits a single-byte encoding, by the letters that languages use together in a word.

In these encodings, nearly every byte is valid, so a wrong encoding also gives letters: "Jiří" in Windows-1250 is "Jiøí"
in Windows-1252. But no language uses both ø and í.
"""

from __future__ import annotations

import re
from itertools import islice

#: Lower-case letters of languages in addition to a-z, by the encodings used for their class lists.
_WESTERN = ("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúüç", "ãáâàçéêíóôõúü", "àèéìíîòóùú", "åäöæøéèü", "áàéèëïíóöü")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýžĺľäô", "áéíóöőúüű", "čćđšž", "äöüß")
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_TURKISH = ("çğıiöşüâîû",)
#: The encodings, the most frequent first. If several fit equally well, the first one wins.
ENCODINGS: dict[str, tuple[str, ...]] = {
    "cp1252": _WESTERN, "cp1250": _CENTRAL, "mac_roman": _WESTERN, "iso8859_2": _CENTRAL, "cp1254": _TURKISH,
    "cp850": _WESTERN, "cp437": _WESTERN, "cp852": _CENTRAL, "mac_latin2": _CENTRAL,
    "cp1257": ("āčēģīķļņšūžõ", "ąčęėįšųūž", "äöõüšž"),
    "cp1256": ("".join(map(chr, range(0x0621, 0x064B))),),
    "cp1255": ("".join(map(chr, range(0x05D0, 0x05EB))),),
    "cp1251": ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",),
    "koi8_r": (_RUSSIAN,), "cp866": (_RUSSIAN,), "iso8859_5": (_RUSSIAN,), "mac_cyrillic": (_RUSSIAN,),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
}  # fmt: skip
#: Encodings of scripts without the letters a-z, in which words are runs of high bytes, as in Chinese.
OTHER_SCRIPTS = ("cp1256", "cp1255", "cp1251", "koi8_r", "cp866", "iso8859_5", "mac_cyrillic", "cp1253")

#: Margin by which an encoding must fit better than a more frequent one.
_CLEARLY = 0.05

#: A word with a non-ASCII letter, but without quotation marks, dashes and similar characters.
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f‘’–“”„…€•][^\W\d_]*")
_MOST_WORDS = 5_000


def best_fit(content: bytes, encodings: tuple[str, ...] = tuple(ENCODINGS)) -> tuple[float, str, str]:
    """Return the share of words that fit the best encoding, the text in it, and its name; ``(0, "", "")`` for none."""
    best, found = 0.0, (0.0, "", "")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        words = [word[0] for word in islice(_WORD.finditer(text), _MOST_WORDS)]
        share = sum(_fits(word, ENCODINGS[encoding]) for word in words) / max(len(words), 1)
        if not found[2] or share > best + _CLEARLY:
            best, found = share, (share, text, encoding)
    return found


def _fits(word: str, alphabets: tuple[str, ...]) -> bool:
    """Return whether a word is lower case, upper case or capitalised, with the letters of one language."""
    if word.isalpha() and not any(map(str.isupper, word)) and not any(map(str.islower, word)):
        # Arabic and Hebrew have no capitals.
        return any(set(word) <= set(alphabet) for alphabet in alphabets)
    if not word.isalpha() or not (word[1:].islower() or word[1:].isupper() or len(word) == 1):
        return False
    if word[0].islower() and word[1:].isupper():
        return False
    own = {letter for letter in word.replace("İ", "i").lower() if letter > "\x7f"}
    mixed = any(letter < "\x80" for letter in word) and any(letter > "\u036f" for letter in own)
    return not mixed and any(own <= set(alphabet) for alphabet in alphabets)
