"""Notebooks: read the bilingual source, extract a language, write the canonical form, build the learners' release."""

from __future__ import annotations

from autograde.quick_start import import_jsonschema

# Must run before bilingual imports nbformat.
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
