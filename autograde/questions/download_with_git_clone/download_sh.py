"""2.5: the script that clones a repository."""

from __future__ import annotations

from autograde.judge import replays, unreached
from autograde.judge.acts import Act, replaced
from autograde.judge.beliefs import for_reasons
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding
from autograde.questions.download_with_git_clone._clones import (
    SECONDS,
    WEIGHTS,
    case_of,
    clone_of,
    clones_of,
    drawn,
    files_of,
    head_of,
    small_files,
)


def _downloaded(case: Case) -> Observation:
    return Mapping((("files", small_files(case, "same")), ("weights", "same"), ("clone", True), ("reason", "")))


def _nothing(case: Case, reason: str) -> Mapping:
    return replaced(
        _downloaded(case), files=small_files(case, "missing"), weights="missing", clone=False, reason=reason
    )


def _only_top_level(case: Case) -> Observation:
    files = tuple((file.path, "missing" if "/" in file.path else "same") for file in files_of(case))
    return replaced(_downloaded(case), files=Mapping(tuple(item for item in files if item[0] != WEIGHTS)))


#: A clone that is on no branch.
DETACHED = "detached"

_for_download = for_reasons(_nothing)


def _join_download(case: Case, report: Mapping, seen: Mapping) -> Observation:
    assert case.setting is not None
    name, downloads = case.setting.name, seen.get("downloads")
    assert isinstance(downloads, Sequence)
    became = replays.came_down(report, name, files_of(case))
    missing = all(status == "missing" for _path, status in became.items)
    clone = clone_of(report, name)
    # A repository that was begun by `git init` has no commit of the Hub's, or knows no Hub.
    is_clone: bool | str = (
        "git" in downloads.items
        and clone.get("head") is not None
        and clone.get("head") == head_of(seen)
        and clone.get("remote") == f"{case.setting.account}/{name}"
        and clone.get("state") != "bare"
    )
    if is_clone and not clone.get("branch"):
        is_clone = DETACHED
    return Mapping(
        (
            ("files", Mapping(tuple(item for item in became.items if item[0] != WEIGHTS))),
            ("weights", became.get(WEIGHTS)),
            ("clone", is_clone),
            ("reason", _reason_download(report, name, head_of(seen)) if missing else ""),
            ("error", replays.quoted(report) if any(status != "same" for _path, status in became.items) else ""),
        )
    )


def _without_clone(_case: Case, got: Observation) -> bool:
    """Whether the weights have come, and no clone."""
    return isinstance(got, Mapping) and got.get("weights") == "same" and got.get("clone") is False


def _reason_download(report: Mapping, name: str, head: Observation) -> str:
    """Why there is nothing, as far as the script and what it left tell."""
    if clone_of(report, name).get("state") == "bare":
        return "bare"
    if any(isinstance(clone, Mapping) and clone.get("head") == head for _folder, clone in clones_of(report).items):
        return "elsewhere"
    return unreached.reason(report)


def _words_download(case: Case, difference: Difference) -> Message:
    assert case.setting is not None
    match difference.path:
        case ("files", path):
            return _("`{path}` in the folder {folder}: {status}",
                     path=str(path), folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("weights",):
            return _("`{path}` in the folder {folder}: {status}",
                     path=WEIGHTS, folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("clone",) if difference.got == DETACHED:
            return _("the clone is on no branch (a detached HEAD): `git pull` doesn't work in it")
        case ("clone",):
            return _("the folder {folder} isn't a clone of the Hub's repository", folder=case.setting.name)
    return replays.stopped(difference.got, SECONDS) or describe(difference.got)


def _findings_download(case_of: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    return (
        *replays.files(expected.get("files"), got.get("files")),
        *replays.files(Mapping(((WEIGHTS, "same"),)), Mapping(((WEIGHTS, got.get("weights")),))),
        replays.line(
            _("a clone"), True, got.get("clone"), {True: _("yes"), False: _("no"), DETACHED: _("on no branch")}
        ),
    )


QUESTION = Question(
    id="2.5/download_sh",
    function="download_sh",
    number=2,
    title=_("A script that downloads a model with git"),
    visible=(case_of("visible", "mei", "mymodel04", "visible", clone=False),),
    hidden=lambda rng: drawn(rng, clone=False),
    oracle=_downloaded,
    rubric=(
        RubricItem("files", _("the small files are there"), 1, aspect=entry("files")),
        RubricItem("weights", _("the weights are the real bytes, no pointer"), 2, aspect=entry("weights")),
        RubricItem("clone", _("the folder is a clone, made by git"), 1, aspect=entry("clone")),
    ),
    misconceptions=(
        *unreached.named(_for_download),
        Misconception(
            "without-lfs",
            _(
                "The clone was made without LFS: in the place of the weights lies a pointer, a text of some 130 "
                "bytes. No command has failed, and no program can load it."
            ),
            _("Clone without GIT_LFS_SKIP_SMUDGE, or run `git lfs pull` in the clone."),
            (lambda case: replaced(_downloaded(case), weights="pointer"),),
        ),
        Misconception(
            "not-a-clone",
            _(
                "The files are there, but the folder is not a Git clone: it has no history, and `git pull` "
                "doesn't work."
            ),
            _("Use `git clone`, and leave its folder .git as it is."),
            (
                lambda case: replaced(_downloaded(case), clone=False),
                lambda case: replaced(_only_top_level(case), clone=False),
            ),
            form=_without_clone,
        ),
        Misconception(
            "detached",
            _(
                "A commit was checked out by itself, so that the clone is on no branch: `git pull` doesn't know what "
                "to update."
            ),
            _("Leave out the checkout of a commit: a fresh clone is on the branch main."),
            (lambda case: replaced(_downloaded(case), clone=DETACHED),),
        ),
        Misconception(
            "another-folder",
            _("The clone is in a folder with another name."),
            _("Without a second argument, `git clone` names the folder after the repository."),
            _for_download("elsewhere"),
        ),
        Misconception(
            "not-checked-out",
            _("The clone knows the commits, and none of the files was put into the folder: a checkout does that."),
            _("Use `git clone` without `--no-checkout`, or run `git checkout main` in the clone."),
            (lambda case: replaced(_nothing(case, "elsewhere"), clone=True),),
        ),
        Misconception(
            "only-the-top",
            _("The files at the top are there, and those in folders are not: `--sparse` leaves folders out."),
            _("Use `git clone` without `--sparse`."),
            (_only_top_level,),
        ),
        Misconception(
            "bare-clone",
            _(
                "The folder holds what git itself keeps, and none of the repository's files: a bare clone (`--bare`, "
                "`--mirror`) is for servers."
            ),
            _("Use `git clone` without `--bare` and `--mirror`."),
            _for_download("bare"),
        ),
    ),
    hints=(
        _("Which single command downloaded the model in lesson 2.5?"),
        _('The address is "$HF_ENDPOINT/$OWNER/$NAME".'),
        _(
            '`git clone` and that address in quotation marks: git-lfs is installed here and brings the weights by '
            'itself.'
        ),
    ),
    solution='download_sh = r"""\ngit clone "$HF_ENDPOINT/$OWNER/$NAME"\n"""\n',
    expectation=_("the text of a shell script"),
    kind=AnswerKind.TEXT,
    words=_words_download,
    normal=replays.without_error,
    act=Act(
        "script", _join_download,
        lambda case, _answer: _("Seen: a clone of {name} with its real weights.", name=str(case.arguments[1])),
        _findings_download, replays.quote, seconds=SECONDS,
    ),
)  # fmt: skip
