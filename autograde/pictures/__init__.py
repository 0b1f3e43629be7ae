"""Create the course's pictures: diagrams, and screenshots of real pages. For developers."""

from __future__ import annotations

from autograde.pictures.diagrams import FOLDER, diagrams

__all__ = ["FOLDER", "diagrams"]
