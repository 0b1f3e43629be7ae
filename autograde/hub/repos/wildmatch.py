"""Match one pattern of ``.gitattributes`` or ``.gitignore`` with a path as git does.

Source: gitignore(5), "PATTERN FORMAT", and gitattributes(5). git compares bytes: ``?`` matches one UTF-8 byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from autograde.hub.refusals import Refusal

#: The POSIX classes that ``[...]`` may contain, as sets of bytes.
_CLASSES = {
    b"alnum": b"0-9A-Za-z",
    b"alpha": b"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": b"0-9",
    b"graph": rb"\x21-\x7e",
    b"lower": b"a-z",
    b"print": rb"\x20-\x7e",
    b"punct": rb"\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e",
    b"space": rb"\x09-\x0d\x20",
    b"upper": b"A-Z",
    b"xdigit": b"0-9A-Fa-f",
}

#: Limit of patterns with wildcards in one file. Below the cache size, so that no pattern is compiled twice.
MAX_PATTERNS = 2000


class _MalformedPattern(Exception):
    """Raised for a malformed pattern, which matches nothing, as in git."""


#: One segment of a pattern.
_Segment = re.Pattern[bytes]

#: A ``**`` segment: any number of folders, including none. Compared by identity, never matched.
_ANY: _Segment = re.compile(rb"(?!)")


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> tuple[bytes, tuple[_Segment, ...]] | None:
    """Return a pattern's literal beginning and its other segments; None when it is malformed and matches nothing."""
    raw = pattern.encode("utf-8", "surrogateescape")
    beginning = b""
    if b"/" in raw:
        # git compares the text before the first wildcard by itself, so `a**` after it begins with `**` (dir.c).
        raw = raw.removeprefix(b"/")
        beginning = re.split(rb"[*?\[\\]", raw, maxsplit=1)[0]
        segments: list[_Segment] = []
    else:
        # A pattern without a slash matches the last segment at any depth.
        segments = [_ANY]
    try:
        tokens = list(_tokens(raw[len(beginning) :]))
        segment: list[bytes] = []
        for position, token in enumerate(tokens):
            if token == b"**":
                # `**/` also matches no folder; `**` at the end needs at least one segment.
                if position + 1 == len(tokens):
                    segments.append(_segment([b"*"]))
                segments.append(_ANY)
            elif token == b"/" and position and tokens[position - 1] == b"**":
                continue
            elif token == b"/":
                segments.append(_segment(segment))
                segment = []
            else:
                segment.append(token)
        if not tokens or tokens[-1] != b"**":
            segments.append(_segment(segment))
        return beginning, tuple(segments)
    except (_MalformedPattern, re.error):
        return None


def _segment(tokens: list[bytes]) -> _Segment:
    """Return the regular expression of one segment.

    The text between two stars is matched at its first position and not tried again later (an atomic group). Otherwise,
    a pattern with many stars could keep the Hub busy forever.
    """
    pieces = [b""]
    for token in tokens:
        if token == b"*":
            pieces.append(b"")
        else:
            pieces[-1] += token
    first, *rest = pieces
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    return re.compile(first + b"".join(b"(?>.*?%s)" % piece for piece in middle) + b".*" + last, re.DOTALL)


def _tokens(pattern: bytes) -> Iterator[bytes]:
    """Yield the tokens of a pattern: ``/``, ``**`` (whole folders), ``*``, and expressions for exactly one byte."""
    position = 0
    while position < len(pattern):
        character = pattern[position : position + 1]
        if character == b"*":
            end = position
            while pattern[end : end + 1] == b"*":
                end += 1
            double = end - position > 1 and pattern[position - 1 : position] in (b"", b"/")
            if double and pattern[end : end + 2] == rb"\/":
                # An escaped slash must match: `**\/` needs at least one folder.
                yield from (b"*", b"/", b"**", b"/")
                end += 2
            else:
                yield b"**" if double and pattern[end : end + 1] in (b"", b"/") else b"*"
            position = end
        elif character == b"?":
            yield b"."
            position += 1
        elif character == b"[":
            members, position = _bracket(pattern, position + 1)
            yield members
        elif character == b"\\":
            if position + 1 == len(pattern):
                raise _MalformedPattern
            yield re.escape(pattern[position + 1 : position + 2])
            position += 2
        else:
            yield re.escape(character)
            position += 1


def _bracket(pattern: bytes, position: int) -> tuple[bytes, int]:
    """Return the regular expression of a set that begins after its ``[``, and the position after the set.

    It is only matched against single segments, so it need not exclude the slash, which no set matches.
    """
    negated = pattern[position : position + 1] in (b"!", b"^")
    position += negated
    members: list[bytes] = []
    previous: int | None = None  # start of a range when a - follows
    first = True
    while first or pattern[position : position + 1] != b"]":
        first = False
        if position >= len(pattern):
            raise _MalformedPattern
        if pattern[position : position + 2] == b"[:" and (close := pattern.find(b"]", position + 2)) > 0:
            name = pattern[position + 2 : close - 1]
            if close > position + 2 and pattern[close - 1 : close] == b":":
                if name not in _CLASSES:
                    raise _MalformedPattern
                members.append(_CLASSES[name])
                position, previous = close + 1, None
                continue
        if (
            pattern[position : position + 1] == b"-"
            and previous is not None
            and pattern[position + 1 : position + 2] not in (b"", b"]")
        ):
            last, position = _member(pattern, position + 1)
            if previous <= last:
                members.append(b"\\x%02x-\\x%02x" % (previous, last))
            previous = None
            continue
        previous, position = _member(pattern, position)
        members.append(b"\\x%02x" % previous)
    return (b"[^%s]" if negated else b"[%s]") % b"".join(members), position + 1


def _member(pattern: bytes, position: int) -> tuple[int, int]:
    """Return one byte of a set, which may follow a backslash, and the position after it."""
    if pattern[position : position + 1] == b"\\":
        position += 1
        if position >= len(pattern):
            raise _MalformedPattern
    return pattern[position], position + 1


def matches(pattern: str, path: str) -> bool:
    """Return whether ``pattern`` matches ``path`` itself, relative to the repository and with slashes."""
    compiled = _compiled(pattern)
    raw = path.encode("utf-8", "surrogateescape")
    if compiled is None or not raw.startswith(compiled[0]):
        return False
    beginning, segments = compiled
    parts = raw[len(beginning) :].split(b"/")
    at, part = 0, 0
    retry, retry_part = -1, 0
    while part < len(parts):
        segment = segments[at] if at < len(segments) else None  # None: the pattern has ended
        if segment is _ANY:
            at, retry, retry_part = at + 1, at, part
        elif segment is not None and segment.fullmatch(parts[part]):
            at, part = at + 1, part + 1
        elif retry >= 0:
            # Backtrack: let the last `**` match one more folder.
            retry_part += 1
            at, part = retry + 1, retry_part
        else:
            return False
    return all(segment is _ANY for segment in segments[at:])


def check_number(number: int, name: str) -> None:
    """Check the number of patterns with wildcards in the file ``name``: matching many of them takes too long.

    Raises:
        Refusal: 413, there are too many.
    """
    if number > MAX_PATTERNS:
        raise Refusal(413, f"{name} has {number:,} patterns with wildcards; the Hub allows at most {MAX_PATTERNS:,}.")
