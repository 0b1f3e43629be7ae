"""Patterns of ``.gitattributes`` and ``.gitignore``, matched as git matches them (gitignore(5), "PATTERN FORMAT")."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    anchored = "/" in pattern.rstrip("/")
    pattern = pattern.lstrip("/")
    out = [] if anchored else ["(?:.*/)?"]
    position = 0
    while position < len(pattern):
        rest = pattern[position:]
        if rest.startswith("**/"):
            out.append("(?:[^/]+/)*")
            position += 3
        elif rest == "**":
            out.append(".+")
            position += 2
        elif rest[0] == "*":
            out.append("[^/]*")
            position += 1
        elif rest[0] == "?":
            out.append("[^/]")
            position += 1
        elif rest.startswith("[[:space:]]"):
            out.append(r"\s")
            position += len("[[:space:]]")
        elif rest[0] == "[" and (end := rest.find("]", 2)) > 0:
            body = rest[1:end].replace("\\", "\\\\").replace("[", "\\[")
            out.append("[" + ("^" + body[1:] if body[0] in "!^" else body) + "]")
            position += end + 1
        elif rest[0] == "\\" and len(rest) > 1:
            out.append(re.escape(rest[1]))
            position += 2
        else:
            out.append(re.escape(rest[0]))
            position += 1
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:  # a broken class such as [z-a] matches nothing, as in git
        return re.compile(r"(?!)")


def matches(pattern: str, path: str) -> bool:
    """Whether ``pattern`` names exactly ``path`` (slashes, relative to the repository)."""
    return _compiled(pattern).fullmatch(path) is not None


def is_lfs_path(gitattributes: str, path: str) -> bool:
    """Whether a file at ``path`` is an LFS file by these attributes. The last line that speaks of the filter wins."""
    tracked = False
    for line in gitattributes.splitlines():
        fields = line.split()
        if len(fields) < 2 or fields[0].startswith("#"):
            continue
        for attribute in fields[1:]:
            if attribute == "filter=lfs" or attribute in ("-filter", "!filter"):
                if matches(fields[0].strip('"'), path):
                    tracked = attribute == "filter=lfs"
    return tracked


def ignored(gitignore: str, path: str) -> bool:
    """Whether ``path``, or a folder above it, is ignored by these rules."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        prefix, is_folder = "/".join(parts[:depth]), depth < len(parts)
        verdict = False
        for raw in gitignore.splitlines():
            line = raw.rstrip()
            if not line or line.startswith("#"):
                continue
            negated, line = line.startswith("!"), line.removeprefix("!")
            if line.endswith("/") and not is_folder:
                continue
            if matches(line.rstrip("/"), prefix):
                verdict = not negated
        if verdict:
            return True
    return False
