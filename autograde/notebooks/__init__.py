"""Notebooks: the bilingual source, one language of it, the canonical form, and the learners' release."""

from __future__ import annotations

from autograde.notebooks.bilingual import (
    KERNELSPEC,
    LANGUAGE_INFO,
    canonical,
    check,
    files,
    is_readable,
    language_of,
    one_language,
    problems,
    read,
    rewrite,
    tags,
)

__all__ = [
    "KERNELSPEC",
    "LANGUAGE_INFO",
    "canonical",
    "check",
    "files",
    "is_readable",
    "language_of",
    "one_language",
    "problems",
    "read",
    "rewrite",
    "tags",
]
