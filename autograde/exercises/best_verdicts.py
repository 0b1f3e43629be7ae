"""The best verdict of each check, kept in the workspace, so that a learner's progress shows exercises and points.

The file is ``.autograde/exercises.json``: ``{"2.6": {"possible": 30, "checks": {"segment_ids": 8}}}``. It is for the
learner's eyes: graded points come from nbgrader alone.
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
    """The workspace that ``start`` lies in: the nearest folder above with the kit's manifest; None outside of one."""
    return next((folder for folder in (start, *start.parents) if (folder / PRIVATE / "manifest.json").is_file()), None)


def best_points(workspace: Path) -> dict[str, tuple[float, float]]:
    """For the section of each exercise that was checked in ``workspace``, its points and the most there are."""
    return {section: (sum(checks.values()), possible) for section, (checks, possible) in _read(workspace).items()}


def keep(workspace: Path, section: str, verdict: Verdict, possible: float) -> None:
    """Keep the points of ``verdict`` when they are the best so far.

    Args:
        workspace: the learner's folder; when it cannot be written to, nothing is kept.
        section: of the exercise, ``"2.6"``.
        verdict: what a check said.
        possible: what the whole exercise can bring.
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
    """The points of each check and the most there are, by section; what cannot be read is left out."""
    found: dict[str, tuple[dict[str, float], float]] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError):
        kept = json.loads((workspace / PRIVATE / FILE).read_text(encoding="utf-8"))
        for section, said in kept.items():
            with contextlib.suppress(AttributeError, KeyError, TypeError, ValueError):
                checks = {str(function): float(points) for function, points in said["checks"].items()}
                found[section] = (checks, float(said["possible"]))
    return found
