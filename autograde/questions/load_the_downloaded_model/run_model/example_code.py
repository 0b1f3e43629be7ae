"""2.6, calling the model: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

#: Every line of the rubric.
ALL = "last_hidden_state pooler_output no_grad"

SIGNATURE = "run_model(model, tokens_tensor, segments_tensors)"

_ANSWER = function(SIGNATURE)

right, wrong = _ANSWER.right, _ANSWER.wrong
