"""2.2, logging in: writes example answers from the lines of their code."""

from __future__ import annotations

from autograde.judge.examples import function

_IMPORTS = "from huggingface_hub import HfApi, login, whoami\n\n"

#: A token as it looks, put together here because none may be in this file.
TOKEN = "hf_" + 34 * "A"
NAME = 'return whoami()["name"]'

_ANSWER = function("log_in(token)", _IMPORTS)

right, wrong = _ANSWER.right, _ANSWER.wrong
