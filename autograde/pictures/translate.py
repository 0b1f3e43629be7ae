"""The translation functions of the diagrams."""

from __future__ import annotations

from collections.abc import Callable

Translate = Callable[[str], str]
