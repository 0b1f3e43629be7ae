"""Create and check packages of questions, for authors of exercises."""

from __future__ import annotations

from autograde.authoring.checking import as_path, problems
from autograde.authoring.new_exercise import create

__all__ = ["as_path", "create", "problems"]
