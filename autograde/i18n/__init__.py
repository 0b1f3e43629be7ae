"""Translation: messages, catalogues, the glossary, and line breaks in Chinese text."""

from __future__ import annotations

from autograde.i18n.translation import LOCALE, messages, translator

__all__ = ["LOCALE", "messages", "translator"]
