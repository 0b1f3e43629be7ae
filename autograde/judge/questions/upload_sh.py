"""2.4: the script that uploads a model folder with git: clone, copy, add, commit, push."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, PlannedFile, PlannedRepository, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, WrongModel, entry
from autograde.judge.verdict import Finding

#: More than a plain git file on the Hub may have, 10 MiB.
LARGE = 11_000_000
SECONDS = 20.0


def _case(name: str, about: Message, account: str, model: str, folder: str, seed: str, weights: int) -> Case:
    files = (
        PlannedFile("README.md", text=f"---\nlicense: apache-2.0\n---\n# {model}\n"),
        PlannedFile("config.json", text=f'{{"model_type": "bert", "note": "{seed}"}}\n'),
        PlannedFile("model.safetensors", size=weights, seed=seed),
        PlannedFile("onnx/model.onnx", size=2_500, seed=seed),
        PlannedFile("vocab.txt", text="[PAD]\n[UNK]\n[CLS]\n[SEP]\n"),
    )
    setting = Setting(
        account=account,
        taken=("ada", "xxx"),
        role="write",
        repositories=(PlannedRepository(account, model),),
        name=model,
        folder=folder,
        files=files,
    )
    return Case(name, "uploads", about, (account, model, folder), setting=setting)


_SMALL = _("the case of a small model in the folder {folder}", folder="bert-finetuned")

VISIBLE = (_case("small", _SMALL, "mei", "mymodel04", "bert-finetuned", "visible", 3_000),)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    (first, second), (one, two) = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    seed = str(rng.random())
    return (
        _case("small", _("the case of a small model"), first, one, f"{one}-{rng.randint(2, 99)}", seed, 3_000),
        _case("large", _("the case of weights over 10 MiB"), second, two, f"{two}-{rng.randint(2, 99)}", seed, LARGE),
    )


def _setting(case: Case) -> Setting:
    assert case.setting is not None
    return case.setting


def _is_large(case: Case) -> bool:
    return any(file.size == LARGE for file in _setting(case).files)


def _all_files(case: Case, status: str) -> Mapping:
    return Mapping(tuple((file.path, status) for file in _setting(case).files))


def _oracle(case: Case) -> Observation:
    return Mapping(
        (
            ("arrived", "git push"),
            ("files", _all_files(case, "same")),
            ("storage", "LFS"),
            ("initial", True),
            ("on_top", 1),
            ("message", "given"),
            ("folder_itself", False),
            ("elsewhere", False),
            ("left", ""),
            ("unused", ""),
        )
    )


def _nothing(case: Case, left: str, unused: str = "", elsewhere: bool = False) -> Mapping:
    """Nothing has reached the branch main."""
    return replaced(
        _oracle(case), arrived="nothing", files=_all_files(case, "missing"), storage="nowhere", on_top=0,
        message="none", left=left, unused=unused, elsewhere=elsewhere,
    )  # fmt: skip


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    target = seen.get("target")
    assert isinstance(target, Mapping)
    statuses, elsewhere = target.get("files"), target.get("elsewhere")
    assert isinstance(statuses, Mapping)
    planned = [file.path for file in _setting(case).files]
    nothing = target.get("on_top") == 0
    unused = report.get("unused")
    return Mapping(
        (
            ("arrived", target.get("arrived")),
            ("files", Mapping(tuple((path, statuses.get(path)) for path in planned))),
            ("storage", target.get("storage")),
            ("initial", target.get("initial")),
            ("on_top", target.get("on_top")),
            ("message", target.get("message")),
            ("folder_itself", all(statuses.get(f"{_setting(case).folder}/{path}") == "extra" for path in planned)),
            ("elsewhere", isinstance(elsewhere, Sequence) and bool(elsewhere.items)),
            ("left", _left(report, planned) if nothing else ""),
            ("unused", " ".join(sorted(map(str, unused.items))) if nothing and isinstance(unused, Sequence) else ""),
        )
    )


def _left(report: Mapping, planned: list[str]) -> str:
    """How far the work came that never reached the Hub."""
    clones, files = report.get("clones"), report.get("files")
    if not isinstance(clones, Mapping) or not clones.items:
        return "no clone"
    states = [str(state) for _folder, state in clones.items]
    state = next((state for state in states if state != "clean"), "clean")
    if state == "clean" and isinstance(files, Mapping) and any(files.get(path) for path in planned):
        return "beside the clone"
    return state


def _words(_case: Case, difference: Difference) -> Message:
    got = difference.got
    match difference.path:
        case ("arrived",) if got == "API":
            return _("the files came by the Hub's API, and not by git push")
        case ("arrived",) if got == "both":
            return _("the files came partly by the Hub's API, and not by git push alone")
        case ("arrived",):
            return _("no push has reached the branch main: the Hub has the initial commit only")
        case ("files", path):
            return _("`{path}` on the Hub: {status}", path=str(path), status=replays.status(got))
        case ("storage",) if got == "nowhere":
            return _("there are no weights on the Hub")
        case ("storage",):
            return _("weights lie in git itself and not in LFS")
        case ("initial",):
            return _("the initial commit that the Hub had made is gone")
        case ("on_top",):
            return _("asked for was one commit on top of the initial one; there are {number}", number=str(got))
        case ("message",):
            return _("the commit has no message")
    return replays.stopped(got, SECONDS) or describe(got)


def _seen(case: Case, answer: Observation) -> Message:
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {number} files in {name}, byte for byte those of the folder, the weights in LFS, in one "
        "commit "
        "that came by git push.",
        name=f"{_setting(case).account}/{_setting(case).name}",
        number=len(_setting(case).files),
    )


def _findings(case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "API": _("the API"), "both": _("both"), "nothing": _("nothing"), "git": _("in git itself"),
        "LFS": _("in LFS"), "nowhere": _("not there"),
    }  # fmt: skip
    return (
        replays.line(_("came by"), expected.get("arrived"), got.get("arrived"), words),
        *replays.files(expected.get("files"), got.get("files")),
        replays.line(_("weights"), expected.get("storage"), got.get("storage"), words),
        replays.line(_("new commits"), expected.get("on_top"), got.get("on_top"), {}),
    )


def _without_lfs(case: Case) -> Observation:
    if _is_large(case):
        return _nothing(case, "not pushed")
    return replaced(_oracle(case), storage="git")


def _rewritten(storage: str) -> WrongModel:
    def model(case: Case) -> Observation:
        if storage == "git" and _is_large(case):
            return _nothing(case, "not pushed")
        return replaced(_oracle(case), storage=storage, initial=False)

    return model


def _only_top_level(case: Case) -> Observation:
    files = tuple((file.path, "missing" if "/" in file.path else "same") for file in _setting(case).files)
    return replaced(_oracle(case), files=Mapping(files))


def _left_behind(*states: str) -> tuple[WrongModel, ...]:
    return tuple(lambda case, state=state: _nothing(case, state) for state in states)


MISCONCEPTIONS = (
    Misconception(
        "fixed-owner",
        _(
            "The owner stands in the script. The check, and whoever uses the script next, has another name, and the "
            "clone "
            "of somebody else's repository fails or cannot be pushed to."
        ),
        _('Take the owner from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
        tuple(
            lambda case, left=left, unused=unused: _nothing(case, left, unused)  # type: ignore[misc]
            for left in ("no clone", "not pushed")
            for unused in ("OWNER", "NAME OWNER")
        ),
    ),
    Misconception(
        "fixed-name",
        _("The repository's name stands in the script. Here the repository is called differently each time."),
        _('Take the name from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
        (lambda case: _nothing(case, "no clone", "NAME"),),
    ),
    Misconception(
        "not-pushed",
        _("The commit was made, and stayed on this machine: only `git push` sends it to the Hub."),
        _("Add the last of the five steps."),
        _left_behind("not pushed"),
    ),
    Misconception(
        "not-committed",
        _(
            "Git knows of the files, and no commit was made: `git commit` is missing, or it had no message (-m) and "
            "could "
            "not ask for one."
        ),
        _('Between add and push: `git commit -m "..."`.'),
        _left_behind("not committed"),
    ),
    Misconception(
        "not-added",
        _("The files are in the clone, and git was never told of them: a commit holds only what `git add` has named."),
        _("After the copy: `git add .`"),
        _left_behind("not added"),
    ),
    Misconception(
        "copied-beside",
        _("The files were copied beside the clone. Git sees only what lies inside the folder that `git clone` made."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        _left_behind("beside the clone"),
    ),
    Misconception(
        "not-copied",
        _("The clone is as the Hub gave it: nothing was copied into it, so there was nothing to commit."),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        tuple(lambda case, unused=unused: _nothing(case, "clean", unused) for unused in ("", "MODEL_FOLDER")),  # type: ignore[misc]
    ),
    Misconception(
        "other-branch",
        _("The commit was pushed to a branch of its own. Who downloads the model gets the branch main."),
        _("Push to main: a fresh clone is on it already, so a plain `git push` does."),
        (lambda case: _nothing(case, "clean", elsewhere=True),),
    ),
    Misconception(
        "folder-itself",
        _(
            "The folder itself was copied, so that all files lie one level too deep: programs look for config.json "
            "at the "
            "top of a repository."
        ),
        _('Copy what is in the folder: `cp -r "$MODEL_FOLDER/." .` with the dot at the end.'),
        (lambda case: replaced(_oracle(case), files=_all_files(case, "missing"), folder_itself=True),),
    ),
    Misconception(
        "not-recursive",
        _("Only the files at the top of the folder were copied. `cp` leaves folders out unless it is told `-r`."),
        _('Copy with folders: `cp -r "$MODEL_FOLDER/." .`'),
        (_only_top_level,),
    ),
    Misconception(
        "not-by-git",
        _("The files came by the Hub's API. That is a good way too, but here the way by git is asked for."),
        _("Clone, copy, add, commit, push; no `hf upload`."),
        (lambda case: replaced(_oracle(case), arrived="API"),),
    ),
    Misconception(
        "several-commits",
        _("The files came in two commits. What belongs together goes into one: whoever looks back sees one step."),
        _("Add all files first, then commit once."),
        (lambda case: replaced(_oracle(case), on_top=2),),
    ),
    Misconception(
        "history-overwritten",
        _(
            "A new history was pushed over the Hub's: the initial commit, and with it the list of file types for "
            "LFS, is "
            "gone. In a repository that others use, their work would be lost."
        ),
        _("Clone first and work in the clone; a push then needs no force."),
        (_rewritten("git"), _rewritten("LFS")),
    ),
    Misconception(
        "without-lfs",
        _(
            "The weights went into git itself: .gitattributes, which sends them to LFS, was removed or replaced. The "
            "Hub "
            "refuses such files from 10 MiB on."
        ),
        _("Leave the clone's .gitattributes as it is."),
        (_without_lfs,),
    ),
)

SOLUTION = '''\
upload_sh = r"""
git clone "$HF_ENDPOINT/$OWNER/$NAME"
cd "$NAME"
cp -r "$MODEL_FOLDER/." .
git add .
git commit -m "Upload the fine-tuned model, by $USER"
git push
"""
'''

QUESTION = Question(
    id="2.4/upload_sh",
    function="upload_sh",
    title=_("A script that uploads a model with git"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem("push", _("a git push has reached the branch main"), 4, aspect=entry("arrived")),
        RubricItem("files", _("every file is at the top of the repository, byte for byte"), 8, aspect=entry("files")),
        RubricItem("lfs", _("the weights lie in LFS"), 4, aspect=entry("storage")),
        RubricItem(
            "commit", _("one commit with a message, on top of the initial one"), 4,
            aspect=entry("initial", "on_top", "message"),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which five commands did you run in lesson 2.4, and in which folder did you stand for each?"),
        _(
            'The address to clone is "$HF_ENDPOINT/$OWNER/$NAME". The clone is a folder called $NAME: go into it, and '
            'copy the contents of "$MODEL_FOLDER" there (mind the dot at the end).'
        ),
        _(
            'After `cp -r "$MODEL_FOLDER/." .` come three lines: `git add .`, `git commit -m` with a message, and '
            "`git push`."
        ),
    ),
    solution=SOLUTION,
    expectation=_("the text of a shell script"),
    kind=AnswerKind.TEXT,
    words=_words,
    act=Act("script", _join, _seen, _findings, seconds=SECONDS),
)  # fmt: skip
