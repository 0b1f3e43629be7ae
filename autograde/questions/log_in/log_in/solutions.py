"""2.2, logging in: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function

IMPORTS = "from huggingface_hub import HfApi, login, whoami\n\n"

#: All rubric items.
ALL = "name saved secret"

NAME = 'return whoami()["name"]'

_ANSWER = function("log_in(token)", IMPORTS, save="login(token)", end=NAME)

right, wrong = _ANSWER.right, _ANSWER.wrong

SOLUTION = _ANSWER.solution

RIGHT = (
    right(
        "a placeholder and a mask", f"'''token: something like hf_{'x' * 34}'''",
        'print("token:", token[:6] + "…" + token[-3:])', "login(token)", NAME,
    ),
    right(
        "the command line, git credentials, noise", "import subprocess, sys",
        'subprocess.run(["hf", "auth", "login", "--token", token, "--add-to-git-credential"], check=True)',
        'print("logged in", file=sys.stderr)', 'return HfApi().whoami()["name"]',
    ),
)  # fmt: skip
