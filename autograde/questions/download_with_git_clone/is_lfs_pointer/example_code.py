"""2.5, pointers: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

FIRST = 'first = open(path, errors="ignore").readline()'

_ANSWER = function("is_lfs_pointer(path)", "import os\n\n")

right, wrong = _ANSWER.right, _ANSWER.wrong
