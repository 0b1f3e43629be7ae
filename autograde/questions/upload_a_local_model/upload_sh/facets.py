"""2.4: what a script is judged by: the way of the files, the files, LFS, the commit, and everything else."""

from __future__ import annotations

from enum import StrEnum

from autograde.judge import file_statuses, script_reports, stopped_scripts
from autograde.judge.cases import Case
from autograde.judge.describing import describe
from autograde.judge.facets import Facet, Facets, Files, Item, State
from autograde.judge.hub_state import CommitMessages, FileStatus, Storage, UploadRoute
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files, setting


class UploadFailure(StrEnum):
    """Why no file reached the branch main, where neither the clone nor git's errors say it."""

    NO_CLONE = "no-clone"
    #: The repository was deleted or renamed.
    GONE = "gone"
    EMPTY_COMMIT = "empty-commit"
    #: git-lfs was switched off, and the Hub refused the weights.
    LFS_SWITCHED_OFF = "lfs-switched-off"
    WRONG_ORDER = "wrong-order"
    BESIDE_THE_CLONE = "beside-the-clone"
    OTHER_BRANCH = "other-branch"
    NOT_RECURSIVE = "not-recursive"
    #: The path of the model folder is hard-coded.
    FIXED_FOLDER = "fixed-folder"


def _file(_case: Case, got: Observation) -> Message:
    assert isinstance(got, Mapping)
    ((path, status),) = got.items
    return _("`{path}` on the Hub: {status}", path=path, status=file_statuses.status_in_words(status))


#: What there can be besides, by its name in the entry ``others``.
_MORE = {
    "files": _("other files"),
    "branches": _("other branches"),
    "repositories": _("other repositories"),
    "settings": _("other settings of the repository"),
    "attributes": _("another .gitattributes"),
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
        return _("`.gitattributes` on the Hub was removed, or has lost lines that it had")
    return _("the Hub has more than it should: {what}", what=_more(case, got))


_NO_MESSAGE = _("the commit has no message")

FACETS = Facets(
    (
        Item("push", _("the files came to the branch main by git push"), 4, (
            Facet("arrived", UploadRoute.GIT_PUSH, (
                State(UploadRoute.GIT_PUSH, verbatim("git push")),
                State(UploadRoute.API, _("the API"), _("the files came by the Hub's API, and not by git push")),
                State(
                    UploadRoute.BOTH, _("both"), _("the files came partly by the Hub's API, and not by git push alone"),
                ),
                State("gone", _("nothing"), _("the repository is gone from the Hub, or has another name")),
                State(UploadRoute.NONE, _("nothing"), _("no push has brought a file to the branch main")),
            ), _("uploaded by")),
        )),
        Item("files", _("every file is at the top of the repository, byte for byte"), 6, (
            Files("files", lambda case: all_files(case, FileStatus.SAME), clause=_file),
        )),
        Item("lfs", _("the weights lie in LFS"), 4, (
            Facet("storage", Storage.LFS, (
                State(Storage.LFS, _("in LFS")),
                State(Storage.GIT, _("in git itself"), _("weights lie in git itself and not in LFS")),
                State(Storage.NOWHERE, _("not there"), _("there are no weights on the Hub")),
            ), _("weights")),
        )),
        Item("commit", _("one commit with a message, on top of the initial one"), 4, (
            Facet("initial", True, clause=_("the initial commit that the Hub had made is gone")),
            Facet("on_top", 1, label=_("new commits"), clause=lambda _case, got: _(
                "expected one commit on top of the initial one, but there are {number}", number=str(got)
            )),
            Facet("message", CommitMessages.GIVEN, clause=_NO_MESSAGE),
            Facet("anew", False, clause=_(
                "the repository was deleted and created again, or renamed: it is not the original one"
            )),
        )),
        Item("rest", _("nothing else is on the Hub, and the model folder is as it was"), 2, (
            Facet("others", "", label=_("besides"), clause=_others, other=_more, only_wrong=True),
            Facet("folder", "kept", (
                State("kept", _("as it was")),
                State(
                    "changed", _("changed"),
                    _("the model folder is not as it was: files are gone from it, or have changed"),
                ),
            ), _("the model folder"), only_wrong=True),
        )),
    ),
    (Facet("merges", 0), Facet("folder_itself", False), Facet("reason", "")),
    otherwise=lambda got: stopped_scripts.stopped(got) or describe(got),
)  # fmt: skip


def nothing(case: Case, reason: str) -> Mapping:
    """Return the answer when no file has reached the branch main."""
    return FACETS.answer(
        case,
        arrived=UploadRoute.NONE,
        files=all_files(case, FileStatus.MISSING),
        storage=Storage.NOWHERE,
        on_top=0,
        message=CommitMessages.NO_COMMITS,
        others=None,
        reason=reason,
    )


def quote(answer: Observation) -> Message | None:
    """Return what git said, or the names of what is too much; None when there is nothing to quote."""
    extra = answer.get("extra") if isinstance(answer, Mapping) else None
    return _("there are besides: {files}", files=str(extra)) if extra else script_reports.quote(answer)


def achieved(case: Case, _answer: Observation) -> Message:
    """Return what a right answer has achieved."""
    return _(
        "Seen on the Hub: {number} files in {name}, byte for byte those of the folder, the weights in LFS, in one "
        "commit that came by git push.",
        name=f"{setting(case).account}/{setting(case).name}",
        number=len(setting(case).files),
    )
