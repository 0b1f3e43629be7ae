"""2.6, tensors: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "tokens segments"

_ANSWER = function("to_tensors(index, segments_ids)")

right, wrong = _ANSWER.right, _ANSWER.wrong
