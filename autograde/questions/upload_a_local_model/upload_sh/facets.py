"""2.4: what a script is judged by: the way of the files, the files, LFS, the commit, and everything else."""

from __future__ import annotations

from autograde.judge import replays
from autograde.judge.describing import describe
from autograde.judge.facets import Facet, Facets, Files, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import Case
from autograde.questions.upload_a_local_model.upload_sh.cases import all_files, setting


def _file(_case: Case, got: Observation) -> Message:
    assert isinstance(got, Mapping)
    ((path, status),) = got.items
    return _("`{path}` on the Hub: {status}", path=path, status=replays.status(status))


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
            Facet("arrived", "git-push", (
                State("git-push", verbatim("git push")),
                State("API", _("the API"), _("the files came by the Hub's API, and not by git push")),
                State("both", _("both"), _("the files came partly by the Hub's API, and not by git push alone")),
                State("gone", _("nothing"), _("the repository is gone from the Hub, or has another name")),
                State("nothing", _("nothing"), _("no push has brought a file to the branch main")),
            ), _("uploaded by")),
        )),
        Item("files", _("every file is at the top of the repository, byte for byte"), 6, (
            Files("files", lambda case: all_files(case, "same"), clause=_file),
        )),
        Item("lfs", _("the weights lie in LFS"), 4, (
            Facet("storage", "LFS", (
                State("LFS", _("in LFS")),
                State("git", _("in git itself"), _("weights lie in git itself and not in LFS")),
                State("nowhere", _("not there"), _("there are no weights on the Hub")),
            ), _("weights")),
        )),
        Item("commit", _("one commit with a message, on top of the initial one"), 4, (
            Facet("initial", True, clause=_("the initial commit that the Hub had made is gone")),
            Facet("on_top", 1, label=_("new commits"), clause=lambda _case, got: _(
                "expected one commit on top of the initial one, but there are {number}", number=str(got)
            )),
            Facet("message", "given", (State("empty", verbatim("—"), _NO_MESSAGE),), clause=_NO_MESSAGE),
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
    otherwise=lambda got: replays.stopped(got) or describe(got),
)  # fmt: skip


def nothing(case: Case, reason: str) -> Mapping:
    """Return the answer when nothing has reached the branch main."""
    return FACETS.answer(
        case, arrived="nothing", files=all_files(case, "missing"), storage="nowhere", on_top=0, message="none",
        others=None, reason=reason,
    )  # fmt: skip


def quote(answer: Observation) -> Message | None:
    """Return what git said, or the names of what is too much; None when there is nothing to quote."""
    extra = answer.get("extra") if isinstance(answer, Mapping) else None
    return _("there are besides: {files}", files=str(extra)) if extra else replays.quote(answer)


def achieved(case: Case, _answer: Observation) -> Message:
    """Return what a right answer has achieved."""
    return _(
        "Seen on the Hub: {number} files in {name}, byte for byte those of the folder, the weights in LFS, in one "
        "commit that came by git push.",
        name=f"{setting(case).account}/{setting(case).name}",
        number=len(setting(case).files),
    )
