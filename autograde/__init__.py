"""A teaching kit for the Hugging Face Hub: lessons, self-checking exercises and a Hub of its own."""

from __future__ import annotations

__version__ = "0.1.0"
