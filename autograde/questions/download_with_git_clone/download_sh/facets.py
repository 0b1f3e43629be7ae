"""2.5, the download: the facets by which an answer is judged."""

from __future__ import annotations

from autograde.judge import stopped_scripts
from autograde.judge.cases import Case
from autograde.judge.facets import Facet, Facets, Files, Item, State
from autograde.judge.hub_facets import hub_unchanged, in_folder, weights_in_clone
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation
from autograde.questions.download_with_git_clone._clones import small_files, weights_of

#: A clone with a detached HEAD, on a branch other than main, or with a commit that the Hub doesn't have.
DETACHED, OTHER_BRANCH, COMMITTED = "detached", "other-branch", "committed"


def _file(case: Case, got: Observation) -> Message:
    assert isinstance(got, Mapping)
    ((path, status),) = got.items
    return in_folder(case, path, status)


def _no_clone(case: Case, _got: Observation) -> Message:
    return _("the folder {folder} isn't a clone of the Hub's repository", folder=case.initial.name)


FACETS = Facets(
    (
        Item("files", _("the small files are there"), 1, (
            Files("files", small_files(lambda _path: FileStatus.SAME), clause=_file, advice=_(
                "The script must leave a clone of the repository in the folder $NAME of its working folder, with "
                "all files as they are on the Hub."
            )),
        )),
        Item("weights", _("the weights are real, not a pointer"), 2, (
            weights_in_clone(weights_of, _(
                "Clone with git-lfs switched on, so without GIT_LFS_SKIP_SMUDGE, and leave the weights as they are."
            )),
        )),
        Item("clone", _("the folder is a Git clone on the branch main, and the Hub is unchanged"), 1, (
            Facet("clone", True, (
                State(True, _("yes")),
                State(False, _("no"), _no_clone),
                State(
                    DETACHED, _("not on a branch"),
                    _("the clone is not on a branch (detached HEAD), so `git pull` doesn't work there"),
                ),
                State(OTHER_BRANCH, _("not on main"), _("the clone is not on the branch main")),
                State(COMMITTED, _("with a new commit"), _("the clone has a commit that is not on the Hub")),
            ), _("a clone"), advice=_("Use `git clone`, and leave the .git folder in it alone.")),
            hub_unchanged(
                _("something on the Hub was changed; a download should leave it as it is"),
                _("A download changes nothing on the Hub: no push, no upload."),
            ),
        )),
    ),
    (Facet("reason", ""),),
    otherwise=stopped_scripts.what_came_of,
)  # fmt: skip
