"""2.4: what was seen, in words."""

from __future__ import annotations

from autograde.judge import replays
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation
from autograde.judge.question import Case
from autograde.judge.verdict import Finding
from autograde.questions.upload_a_local_model.upload_sh.cases import SECONDS, setting


def quote(answer: Observation) -> Message | None:
    """What git said, or the names of what is too much; None when there is nothing to quote."""
    extra = answer.get("extra") if isinstance(answer, Mapping) else None
    return _("there are besides: {files}", files=str(extra)) if extra else replays.quote(answer)


def words(_case: Case, difference: Difference) -> Message:
    """A difference in words."""
    got = difference.got
    match difference.path:
        case ("arrived",) if got == "API":
            return _("the files came by the Hub's API, and not by git push")
        case ("arrived",) if got == "both":
            return _("the files came partly by the Hub's API, and not by git push alone")
        case ("arrived",) if got == "gone":
            return _("the repository is gone from the Hub, or has another name")
        case ("arrived",):
            return _("no push has brought a file to the branch main")
        case ("files", path):
            return _("`{path}` on the Hub: {status}", path=str(path), status=replays.status(got))
        case ("storage",) if got == "nowhere":
            return _("there are no weights on the Hub")
        case ("storage",):
            return _("weights lie in git itself and not in LFS")
        case ("initial",):
            return _("the initial commit that the Hub had made is gone")
        case ("merges",):
            return _("one of the new commits is a merge commit")
        case ("on_top",):
            return _("expected one commit on top of the initial one, but there are {number}", number=str(got))
        case ("message",):
            return _("the commit has no message")
        case ("anew",):
            return _("the repository was deleted and created again, or renamed: it is not the original one")
        case ("others",) if got is None:
            return _("nothing was uploaded to the Hub")
        case ("others",) if str(got).startswith("attributes"):
            return _("`.gitattributes` on the Hub was removed, or has lost lines that it had")
        case ("others",):
            return _("the Hub has more than it should: {what}", what=_more(str(got).split()))
        case ("folder",):
            return _("the model folder is not as it was: files are gone from it, or have changed")
    return replays.stopped(got, SECONDS) or describe(got)


def _more(kinds: list[str]) -> Message:
    """What there is too much of, in words."""
    words = {
        "files": _("other files"),
        "branches": _("other branches"),
        "repositories": _("other repositories"),
        "settings": _("other settings of the repository"),
        "attributes": _("another .gitattributes"),
    }
    what = words[kinds[0]]
    for kind in kinds[1:]:
        what = _("{first}, {then}", first=what, then=words[kind])
    return what


def achieved(case: Case, answer: Observation) -> Message:
    """What a right answer has achieved."""
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {number} files in {name}, byte for byte those of the folder, the weights in LFS, in one "
        "commit that came by git push.",
        name=f"{setting(case).account}/{setting(case).name}",
        number=len(setting(case).files),
    )


def findings(case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    """The lines of the table of what was seen."""
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "API": _("the API"), "both": _("both"), "nothing": _("nothing"), "gone": _("nothing"),
        "git": _("in git itself"),
        "LFS": _("in LFS"), "nowhere": _("not there"),
    }  # fmt: skip
    return (
        replays.line(_("uploaded by"), expected.get("arrived"), got.get("arrived"), words),
        *replays.files(expected.get("files"), got.get("files")),
        replays.line(_("weights"), expected.get("storage"), got.get("storage"), words),
        replays.line(_("new commits"), expected.get("on_top"), got.get("on_top"), {}),
        *_more_findings(expected, got),
    )


def _more_findings(expected: Mapping, got: Mapping) -> tuple[Finding, ...]:
    """Lines about what is right nearly always: only where it is not."""
    others, folder = got.get("others"), got.get("folder")
    lines = []
    if others:
        more = Finding(_("besides"), _("nothing"), _more(str(others).split()), False)
        lines.append(more)
    if folder != expected.get("folder"):
        lines.append(Finding(_("the model folder"), _("as it was"), _("changed"), False))
    return tuple(lines)
