"""Sentences as data: chosen by the judge, and translated when they are read.

A verdict is created once and read in two languages, so it contains the English source of each sentence and the values
for its placeholders, but no finished text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from autograde.i18n.translation import translator

#: A value in a sentence: a number, text that is never translated such as a token or a name, or another sentence.
Value: TypeAlias = "int | float | str | Message"

#: A space between two Chinese characters, where a sentence has a Chinese value in place of a number.
_SPACE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

#: The catalogue of this room.
DOMAIN = "judge"


#: What an access token looks like, also one that was cut off.
_TOKEN = re.compile(r"hf_[A-Za-z0-9]{12,}")


def masked(text: str) -> str:
    """The text with each access token cut short: a verdict is shown, saved and handed on."""
    return _TOKEN.sub(lambda found: f"{found[0][:6]}…", text)


@dataclass(frozen=True)
class Message:
    """A sentence of the judge.

    Attributes:
        text: the English source, with ``{names}`` where values belong; the key of the catalogue.
        values: the values by name, in alphabetical order so that equal messages are equal.
    """

    text: str
    values: tuple[tuple[str, Value], ...] = ()

    def in_language(self, language: str) -> str:
        """The sentence in ``"en"`` or ``"zh"``."""
        translate: Callable[[str], str] = translator(DOMAIN, language)
        filled = {
            name: value.in_language(language) if isinstance(value, Message) else value for name, value in self.values
        }
        return _SPACE.sub("", translate(self.text).format(**filled))

    def to_json(self) -> dict[str, object]:
        """The message as JSON: ``{"text": ..., "values": {...}}``."""
        return {
            "text": self.text,
            "values": {name: value.to_json() if isinstance(value, Message) else value for name, value in self.values},
        }

    @classmethod
    def from_json(cls, value: object) -> Message:
        """The message that :meth:`to_json` wrote.

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
    """A message; named as gettext's tools expect, so that they find every sentence of this room."""
    shown = {name: masked(value) if isinstance(value, str) else value for name, value in values.items()}
    return Message(text, tuple(sorted(shown.items())))


def verbatim(text: str) -> Message:
    """Return text that is never translated, such as code, as a sentence."""
    return Message("{text}", (("text", masked(text)),))
