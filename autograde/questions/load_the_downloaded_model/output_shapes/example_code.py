"""2.6, shapes: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "last_hidden_state pooler_output"

_ANSWER = function("output_shapes(model, index)")

right, wrong = _ANSWER.right, _ANSWER.wrong
