"""2.4: misconceptions after which no file reaches the branch main."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.error_lines import ErrorKind
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import Message, _
from autograde.judge.question import Misconception, misconception
from autograde.judge.script_reports import CloneState
from autograde.questions.upload_a_local_model.upload_sh.facets import UploadFailure, nothing
from autograde.questions.upload_a_local_model.upload_sh.solutions import ALL, LINES, wrong, wrong_step


def _failed(
    reason: UploadFailure | CloneState, explanation: Message, next_step: Message, *examples: WrongAnswer
) -> Misconception:
    """Return the misconception of a script after which nothing has reached the branch main; its id is the reason."""
    return misconception(reason, explanation, next_step, *examples, models=(nothing(reason),))


NOTHING_ARRIVED = (
    *clone_failures.misconceptions(nothing, {
        "fixed-owner": (
            wrong_step(ALL, clone='git clone "$HF_ENDPOINT/xxx/$NAME"'),
            wrong_step(ALL, clone=("set -e", 'git clone "$HF_ENDPOINT/xxx/mymodel04"', "cd mymodel04"), enter=()),
        ),
        "fixed-name": (
            wrong_step(ALL, clone='git clone "$HF_ENDPOINT/$OWNER/mymodel"', enter="cd mymodel"),
            wrong_step(ALL, enter="cd mymodel04"),
        ),
        "notebook-commands": (
            wrong(ALL, *("%cd $NAME" if line.startswith("cd") else f"!{line}" for line in LINES)),
            wrong_step(ALL, clone='git clone {lesson.endpoint}/{name} "{clone}"', enter='cd "{clone}"'),
        ),
        "single-quotes": (wrong_step(
            ALL, clone="git clone '$HF_ENDPOINT/$OWNER/$NAME'", enter="cd '$NAME'", copy="cp -r '$MODEL_FOLDER/.' .",
        ),),
        "copied-prompt": (wrong(ALL, *(f"$ {line}" for line in LINES)),),
        "typographic-quotes": (
            wrong_step(
                ALL, clone="git clone “$HF_ENDPOINT/$OWNER/$NAME”", enter="cd “$NAME”",
                copy="cp -r “$MODEL_FOLDER/.” .",
            ),
            wrong_step(ALL, copy="cp -r “$MODEL_FOLDER/.” ."),
            wrong_step(ALL, add="git add 。"),
        ),
        "python-lines": (wrong(
            ALL, "from huggingface_hub import upload_folder", "upload_folder(repo_id=repo_id, folder_path=folder)",
        ),),
        "syntax-error": (
            wrong_step(ALL, enter=(..., "if true; then")),
            wrong_step(ALL, copy='cp -r "$MODEL_FOLDER/. .'),
        ),
        "unknown-variable": (wrong_step(ALL, clone='git clone "$HF_ENDPOINT/$owner/$NAME"'),),
        "another-hub": (wrong_step(ALL, clone='git clone "https://huggingface.co/$OWNER/$NAME"'),),
        "wrong-address": (wrong_step(ALL, clone='git clone "$HF_ENDPOINT/datasets/$OWNER/$NAME"'),),
        "never-cloned": (
            wrong_step(ALL, clone=()),
            wrong(ALL, 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --create-pr --commit-message "Upload the model"'),
        ),
    }),
    clone_failures.BESIDE_THE_CLONE.shown_by(
        wrong_step(ALL, enter=(), copy='cp -r "$MODEL_FOLDER/." "$NAME"'),
        wrong_step(ALL, enter=(), copy='cp -r "$MODEL_FOLDER/." "$NAME"', add='git -C "$NAME" add .'),
        models=(nothing(ErrorKind.OUTSIDE),),
    ),
    misconception(
        "pointers-only",
        _(
            "The push contained LFS pointers but not the weights behind them. The Hub refuses a pointer to a file "
            "that it doesn't have."
        ),
        _("Copy the real weights, and don't use `--no-verify` or anything else that turns git-lfs off."),
        wrong_step(ALL, push="git push --no-verify"),
        wrong_step(
            ALL, copy=(..., "git lfs pointer --file=model.safetensors > pointer", "mv pointer model.safetensors"),
        ),
        models=(nothing(ErrorKind.POINTERS),),
    ),
    misconception(
        "not-cloned",
        _(
            "The push was refused because the Hub has a commit that your repository doesn't have: it was started with "
            "`git init` instead of a clone, or someone else has pushed in the meantime."
        ),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`: then your commit comes after the initial one.'),
        wrong_step(
            ALL, clone='git init -b main "$NAME"', copy=(..., "git lfs track '*.safetensors' '*.onnx'"),
            push=('git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push -u origin main"),
        ),
        models=(nothing(ErrorKind.BEHIND),),
    ),
    misconception(
        "push-refused",
        _("The commit was made, but the push failed: git or the Hub refused it and says why."),
        _("Read the error message, and correct what it names. The commit itself is fine."),
        wrong_step(ALL, push="git push origin master"),
        wrong_step(ALL, enter=(..., "git checkout -b upload")),
        models=(nothing(ErrorKind.REFUSED),),
    ),
    _failed(
        UploadFailure.EMPTY_COMMIT,
        _(
            "Commits were pushed, but the branch main has none of the model's files: they are empty (`--allow-empty`), "
            "other files were added, or the files were removed again."
        ),
        _("Copy the files into the clone, and add them: `git add .`"),
        wrong_step(ALL, copy=(), add=(), commit='git commit --allow-empty -m "Upload the model"'),
        wrong_step(ALL, add=('git lfs track "*.json"', "git add .gitattributes")),
        wrong_step(ALL, commit=(..., "git revert --no-edit HEAD")),
    ),
    misconception(
        "repository-gone",
        _("The repository was deleted or renamed: its address no longer works."),
        _("Don't delete or rename the repository: the script only adds one commit."),
        wrong(ALL, 'hf repos delete "$OWNER/$NAME" --yes'),
        models=(nothing(UploadFailure.GONE, arrived="gone", initial=False),),
    ),
    _failed(
        CloneState.NOT_PUSHED,
        _("The commit was made but not pushed: only `git push` sends it to the Hub."),
        _("The last of the five steps is missing: add it."),
        wrong_step(ALL, push=()),
        wrong_step(ALL, push='echo "To $HF_ENDPOINT/$OWNER/$NAME"'),
    ),
    _failed(
        UploadFailure.WRONG_ORDER,
        _(
            "The steps are in the wrong order: a commit contains what was added before, and a push sends what was "
            "committed before."
        ),
        _("Keep the order: clone, copy, add, commit, push."),
        wrong_step(ALL, add=(), commit=(..., "git add .")),
        wrong_step(ALL, commit=(), push=(..., 'git commit -m "Upload the model"')),
    ),
    _failed(
        UploadFailure.PUSHED_SOMETHING_ELSE,
        _(
            "The commit was made, but `git push` did not send it to the branch main: it sent something else, such as a "
            "tag, or nothing, such as with --dry-run, or the script ended before it (`&`, `exit`, or an "
            "error after `set -e`)."
        ),
        _(
            "In the clone's folder, `git push` without anything else sends the branch main. Nothing before it may end "
            "the script."
        ),
        wrong_step(ALL, push=("git tag v1", "git push origin v1")),
        wrong_step(ALL, "set -e", push=("git diff --quiet HEAD~1", ...)),
        wrong_step(ALL, push="git push --dry-run"),
    ),
    _failed(
        UploadFailure.ANOTHER_REPOSITORY,
        _("The script created another repository and uploaded to it. The given one has no new file."),
        _('Clone the given repository, "$HF_ENDPOINT/$OWNER/$NAME", and push from this clone.'),
        wrong_step(
            ALL, clone=('hf repos create "$OWNER/copy"', 'git clone "$HF_ENDPOINT/$OWNER/copy"'), enter="cd copy",
        ),
    ),
    _failed(
        UploadFailure.ENTERED_TOO_EARLY,
        _("`cd` came before `git clone`: the folder was not there yet, so nothing was done in the clone."),
        _('Clone first, then go into the folder: `cd "$NAME"`.'),
        wrong_step(ALL, clone=('cd "$NAME"', ...), enter=()),
        wrong_step(ALL, "set -e", clone=('cd "$NAME"', ...), enter=()),
    ),
    _failed(
        CloneState.NOT_COMMITTED,
        _(
            "The files were added but not committed: `git commit` is missing, or it failed, for example because it "
            "had no message (-m)."
        ),
        _('Between add and push, run `git commit -m "..."`.'),
        wrong_step(ALL, commit=()),
        wrong_step(ALL, "set -e", commit="git commit"),
    ),
    _failed(
        CloneState.NOT_ADDED,
        _("The files are in the clone, but they were not added: a commit contains only what `git add` has added."),
        _("After copying, run `git add .`"),
        wrong_step(ALL, add=()),
    ),
    _failed(
        UploadFailure.COPIED_BESIDE,
        _("The files were copied next to the clone, not into it. Git sees only what is in the clone's folder."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        wrong_step(ALL, enter=()),
    ),
    _failed(
        UploadFailure.FIXED_FOLDER,
        _("The path of the model folder is hard-coded in the script. In the check, the folder has another path."),
        _('Take the path from the variable: "$MODEL_FOLDER".'),
        wrong_step(ALL, copy="cp -r /home/li/bert-finetuned/. ."),
        wrong_step(ALL, copy="cp -r ../../bert-finetuned/. ."),
    ),
    misconception(
        "not-copied",
        _(
            "In the end the clone has nothing new, so there was nothing to push: nothing was copied into it, or it was "
            "removed again, for example by `git reset --hard`."
        ),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        wrong_step(ALL, copy=()),
        models=(nothing(CloneState.CLEAN),),
    ),
    _failed(
        UploadFailure.OTHER_BRANCH,
        _("The commit was pushed to another branch. People who download the model get the branch main."),
        _("Push to main. A fresh clone is already on main, so `git push` is enough."),
        wrong_step(ALL, enter=(..., "git checkout -b upload"), push="git push --set-upstream origin upload"),
    ),
)  # fmt: skip
