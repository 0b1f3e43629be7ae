"""2.4: the facets: how the files were uploaded, the files, LFS, the commit, and everything else."""

from __future__ import annotations

from enum import StrEnum

from autograde.judge import script_reports, stopped_scripts
from autograde.judge.cases import Case
from autograde.judge.facets import Facet, Facets, Files, Item, State
from autograde.judge.hub_facets import full_name, on_hub, weights_in_lfs
from autograde.judge.hub_state import CommitMessages, FileStatus, Storage, UploadRoute
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import WrongModel
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files


class UploadFailure(StrEnum):
    """Why no file reached the branch main, if neither the clone nor git's errors show it."""

    NO_CLONE = "no-clone"
    #: The repository was deleted or renamed.
    GONE = "gone"
    EMPTY_COMMIT = "empty-commit"
    #: git-lfs was switched off, and the Hub refused the weights.
    LFS_SWITCHED_OFF = "lfs-switched-off"
    WRONG_ORDER = "wrong-order"
    #: The clone's folder was entered before it existed.
    ENTERED_TOO_EARLY = "entered-too-early"
    #: A tag, a dry run, or a push that the script does not wait for.
    PUSHED_SOMETHING_ELSE = "pushed-something-else"
    ANOTHER_REPOSITORY = "another-repository"
    COPIED_BESIDE = "copied-beside"
    OTHER_BRANCH = "other-branch"
    NOT_RECURSIVE = "not-recursive"
    #: The path of the model folder is hard-coded.
    FIXED_FOLDER = "fixed-folder"
    #: The path contains a space, and the script uses it without quotation marks.
    UNQUOTED = "unquoted"


def _file(_case: Case, got: Observation) -> Message:
    assert isinstance(got, Mapping)
    ((path, status),) = got.items
    return on_hub(path, status)


#: Descriptions of other changes on the Hub, by their name in the entry ``others``.
_MORE = {
    "files": _("other files"),
    "branches": _("other branches"),
    "tags": _("tags"),
    "repositories": _("other repositories"),
    "settings": _("other settings of the repository"),
    "attributes": _("a changed .gitattributes"),
}


def _more(_case: Case, got: Observation) -> Message:
    first, *others = str(got).split() or [""]
    what = _MORE.get(first, _("nothing"))
    for kind in others:
        what = _("{first}, {then}", first=what, then=_MORE[kind])
    return what


def _others(case: Case, got: Observation) -> Message:
    if got is None:
        return _("nothing was uploaded to the Hub")
    if str(got).startswith("attributes"):
        return _("`.gitattributes` on the Hub was removed, or some of its lines were")
    return _("the Hub has something that it should not have: {what}", what=_more(case, got))


FACETS = Facets(
    (
        Item("push", _("the files were pushed to the branch main with git"), 4, (
            Facet("arrived", UploadRoute.GIT_PUSH, (
                State(UploadRoute.GIT_PUSH, verbatim("git push")),
                State(UploadRoute.API, _("the API"), _("the files were uploaded by the Hub's API, not by git push")),
                State(UploadRoute.BOTH, _("both"), _("some files were uploaded by the Hub's API, not by git push")),
                State("gone", _("nothing"), _("the repository is gone from the Hub, or has another name")),
                State(UploadRoute.NONE, _("nothing"), _("no file was pushed to the branch main")),
            ), _("uploaded by"), advice=_(
                "Clone, copy, add, commit, push: one command for each, and all but the first inside the clone."
            )),
        )),
        Item("files", _("every file is at the top level of the repository, unchanged"), 6, (
            Files("files", all_files(lambda _path: FileStatus.SAME), clause=_file, advice=_(
                'Copy with `cp -r "$MODEL_FOLDER/." .` and add with `git add .`; `git ls-files` then shows what '
                'the commit will take.'
            )),
        )),
        Item("lfs", _("the weights are in LFS"), 4, (
            weights_in_lfs(_(
                    "Don't change .gitattributes, and don't switch git-lfs off: together they put weights into LFS."
                )),
        )),
        Item("commit", _("one commit with a message, on top of the initial commit"), 4, (
            Facet("initial", True, clause=_("the Hub's initial commit is gone"),
                advice=_("Clone first and work in the clone: then the push works without --force."),
            ),
            Facet("on_top", 1, label=_("new commits"), clause=lambda _case, got: _(
                "expected one commit on top of the initial one, but there are {number}", number=str(got)
            ), advice=_("Add all files first, then commit once.")),
            Facet("message", CommitMessages.GIVEN, clause=_("the commit has no message"),
                advice=_('Give the commit a short message: `git commit -m "Upload the model"`.'),
            ),
            Facet("anew", False, clause=_(
                "the repository was deleted and created again, or renamed: it is not the original one"
            ), advice=_("Clone the existing repository; don't create another one.")),
        )),
        Item("rest", _("nothing else is on the Hub, and the model folder is unchanged"), 2, (
            Facet("others", "", label=_("also on the Hub"), clause=_others, other=_more, only_wrong=True, advice=_(
                "Commit the model's files and nothing else, keep every line of .gitattributes, and push only the "
                "branch main. Before the commit, `git status` lists what it will take."
            )),
            Facet("folder", "kept", (
                State("kept", _("unchanged")),
                State("changed", _("changed"), _("the model folder has changed: files are missing or different")),
            ), _("the model folder"), only_wrong=True,
                advice=_('Copy: `cp -r "$MODEL_FOLDER/." .` leaves the folder as it was.'),
            ),
        )),
    ),
    (Facet("merges", 0), Facet("folder_itself", False), Facet("reason", "")),
    otherwise=stopped_scripts.what_came_of,
)  # fmt: skip

ALL_MISSING = all_files(lambda _path: FileStatus.MISSING)


def nothing(reason: str, *, arrived: str = UploadRoute.NONE, initial: bool = True) -> WrongModel:
    """Return the model of a script after which no file has reached the branch main, for this reason."""
    return FACETS.wrong(
        arrived=arrived,
        files=ALL_MISSING,
        storage=Storage.NOWHERE,
        initial=initial,
        on_top=0,
        message=CommitMessages.NO_COMMITS,
        others=None,
        reason=reason,
    )


def quote(answer: Observation) -> Message | None:
    """Quote git's error, or the names of extra files; return None if there is nothing to quote."""
    extra = answer.get("extra") if isinstance(answer, Mapping) else None
    return _("additional files: {files}", files=str(extra)) if extra else script_reports.quote(answer)


def achieved(case: Case, _answer: Observation) -> Message:
    """Describe the achievement of a right answer."""
    return _(
        "Found on the Hub: {number} files in {name}, identical to the folder's, the weights in LFS, pushed by git in "
        "one commit.",
        name=full_name(case),
        number=len(case.initial.files),
    )
