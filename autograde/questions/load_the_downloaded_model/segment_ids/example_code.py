"""2.6, segment ids: writes example answers from the lines of their function."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "pairs vocabularies edges"

_ANSWER = function("segment_ids(index, mark)")
right, wrong = _ANSWER.right, _ANSWER.wrong
