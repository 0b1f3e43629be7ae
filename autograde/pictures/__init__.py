"""The course's pictures: diagrams that are drawn here, and screenshots of real pages. A developer's tool."""

from __future__ import annotations

from autograde.pictures.diagrams import FOLDER, diagrams

__all__ = ["FOLDER", "diagrams"]
