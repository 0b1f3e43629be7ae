"""2.5, the repair: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import script

CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'

ALL = "weights kept"

_ANSWER = script("repair_sh")

right, wrong = _ANSWER.right, _ANSWER.wrong
