"""2.6, padding: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "index segments attention_mask"

_ANSWER = function("pad_pair(index, segments_ids, length, pad)")

right, wrong = _ANSWER.right, _ANSWER.wrong
