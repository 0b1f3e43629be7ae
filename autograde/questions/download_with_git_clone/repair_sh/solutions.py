"""2.5, the repair: right scripts in other styles than the solution's, and the builder of wrong ones from steps."""

from __future__ import annotations

from autograde.judge.examples import script

CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'

ALL = "weights kept"

_ANSWER = script("repair_sh", enter='cd "$NAME"', pull="git lfs pull")

right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

RIGHT = (
    right("git -C", 'git -C "$NAME" lfs pull'),
    right("fetch and checkout", 'cd "$NAME" && git lfs fetch && git lfs checkout'),
    right(
        "checked out again, with the learner's file moved away and back", 'mv "$NAME/my-notes.txt" .', 'cd "$NAME"',
        "git lfs install --local", "rm model.safetensors", "git reset --hard", "mv ../my-notes.txt .",
    ),
    right("the client's download into the clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"'),
    right("the weights added again, which changes nothing", 'cd "$NAME"', "git lfs pull", "git add model.safetensors"),
)  # fmt: skip
