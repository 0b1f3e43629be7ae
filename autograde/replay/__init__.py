"""Acts replayed on a throw-away Hub: the referee's stage, and the place where a learner's script or form is run.

The two halves exchange JSON only. The stage makes accounts, tokens and repositories on a fresh Hub and looks at it
afterwards; the place is a folder with a home of its own in which the learner's side does what was handed in. A grader
with a sandbox puts the stage on its far side.
"""

from __future__ import annotations

from autograde.replay.forms import submit
from autograde.replay.place import Place, working_place
from autograde.replay.scene import Scene
from autograde.replay.scripts import run_script
from autograde.replay.stage import Stage

__all__ = ["Place", "Scene", "Stage", "run_script", "submit", "working_place"]
