"""What an instructor prints or projects, generated from the lessons, exercises and questions."""

from __future__ import annotations
