"""Store the best points of each check in the workspace to show the learner's progress.

The file is ``.autograde/exercises.json``: ``{"2.6": {"possible": 30, "checks": {"segment_ids": 8}}}``. It is
only shown to the learner: graded points come from nbgrader.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from autograde.files import write_file
from autograde.judge.verdict import Outcome, Verdict
from autograde.settings import PRIVATE

FILE = "exercises.json"


def find_workspace(start: Path) -> Path | None:
    """Return the workspace that contains ``start``: the nearest parent folder with the kit's manifest, or None."""
    return next((folder for folder in (start, *start.parents) if (folder / PRIVATE / "manifest.json").is_file()), None)


def best_points(workspace: Path) -> dict[str, tuple[float, float]]:
    """Return ``{section: (points, possible points)}`` of the exercises that were checked in ``workspace``."""
    return {section: (sum(checks.values()), possible) for section, (checks, possible) in _read(workspace).items()}


def keep(workspace: Path, section: str, verdict: Verdict, possible: float) -> None:
    """Store the points of ``verdict`` if they are the best so far.

    Args:
        workspace: the learner's folder; if it is not writable, nothing is stored.
        section: the exercise's section, ``"2.6"``.
        verdict: the verdict of a check.
        possible: the maximum points of the exercise.
    """
    if verdict.outcome in (Outcome.NOT_ATTEMPTED, Outcome.OUR_FAULT):
        return
    found = _read(workspace)
    checks, _possible = found.get(section, ({}, 0.0))
    best = max(verdict.points, checks.get(verdict.function, 0.0))
    if checks.get(verdict.function) == best and _possible == possible:
        return
    found[section] = ({**checks, verdict.function: best}, possible)
    content = {each: {"possible": most, "checks": points} for each, (points, most) in found.items()}
    with contextlib.suppress(OSError):
        write_file(workspace / PRIVATE / FILE, json.dumps(content, indent=1, sort_keys=True).encode())


def _read(workspace: Path) -> dict[str, tuple[dict[str, float], float]]:
    """Return the points of each check and the possible points, by section; unreadable entries are skipped."""
    found: dict[str, tuple[dict[str, float], float]] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError):
        kept = json.loads((workspace / PRIVATE / FILE).read_text(encoding="utf-8"))
        for section, entry in kept.items():
            with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                checks = {str(function): float(points) for function, points in entry["checks"].items()}
                found[section] = (checks, float(entry["possible"]))
    return found
