"""2.5: the script that clones a repository."""

from __future__ import annotations

from autograde.judge import replays, unreached
from autograde.judge.acts import Act, replaced
from autograde.judge.beliefs import for_reasons
from autograde.judge.describing import describe
from autograde.judge.examples import RightAnswer, WrongAnswer, right, script, wrong
from autograde.judge.facets import Facet, Facets, Files, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.question import (
    AnswerKind,
    Case,
    Misconception,
    Question,
    Teaching,
)
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

_CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'


_ALL = "files weights clone"


def _code(*lines: str) -> str:
    return script("download_sh", *lines)


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


#: A clone that is on no branch.
DETACHED = "detached"


def _in_the_folder(case: Case, path: str, got: Observation) -> Message:
    assert case.setting is not None
    return _(
        "`{path}` in the folder {folder}: {status}", path=path, folder=case.setting.name, status=replays.status(got)
    )


def _file(case: Case, got: Observation) -> Message:
    assert isinstance(got, Mapping)
    ((path, status),) = got.items
    return _in_the_folder(case, path, status)


def _no_clone(case: Case, _got: Observation) -> Message:
    assert case.setting is not None
    return _("the folder {folder} isn't a clone of the Hub's repository", folder=case.setting.name)


FACETS = Facets(
    (
        Item("files", _("the small files are there"), 1, (
            Files("files", lambda case: small_files(case, "same"), clause=_file),
        )),
        Item("weights", _("the weights are the real bytes, no pointer"), 2, (
            Facet(
                "weights", "same", label=verbatim(WEIGHTS), other=lambda _case, got: replays.status(got),
                clause=lambda case, got: _in_the_folder(case, WEIGHTS, got),
            ),
        )),
        Item("clone", _("the folder is a clone, made by git"), 1, (
            Facet("clone", True, (
                State(True, _("yes")),
                State(False, _("no"), _no_clone),
                State(
                    DETACHED, _("on no branch"),
                    _("the clone is on no branch (a detached HEAD): `git pull` doesn't work in it"),
                ),
            ), _("a clone")),
        )),
    ),
    (Facet("reason", ""),),
    otherwise=lambda got: replays.stopped(got) or describe(got),
)  # fmt: skip


def _nothing(case: Case, reason: str) -> Mapping:
    return FACETS.answer(case, files=small_files(case, "missing"), weights="missing", clone=False, reason=reason)


def _only_top_level(case: Case) -> Observation:
    files = tuple((file.path, "missing" if "/" in file.path else "same") for file in files_of(case))
    return FACETS.answer(case, files=Mapping(tuple(item for item in files if item[0] != WEIGHTS)))


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
    answer = FACETS.answer(
        case,
        files=Mapping(tuple(item for item in became.items if item[0] != WEIGHTS)),
        weights=became.get(WEIGHTS),
        clone=is_clone,
        reason=_reason_download(report, name, head_of(seen)) if missing else "",
    )
    error = replays.quoted(report) if any(status != "same" for _path, status in became.items) else ""
    return Mapping((*answer.items, ("error", error)))


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


