"""2.5: scripts that download with git: a clone with real weights, and the repair of one without."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, PlannedFile, PlannedRepository, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding

SECONDS = 20.0
WEIGHTS = "model.safetensors"
NOTES = "my-notes.txt"


def _case(name: str, account: str, model: str, seed: str, *, clone: bool) -> Case:
    files = (
        PlannedFile("README.md", text=f"# {model}\n"),
        PlannedFile("config.json", text=f'{{"note": "{seed}"}}\n'),
        PlannedFile(WEIGHTS, size=3_000, seed=seed),
    )
    setting = Setting(
        account=account,
        taken=("xxx",),
        role="write",
        repositories=(PlannedRepository(account, model, private=True, files=files),),
        name=model,
        files=(PlannedFile(f"{model}/{NOTES}", text="not on the Hub\n"),) if clone else (),
        clone=clone,
    )
    about = _("the case of the private model {name}", name=f"{account}/{model}")
    return Case(name, "clones", about, (account, model), setting=setting)


def _drawn(rng: random.Random, *, clone: bool) -> tuple[Case, ...]:
    return (_case("hidden", rng.choice(ACCOUNTS), rng.choice(MODELS), str(rng.random()), clone=clone),)


def _files(case: Case) -> tuple[PlannedFile, ...]:
    assert case.setting is not None
    return case.setting.repositories[0].files


def _small(case: Case, status: str) -> Mapping:
    return Mapping(tuple((file.path, status) for file in _files(case) if file.path != WEIGHTS))


def _unused(report: Mapping) -> str:
    unused = report.get("unused")
    return " ".join(sorted(map(str, unused.items))) if isinstance(unused, Sequence) else ""


def _clones(report: Mapping) -> Mapping:
    clones = report.get("clones")
    return clones if isinstance(clones, Mapping) else Mapping(())


# The download


def _downloaded(case: Case) -> Observation:
    return Mapping(
        (("files", _small(case, "same")), ("weights", "same"), ("clone", True), ("elsewhere", False), ("unused", ""))
    )


def _nothing(case: Case, unused: str = "", elsewhere: bool = False) -> Mapping:
    return replaced(
        _downloaded(case),
        files=_small(case, "missing"),
        weights="missing",
        clone=False,
        elsewhere=elsewhere,
        unused=unused,
    )


def _join_download(case: Case, report: Mapping, seen: Mapping) -> Observation:
    assert case.setting is not None
    name, downloads = case.setting.name, seen.get("downloads")
    assert isinstance(downloads, Sequence)
    became = replays.came_down(report, name, _files(case))
    missing = all(status == "missing" for _path, status in became.items)
    clones = _clones(report)
    return Mapping(
        (
            ("files", Mapping(tuple(item for item in became.items if item[0] != WEIGHTS))),
            ("weights", became.get(WEIGHTS)),
            ("clone", clones.get(name) is not None and "git" in downloads.items),
            ("elsewhere", missing and bool(clones.items)),
            ("unused", _unused(report) if missing else ""),
        )
    )


def _words_download(case: Case, difference: Difference) -> Message:
    assert case.setting is not None
    match difference.path:
        case ("files", path):
            return _("`{path}` in the folder {folder}: {status}",
                     path=str(path), folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("weights",):
            return _("`{path}` in the folder {folder}: {status}",
                     path=WEIGHTS, folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("clone",):
            return _("the folder {folder} is no clone that git has made", folder=case.setting.name)
    return replays.stopped(difference.got, SECONDS) or describe(difference.got)


def _findings_download(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    return (
        *replays.files(expected.get("files"), got.get("files")),
        *replays.files(Mapping(((WEIGHTS, "same"),)), Mapping(((WEIGHTS, got.get("weights")),))),
        replays.line(_("a clone"), True, got.get("clone"), {True: _("yes"), False: _("no")}),
    )


DOWNLOAD = Question(
    id="2.5/download_sh",
    function="download_sh",
    title=_("A script that downloads a model with git"),
    visible=(_case("visible", "mei", "mymodel04", "visible", clone=False),),
    hidden=lambda rng: _drawn(rng, clone=False),
    oracle=_downloaded,
    rubric=(
        RubricItem("files", _("the small files are there"), 1, aspect=entry("files")),
        RubricItem("weights", _("the weights are the real bytes, no pointer"), 2, aspect=entry("weights")),
        RubricItem("clone", _("the folder is a clone, made by git"), 1, aspect=entry("clone")),
    ),
    misconceptions=(
        Misconception(
            "fixed-owner",
            _("The owner stands in the script. The check, and whoever uses the script next, downloads another model."),
            _('Take the owner from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            (lambda case: _nothing(case, "OWNER"), lambda case: _nothing(case, "NAME OWNER")),
        ),
        Misconception(
            "fixed-name",
            _("The repository's name stands in the script. Here the repository is called differently each time."),
            _('Take the name from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            (lambda case: _nothing(case, "NAME"),),
        ),
        Misconception(
            "without-lfs",
            _(
                "The clone was made without LFS: in the place of the weights lies a pointer, a text of some 130 "
                "bytes. No "
                "command has failed, and no program can load it."
            ),
            _("Clone without GIT_LFS_SKIP_SMUDGE, or run `git lfs pull` in the clone."),
            (lambda case: replaced(_downloaded(case), weights="pointer"),),
        ),
        Misconception(
            "not-a-clone",
            _(
                "The files are right, and there is no clone around them: no history, and `git pull` will bring "
                "nothing new."
            ),
            _("Use `git clone`, and leave its folder .git where it is."),
            (lambda case: replaced(_downloaded(case), clone=False),),
        ),
        Misconception(
            "another-folder",
            _("The clone is in a folder of another name than asked for."),
            _("Without a second argument, `git clone` names the folder after the repository."),
            (lambda case: _nothing(case, elsewhere=True),),
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
    act=Act(
        "script", _join_download,
        lambda case, _answer: _("Seen: a clone of {name} with its real weights.", name=str(case.arguments[1])),
        _findings_download, seconds=SECONDS,
    ),
)  # fmt: skip


# The repair


def _repaired(_case: Case) -> Observation:
    return Mapping((("weights", "same"), ("kept", True), ("outside", False), ("unused", "")))


def _join_repair(case: Case, report: Mapping, _seen: Mapping) -> Observation:
    assert case.setting is not None
    weights = replays.came_down(report, case.setting.name, _files(case)).get(WEIGHTS)
    notes = replays.came_down(report, case.setting.name, (PlannedFile(NOTES, text="not on the Hub\n"),)).get(NOTES)
    said = str(report.get("said")).lower()
    return Mapping(
        (
            ("weights", weights),
            ("kept", notes == "same"),
            ("outside", weights != "same" and ("not a git repository" in said or "not in a git repository" in said)),
            ("unused", _unused(report) if weights != "same" else ""),
        )
    )


def _words_repair(case: Case, difference: Difference) -> Message:
    assert case.setting is not None
    match difference.path:
        case ("weights",):
            return _("`{path}` in the folder {folder}: {status}",
                     path=WEIGHTS, folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("kept",):
            return _("`{path}`, which was in the clone and on no Hub, is gone", path=NOTES)
    return replays.stopped(difference.got, SECONDS) or describe(difference.got)


def _findings_repair(_case: Case, _expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    wanted = Mapping(((WEIGHTS, "same"), (NOTES, "same")))
    return replays.files(
        wanted, Mapping(((WEIGHTS, got.get("weights")), (NOTES, "same" if got.get("kept") else "missing")))
    )


REPAIR = Question(
    id="2.5/repair_sh",
    function="repair_sh",
    title=_("A script that repairs a clone without weights"),
    visible=(_case("visible", "mei", "mymodel04", "visible", clone=True),),
    hidden=lambda rng: _drawn(rng, clone=True),
    oracle=_repaired,
    rubric=(
        RubricItem("weights", _("the weights are the real bytes now"), 2, aspect=entry("weights")),
        RubricItem("kept", _("what else was in the clone is still there"), 1, aspect=entry("weights", "kept")),
    ),
    misconceptions=(
        Misconception(
            "beside-the-clone",
            _(
                "The command ran beside the clone: git works on the repository in whose folder it is called. The "
                "clone has "
                "another name each time, which $NAME holds."
            ),
            _('Go into the clone first: `cd "$NAME"`, or use `git -C "$NAME"`.'),
            tuple(
                lambda case, unused=unused: replaced(  # type: ignore[misc]
                    _repaired(case), weights="pointer", outside=True, unused=unused
                )
                for unused in ("OWNER", "NAME OWNER", "")
            ),
        ),
        Misconception(
            "no-lfs-pull",
            _(
                "The pointer is still there. `git pull` brings new commits, and there are none; `git lfs fetch` brings "
                "large files into git's own store only. `git lfs pull` puts them in the place of their pointers."
            ),
            _("`git lfs pull`, inside the clone."),
            (
                lambda case: replaced(_repaired(case), weights="pointer", unused="OWNER"),
                lambda case: replaced(_repaired(case), weights="pointer"),
            ),
        ),
        Misconception(
            "cloned-anew",
            _(
                "The clone was removed and made anew: what was in it and on no Hub is lost, and everything is "
                "downloaded twice."
            ),
            _("Repair the clone that is there: one command fetches what the pointers point to."),
            (lambda case: replaced(_repaired(case), kept=False),),
        ),
    ),
    hints=(
        _("Which command put the real file in the place of its pointer in lesson 2.5, and in which folder was it run?"),
        _('Go into the clone: `cd "$NAME"`. The command begins with `git lfs`.'),
        _(
            "`git lfs fetch` only brings the files. One other command of git-lfs also puts them in their places."
        ),
    ),
    solution='repair_sh = r"""\ncd "$NAME"\ngit lfs pull\n"""\n',
    expectation=_("the text of a shell script"),
    kind=AnswerKind.TEXT,
    words=_words_repair,
    act=Act(
        "script", _join_repair,
        lambda case, _answer: _("Seen: the real weights of {name}, and no pointer.", name=str(case.arguments[1])),
        _findings_repair, seconds=SECONDS,
    ),
)  # fmt: skip
