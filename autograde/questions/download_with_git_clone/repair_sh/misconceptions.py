"""2.5, the repair: wrong answers that learners really give."""

from __future__ import annotations

from autograde.judge import clone_failures
from autograde.judge.cases import Case
from autograde.judge.common_misconceptions import for_causes
from autograde.judge.error_lines import ErrorKind
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.observation import Mapping
from autograde.judge.question import Misconception
from autograde.questions.download_with_git_clone.repair_sh.example_code import ALL, CLONE, wrong
from autograde.questions.download_with_git_clone.repair_sh.facets import FACETS


def _still(case: Case, reason: str) -> Mapping:
    """The pointer is still there."""
    return FACETS.answer(case, weights=FileStatus.POINTER, reason=reason)


_for_cause = for_causes(_still)


_lost = for_causes(lambda case, reason: FACETS.answer(case, kept=False, reason=reason))


MISCONCEPTIONS = (
    *clone_failures.misconceptions(_for_cause, {
        "notebook-commands": (wrong(ALL, "%cd $NAME", "!git lfs pull"),),
        "copied-prompt": (wrong(ALL, '$ cd "$NAME"', "$ git lfs pull"),),
        "typographic-quotes": (wrong(ALL, "cd “$NAME”", "git lfs pull"),),
        "single-quotes": (wrong(ALL, "cd '$NAME'", "git lfs pull"),),
        "unknown-variable": (wrong(ALL, 'cd "$REPO"', "git lfs pull"),),
    }),
    Misconception(
        "clone-over-it",
        _(
            "`git clone` makes a new folder, and refuses when there is one of this name with files in it: nothing "
            "has changed."
        ),
        _("Work in the clone that is there: `cd \"$NAME\"`, and then one command that begins with `git lfs`."),
        _for_cause(ErrorKind.EXISTS),
        examples=(wrong(ALL, CLONE),),
    ),
    Misconception(
        "beside-the-clone",
        _(
            "The command ran beside the clone: git works on the repository in whose folder it is called. The "
            "clone has another name each time, which $NAME holds."
        ),
        _('Go into the clone first: `cd "$NAME"`, or use `git -C "$NAME"`.'),
        _for_cause(ErrorKind.OUTSIDE),
        examples=(
            wrong(ALL, "cd mymodel4", "git lfs pull"),
            wrong(ALL, "git lfs pull", 'ls "$NAME"'),
        ),
    ),
    Misconception(
        "cloned-beside",
        _("A second clone was made beside the first: it has the weights, and the first still has its pointer."),
        _('Repair the clone that is there: go into it, `cd "$NAME"`; one command fetches what is missing.'),
        _for_cause("elsewhere"),
        examples=(wrong(ALL, f"{CLONE} second"),),
    ),
    Misconception(
        "only-fetched",
        _(
            "The weights were downloaded, and are in git's own store only: `git lfs fetch` leaves the pointer "
            "where it is."
        ),
        _("`git lfs pull` does both; after a fetch, `git lfs checkout` does the second half."),
        _for_cause("fetched"),
        examples=(wrong(ALL, 'cd "$NAME"', "git lfs fetch"),),
    ),
    Misconception(
        "no-lfs-pull",
        _(
            "The pointer is still there: the script never downloaded the weights. `git pull` fetches "
            "new commits, but there are none; `git lfs install` only prepares git for later clones."
        ),
        _("`git lfs pull`, inside the clone."),
        _for_cause(""),
        examples=(
            wrong(ALL, 'cd "$NAME"', "git pull"),
            wrong(ALL, 'cd "$NAME"', "git lfs install"),
            wrong(ALL, 'cd "$NAME"', "git checkout -- model.safetensors"),
        ),
    ),
    Misconception(
        "cloned-anew",
        _(
            "The clone was deleted and cloned again. What was only in the old clone is lost, and "
            "everything was downloaded twice."
        ),
        _("Repair the clone that is there: one command fetches what the pointers point to."),
        _lost("anew"),
        examples=(
            wrong("kept", 'rm -rf "$NAME"', CLONE),
            wrong(
                "kept", 'cp "$NAME/my-notes.txt" notes', 'rm -rf "$NAME"', CLONE, 'mv notes "$NAME/my-notes.txt"',
            ),
        ),
    ),
    Misconception(
        "history-rewritten",
        _(
            "The clone has lost its commits: a new history was begun in it (`git checkout --orphan`, `git init`, "
            "`--amend`), or an older one was reset to."
        ),
        _("Leave the commits as they are: `git lfs pull` needs no new one."),
        _lost("history"),
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
        _(
            "`git stash` moved your own file out of the folder. It isn't lost, but it is no longer in "
            "its place."
        ),
        _("You don't need to stash anything for `git lfs pull`. If you did, run `git stash pop`."),
        _lost("stashed"),
        examples=(wrong("kept", 'cd "$NAME"', "git stash --include-untracked", "git lfs pull"),),
    ),
    Misconception(
        "cleaned-up",
        _(
            "Files that were in the folder were removed or changed: `git clean` and `rm` delete what git does not "
            "know, and nothing brings it back."
        ),
        _("Leave out what deletes: `git lfs pull` replaces the pointer and touches nothing else."),
        _lost("removed"),
        examples=(
            wrong("kept", 'cd "$NAME"', "git lfs pull", "rm .gitattributes"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '*.json -text' > .gitattributes"),
            wrong("kept", 'cd "$NAME"', "git clean -fdx", "git lfs pull"),
            wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '{}' > config.json"),
        ),
    ),
    Misconception(
        "no-longer-a-clone",
        _(
            "The weights are there, but the folder isn't a clone any more: without .git it has no "
            "history and no connection to the Hub."
        ),
        _("Leave the folder .git as it is; `git lfs pull` needs it."),
        _lost("no-clone"),
        examples=(wrong("kept", 'cd "$NAME"', "git lfs pull", "rm -rf .git"),),
    ),
    Misconception(
        "changed-the-hub",
        _(
            "The repair changed the Hub: private files were committed and pushed, or the repository "
            "was changed in another way. Others can see what is on the Hub."
        ),
        _("A repair only downloads: no commit, no push, no upload."),
        (FACETS.wrong(hub=False),),
        examples=(wrong("kept", 'cd "$NAME"', "git lfs pull", "git add .", "git commit -m notes", "git push"),),
    ),
)  # fmt: skip
