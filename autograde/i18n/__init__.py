"""Languages: translated messages, their catalogues, the glossary, and how Chinese text is joined."""

from __future__ import annotations

from autograde.i18n.translation import LOCALE, messages, translator

__all__ = ["LOCALE", "messages", "translator"]
