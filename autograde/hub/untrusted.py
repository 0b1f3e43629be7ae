"""Parse untrusted JSON and YAML into plain data that can be sent and stored.

Used for config.json, safetensors headers, model cards, commit lines and request bodies. The result can always be
written as JSON and stored in the database: no NaN, no infinite or huge numbers, no lone surrogates, no dates, no keys
that are not text. Everything else raises :class:`Unreadable` with one sentence.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    import yaml

#: Largest nesting depth of lists and objects: a stack overflow in a C parser would end the process.
MAX_DEPTH = 64

#: Largest number of values (numbers, texts, lists, objects) in one YAML text.
MAX_NODES = 20_000

#: Largest number of values in one JSON text: each needs up to a hundred bytes of memory.
MAX_VALUES = 400_000

#: The largest integer, as in the database and in most other programs: 64 bits.
MAX_INTEGER = (1 << 63) - 1

_SURROGATE = re.compile("[\ud800-\udfff]")

# A string in JSON. An unterminated one ends with the text, so that each character is matched only once.
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)


class Unreadable(ValueError):
    """Raised when a text is not JSON or YAML that the Hub accepts; the message is one sentence about why."""


def clean_text(text: str) -> str:
    """Return ``text`` as valid Unicode, with a question mark for each invalid byte or surrogate."""
    return text if text.isascii() else _SURROGATE.sub("?", text)


def storable(value: Any) -> Any:
    """Return ``value`` as :func:`plain` data without ever raising: values that JSON cannot represent become text.

    For the Hub's own records: an event must be written even if a file's name is not Unicode.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    try:
        return plain(value)
    except Unreadable:
        return clean_text(repr(value))[:200]


def plain(value: Any, *, depth: int = 0) -> Any:
    """Return ``value`` as JSON data: objects with text as keys, lists, texts, numbers, booleans and null.

    Dates become text.

    Raises:
        Unreadable: JSON cannot represent a value, or lists and objects are nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise Unreadable(f"Lists and objects are nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Unreadable("An integer has more than 64 bits; write it as a text, between quotation marks.")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise Unreadable(f"{value} is not a number in JSON; write a finite number, or a text.")
        return value
    if isinstance(value, list | tuple):
        return [plain(item, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        return {_key(key): plain(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    raise Unreadable(f"A value of type {type(value).__name__} is not supported here; write a text.")


def _text(value: str) -> str:
    if not value.isascii() and _SURROGATE.search(value):
        raise Unreadable("A text has half of a surrogate pair in it (\\ud800 to \\udfff), which is not a character.")
    return value


def _key(key: Any) -> str:
    if isinstance(key, str):
        return _text(key)
    if isinstance(key, bool | int | float | type(None)):
        return str(plain(key))
    if isinstance(key, datetime.date):
        return key.isoformat()
    raise Unreadable(f"A key of type {type(key).__name__} is not supported here; write a text.")


def _values(text: str) -> int:
    """Return the largest number of values that a JSON text may have."""
    return text.count(",") + text.count("[") + text.count("{")


def _no_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a number in JSON; write a finite number, or a text.")


def read_json(content: bytes | str) -> Any:
    """Parse a JSON text into :func:`plain` data. If a key occurs twice, the last one counts.

    Raises:
        Unreadable: it is not JSON, or not JSON that the Hub accepts.
    """
    text = content
    try:
        if isinstance(text, bytes):
            text = text.decode(json.detect_encoding(text))
        if _values(text) > MAX_VALUES and _values(_STRING.sub("", text)) > MAX_VALUES:
            raise Unreadable(f"There are more than {MAX_VALUES:,} values.")
        # json.loads accepts NaN and Infinity, which are not JSON, and uses a level of the stack for each [.
        return plain(json.loads(text, parse_constant=_no_constant))
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable(f"Lists and objects are nested more than {MAX_DEPTH} levels deep.") from None
    except ValueError as error:
        raise Unreadable(f"This is not JSON: {clean_text(' '.join(str(error).split()))}") from None


def read_yaml(content: str) -> Any:
    """Parse a YAML text into :func:`plain` data.

    Raises:
        Unreadable: it is not YAML, or uses aliases, has a key twice, is nested deeply or too long.
    """
    import yaml

    loader = _yaml_loader()
    try:
        # Check the events first: parsing them needs no stack, building the data does.
        _count(yaml.parse(content, Loader=loader))
        return plain(yaml.load(content, Loader=loader))  # noqa: S506 - a safe loader, see _yaml_loader
    except Unreadable:
        raise
    except Exception as error:
        # PyYAML's constructors raise various errors: IndexError for `!!int ""`, AttributeError for a timestamp.
        reason = clean_text(" ".join(str(error).split())) or type(error).__name__
        raise Unreadable(f"This is not YAML: {reason}") from None


def _count(events: Any) -> None:
    """Raise if a small text describes data that is too large or too deep."""
    import yaml

    depth = nodes = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            raise Unreadable("Aliases (*name) are not supported here; write the value again.")
        if isinstance(event, yaml.NodeEvent):
            nodes += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"Lists and objects are nested more than {MAX_DEPTH} levels deep.")
        if nodes > MAX_NODES:
            raise Unreadable(f"There are more than {MAX_NODES:,} values.")


@lru_cache(maxsize=1)
def _yaml_loader() -> type[yaml.SafeLoader]:
    """Return a safe loader that refuses duplicate keys. Created on first use: importing yaml takes 25 ms."""
    import yaml

    # The C parser is seven times faster: 64 KiB of metadata take 0.15 s.
    base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc, valid-type]
        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            seen = set()
            for key, __ in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if (key.tag, key.value) in seen:
                        raise Unreadable(f"The key {clean_text(key.value)[:100]!r} is there twice.")
                    seen.add((key.tag, key.value))
            return super().construct_mapping(node, deep=deep)

    return Loader
