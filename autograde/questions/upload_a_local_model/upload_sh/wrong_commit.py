"""2.4: misconceptions about how files are uploaded, the commit, LFS, and other changes on the Hub."""

from __future__ import annotations

from autograde.judge.error_lines import ErrorKind
from autograde.judge.facets import has
from autograde.judge.hub_state import CommitMessages, Storage, UploadRoute
from autograde.judge.messages import _
from autograde.judge.question import WrongModel, misconception
from autograde.questions.upload_a_local_model.upload_sh.cases import needs_lfs
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, UploadFailure, nothing
from autograde.questions.upload_a_local_model.upload_sh.solutions import ALL, wrong, wrong_step


def _without_lfs(others: str, reason: str) -> WrongModel:
    """Return the wrong model in which weights are in git; the Hub refuses large and binary ones."""
    refused, accepted = nothing(reason), FACETS.wrong(storage=Storage.GIT, others=others)
    return lambda case: refused(case) if needs_lfs(case) else accepted(case)


_REFUSED = has(reason=ErrorKind.LARGE)
_IN_GIT = has(storage=Storage.GIT, others="attributes", initial=True)

WRONG_COMMIT = (
    misconception(
        "not-by-git",
        _("The files were uploaded through the Hub's API. That works too, but this exercise is about git."),
        _("Clone, copy, add, commit, push. Don't use `hf upload`."),
        wrong("push", 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"'),
        wrong_step(
            "push commit", 'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --commit-message "Upload the model"', copy=(),
            add=(), commit='git commit --allow-empty -m "Upload the model"',
        ),
        wrong_step(
            "push", 'hf repos branch create "$OWNER/$NAME" aside',
            'hf upload "$OWNER/$NAME" "$MODEL_FOLDER" . --revision aside --commit-message "Upload the model"',
            copy="git merge origin/aside", add=(), commit=(), push=(..., "git push origin --delete aside"),
        ),
        models=(
            FACETS.wrong(arrived=UploadRoute.API),
            FACETS.wrong(arrived=UploadRoute.BOTH),
            FACETS.wrong(arrived=UploadRoute.BOTH, others="branches"),
            FACETS.wrong(arrived=UploadRoute.BOTH, on_top=2),
        ),
    ),
    FACETS.misconception(
        "merge-commit",
        _("The upload is one commit, but `git merge --no-ff` added a merge commit: two commits instead of one."),
        _("Commit on main directly, or merge without --no-ff, which adds no commit."),
        wrong_step(
            "commit", enter=(..., "git checkout -b work"),
            commit=(..., "git checkout main", 'git merge --no-ff -m "Merge the upload" work'),
        ),
        on_top=2, merges=1,
    ),
    misconception(
        "several-commits",
        _("The files are in several commits. One upload is one step: put all files into one commit."),
        FACETS.step("on_top"),
        wrong_step(
            "commit", add=("git add config.json vocab.txt", 'git commit -m "Upload the model"', ...),
            commit='git commit -m "The rest"',
        ),
        wrong_step("commit", add=('for file in *; do git add "$file"; git commit -m "Add $file"; done', ...)),
        models=tuple(FACETS.wrong(on_top=number) for number in range(2, 40)),
    ),
    FACETS.misconception(
        "empty-message",
        _("The commit has no message, so the history doesn't show what it did."),
        FACETS.step("message"),
        wrong_step("commit", commit='git commit --allow-empty-message -m ""'),
        message=CommitMessages.EMPTY,
    ),
    misconception(
        "made-anew",
        _(
            "The repository was deleted and created again. On a real Hub its history, discussions and "
            "likes would be gone, and links to its commits would be broken."
        ),
        FACETS.step("anew"),
        wrong_step("commit", 'hf repos delete "$OWNER/$NAME" --yes', 'hf repos create "$OWNER/$NAME"'),
        models=(FACETS.wrong(initial=False, anew=True), FACETS.wrong(initial=False, anew=True, on_top=2)),
    ),
    misconception(
        "history-overwritten",
        _(
            "The push replaced the Hub's history: the initial commit is gone. In a repository that other people use, "
            "their work would be lost."
        ),
        FACETS.step("initial"),
        wrong_step(
            "commit", clone='git init --initial-branch=main "$NAME"',
            copy=(..., 'git lfs track "*.safetensors" "*.onnx" "*.bin" "*.h5" "*.ot" "*.msgpack"'),
            push=('git remote add origin "$HF_ENDPOINT/$OWNER/$NAME"', "git push --force origin main"),
        ),
        wrong_step(
            "commit", enter=(..., 'git commit --amend --reset-author -m "initial commit"'), push="git push --force",
        ),
        models=(
            FACETS.wrong(initial=False),
            FACETS.wrong(storage=Storage.GIT, initial=False),
            FACETS.wrong(initial=False, on_top=2),
        ),
    ),
    misconception(
        "without-lfs",
        _(
            "The weights went into git instead of LFS, because .gitattributes is missing or was replaced. The Hub "
            "refuses binary files outside LFS."
        ),
        _("Begin with `git clone`, and leave the clone's .gitattributes as it is."),
        wrong_step(ALL, copy=(..., "rm .gitattributes")),
        wrong_step(
            ALL, clone='git init --initial-branch=main "$NAME"',
            push='git push --force "$HF_ENDPOINT/$OWNER/$NAME" main',
        ),
        models=(_without_lfs("attributes", ErrorKind.LARGE),),
        form=lambda case, got: _REFUSED(case, got) or _IN_GIT(case, got),
    ),
    misconception(
        "lfs-switched-off",
        _(
            "git-lfs was switched off, so the weights went into git. .gitattributes only lists the files for LFS; "
            "git-lfs puts them there. The Hub refuses binary files outside LFS."
        ),
        _("Remove `git lfs uninstall` and everything else that turns git-lfs off."),
        wrong_step(ALL, enter=(..., "git lfs uninstall")),
        wrong_step(ALL, "git config --global --remove-section filter.lfs"),
        models=(_without_lfs("", UploadFailure.LFS_SWITCHED_OFF),),
    ),
    FACETS.misconception(
        "attributes-removed",
        _(
            "The upload removed .gitattributes, or lines of it. From now on, everyone's weights go into git instead "
            "of LFS."
        ),
        _("Don't remove .gitattributes or lines of it; you may add lines."),
        wrong_step("rest", add=(..., "git rm -q .gitattributes")),
        others="attributes",
    ),
    misconception(
        "more-than-asked",
        _("Everything is there, but the script also left something else on the Hub."),
        FACETS.step("others"),
        wrong_step("rest", copy=(..., "touch notes.txt")),
        wrong_step(
            "rest", enter=(..., "git checkout -b work"), push=("git checkout main", "git merge work", "git push --all"),
        ),
        wrong_step("rest", push=(..., "git tag v1", "git push origin v1")),
        wrong_step("rest", 'hf repos settings "$OWNER/$NAME" --private'),
        wrong_step("rest", copy=(..., 'git clone -q "$HF_ENDPOINT/$OWNER/$NAME" backup')),
        models=tuple(FACETS.wrong(others=kind) for kind in ("files", "branches", "tags", "repositories", "settings")),
    ),
)  # fmt: skip
