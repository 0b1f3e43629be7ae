"""2.5, the download: right scripts in other styles than the solution's, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import script

CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'

ALL = "files weights clone"

_ANSWER = script("download_sh")

right, wrong = _ANSWER.right, _ANSWER.wrong

RIGHT = (
    right(
        "shallow, into a named folder, noise", "set -eux", 'git clone --depth 1 "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"',
        "echo done >&2",
    ),
    right(
        "without LFS first, then with it", f"GIT_LFS_SKIP_SMUDGE=1 {CLONE}", 'git -C "$NAME" lfs install --local',
        'git -C "$NAME" lfs pull',
    ),
    right(
        "git init and pull", 'git init -b main "$NAME"', 'cd "$NAME"',
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME.git"', "git pull origin main",
    ),
)  # fmt: skip
