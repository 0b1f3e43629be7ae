"""2.4: lines of example answers."""

from __future__ import annotations

from autograde.judge.examples import script

CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'
ENTER = 'cd "$NAME"'
COPY = 'cp -r "$MODEL_FOLDER/." .'
ADD = "git add ."
COMMIT = 'git commit -m "Upload the model"'
PUSH = "git push"

#: Every line of the rubric.
ALL = "push files lfs commit rest"

_ANSWER = script("upload_sh")
right, wrong = _ANSWER.right, _ANSWER.wrong
