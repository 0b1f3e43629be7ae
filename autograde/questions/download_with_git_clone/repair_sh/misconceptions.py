"""2.5, the repair: common wrong answers."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.error_lines import ErrorKind
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.question import Misconception, WrongModel
from autograde.questions.download_with_git_clone._clones import CHANGED_THE_HUB
from autograde.questions.download_with_git_clone.repair_sh.facets import FACETS
from autograde.questions.download_with_git_clone.repair_sh.solutions import ALL, CLONE, wrong


def _still_a_pointer(reason: str) -> WrongModel:
    return FACETS.wrong(weights=FileStatus.POINTER, reason=reason)


def _not_kept(reason: str) -> WrongModel:
    return FACETS.wrong(kept=False, reason=reason)


MISCONCEPTIONS = (
    *clone_failures.misconceptions(_still_a_pointer, {
        "notebook-commands": (wrong(ALL, "%cd $NAME", "!git lfs pull"),),
        "copied-prompt": (wrong(ALL, '$ cd "$NAME"', "$ git lfs pull"),),
        "typographic-quotes": (wrong(ALL, "cd “$NAME”", "git lfs pull"),),
        "single-quotes": (wrong(ALL, "cd '$NAME'", "git lfs pull"),),
        "python-lines": (wrong(ALL, "import subprocess", "subprocess.run(['git', 'lfs', 'pull'])"),),
        "syntax-error": (wrong(ALL, 'cd "$NAME', "git lfs pull"),),
        "unknown-variable": (wrong(ALL, 'cd "$REPO"', "git lfs pull"),),
    }),
    clone_failures.BESIDE_THE_CLONE.shown_by(_still_a_pointer(ErrorKind.OUTSIDE), examples=(
        wrong(ALL, "cd mymodel4", "git lfs pull"),
        wrong(ALL, "git lfs pull", 'ls "$NAME"'),
    )),
    Misconception(
        "clone-over-it",
        _(
            "`git clone` makes a new folder. It refuses if there is already a folder of this name with files in it, "
            "so nothing has changed."
        ),
        _('Work in the existing clone: `cd "$NAME"`, then one command that begins with `git lfs`.'),
        (_still_a_pointer(ErrorKind.EXISTS),),
        examples=(wrong(ALL, CLONE),),
    ),
    Misconception(
        "cloned-beside",
        _(
            "The script made a second clone next to the first. The second has the weights; the first still has the "
            "pointer."
        ),
        _('Repair the existing clone: `cd "$NAME"`, then one command downloads what is missing.'),
        (_still_a_pointer("elsewhere"),),
        examples=(wrong(ALL, f"{CLONE} second"),),
    ),
    Misconception(
        "not-into-the-clone",
        _("The weights were downloaded, but not into the clone: there the pointer is still in their place."),
        _("Run `git lfs pull` inside the clone."),
        (_still_a_pointer("not-into-the-clone"),),
        examples=(wrong(ALL, 'hf download "$OWNER/$NAME"'),),
    ),
    Misconception(
        "only-fetched",
        _("The weights were downloaded, but only into git's own storage: `git lfs fetch` doesn't replace the pointer."),
        _("`git lfs pull` does both; after a fetch, `git lfs checkout` does the second half."),
        (_still_a_pointer("fetched"),),
        examples=(wrong(ALL, 'cd "$NAME"', "git lfs fetch"),),
    ),
    Misconception(
        "no-lfs-pull",
        _(
            "The pointer is still there: the script never downloaded the weights. `git pull` fetches "
            "new commits, but there are none; `git lfs install` only prepares git for later clones."
        ),
        _("Run `git lfs pull` inside the clone."),
        (_still_a_pointer(""),),
        examples=(
            wrong(ALL, 'cd "$NAME"', "git pull"),
            wrong(ALL, 'cd "$NAME"', "git lfs install"),
            wrong(ALL, 'cd "$NAME"', "git checkout -- model.safetensors"),
        ),
    ),
    Misconception(
        "cloned-anew",
        _(
            "The clone was replaced by a new one. What only the old clone had, such as commits, stashes and settings, "
            "is lost, and everything was downloaded twice."
        ),
        _("Repair the existing clone: one command downloads the files behind the pointers."),
        (_not_kept("anew"),),
        examples=(
            wrong("kept", 'rm -rf "$NAME"', CLONE),
            wrong(
                "kept", 'cp "$NAME/my-notes.txt" notes', 'rm -rf "$NAME"', CLONE, 'mv notes "$NAME/my-notes.txt"',
            ),
            wrong("kept", f"{CLONE} new", 'cp -r new/. "$NAME"', "rm -rf new"),
        ),
    ),
    Misconception(
        "history-rewritten",
        _(
            "The clone has lost its commits: the script started a new history (`git checkout --orphan`, `git init`, "
            "`--amend`) or reset to an older commit."
        ),
        _("Leave the commits as they are: `git lfs pull` needs no new one."),
        (_not_kept("history"),),
        examples=(
            wrong(
                "kept", 'cd "$NAME"', "git lfs pull", "git checkout --orphan new", "git add -A . ':!my-notes.txt'",
                "git commit -m all", "git branch -M main",
            ),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git commit --amend --allow-empty -m other"),
        ),
    ),
    Misconception(
        "put-aside",
        _("`git stash` moved your own file out of the folder. It isn't lost, but it is no longer there."),
        _("You don't need to stash anything for `git lfs pull`. If you did, run `git stash pop`."),
        (_not_kept("stashed"),),
        examples=(wrong("kept", 'cd "$NAME"', "git stash --include-untracked", "git lfs pull"),),
    ),
    Misconception(
        "cleaned-up",
        _(
            "Files in the folder were removed or changed. `git clean` and `rm` delete files that git doesn't track, "
            "and these can't be restored. `git lfs track` and `git lfs untrack` write into .gitattributes."
        ),
        _(
            "Remove the commands that delete or change files: `git lfs pull` replaces the pointer and touches nothing "
            "else."
        ),
        (_not_kept("removed"),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull", "rm .gitattributes"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '*.json -text' > .gitattributes"),
            wrong("kept", 'cd "$NAME"', "git clean -fdx", "git lfs pull"),
            wrong("kept", 'cd "$NAME"', "git lfs track '*.txt'", "git lfs pull"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '{}' > config.json"),
        ),
    ),
    Misconception(
        "staged",
        _(
            "The script staged changes with `git add`, `git rm` or `git mv`: the next commit in the clone would "
            "contain them."
        ),
        _("Remove these commands: `git lfs pull` needs no commit, so there is nothing to add."),
        (_not_kept("staged"),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git add ."),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git rm -q --cached config.json"),
        ),
    ),
    Misconception(
        "left-behind",
        _("The script left a file in the clone that wasn't there before."),
        _("Make no new files in the clone, or remove them at the end: `git lfs pull` needs none."),
        (_not_kept("added"),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull > log.txt"),
            wrong("kept", 'cd "$NAME"', "cp model.safetensors pointer.txt", "git lfs pull"),
        ),
    ),
    Misconception(
        "no-longer-a-clone",
        _(
            "The weights are there, but the folder has no connection to the Hub any more: its .git or its remote "
            "was removed or changed."
        ),
        _("Leave the folder .git and the remote as they are; `git lfs pull` needs them."),
        (_not_kept("no-clone"),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull", "rm -rf .git"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git remote remove origin"),
        ),
    ),
    Misconception(
        "another-branch",
        _("The clone is on another branch than before, or on none (detached HEAD)."),
        _("Don't switch branches and don't check out a commit: `git lfs pull` needs neither."),
        (_not_kept("branch"),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git checkout -b repair", "git lfs pull"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git checkout -q --detach"),
        ),
    ),
    Misconception(
        "committed",
        _("The script made a commit in the clone. A repair only downloads: there is nothing to commit."),
        _("Remove `git add` and `git commit`."),
        (_not_kept("committed"),),
        examples=(wrong("kept", 'cd "$NAME"', "git lfs pull", "git add .", 'git commit -m "Repair"'),),
    ),
    Misconception(
        "changed-the-hub",
        CHANGED_THE_HUB,
        FACETS.step("hub"),
        (FACETS.wrong(hub=False),),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull", "git add .", "git commit -m notes", "git push"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", 'hf upload "$OWNER/$NAME" my-notes.txt'),
        ),
    ),
)  # fmt: skip
