"""Run a learner's answer against a temporary Hub: the referee's stage, and the place where the answer runs.

The two halves exchange JSON only. The stage creates accounts, tokens and repositories on a new Hub, and inspects it
afterwards. The place is a working folder with its own home folder, where the learner's function, script or form runs. A
grader with a sandbox keeps the stage outside of it.
"""

from __future__ import annotations

from autograde.replay.forms import submit
from autograde.replay.place import Place, working_place
from autograde.replay.scene import Scene
from autograde.replay.scripts import run_script
from autograde.replay.stage import Stage

__all__ = ["Place", "Scene", "Stage", "run_script", "submit", "working_place"]
