"""What a diagram needs to speak two languages: a function from an English text to the reader's."""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str], str]
