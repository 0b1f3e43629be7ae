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
            "The push contained LFS pointers but not the weights behind them. The Hub refuses a pointer to a file "
            "that it doesn't have."
        ),
        _("Copy the real weights, and don't use `--no-verify` or anything else that turns git-lfs off."),
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
            "The push was refused because the Hub has a commit that your repository doesn't have: it was started with "
            "`git init` instead of a clone, or someone else has pushed in the meantime."
        ),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`: then your commit comes after the initial one.'),
        for_cause(ErrorKind.BEHIND),
        examples=(wrong(
            ALL, 'git init -b main "$NAME"', ENTER, COPY, "git lfs track '*.safetensors' '*.onnx'", ADD, COMMIT,
            'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push -u origin main",
        ),),
    ),
    Misconception(
        "push-refused",
        _("The commit was made, but the push failed: git or the Hub refused it and says why."),
        _("Read the error message, and correct what it names. The commit itself is fine."),
        for_cause(ErrorKind.REFUSED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT, "git push origin master"),
            wrong(ALL, CLONE, ENTER, "git checkout -b upload", COPY, ADD, COMMIT, PUSH),
        ),
    ),
    Misconception(
        "empty-commit",
        _(
            "A commit was pushed, but it has none of the model's files: it is empty (`--allow-empty`), or other files "
            "were added."
        ),
        _("Copy the files into the clone, and add them: `git add .`"),
        for_cause(UploadFailure.EMPTY_COMMIT),
        examples=(
            wrong(ALL, CLONE, ENTER, 'git commit --allow-empty -m "Upload the model"', PUSH),
            wrong(ALL, CLONE, ENTER, COPY, 'git lfs track "*.json"', "git add .gitattributes", COMMIT, PUSH),
        ),
    ),
    Misconception(
        "repository-gone",
        _("The repository was deleted or renamed: its address no longer works."),
        _("Don't delete or rename the repository: the script only adds one commit."),
        (lambda case: replaced(nothing(case, UploadFailure.GONE), arrived="gone", initial=False),),
        examples=(wrong(ALL, 'hf repos delete "$OWNER/$NAME" --yes'),),
    ),
    Misconception(
        "not-pushed",
        _("The commit was made but not pushed: only `git push` sends it to the Hub."),
        _("The last of the five steps is missing: add it."),
        for_cause(CloneState.NOT_PUSHED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT),
            wrong(ALL, CLONE, ENTER, COPY, ADD, COMMIT, 'echo "To $HF_ENDPOINT/$OWNER/$NAME"'),
        ),
    ),
    Misconception(
        "wrong-order",
        _(
            "The steps are in the wrong order: a commit contains what was added before, and a push sends what was "
            "committed before."
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
            "The files were added but not committed: `git commit` is missing, or it failed, for example because it "
            "had no message (-m)."
        ),
        _('Between add and push, run `git commit -m "..."`.'),
        for_cause(CloneState.NOT_COMMITTED),
        examples=(
            wrong(ALL, CLONE, ENTER, COPY, ADD, PUSH),
            wrong(ALL, "set -e", CLONE, ENTER, COPY, ADD, "git commit", PUSH),
        ),
    ),
    Misconception(
        "not-added",
        _("The files are in the clone, but they were not added: a commit contains only what `git add` has added."),
        _("After copying, run `git add .`"),
        for_cause(CloneState.NOT_ADDED),
        examples=(wrong(ALL, CLONE, ENTER, COPY, COMMIT, PUSH),),
    ),
    Misconception(
        "copied-beside",
        _("The files were copied next to the clone, not into it. Git sees only what is in the clone's folder."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        for_cause(UploadFailure.BESIDE_THE_CLONE),
        examples=(wrong(ALL, CLONE, COPY, ADD, COMMIT, PUSH),),
    ),
    Misconception(
        "fixed-folder",
        _("The path of the model folder is hard-coded in the script. In the check, the folder has another path."),
        _('Take the path from the variable: "$MODEL_FOLDER".'),
        for_cause(UploadFailure.FIXED_FOLDER),
        examples=(
            wrong(ALL, CLONE, ENTER, "cp -r /home/li/bert-finetuned/. .", ADD, COMMIT, PUSH),
            wrong(ALL, CLONE, ENTER, "cp -r ../../bert-finetuned/. .", ADD, COMMIT, PUSH),
        ),
    ),
    Misconception(
        "not-copied",
        _("Nothing was copied into the clone, so there was nothing to commit."),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        for_cause(CloneState.CLEAN),
        examples=(wrong(ALL, CLONE, ENTER, ADD, COMMIT, PUSH),),
    ),
    Misconception(
        "other-branch",
        _("The commit was pushed to another branch. People who download the model get the branch main."),
        _("Push to main. A fresh clone is already on main, so `git push` is enough."),
        for_cause(UploadFailure.OTHER_BRANCH),
        examples=(wrong(
            ALL, CLONE, ENTER, "git checkout -b upload", COPY, ADD, COMMIT,
            "git push --set-upstream origin upload",
        ),),
    ),
)  # fmt: skip
