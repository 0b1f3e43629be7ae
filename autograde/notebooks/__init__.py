"""Notebooks: the bilingual source, one language of it, the canonical form, and the learners' release."""

from __future__ import annotations

from autograde.quick_start import import_jsonschema

# Before bilingual imports nbformat.
import_jsonschema()

from autograde.notebooks.bilingual import (  # noqa: E402
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
