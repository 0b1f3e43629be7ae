"""2.6, two sentences as ids: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "index mark"

_ANSWER = function("encode_pair(tokenizer, first, second)")

right, wrong = _ANSWER.right, _ANSWER.wrong
