"""Decide which files a ``.gitignore`` excludes, as git does (gitignore(5))."""

from __future__ import annotations

import re
from functools import lru_cache

from autograde.hub.repos.wildmatch import check_number, matches


@lru_cache(maxsize=64)
def _ignore_rules(gitignore: str) -> tuple[tuple[str, bool, bool], ...]:
    """Return ``(pattern, negated, folders only)`` for each line."""
    rules = []
    for raw in gitignore.removeprefix("\ufeff").split("\n"):
        line = raw.removesuffix("\r")
        if line.startswith("#"):
            continue
        # Trailing blanks are ignored, unless a backslash comes before them.
        if trimmed := re.fullmatch(r"((?:\\.|[^\\])*?) *", line):
            line = trimmed[1]
        negated, pattern = line.startswith("!"), line.removeprefix("!")
        folders, pattern = pattern.endswith("/"), pattern.removesuffix("/")
        if pattern:
            rules.append((pattern, negated, folders))
    check_number(len(rules), ".gitignore")
    return tuple(rules)


def ignored(gitignore: str, path: str) -> bool:
    """Return whether these rules ignore ``path`` or a folder above it."""
    parts = path.split("/")
    for depth in range(1, len(parts) + 1):
        prefix, is_folder = "/".join(parts[:depth]), depth < len(parts)
        for pattern, negated, folders in reversed(_ignore_rules(gitignore)):
            if (is_folder or not folders) and matches(pattern, prefix):
                if not negated:
                    return True
                break
    return False
