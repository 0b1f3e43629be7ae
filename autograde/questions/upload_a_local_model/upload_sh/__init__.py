"""2.4: the script that uploads a model folder with git: clone, copy, add, commit, push."""

from __future__ import annotations

from autograde.judge.evidence import AnswerKind
from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Question, Teaching
from autograde.questions.upload_a_local_model.upload_sh.cases import SECONDS, VISIBLE, hidden
from autograde.questions.upload_a_local_model.upload_sh.example_code import (
    ADD,
    CLONE,
    COMMIT,
    COPY,
    ENTER,
    PUSH,
    right,
)
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, achieved, quote
from autograde.questions.upload_a_local_model.upload_sh.misconceptions import MISCONCEPTIONS
from autograde.questions.upload_a_local_model.upload_sh.outcome import join, without_words

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

QUESTION = Question(
    id="2.4/upload_sh",
    kind=AnswerKind.TEXT,
    visible=VISIBLE,
    hidden=hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    execution=Execution(ExecutionKind.SCRIPT, join, seconds=SECONDS),
    normal=without_words,
    presentation=FACETS.presentation(achieved, quote),
    teaching=Teaching(
        title=_("A script that uploads a model with git"),
        hints=(
            _("Which five commands did you run in lesson 2.4, and in which folder did you run each one?"),
            _(
                'The address to clone is "$HF_ENDPOINT/$OWNER/$NAME". The clone is a folder called $NAME: go into it, '
                'and copy the contents of "$MODEL_FOLDER" there (mind the dot at the end).'
            ),
            _(
                'After `cp -r "$MODEL_FOLDER/." .`, write three lines: `git add .`, `git commit -m` with a message, '
                "and `git push`."
            ),
        ),
        solution=SOLUTION,
        expectation=_("the text of a shell script"),
        advice_on=FACETS.advice,
        right=RIGHT,
    ),
)  # fmt: skip
