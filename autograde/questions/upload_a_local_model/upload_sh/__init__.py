"""2.4: the script that uploads a model folder with git: clone, copy, add, commit, push."""

from __future__ import annotations

from autograde.judge.acts import Act
from autograde.judge.messages import _
from autograde.judge.question import AnswerKind, Question, RubricItem, entry
from autograde.questions.upload_a_local_model.upload_sh.cases import SECONDS, VISIBLE, hidden, oracle
from autograde.questions.upload_a_local_model.upload_sh.misconceptions import MISCONCEPTIONS
from autograde.questions.upload_a_local_model.upload_sh.outcome import join, without_words
from autograde.questions.upload_a_local_model.upload_sh.wording import achieved, findings, quote, words

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

QUESTION = Question(
    id="2.4/upload_sh",
    function="upload_sh",
    title=_("A script that uploads a model with git"),
    visible=VISIBLE,
    hidden=hidden,
    oracle=oracle,
    rubric=(
        RubricItem("push", _("the files came to the branch main by git push"), 4, aspect=entry("arrived")),
        RubricItem("files", _("every file is at the top of the repository, byte for byte"), 6, aspect=entry("files")),
        RubricItem("lfs", _("the weights lie in LFS"), 4, aspect=entry("storage")),
        RubricItem(
            "commit", _("one commit with a message, on top of the initial one"), 4,
            aspect=entry("initial", "on_top", "message", "anew"),
        ),
        RubricItem(
            "rest", _("nothing else is on the Hub, and the model folder is as it was"), 2,
            aspect=entry("others", "folder"),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which five commands did you run in lesson 2.4, and in which folder did you stand for each?"),
        _(
            'The address to clone is "$HF_ENDPOINT/$OWNER/$NAME". The clone is a folder called $NAME: go into it, and '
            'copy the contents of "$MODEL_FOLDER" there (mind the dot at the end).'
        ),
        _(
            'After `cp -r "$MODEL_FOLDER/." .` come three lines: `git add .`, `git commit -m` with a message, and '
            "`git push`."
        ),
    ),
    solution=SOLUTION,
    expectation=_("the text of a shell script"),
    kind=AnswerKind.TEXT,
    words=words,
    normal=without_words,
    act=Act("script", join, achieved, findings, quote, seconds=SECONDS),
)  # fmt: skip
