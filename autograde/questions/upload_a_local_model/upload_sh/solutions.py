"""2.4: the solution, right scripts in other styles, and the builder of wrong ones from steps."""

from __future__ import annotations

from autograde.judge.examples import script

#: The steps of a right script.
CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'
ENTER = 'cd "$NAME"'
COPY = 'cp -r "$MODEL_FOLDER/." .'
ADD = "git add ."
COMMIT = 'git commit -m "Upload the model"'
PUSH = "git push"
LINES = (CLONE, ENTER, COPY, ADD, COMMIT, PUSH)

#: All rubric items.
ALL = "push files lfs commit rest"

_ANSWER = script("upload_sh", clone=CLONE, enter=ENTER, copy=COPY, add=ADD, commit=COMMIT, push=PUSH)
right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

SOLUTION = '''\
upload_sh = r"""
git clone "$HF_ENDPOINT/$OWNER/$NAME"
cd "$NAME"
cp -r "$MODEL_FOLDER/." .
git add .
git commit -m "Upload the fine-tuned model, by $USER"
git push
"""
'''

RIGHT = (
    right(
        "set -e, pushd, every file by itself, noise", "#!/bin/bash", "set -euo pipefail", 'echo "uploading $NAME" >&2',
        'git clone --quiet "$HF_ENDPOINT/$OWNER/$NAME" the-clone', "pushd the-clone", 'cp -r "$MODEL_FOLDER"/. .',
        "git add --all", 'git commit --quiet --message "upload" --message "A longer text."', "git push origin main",
        "popd", "rm -rf the-clone",
    ),
    right(
        "git -C, one line, Windows line ends",
        'D=$(mktemp -d) && git clone "$HF_ENDPOINT/$OWNER/$NAME" "$D" && cp -r "$MODEL_FOLDER"/. "$D" \\\r',
        '  && git -C "$D" add -A && git -C "$D" commit -m x && git -C "$D" push origin HEAD:main\r',
    ),
    right(
        "a branch that is merged, and a name of one's own", "git config --global user.name 'Li Hua'",
        "git config --global user.email li@example.org", CLONE, ENTER, "git checkout -b work", COPY, ADD,
        "git commit -F - <<END", "Upload $NAME", "END", "git checkout main", "git merge work", PUSH,
    ),
    right(
        "in the model folder itself, with more types for LFS", 'cd "$MODEL_FOLDER"', "git init -b main",
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git pull origin main", 'git lfs track "*.json"', ADD,
        COMMIT, "git push origin main",
    ),
)  # fmt: skip
