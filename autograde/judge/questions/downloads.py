"""2.5: scripts that download with git: a clone with real weights, and the repair of one without."""

from __future__ import annotations

import random

from autograde.judge import replays, unreached
from autograde.judge.acts import Act, PlannedFile, PlannedRepository, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.complaints import kinds
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import AnswerKind, Case, Misconception, Question, RubricItem, WrongModel, entry
from autograde.judge.verdict import Finding

SECONDS = 20.0
WEIGHTS = "model.safetensors"
NOTES = "my-notes.txt"
#: What stands there.
_OWN = "not on the Hub\n"

#: Of the ways to miss a repository those that are ways to miss a folder, too.
_ALSO_HERE = ("notebook-commands", "copied-prompt", "typographic-quotes", "single-quotes", "unknown-variable")


def _case(name: str, account: str, model: str, seed: str, *, clone: bool) -> Case:
    files = (
        PlannedFile("README.md", text=f"# {model}\n"),
        PlannedFile("config.json", text=f'{{"note": "{seed}"}}\n'),
        PlannedFile("eval/results.json", text=f'{{"accuracy": 0.9, "note": "{seed}"}}\n'),
        PlannedFile(WEIGHTS, size=3_000, seed=seed),
    )
    setting = Setting(
        account=account,
        taken=("xxx",),
        role="write",
        repositories=(PlannedRepository(account, model, private=True, files=files),),
        name=model,
        files=(PlannedFile(f"{model}/{NOTES}", text=_OWN),) if clone else (),
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


def _clones(report: Mapping) -> Mapping:
    clones = report.get("clones")
    return clones if isinstance(clones, Mapping) else Mapping(())


def _clone(report: Mapping, name: str) -> Mapping:
    """What is known of the clone in the folder ``name``, nothing when there is none."""
    found = _clones(report).get(name)
    return found if isinstance(found, Mapping) else Mapping(())


def _head(seen: Mapping) -> Observation:
    """The last commit on the Hub."""
    target = seen.get("target")
    return target.get("head") if isinstance(target, Mapping) else None


# The download


def _downloaded(case: Case) -> Observation:
    return Mapping((("files", _small(case, "same")), ("weights", "same"), ("clone", True), ("reason", "")))


def _nothing(case: Case, reason: str) -> Mapping:
    return replaced(_downloaded(case), files=_small(case, "missing"), weights="missing", clone=False, reason=reason)


def _only_top_level(case: Case) -> Observation:
    files = tuple((file.path, "missing" if "/" in file.path else "same") for file in _files(case))
    return replaced(_downloaded(case), files=Mapping(tuple(item for item in files if item[0] != WEIGHTS)))


def _for_download(*reasons: str) -> tuple[WrongModel, ...]:
    return tuple(lambda case, reason=reason: _nothing(case, reason) for reason in reasons)


def _join_download(case: Case, report: Mapping, seen: Mapping) -> Observation:
    assert case.setting is not None
    name, downloads = case.setting.name, seen.get("downloads")
    assert isinstance(downloads, Sequence)
    became = replays.came_down(report, name, _files(case))
    missing = all(status == "missing" for _path, status in became.items)
    clone = _clone(report, name)
    # A repository that was begun by `git init` has no commit of the Hub's, or knows no Hub.
    is_clone = (
        "git" in downloads.items
        and clone.get("head") is not None
        and clone.get("head") == _head(seen)
        and clone.get("remote") == f"{case.setting.account}/{name}"
        and clone.get("state") != "bare"
    )
    return Mapping(
        (
            ("files", Mapping(tuple(item for item in became.items if item[0] != WEIGHTS))),
            ("weights", became.get(WEIGHTS)),
            ("clone", is_clone),
            ("reason", _reason_download(report, name, _head(seen)) if missing else ""),
            ("error", replays.quoted(report) if any(status != "same" for _path, status in became.items) else ""),
        )
    )


def _reason_download(report: Mapping, name: str, head: Observation) -> str:
    """Why there is nothing, as far as the script and what it left tell."""
    if _clone(report, name).get("state") == "bare":
        return "bare"
    if any(isinstance(clone, Mapping) and clone.get("head") == head for _folder, clone in _clones(report).items):
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
        case ("clone",):
            return _("the folder {folder} is no clone of the Hub's repository", folder=case.setting.name)
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
                "There are files, and no clone around them: no history, and `git pull` will bring nothing new."
            ),
            _("Use `git clone`, and leave its folder .git as it is."),
            (
                lambda case: replaced(_downloaded(case), clone=False),
                lambda case: replaced(_only_top_level(case), clone=False),
            ),
        ),
        Misconception(
            "another-folder",
            _("The clone is in a folder of another name than asked for."),
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


# The repair


def _repaired(_case: Case) -> Observation:
    return Mapping((("weights", "same"), ("kept", True), ("hub", True), ("reason", "")))


def _still(case: Case, reason: str) -> Mapping:
    """The pointer is still there."""
    return replaced(_repaired(case), weights="pointer", reason=reason)


def _for_repair(*reasons: str) -> tuple[WrongModel, ...]:
    return tuple(lambda case, reason=reason: _still(case, reason) for reason in reasons)


def _lost(*reasons: str) -> tuple[WrongModel, ...]:
    return tuple(lambda case, reason=reason: replaced(_repaired(case), kept=False, reason=reason) for reason in reasons)


def _join_repair(case: Case, report: Mapping, seen: Mapping) -> Observation:
    assert case.setting is not None
    name = case.setting.name
    became = replays.came_down(report, name, (*_files(case), PlannedFile(NOTES, text=_OWN)))
    weights, clone = became.get(WEIGHTS), _clone(report, name)
    others = [status for path, status in became.items if path != WEIGHTS]
    kept = all(status == "same" for status in others) and clone.get("state") not in (None, "broken", "bare")
    still = _reason_repair(case, report, seen, clone) if weights != "same" else ""
    return Mapping(
        (
            ("weights", weights),
            ("kept", kept),
            ("hub", seen.get("untouched") is True),
            ("reason", still if weights != "same" or kept else _loss(clone)),
            ("error", replays.quoted(report) if weights != "same" else ""),
        )
    )


def _reason_repair(case: Case, report: Mapping, seen: Mapping, clone: Mapping) -> str:
    """Why the pointer is still there: ``""`` when nobody has tried to download the weights."""
    downloads, slips = seen.get("downloads"), replays.texts(report, "slips")
    about = kinds(replays.texts(report, "complaints"))
    # A large file is known to the Hub by its path or by its content, as it was asked for.
    known = {WEIGHTS, *(replays.fingerprint(file) for file in _files(case) if file.path == WEIGHTS)}
    if isinstance(downloads, Sequence) and known & {*downloads.items}:
        return "elsewhere" if len(_clones(report).items) > 1 else "fetched" if clone.get("before") is True else ""
    if "exists" in about:
        return "exists"
    for slip in unreached.SLIPS:
        if slip in slips:
            return slip
    if replays.texts(report, "unknown"):
        return "unknown"
    return "outside" if "outside" in about else ""


def _loss(clone: Mapping) -> str:
    """How something was lost that was in the folder."""
    if clone.get("state") is None:
        return "no clone"
    if clone.get("before") is not True:
        return "anew"
    return "stashed" if clone.get("stashed") is True else "removed"


def _words_repair(case: Case, difference: Difference) -> Message:
    assert case.setting is not None
    match difference.path:
        case ("weights",):
            return _("`{path}` in the folder {folder}: {status}",
                     path=WEIGHTS, folder=case.setting.name, status=replays.status(difference.got))  # fmt: skip
        case ("kept",):
            return _("something that was in the clone is gone or has changed: its other files, `{path}`, or its folder "
                     ".git", path=NOTES)  # fmt: skip
        case ("hub",):
            return _("something on the Hub was changed; a repair only downloads")
    return replays.stopped(difference.got, SECONDS) or describe(difference.got)


def _findings_repair(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {True: _("as it was"), False: _("changed")}
    return (
        *replays.files(Mapping(((WEIGHTS, "same"),)), Mapping(((WEIGHTS, got.get("weights")),))),
        replays.line(_("everything else in the folder"), expected.get("kept"), got.get("kept"), words),
        replays.line(_("the Hub"), expected.get("hub"), got.get("hub"), words),
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
        RubricItem(
            "kept", _("what else was in the clone is still there, and the Hub is as it was"), 1,
            aspect=entry("weights", "kept", "hub"),
        ),
    ),
    misconceptions=(
        *(named for named in unreached.named(_for_repair) if named.id in _ALSO_HERE),
        Misconception(
            "clone-over-it",
            _(
                "`git clone` makes a new folder, and refuses when there is one of this name with files in it: nothing "
                "has changed."
            ),
            _("Work in the clone that is there: `cd \"$NAME\"`, and then one command that begins with `git lfs`."),
            _for_repair("exists"),
        ),
        Misconception(
            "beside-the-clone",
            _(
                "The command ran beside the clone: git works on the repository in whose folder it is called. The "
                "clone has another name each time, which $NAME holds."
            ),
            _('Go into the clone first: `cd "$NAME"`, or use `git -C "$NAME"`.'),
            _for_repair("outside"),
        ),
        Misconception(
            "cloned-beside",
            _("A second clone was made beside the first: it has the weights, and the first still has its pointer."),
            _('Repair the clone that is there: go into it, `cd "$NAME"`; one command fetches what is missing.'),
            _for_repair("elsewhere"),
        ),
        Misconception(
            "only-fetched",
            _(
                "The weights were downloaded, and are in git's own store only: `git lfs fetch` leaves the pointer "
                "where it is."
            ),
            _("`git lfs pull` does both; after a fetch, `git lfs checkout` does the second half."),
            _for_repair("fetched"),
        ),
        Misconception(
            "no-lfs-pull",
            _(
                "The pointer is still there, and nobody has asked the Hub for the weights. `git pull` brings new "
                "commits, and there are none; `git lfs install` prepares git for the clones to come."
            ),
            _("`git lfs pull`, inside the clone."),
            _for_repair(""),
        ),
        Misconception(
            "cloned-anew",
            _(
                "The clone was removed and made anew: what was in it and on no Hub is lost, and everything is "
                "downloaded twice."
            ),
            _("Repair the clone that is there: one command fetches what the pointers point to."),
            _lost("anew"),
        ),
        Misconception(
            "put-aside",
            _(
                "`git stash` has put somebody's own file aside. It is not lost, and it is not in the folder either: "
                "whoever looks for it does not find it."
            ),
            _("Nothing need be put aside for `git lfs pull`. What was, comes back by `git stash pop`."),
            _lost("stashed"),
        ),
        Misconception(
            "cleaned-up",
            _(
                "Files that were in the folder were removed or changed: `git clean` and `rm` delete what git does not "
                "know, and nothing brings it back."
            ),
            _("Leave out what deletes: `git lfs pull` replaces the pointer and touches nothing else."),
            _lost("removed"),
        ),
        Misconception(
            "no-longer-a-clone",
            _(
                "The weights are there, and the folder is no clone any more: with .git its history and its way to the "
                "Hub are gone."
            ),
            _("Leave the folder .git as it is; `git lfs pull` needs it."),
            _lost("no clone"),
        ),
        Misconception(
            "changed-the-hub",
            _(
                "The repair has changed the Hub: somebody's own files were committed and pushed, or the repository was "
                "changed otherwise. What is on the Hub, others see."
            ),
            _("A repair only downloads: no commit, no push, no upload."),
            (lambda case: replaced(_repaired(case), hub=False),),
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
    normal=replays.without_error,
    act=Act(
        "script", _join_repair,
        lambda case, _answer: _("Seen: the real weights of {name}, and no pointer.", name=str(case.arguments[1])),
        _findings_repair, replays.quote, seconds=SECONDS,
    ),
)  # fmt: skip
