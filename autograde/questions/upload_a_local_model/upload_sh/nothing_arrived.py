"""2.4: misconceptions after which no file reaches the branch main."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.common_misconceptions import for_causes
from autograde.judge.error_lines import ErrorKind
from autograde.judge.execution import replaced
from autograde.judge.messages import _
from autograde.judge.question import Misconception
from autograde.judge.script_reports import CloneState
from autograde.questions.upload_a_local_model.upload_sh.example_code import (
    ADD,
    ALL,
    CLONE,
    COMMIT,
    COPY,
    ENTER,
    PUSH,
    wrong,
)
from autograde.questions.upload_a_local_model.upload_sh.facets import UploadFailure, nothing

for_cause = for_causes(nothing)


NOTHING_ARRIVED = (
    *clone_failures.misconceptions(for_cause, {
        "fixed-owner": (
            wrong(ALL, 'git clone "$HF_ENDPOINT/xxx/$NAME"', ENTER, COPY, ADD, COMMIT, PUSH),
            wrong(
                ALL, "set -e", 'git clone "$HF_ENDPOINT/xxx/mymodel04"', "cd mymodel04", COPY, ADD, COMMIT, PUSH,
            ),
        ),
        "fixed-name": (
            wrong(ALL, 'git clone "$HF_ENDPOINT/$OWNER/mymodel"', "cd mymodel", COPY, ADD, COMMIT, PUSH),
            wrong(ALL, CLONE, "cd mymodel04", COPY, ADD, COMMIT, PUSH),
        ),
        "notebook-commands": (wrong(
            ALL, f"!{CLONE}", "%cd $NAME", f"!{COPY}", f"!{ADD}", f"!{COMMIT}", f"!{PUSH}",
        ),),
        "single-quotes": (wrong(
            ALL, "git clone '$HF_ENDPOINT/$OWNER/$NAME'", "cd '$NAME'", "cp -r '$MODEL_FOLDER/.' .", ADD, COMMIT,
            PUSH,
        ),),
        "copied-prompt": (wrong(ALL, *(f"$ {line}" for line in (CLONE, ENTER, COPY, ADD, COMMIT, PUSH))),),
        "typographic-quotes": (
            wrong(
                ALL, "git clone “$HF_ENDPOINT/$OWNER/$NAME”", "cd “$NAME”", "cp -r “$MODEL_FOLDER/.” .", ADD, COMMIT,
                PUSH,
            ),
            wrong(ALL, CLONE, ENTER, "cp -r “$MODEL_FOLDER/.” .", ADD, COMMIT, PUSH),
        ),
        "unknown-variable": (wrong(
            ALL, 'git clone "$HF_ENDPOINT/$owner/$NAME"', ENTER, COPY, ADD, COMMIT, PUSH,
        ),),
        "another-hub": (wrong(
            ALL, 'git clone "https://huggingface.co/$OWNER/$NAME"', ENTER, COPY, ADD, COMMIT, PUSH,
        ),),
        "wrong-address": (wrong(
            ALL, 'git clone "$HF_ENDPOINT/models/$OWNER/$NAME"', ENTER, COPY, ADD, COMMIT, PUSH,
        ),),
        "never-cloned": (
            wrong(ALL, ENTER, COPY, ADD, COMMIT, PUSH),
            wrong(ALL, 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --create-pr --commit-message "Upload the model"'),
        ),
    }),
    Misconception(
        "pointers-only",
        _(
            "Only pointers were to be pushed, and not the weights that they point to: a pointer to a file that the "
            "Hub does not have is refused."
        ),
        _("Copy the weights themselves, and leave out `--no-verify` and whatever else turns git-lfs off."),
        for_cause(ErrorKind.POINTERS),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT, "git push --no-verify"),
            wrong(
                ALL, CLONE, ENTER, COPY, "git lfs pointer --file=model.safetensors > pointer",
                "mv pointer model.safetensors", ADD, COMMIT, PUSH,
            ),
        ),
    ),
    Misconception(
        "not-cloned",
        _(
            "The push was refused because the Hub has a commit that this repository does not have: it was begun anew "
            "(`git init`) and not cloned, or another person has pushed meanwhile."
        ),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`: then your commit lies on top of the initial one.'),
        for_cause(ErrorKind.BEHIND),
        examples=(wrong(
            ALL, 'git init -b main "$NAME"', ENTER, COPY, "git lfs track '*.safetensors' '*.onnx'", ADD, COMMIT,
            'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push -u origin main",
        ),),
    ),
    Misconception(
        "push-refused",
        _("The commit was made, and its push has failed: git or the Hub has refused it and says why."),
        _("Read the error, and change what it names. The commit itself is all right."),
        for_cause(ErrorKind.REFUSED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT, "git push origin master"),
            wrong(ALL, CLONE, ENTER, "git checkout -b upload", COPY, ADD, COMMIT, PUSH),
        ),
    ),
    Misconception(
        "empty-commit",
        _("A commit was pushed, and none of the model's files is in it: `--allow-empty`, or other files were added."),
        _("Copy the files into the clone, and name them to git: `git add .`"),
        for_cause(UploadFailure.EMPTY_COMMIT),
        examples=(
            wrong(ALL, CLONE, ENTER, 'git commit --allow-empty -m "Upload the model"', PUSH),
            wrong(ALL, CLONE, ENTER, COPY, 'git lfs track "*.json"', "git add .gitattributes", COMMIT, PUSH),
        ),
    ),
    Misconception(
        "repository-gone",
        _("The repository was deleted or renamed: its address no longer works."),
        _("Leave the repository as it is; the script adds one commit to it."),
        (lambda case: replaced(nothing(case, UploadFailure.GONE), arrived="gone", initial=False),),
        examples=(wrong(ALL, 'hf repos delete "$OWNER/$NAME" --yes'),),
    ),
    Misconception(
        "not-pushed",
        _("The commit was made, and stayed on this machine: only `git push` sends it to the Hub."),
        _("Add the last of the five steps."),
        for_cause(CloneState.NOT_PUSHED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT),
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT, 'echo "To $HF_ENDPOINT/$OWNER/$NAME"'),
        ),
    ),
    Misconception(
        "wrong-order",
        _(
            "All the steps are there, but in the wrong order: a commit takes what was added, and a push "
            "takes what was committed."
        ),
        _("Keep the order: clone, copy, add, commit, push."),
        for_cause(UploadFailure.WRONG_ORDER),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, COMMIT, ADD, PUSH),
            wrong(ALL, CLONE, ENTER, COPY, ADD, PUSH, COMMIT),
        ),
    ),
    Misconception(
        "not-committed",
        _(
            "Git knows of the files, and no commit was made: `git commit` is missing, it has failed, or it had no "
            "message (-m) and could not ask for one."
        ),
        _('Between add and push: `git commit -m "..."`.'),
        for_cause(CloneState.NOT_COMMITTED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, PUSH),
            wrong(ALL, "set -e", CLONE, ENTER, COPY, ADD, "git commit", PUSH),
        ),
    ),
    Misconception(
        "not-added",
        _("The files are in the clone, and git was never told of them: a commit holds only what `git add` has named."),
        _("After the copy: `git add .`"),
        for_cause(CloneState.NOT_ADDED),
        examples=(wrong(ALL, CLONE, ENTER, COPY, COMMIT, PUSH),),
    ),
    Misconception(
        "copied-beside",
        _("The files were copied beside the clone. Git sees only what lies inside the folder that `git clone` made."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        for_cause(UploadFailure.BESIDE_THE_CLONE),
        examples=(wrong(ALL, CLONE, COPY, ADD, COMMIT, PUSH),),
    ),
    Misconception(
        "fixed-folder",
        _(
            "The path of the model folder is fixed in the script. Here the folder is somewhere else, or "
            "has another name."
        ),
        _('Take the path from the variable: "$MODEL_FOLDER".'),
        for_cause(UploadFailure.FIXED_FOLDER),
        examples=(
            wrong(ALL, CLONE, ENTER, "cp -r /home/li/bert-finetuned/. .", ADD, COMMIT, PUSH),
            wrong(ALL, CLONE, ENTER, "cp -r ../../bert-finetuned/. .", ADD, COMMIT, PUSH),
        ),
    ),
    Misconception(
        "not-copied",
        _("The clone is as the Hub gave it: nothing was copied into it, so there was nothing to commit."),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        for_cause(CloneState.CLEAN),
        examples=(wrong(ALL, CLONE, ENTER, ADD, COMMIT, PUSH),),
    ),
    Misconception(
        "other-branch",
        _("The commit was pushed to another branch. People who download the model get the branch main."),
        _("Push to main: a fresh clone is on it already, so a plain `git push` does."),
        for_cause(UploadFailure.OTHER_BRANCH),
        examples=(wrong(
            ALL, CLONE, ENTER, "git checkout -b upload", COPY, ADD, COMMIT,
            "git push --set-upstream origin upload",
        ),),
    ),
)  # fmt: skip
