"""Decide which files a ``.gitattributes`` stores in LFS, as git does (gitattributes(5)), and add more files to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from autograde.hub.repos.wildmatch import check_number, matches

#: Length in bytes above which git ignores a line of ``.gitattributes``.
_MAX_LINE = 2048

#: File patterns that ``.gitattributes`` on huggingface.co stores in LFS in a new repository.
LFS_PATTERNS = (
    "*.7z *.arrow *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.mlmodel *.model *.msgpack *.npy *.npz *.onnx "
    "*.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors saved_model/**/* *.tar.* *.tar *.tflite *.tgz "
    "*.wasm *.xz *.zip *.zst *tfevents*"
).split()


def lfs_line(pattern: str) -> str:
    """Return the line of ``.gitattributes`` that stores a pattern in LFS."""
    return f"{pattern} filter=lfs diff=lfs merge=lfs -text\n"


#: The ``.gitattributes`` of a new repository.
INITIAL_GITATTRIBUTES = "".join(map(lfs_line, LFS_PATTERNS))

#: An attribute's value: a text, True (set), False (unset) or None (unspecified).
_Value = str | bool | None

#: Attributes and their values, in the order of a line.
_States = tuple[tuple[str, _Value], ...]


@dataclass(frozen=True)
class _Attributes:
    """A parsed ``.gitattributes`` file: the pattern and the states of each line, and the states of each macro."""

    lines: tuple[tuple[str, _States], ...]
    macros: dict[str, _States]
    #: Line numbers by exact path (``a/b.bin``) or file name at any depth (``\0b.bin``), and those of all other lines.
    exact: dict[bytes, list[int]]
    wild: list[int]

    def candidates(self, path: str) -> list[int]:
        """Return the numbers of the lines that may match a path, last first."""
        raw = path.encode("utf-8", "surrogateescape")
        name = b"\0" + raw.rpartition(b"/")[2]
        return sorted({*self.exact.get(raw, ()), *self.exact.get(name, ()), *self.wild}, reverse=True)


@lru_cache(maxsize=64)
def _attributes(text: str) -> _Attributes:
    lines = []
    macros = {}
    for raw in text.removeprefix("\ufeff").split("\n"):
        line = raw.strip(" \t\r")
        if not line or line.startswith("#") or len(raw.encode("utf-8", "surrogateescape")) > _MAX_LINE:
            continue
        pattern, rest = _pattern(line)
        states = [_state(word) for word in re.split(r"[ \t\r]+", rest) if word]
        if any(not re.fullmatch(r"[\w.][\w.-]*", name, re.ASCII) for name, __ in states):
            continue
        if pattern.startswith("[attr]"):
            macros[pattern.removeprefix("[attr]")] = tuple(states)
        elif not pattern.startswith("!"):
            lines.append((pattern, tuple(states)))
    exact: dict[bytes, list[int]] = {}
    wild: list[int] = []
    for number, (pattern, __) in enumerate(lines):
        if (key := _exact(pattern)) is None:
            wild.append(number)
        else:
            exact.setdefault(key, []).append(number)
    check_number(len(wild), ".gitattributes")
    return _Attributes(tuple(lines), macros, exact, wild)


def _exact(pattern: str) -> bytes | None:
    """Return the path of a pattern without wildcards, with a NUL in front when it matches at any depth; else None."""
    plain = re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
    if re.search(r"(?<!\\)[*?\[]", re.sub(r"\\.", "", pattern, flags=re.DOTALL)) or pattern.endswith("\\"):
        return None
    return (plain.removeprefix("/") if "/" in plain else "\0" + plain).encode("utf-8", "surrogateescape")


def _pattern(line: str) -> tuple[str, str]:
    """Return a line's pattern without quotation marks, and the rest of the line."""
    if line.startswith('"') and (quoted := re.match(r'"((?:[^"\\]|\\.)*)"', line)):
        escapes = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

        def unescape(found: re.Match[str]) -> str:
            if not found[1].isdigit():
                return escapes.get(found[1], found[1])
            # An octal escape is one byte of a UTF-8 name, not a character.
            return bytes([int(found[1], 8)]).decode("utf-8", "surrogateescape")

        return re.sub(r"\\([0-3][0-7]{2}|.)", unescape, quoted[1]), line[quoted.end() :]
    pattern, *__ = re.split(r"[ \t\r]", line, maxsplit=1)
    return pattern, line[len(pattern) :]


def _state(word: str) -> tuple[str, _Value]:
    if word.startswith(("-", "!")):
        return word[1:], False if word[0] == "-" else None
    name, equals, value = word.partition("=")
    return name, value if equals else True


def _value(attributes: _Attributes, path: str, wanted: str) -> _Value:
    """Return an attribute's value for a file. The last line that sets it wins; macros are expanded."""
    seen: set[str] = set()

    def search(states: _States) -> tuple[_Value] | None:
        for name, value in reversed(states):
            if name in seen:
                continue
            seen.add(name)
            if name == wanted:
                return (value,)
            if value is True and name in attributes.macros and (found := search(attributes.macros[name])):
                return found
        return None

    for number in attributes.candidates(path):
        pattern, states = attributes.lines[number]
        # A pattern that ends with a slash matches only folders, which have no attributes.
        if not pattern.endswith("/") and matches(pattern, path) and (found := search(states)):
            return found[0]
    return None


def is_lfs_path(gitattributes: str, path: str) -> bool:
    """Return whether ``.gitattributes`` makes a file at ``path`` an LFS file."""
    return _value(_attributes(gitattributes), path, "filter") == "lfs"


def with_lfs_paths(gitattributes: str, paths: Iterable[str]) -> str:
    """Return ``.gitattributes`` with a line for each path, so that git clients treat these files as LFS."""
    if gitattributes and not gitattributes.endswith("\n"):
        gitattributes += "\n"
    return gitattributes + "".join(lfs_line(_escaped(path)) for path in paths)


def _escaped(path: str) -> str:
    """Return a pattern that matches only this path. Blanks cannot be quoted in ``.gitattributes``."""
    return "".join("[[:space:]]" if c == " " else f"\\{c}" if c in "*?[\\" else c for c in path)
