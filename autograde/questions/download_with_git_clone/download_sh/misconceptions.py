"""2.5, the download: common wrong answers."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.cases import Case
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import WrongModel, misconception
from autograde.judge.script_reports import CloneState
from autograde.questions.download_with_git_clone._clones import ATTRIBUTES, CHANGED_THE_HUB, small_files
from autograde.questions.download_with_git_clone.download_sh.facets import COMMITTED, DETACHED, FACETS, OTHER_BRANCH
from autograde.questions.download_with_git_clone.download_sh.solutions import ALL, CLONE, wrong


def _nothing(reason: str, *, clone: bool = False) -> WrongModel:
    """Return the model of a script that downloaded no file, for this reason."""
    missing = small_files(lambda _path: FileStatus.MISSING)
    return FACETS.wrong(files=missing, weights=FileStatus.MISSING, clone=clone, reason=reason)


def _attributes(status: FileStatus) -> WrongModel:
    return FACETS.wrong(files=small_files(lambda path: status if path == ATTRIBUTES else FileStatus.SAME))


_ONLY_THE_TOP = small_files(lambda path: FileStatus.MISSING if "/" in path else FileStatus.SAME)


def _without_clone(_case: Case, got: Observation) -> bool:
    """Return whether files were downloaded, but not as a clone."""
    if not isinstance(got, Mapping) or got.get("clone") is not False:
        return False
    return FileStatus.SAME in (got.get("weights"), *(status for _path, status in got.mapping("files").items))


MISCONCEPTIONS = (
    *clone_failures.misconceptions(_nothing, {
        "notebook-commands": (wrong(ALL, f"!{CLONE}"),),
        "copied-prompt": (wrong(ALL, f"$ {CLONE}"),),
        "typographic-quotes": (
            wrong(ALL, "git clone “$HF_ENDPOINT/$OWNER/$NAME”"),
            wrong(ALL, 'git clone "￥HF_ENDPOINT/￥OWNER/￥NAME"'),
        ),
        "single-quotes": (wrong(ALL, "git clone '$HF_ENDPOINT/$OWNER/$NAME'"),),
        "python-lines": (
            wrong(ALL, "from huggingface_hub import snapshot_download", "snapshot_download(repo_id)"),
        ),
        "syntax-error": (wrong(ALL, 'git clone "$HF_ENDPOINT/$OWNER/$NAME'),),
        "unknown-variable": (wrong(ALL, 'git clone "$HF_ENDPOINT/$OWNER/$REPO"'),),
        "another-hub": (
            wrong(ALL, 'git clone "https://huggingface.co/$OWNER/$NAME"'),
            wrong(ALL, 'git clone "git@hf.co:$OWNER/$NAME"'),
        ),
        "wrong-address": (
            wrong(ALL, 'git clone "$HF_ENDPOINT/datasets/$OWNER/$NAME"'),
            wrong(ALL, 'git clone "$HF_ENDPOINT$OWNER/$NAME"'),
            wrong(ALL, 'git clone "$HF_ENDPOINT" / "$OWNER" / "$NAME"'),
        ),
        "never-cloned": (
            wrong(ALL, 'cd "$NAME"', "git lfs install"),
            wrong(ALL, 'git pull "$HF_ENDPOINT/$OWNER/$NAME"'),
        ),
        "fixed-owner": (
            wrong(ALL, 'git clone "$HF_ENDPOINT/xxx/$NAME"'),
            wrong(ALL, "git clone https://127.0.0.1:9/xxx/mymodel4"),
        ),
        "fixed-name": (wrong(ALL, 'git clone "$HF_ENDPOINT/$OWNER/mymodel4"'),),
    }),
    FACETS.misconception(
        "without-lfs",
        _(
            "The clone was made without LFS: instead of the weights there is a pointer, a text of about 130 bytes. No "
            "command failed, but no program can load it."
        ),
        _("Clone without GIT_LFS_SKIP_SMUDGE, or run `git lfs pull` in the clone, without naming files."),
        wrong("weights", f"GIT_LFS_SKIP_SMUDGE=1 {CLONE}"),
        wrong("weights", "git lfs install --skip-smudge", CLONE),
        # Right as long as the weights are called as in the lesson.
        wrong("weights", f"GIT_LFS_SKIP_SMUDGE=1 {CLONE}", 'git -C "$NAME" lfs pull --include="*.safetensors"'),
        weights=FileStatus.POINTER,
    ),
    misconception(
        "not-a-clone",
        _(
            "The folder has files, but it isn't a clone of the Hub's repository, with its history and its address: "
            "`git pull` doesn't work in it."
        ),
        FACETS.step("clone"),
        wrong("clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"'),
        wrong("clone", CLONE, 'rm -rf "$NAME/.git"'),
        wrong(
            "clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"', 'cd "$NAME"', "git init",
            'git fetch "$HF_ENDPOINT/$OWNER/$NAME"',
        ),
        wrong(
            "files weights clone",
            'hf download "$OWNER/$NAME" README.md config.json model.safetensors --local-dir "$NAME"',
        ),
        wrong("clone", CLONE, 'git -C "$NAME" remote remove origin'),
        wrong("clone", CLONE, 'git -C "$NAME" remote set-url origin "https://huggingface.co/$OWNER/$NAME"'),
        models=(FACETS.wrong(clone=False), FACETS.wrong(files=_ONLY_THE_TOP, clone=False)),
        form=_without_clone,
    ),
    FACETS.misconception(
        "detached",
        _("The script checked out a commit, so the clone is not on a branch: `git pull` doesn't know what to update."),
        _("Don't check out a commit: a fresh clone is on the branch main."),
        wrong("clone", CLONE, 'cd "$NAME"', "git checkout -q $(git rev-parse HEAD)", "git branch -D main"),
        wrong("clone", CLONE, 'git -C "$NAME" checkout --detach'),
        clone=DETACHED,
    ),
    FACETS.misconception(
        "another-branch",
        _("The clone is on another branch than main, the one that `git clone` checks out."),
        _("Don't make or switch branches: a fresh clone is on the branch main."),
        wrong("clone", CLONE, 'git -C "$NAME" checkout -b mine'),
        wrong("clone", CLONE, 'git -C "$NAME" branch -m mine'),
        clone=OTHER_BRANCH,
    ),
    FACETS.misconception(
        "committed",
        _("The script made a commit in the clone. A download needs none: afterwards the clone is as it is on the Hub."),
        _("Remove `git add` and `git commit`."),
        wrong("clone", CLONE, 'git -C "$NAME" commit --allow-empty -m mine'),
        clone=COMMITTED,
    ),
    misconception(
        "changed-the-hub",
        CHANGED_THE_HUB,
        FACETS.step("hub"),
        wrong("clone", CLONE, 'cd "$NAME"', "echo mine > notes.txt", "git add .", "git commit -m notes", "git push"),
        wrong("clone", CLONE, "echo mine > notes.txt", 'hf upload "$OWNER/$NAME" notes.txt'),
        wrong("clone", CLONE, 'cd "$NAME"', "git checkout -b mine", "git push -u origin mine"),
        models=tuple(FACETS.wrong(clone=clone, hub=False) for clone in (True, OTHER_BRANCH)),
    ),
    misconception(
        "another-folder",
        _("The clone is in another folder: it has another name, or it is inside a folder."),
        _(
            "Run `git clone` in the working folder, where the script begins. Without a second argument, such as `.`, "
            "it names the folder after the repository."
        ),
        wrong(ALL, f"{CLONE} model"),
        wrong(ALL, "mkdir models", "cd models", CLONE),
        wrong(ALL, f"{CLONE} ."),
        models=(_nothing("elsewhere"),),
    ),
    misconception(
        "not-checked-out",
        _("The clone has the commits, but the folder has no files: they come with a checkout."),
        _("Use `git clone` without `--no-checkout`, or run `git checkout main` in the clone."),
        wrong("files weights", 'git clone --no-checkout "$HF_ENDPOINT/$OWNER/$NAME"'),
        models=(_nothing("elsewhere", clone=True),),
    ),
    FACETS.misconception(
        "only-the-top",
        _(
            "The files at the top level are there, but not those in folders: `--sparse` leaves folders out, and so "
            "does a command that removes them."
        ),
        _("Use `git clone` without `--sparse`, and remove nothing from the clone."),
        wrong("files", 'git clone --sparse "$HF_ENDPOINT/$OWNER/$NAME"'),
        files=_ONLY_THE_TOP,
    ),
    misconception(
        "attributes-removed",
        _("`.gitattributes` is missing in the clone, or was changed. It tells git-lfs which files to keep in LFS."),
        _("Leave every file of the clone as it is, those that begin with a dot, too."),
        wrong("files", CLONE, 'rm "$NAME/.gitattributes"'),
        wrong("files", CLONE, 'cd "$NAME"', 'git lfs track "*.json"'),
        models=(_attributes(FileStatus.MISSING), _attributes(FileStatus.DIFFERENT)),
    ),
    misconception(
        "bare-clone",
        _(
            "The folder has only git's own data and none of the repository's files: a bare clone (`--bare`, "
            "`--mirror`) is for servers."
        ),
        _("Use `git clone` without `--bare` and `--mirror`."),
        wrong(ALL, 'git clone --mirror "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"'),
        wrong(ALL, 'git clone --bare "$HF_ENDPOINT/$OWNER/$NAME"'),
        models=(_nothing(CloneState.BARE),),
    ),
)  # fmt: skip