RIGHT = (
    _right(
        "shallow, into a named folder, noise", "set -eux", 'git clone --depth 1 "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"',
        "echo done >&2",
    ),
    _right(
        "without LFS first, then with it", f"GIT_LFS_SKIP_SMUDGE=1 {_CLONE}", 'git -C "$NAME" lfs install --local',
        'git -C "$NAME" lfs pull',
    ),
    _right(
        "git init and pull", 'git init -b main "$NAME"', 'cd "$NAME"',
        'git remote add origin "$HF_ENDPOINT/$OWNER/$NAME.git"', "git pull origin main",
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.5/download_sh",
    number=2,
    kind=AnswerKind.TEXT,
    visible=(case_of("visible", "mei", "mymodel04", "visible", clone=False),),
    hidden=lambda rng: drawn(rng, clone=False),
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=(
        *unreached.named(_for_download, {
            "notebook-commands": (_wrong(_ALL, f"!{_CLONE}"),),
            "copied-prompt": (_wrong(_ALL, f"$ {_CLONE}"),),
            "typographic-quotes": (_wrong(_ALL, "git clone “$HF_ENDPOINT/$OWNER/$NAME”"),),
            "single-quotes": (_wrong(_ALL, "git clone '$HF_ENDPOINT/$OWNER/$NAME'"),),
            "unknown-variable": (_wrong(_ALL, 'git clone "$HF_ENDPOINT/$OWNER/$REPO"'),),
            "another-hub": (
                _wrong(_ALL, 'git clone "https://huggingface.co/$OWNER/$NAME"'),
                _wrong(_ALL, 'git clone "git@hf.co:$OWNER/$NAME"'),
            ),
            "wrong-address": (_wrong(_ALL, 'git clone "$HF_ENDPOINT/datasets/$OWNER/$NAME"'),),
            "never-cloned": (_wrong(_ALL, 'cd "$NAME"', "git lfs install"),),
            "fixed-owner": (
                _wrong(_ALL, 'git clone "$HF_ENDPOINT/xxx/$NAME"'),
                _wrong(_ALL, "git clone https://127.0.0.1:9/xxx/mymodel4"),
            ),
            "fixed-name": (_wrong(_ALL, 'git clone "$HF_ENDPOINT/$OWNER/mymodel4"'),),
        }),
        Misconception(
            "without-lfs",
            _(
                "The clone was made without LFS: in the place of the weights lies a pointer, a text of some 130 "
                "bytes. No command has failed, and no program can load it."
            ),
            _("Clone without GIT_LFS_SKIP_SMUDGE, or run `git lfs pull` in the clone."),
            (FACETS.wrong(weights="pointer"),),
            examples=(
                _wrong("weights", f"GIT_LFS_SKIP_SMUDGE=1 {_CLONE}"),
                _wrong("weights", "git lfs install --skip-smudge", _CLONE),
            ),
        ),
        Misconception(
            "not-a-clone",
            _(
                "The files are there, but the folder is not a Git clone: it has no history, and `git pull` "
                "doesn't work."
            ),
            _("Use `git clone`, and leave its folder .git as it is."),
            (
                FACETS.wrong(clone=False),
                lambda case: replaced(_only_top_level(case), clone=False),
            ),
            form=_without_clone,
            examples=(
                _wrong("clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"'),
                _wrong("clone", _CLONE, 'rm -rf "$NAME/.git"'),
                _wrong(
                    "clone", 'hf download "$OWNER/$NAME" --local-dir "$NAME"', 'cd "$NAME"', "git init",
                    'git fetch "$HF_ENDPOINT/$OWNER/$NAME"',
                ),
                _wrong(
                    "files clone",
                    'hf download "$OWNER/$NAME" README.md config.json model.safetensors --local-dir "$NAME"',
                ),
                _wrong("clone", _CLONE, 'git -C "$NAME" remote remove origin'),
            ),
        ),
        Misconception(
            "detached",
            _(
                "A commit was checked out by itself, so that the clone is on no branch: `git pull` doesn't know what "
                "to update."
            ),
            _("Leave out the checkout of a commit: a fresh clone is on the branch main."),
            (FACETS.wrong(clone=DETACHED),),
            examples=(
                _wrong("clone", _CLONE, 'cd "$NAME"', "git checkout -q $(git rev-parse HEAD)", "git branch -D main"),
                _wrong("clone", _CLONE, 'git -C "$NAME" checkout --detach'),
            ),
        ),
        Misconception(
            "another-folder",
            _("The clone is in a folder with another name."),
            _("Without a second argument, `git clone` names the folder after the repository."),
            _for_download("elsewhere"),
            examples=(_wrong(_ALL, f"{_CLONE} model"),),
        ),
        Misconception(
            "not-checked-out",
            _("The clone knows the commits, and none of the files was put into the folder: a checkout does that."),
            _("Use `git clone` without `--no-checkout`, or run `git checkout main` in the clone."),
            (lambda case: replaced(_nothing(case, "elsewhere"), clone=True),),
            examples=(_wrong("files weights", 'git clone --no-checkout "$HF_ENDPOINT/$OWNER/$NAME"'),),
        ),
        Misconception(
            "only-the-top",
            _("The files at the top are there, and those in folders are not: `--sparse` leaves folders out."),
            _("Use `git clone` without `--sparse`."),
            (_only_top_level,),
            examples=(_wrong("files", 'git clone --sparse "$HF_ENDPOINT/$OWNER/$NAME"'),),
        ),
        Misconception(
            "bare-clone",
            _(
                "The folder holds what git itself keeps, and none of the repository's files: a bare clone (`--bare`, "
                "`--mirror`) is for servers."
            ),
            _("Use `git clone` without `--bare` and `--mirror`."),
            _for_download("bare"),
            examples=(_wrong(_ALL, 'git clone --mirror "$HF_ENDPOINT/$OWNER/$NAME" "$NAME"'),),
        ),
    ),
    act=Act("script", _join_download, seconds=SECONDS),
    normal=replays.without_error,
    presentation=FACETS.presentation(
        lambda case, _answer: _("Seen: a clone of {name} with its real weights.", name=str(case.arguments[1])),
        replays.quote,
    ),
    teaching=Teaching(
        title=_("A script that downloads a model with git"),
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
        right=RIGHT,
    ),
)  # fmt: skip
