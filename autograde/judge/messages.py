"""Messages as data: chosen by the judge, and translated when they are shown.

A verdict is created once and read in two languages, so it contains the English source of each sentence and the values
of its placeholders instead of formatted text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from autograde.i18n.translation import translator

#: A value in a sentence: a number, untranslated text such as a token or a name, or another sentence.
Value: TypeAlias = "int | float | str | Message"

#: A space between two Chinese characters, which appears when a Chinese value replaces a number.
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

#: The catalogue of this package.
DOMAIN = "judge"


#: An access token, possibly cut off.
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{12,}")


def masked(text: str) -> str:
    """Return the text with access tokens masked, because verdicts are shown, saved and passed on."""
    return _TOKEN.sub(lambda found: f"{found[0][:6]}…", text)


@dataclass(frozen=True)
class Message:
    """A sentence of the judge.

    Attributes:
        text: the English source with ``{names}`` as placeholders; the key in the catalogue.
        values: the values by name, in alphabetical order so that equal messages compare equal.
    """

    text: str
    values: tuple[tuple[str, Value], ...] = ()

    def in_language(self, language: str) -> str:
        """Return the sentence in ``"en"`` or ``"zh"``."""
        translate: Callable[[str], str] = translator(DOMAIN, language)
        filled = {
            name: value.in_language(language) if isinstance(value, Message) else value for name, value in self.values
        }
        return _SPACE.sub("", translate(self.text).format(**filled))

    def to_json(self) -> dict[str, object]:
        """Return the message as JSON: ``{"text": ..., "values": {...}}``."""
        return {
            "text": self.text,
            "values": {name: value.to_json() if isinstance(value, Message) else value for name, value in self.values},
        }

    @classmethod
    def from_json(cls, value: object) -> Message:
        """Return the message that :meth:`to_json` wrote.

        Raises:
            ValueError: ``value`` is not such a message.
        """
        if not isinstance(value, dict) or set(value) != {"text", "values"} or not isinstance(value["values"], dict):
            raise ValueError(f"not a message: {value!r}")
        return cls(
            str(value["text"]),
            tuple(
                (name, cls.from_json(inner) if isinstance(inner, dict) else inner)
                for name, inner in sorted(value["values"].items())
            ),
        )


def _(text: str, /, **values: Value) -> Message:
    """Create a message; named ``_`` so that gettext's tools find every sentence."""
    shown = {name: masked(value) if isinstance(value, str) else value for name, value in values.items()}
    return Message(text, tuple(sorted(shown.items())))


def verbatim(text: str) -> Message:
    """Return text that is never translated, such as code, as a sentence."""
    return Message("{text}", (("text", masked(text)),))
