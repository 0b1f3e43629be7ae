"""Rules for the names of people, organisations, repositories and revisions.

The rules are those of ``huggingface_hub`` (``validate_repo_id``), plus names that the Hub's URLs need: no person may be
called ``settings``. Names are compared case-insensitively.
"""

from __future__ import annotations

import re

from autograde.i18n.translation import translator

#: First path segments of the Hub's pages and protocols; no account may have these names.
RESERVED = frozenset(
    "about admin api assets avatars blog buckets cas chat collections dashboard datasets device "
    "discover docs events ghost health healthz help hub inference join kernels learn legal lfs login logout "
    "metrics models new oauth organizations papers posts pricing privacy root search security settings "
    "signup spaces static status support system tasks terms tokens upload uploads users v1 v2 welcome xet".split()
)

REPOSITORY_TYPES = ("model", "dataset", "space", "kernel")

_ALLOWED = re.compile(r"[\w.-]*", re.ASCII)
_USER = re.compile(r"[A-Za-z0-9-]*")


def user_name_problem(name: str, language: str = "en") -> str | None:
    """Return a sentence that says why ``name`` is not allowed for a person or an organisation; None if it is."""
    _ = translator("hub", language)
    if len(name) < 2:
        return _("A user name has at least 2 characters.")
    if len(name) > 42:
        return _("A user name has at most 42 characters.")
    if not _USER.fullmatch(name):
        return _("A user name is made of English letters, digits and hyphens.")
    if name.startswith("-") or name.endswith("-") or "--" in name:
        return _("A user name neither starts nor ends with a hyphen, and has no two hyphens in a row.")
    if name.isdigit():
        return _("A user name needs at least one letter.")
    if name.lower() in RESERVED:
        return _("This name belongs to a page of the Hub; choose another.")
    return None


def repository_name_problem(name: str, language: str = "en") -> str | None:
    """Return a sentence that says why ``name`` (without its owner) is not allowed for a repository; None if it is."""
    _ = translator("hub", language)
    if not name:
        return _("A repository needs a name.")
    if len(name) > 96:
        return _("A repository name has at most 96 characters.")
    if not _ALLOWED.fullmatch(name):
        return _("A repository name is made of English letters, digits, and the characters - _ and .")
    if name[0] in "-." or name[-1] in "-.":
        return _("A repository name neither starts nor ends with - or .")
    if "--" in name or ".." in name:
        return _("A repository name has no -- and no .. in it.")
    if name.lower().endswith((".git", ".ipynb")):
        return _("A repository name does not end with .git or .ipynb.")
    return None


def branch_name_problem(name: str) -> str | None:
    """Return why ``name`` is not allowed for a branch or tag; None if it is. The rules are git-check-ref-format's."""
    parts = name.split("/")
    broken = (
        not name
        or len(name.encode()) > 200
        or name.startswith("-")
        or name == "@"
        or name.endswith(".")
        or ".." in name
        or "@{" in name
        or any(character in "\x7f ~^:?*[\\" or character < " " for character in name)
        or any(not part or part.startswith(".") or part.endswith(".lock") for part in parts)
        # 40 hexadecimal digits would be read as a commit id, and names in refs/ as full ref names.
        or re.fullmatch("[0-9a-f]{40}", name) is not None
        or name.startswith("refs/")
    )
    return f"Invalid rev id: {name!r} cannot be the name of a branch or a tag" if broken else None
