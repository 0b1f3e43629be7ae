"""2.5, the repair: common wrong answers."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.error_lines import ErrorKind
from autograde.judge.examples import WrongAnswer
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import Message, _
from autograde.judge.question import Misconception, WrongModel, misconception
from autograde.questions.download_with_git_clone._clones import CHANGED_THE_HUB
from autograde.questions.download_with_git_clone.repair_sh.facets import FACETS
from autograde.questions.download_with_git_clone.repair_sh.solutions import ALL, CLONE, wrong, wrong_step


def _still_a_pointer(reason: str) -> WrongModel:
    return FACETS.wrong(weights=FileStatus.POINTER, reason=reason)


def _not_repaired(reason: str, explanation: Message, next_step: Message, *examples: WrongAnswer) -> Misconception:
    """Return the misconception of a script after which the weights are still a pointer; its id is the reason."""
    return misconception(reason, explanation, next_step, *examples, models=(_still_a_pointer(reason),))


def _lost(reason: str, explanation: Message, next_step: Message, *examples: WrongAnswer) -> Misconception:
    """Return the misconception of a script that changed something else; its id is the reason."""
    return FACETS.misconception(reason, explanation, next_step, *examples, kept=False, reason=reason)


MISCONCEPTIONS = (
    *clone_failures.misconceptions(_still_a_pointer, {
        "notebook-commands": (wrong(ALL, "%cd $NAME", "!git lfs pull"),),
        "copied-prompt": (wrong(ALL, '$ cd "$NAME"', "$ git lfs pull"),),
        "typographic-quotes": (
            wrong(ALL, "cd “$NAME”", "git lfs pull"), wrong(ALL, 'cd\u3000"$NAME"', "git lfs pull"),
        ),
        "single-quotes": (wrong(ALL, "cd '$NAME'", "git lfs pull"),),
        "python-lines": (wrong(ALL, "import subprocess", "subprocess.run(['git', 'lfs', 'pull'])"),),
        "syntax-error": (wrong(ALL, 'cd "$NAME', "git lfs pull"),),
        "unknown-variable": (wrong(ALL, 'cd "$REPO"', "git lfs pull"),),
    }),
    clone_failures.BESIDE_THE_CLONE.shown_by(
        wrong(ALL, "cd mymodel4", "git lfs pull"),
        wrong(ALL, "git lfs pull", 'ls "$NAME"'),
        models=(_still_a_pointer(ErrorKind.OUTSIDE),),
    ),
    misconception(
        "clone-over-it",
        _(
            "`git clone` makes a new folder. It refuses if there is already a folder of this name with files in it, "
            "so nothing has changed."
        ),
        _('Work in the existing clone: `cd "$NAME"`, then one command that begins with `git lfs`.'),
        wrong(ALL, CLONE),
        models=(_still_a_pointer(ErrorKind.EXISTS),),
    ),
    _not_repaired(
        "cloned-beside",
        _(
            "The script made a second clone next to the first. The second has the weights; the first still has the "
            "pointer."
        ),
        _('Repair the existing clone: `cd "$NAME"`, then one command downloads what is missing.'),
        wrong(ALL, f"{CLONE} second"),
    ),
    _not_repaired(
        "not-into-the-clone",
        _("The weights were downloaded, but not into the clone: there the pointer is still in their place."),
        _("Run `git lfs pull` inside the clone."),
        wrong(ALL, 'hf download "$OWNER/$NAME"'),
    ),
    _not_repaired(
        "only-fetched",
        _("The weights were downloaded, but only into git's own storage: `git lfs fetch` doesn't replace the pointer."),
        _("`git lfs pull` does both; after a fetch, `git lfs checkout` does the second half."),
        wrong_step(ALL, pull="git lfs fetch"),
    ),
    misconception(
        "no-lfs-pull",
        _(
            "The pointer is still there: the script never downloaded the weights. `git pull` fetches "
            "new commits, but there are none; `git lfs install` only prepares git for later clones."
        ),
        _("Run `git lfs pull` inside the clone."),
        wrong_step(ALL, pull="git pull"),
        wrong_step(ALL, pull="git lfs install"),
        wrong_step(ALL, pull="git checkout -- model.safetensors"),
        models=(_still_a_pointer(""),),
    ),
    _lost(
        "cloned-anew",
        _(
            "The clone was replaced by a new one. What only the old clone had, such as commits, stashes and settings, "
            "is lost, and everything was downloaded twice."
        ),
        _("Repair the existing clone: one command downloads the files behind the pointers."),
        wrong("kept", 'rm -rf "$NAME"', CLONE),
        wrong("kept", 'cp "$NAME/my-notes.txt" notes', 'rm -rf "$NAME"', CLONE, 'mv notes "$NAME/my-notes.txt"'),
        wrong("kept", f"{CLONE} new", 'cp -r new/. "$NAME"', "rm -rf new"),
    ),
    _lost(
        "history-rewritten",
        _(
            "The clone has lost its commits: the script started a new history (`git checkout --orphan`, `git init`, "
            "`--amend`) or reset to an older commit."
        ),
        _("Leave the commits as they are: `git lfs pull` needs no new one."),
        wrong_step("kept", pull=(
            ..., "git checkout --orphan new", "git add -A . ':!my-notes.txt'", "git commit -m all",
            "git branch -M main",
        )),
        wrong_step("kept", pull=(..., "git commit --amend --allow-empty -m other")),
    ),
    _lost(
        "put-aside",
        _("`git stash` moved your own file out of the folder. It isn't lost, but it is no longer there."),
        _("You don't need to stash anything for `git lfs pull`. If you did, run `git stash pop`."),
        wrong_step("kept", pull=("git stash --include-untracked", ...)),
    ),
    _lost(
        "cleaned-up",
        _(
            "Files in the folder were removed or changed. `git clean` and `rm` delete files that git doesn't track, "
            "and these can't be restored. `git lfs track` and `git lfs untrack` write into .gitattributes."
        ),
        _(
            "Remove the commands that delete or change files: `git lfs pull` replaces the pointer and touches nothing "
            "else."
        ),
        wrong_step("kept", pull=(..., "rm .gitattributes")),
        wrong_step("kept", pull=(..., "echo '*.json -text' > .gitattributes")),
        wrong_step("kept", pull=("git clean -fdx", ...)),
        wrong_step("kept", pull=("git lfs track '*.txt'", ...)),
        wrong_step("kept", pull=(..., "echo '{}' > config.json")),
    ),
    _lost(
        "staged",
        _(
            "The script staged changes with `git add`, `git rm` or `git mv`: the next commit in the clone would "
            "contain them."
        ),
        _("Remove these commands: `git lfs pull` needs no commit, so there is nothing to add."),
        wrong_step("kept", pull=(..., "git add .")),
        wrong_step("kept", pull=(..., "git rm -q --cached config.json")),
    ),
    _lost(
        "left-behind",
        _("The script left a file in the clone that wasn't there before."),
        _("Make no new files in the clone, or remove them at the end: `git lfs pull` needs none."),
        wrong_step("kept", pull="git lfs pull > log.txt"),
        wrong_step("kept", pull=("cp model.safetensors pointer.txt", ...)),
    ),
    _lost(
        "no-longer-a-clone",
        _(
            "The weights are there, but the folder has no connection to the Hub any more: its .git or its remote "
            "was removed or changed."
        ),
        _("Leave the folder .git and the remote as they are; `git lfs pull` needs them."),
        wrong_step("kept", pull=(..., "rm -rf .git")),
        wrong_step("kept", pull=(..., "git remote remove origin")),
    ),
    _lost(
        "another-branch",
        _("The clone is on another branch than before, or on none (detached HEAD)."),
        _("Don't switch branches and don't check out a commit: `git lfs pull` needs neither."),
        wrong_step("kept", pull=("git checkout -b repair", ...)),
        wrong_step("kept", pull=(..., "git checkout -q --detach")),
    ),
    _lost(
        "committed",
        _("The script made a commit in the clone. A repair only downloads: there is nothing to commit."),
        _("Remove `git add` and `git commit`."),
        wrong_step("kept", pull=(..., "git add .", 'git commit -m "Repair"')),
    ),
    FACETS.misconception(
        "changed-the-hub",
        CHANGED_THE_HUB,
        FACETS.step("hub"),
        wrong_step("kept", pull=(..., "git add .", "git commit -m notes", "git push")),
        wrong_step("kept", pull=(..., 'hf upload "$OWNER/$NAME" my-notes.txt')),
        hub=False,
    ),
)  # fmt: skip
