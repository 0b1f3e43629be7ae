"""2.5: the script that gets the weights into a clone made without git-lfs."""

from __future__ import annotations

from autograde.judge import replays, unreached
from autograde.judge.acts import Act, PlannedFile
from autograde.judge.beliefs import for_reasons
from autograde.judge.complaints import kinds
from autograde.judge.describing import describe
from autograde.judge.examples import RightAnswer, WrongAnswer, right, script, wrong
from autograde.judge.facets import Facet, Facets, Item, State
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
    NOTES,
    OWN,
    SECONDS,
    WEIGHTS,
    case_of,
    clone_of,
    clones_of,
    drawn,
    files_of,
    head_of,
)

_CLONE = 'git clone "$HF_ENDPOINT/$OWNER/$NAME"'


_ALL = "weights kept"


def _code(*lines: str) -> str:
    return script("repair_sh", *lines)


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


def _weights(case: Case, got: Observation) -> Message:
    assert case.setting is not None
    return _(
        "`{path}` in the folder {folder}: {status}",
        path=WEIGHTS, folder=case.setting.name, status=replays.status(got),
    )  # fmt: skip


#: An answer that did not repair the weights earns no points for leaving the rest as it was.
_WEIGHTS = Facet(
    "weights", "same", label=verbatim(WEIGHTS), other=lambda _case, got: replays.status(got), clause=_weights
)
FACETS = Facets(
    (
        Item("weights", _("the weights are the real bytes now"), 2, (_WEIGHTS,)),
        Item("kept", _("what else was in the clone is still there, and the Hub is as it was"), 1, (
            _WEIGHTS,
            Facet("kept", True, (
                State(True, _("as it was")),
                State(False, _("changed"), _(
                    "something that was in the clone is gone or has changed: its other files, `{path}`, or its folder "
                    ".git",
                    path=NOTES,
                )),
            ), _("everything else in the folder")),
            Facet("hub", True, (
                State(True, _("as it was")),
                State(False, _("changed"), _("something on the Hub was changed; a repair only downloads")),
            ), _("the Hub")),
        )),
    ),
    (Facet("reason", ""),),
    otherwise=lambda got: replays.stopped(got) or describe(got),
)  # fmt: skip


def _still(case: Case, reason: str) -> Mapping:
    """The pointer is still there."""
    return FACETS.answer(case, weights="pointer", reason=reason)


_for_repair = for_reasons(_still)
_lost = for_reasons(lambda case, reason: FACETS.answer(case, kept=False, reason=reason))


def _join_repair(case: Case, report: Mapping, seen: Mapping) -> Observation:
    assert case.setting is not None
    name = case.setting.name
    became = replays.came_down(report, name, (*files_of(case), PlannedFile(NOTES, text=OWN)))
    weights, clone = became.get(WEIGHTS), clone_of(report, name)
    others = [status for path, status in became.items if path != WEIGHTS]
    intact = clone.get("state") not in (None, "broken", "bare") and clone.get("before") is True
    attributes = _attributes_kept(report, seen, name)
    kept = all(status == "same" for status in others) and intact and attributes and _has_history(clone, seen)
    still = _reason_repair(case, report, seen, clone) if weights != "same" else ""
    answer = FACETS.answer(
        case, weights=weights, kept=kept, hub=seen.get("untouched") is True,
        reason=still if weights != "same" or kept else _loss(clone, seen),
    )  # fmt: skip
    return Mapping((*answer.items, ("error", replays.quoted(report) if weights != "same" else "")))


def _reason_repair(case: Case, report: Mapping, seen: Mapping, clone: Mapping) -> str:
    """Return why the pointer is still there; ``""`` if the weights were not downloaded at all."""
    downloads, slips = seen.get("downloads"), replays.texts(report, "slips")
    about = kinds(replays.texts(report, "complaints"))
    # A large file is known to the Hub by its path or by its content, as it was asked for.
    known = {WEIGHTS, *(replays.fingerprint(file) for file in files_of(case) if file.path == WEIGHTS)}
    if isinstance(downloads, Sequence) and known & {*downloads.items}:
        return "elsewhere" if len(clones_of(report).items) > 1 else "fetched" if clone.get("before") is True else ""
    if "exists" in about:
        return "exists"
    for slip in unreached.SLIPS:
        if slip in slips:
            return slip
    if replays.texts(report, "unknown"):
        return "unknown"
    return "outside" if "outside" in about else ""


def _attributes_kept(report: Mapping, seen: Mapping, name: str) -> bool:
    """Whether the clone's .gitattributes is the one on the Hub."""
    target, files = seen.get("target"), report.get("files")
    on_hub = target.get("attributes_fingerprint") if isinstance(target, Mapping) else None
    return isinstance(files, Mapping) and files.get(f"{name}/.gitattributes") == on_hub


def _has_history(clone: Mapping, seen: Mapping) -> bool:
    """Whether the clone still has the Hub's last commit among its own."""
    commits = clone.get("commits")
    return isinstance(commits, Sequence) and head_of(seen) in commits.items


def _loss(clone: Mapping, seen: Mapping) -> str:
    """How something was lost that was in the folder."""
    if clone.get("state") is None:
        return "no clone"
    if clone.get("before") is not True:
        return "anew"
    if not _has_history(clone, seen):
        return "history"
    return "stashed" if clone.get("stashed") is True else "removed"


RIGHT = (
    _right("git -C", 'git -C "$NAME" lfs pull'),
    _right("fetch and checkout", 'cd "$NAME" && git lfs fetch && git lfs checkout'),
    _right(
        "checked out anew, with somebody's file moved away and back", 'mv "$NAME/my-notes.txt" .', 'cd "$NAME"',
        "git lfs install --local", "rm model.safetensors", "git reset --hard", "mv ../my-notes.txt .",
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.5/repair_sh",
    number=3,
    kind=AnswerKind.TEXT,
    visible=(case_of("visible", "mei", "mymodel04", "visible", clone=True),),
    hidden=lambda rng: drawn(rng, clone=True),
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=(
        *unreached.named(_for_repair, {
            "notebook-commands": (_wrong(_ALL, "%cd $NAME", "!git lfs pull"),),
            "copied-prompt": (_wrong(_ALL, '$ cd "$NAME"', "$ git lfs pull"),),
            "typographic-quotes": (_wrong(_ALL, "cd “$NAME”", "git lfs pull"),),
            "single-quotes": (_wrong(_ALL, "cd '$NAME'", "git lfs pull"),),
            "unknown-variable": (_wrong(_ALL, 'cd "$REPO"', "git lfs pull"),),
        }),
        Misconception(
            "clone-over-it",
            _(
                "`git clone` makes a new folder, and refuses when there is one of this name with files in it: nothing "
                "has changed."
            ),
            _("Work in the clone that is there: `cd \"$NAME\"`, and then one command that begins with `git lfs`."),
            _for_repair("exists"),
            examples=(_wrong(_ALL, _CLONE),),
        ),
        Misconception(
            "beside-the-clone",
            _(
                "The command ran beside the clone: git works on the repository in whose folder it is called. The "
                "clone has another name each time, which $NAME holds."
            ),
            _('Go into the clone first: `cd "$NAME"`, or use `git -C "$NAME"`.'),
            _for_repair("outside"),
            examples=(
                _wrong(_ALL, "cd mymodel4", "git lfs pull"),
                _wrong(_ALL, "git lfs pull", 'ls "$NAME"'),
            ),
        ),
        Misconception(
            "cloned-beside",
            _("A second clone was made beside the first: it has the weights, and the first still has its pointer."),
            _('Repair the clone that is there: go into it, `cd "$NAME"`; one command fetches what is missing.'),
            _for_repair("elsewhere"),
            examples=(_wrong(_ALL, f"{_CLONE} second"),),
        ),
        Misconception(
            "only-fetched",
            _(
                "The weights were downloaded, and are in git's own store only: `git lfs fetch` leaves the pointer "
                "where it is."
            ),
            _("`git lfs pull` does both; after a fetch, `git lfs checkout` does the second half."),
            _for_repair("fetched"),
            examples=(_wrong(_ALL, 'cd "$NAME"', "git lfs fetch"),),
        ),
        Misconception(
            "no-lfs-pull",
            _(
                "The pointer is still there: the script never downloaded the weights. `git pull` fetches "
                "new commits, but there are none; `git lfs install` only prepares git for later clones."
            ),
            _("`git lfs pull`, inside the clone."),
            _for_repair(""),
            examples=(
                _wrong(_ALL, 'cd "$NAME"', "git pull"),
                _wrong(_ALL, 'cd "$NAME"', "git lfs install"),
                _wrong(_ALL, 'cd "$NAME"', "git checkout -- model.safetensors"),
            ),
        ),
        Misconception(
            "cloned-anew",
            _(
                "The clone was deleted and cloned again. What was only in the old clone is lost, and "
                "everything was downloaded twice."
            ),
            _("Repair the clone that is there: one command fetches what the pointers point to."),
            _lost("anew"),
            examples=(
                _wrong("kept", 'rm -rf "$NAME"', _CLONE),
                _wrong(
                    "kept", 'cp "$NAME/my-notes.txt" notes', 'rm -rf "$NAME"', _CLONE, 'mv notes "$NAME/my-notes.txt"',
                ),
            ),
        ),
        Misconception(
            "history-rewritten",
            _(
                "The clone has lost its commits: a new history was begun in it (`git checkout --orphan`, `git init`, "
                "`--amend`), or an older one was reset to."
            ),
            _("Leave the commits as they are: `git lfs pull` needs no new one."),
            _lost("history"),
            examples=(
                _wrong(
                    "kept", 'cd "$NAME"', "git lfs pull", "git checkout --orphan new", "git add -A . ':!my-notes.txt'",
                    "git commit -m all", "git branch -M main",
                ),
                _wrong("kept", 'cd "$NAME"', "git lfs pull", "git commit --amend --allow-empty -m other"),
            ),
        ),
        Misconception(
            "put-aside",
            _(
                "`git stash` moved your own file out of the folder. It isn't lost, but it is no longer in "
                "its place."
            ),
            _("You don't need to stash anything for `git lfs pull`. If you did, run `git stash pop`."),
            _lost("stashed"),
            examples=(_wrong("kept", 'cd "$NAME"', "git stash --include-untracked", "git lfs pull"),),
        ),
        Misconception(
            "cleaned-up",
            _(
                "Files that were in the folder were removed or changed: `git clean` and `rm` delete what git does not "
                "know, and nothing brings it back."
            ),
            _("Leave out what deletes: `git lfs pull` replaces the pointer and touches nothing else."),
            _lost("removed"),
            examples=(
                _wrong("kept", 'cd "$NAME"', "git lfs pull", "rm .gitattributes"),
                _wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '*.json -text' > .gitattributes"),
                _wrong("kept", 'cd "$NAME"', "git clean -fdx", "git lfs pull"),
                _wrong("kept", 'cd "$NAME"', "git lfs pull", "echo '{}' > config.json"),
            ),
        ),
        Misconception(
            "no-longer-a-clone",
            _(
                "The weights are there, but the folder isn't a clone any more: without .git it has no "
                "history and no connection to the Hub."
            ),
            _("Leave the folder .git as it is; `git lfs pull` needs it."),
            _lost("no clone"),
            examples=(_wrong("kept", 'cd "$NAME"', "git lfs pull", "rm -rf .git"),),
        ),
        Misconception(
            "changed-the-hub",
            _(
                "The repair changed the Hub: private files were committed and pushed, or the repository "
                "was changed in another way. Others can see what is on the Hub."
            ),
            _("A repair only downloads: no commit, no push, no upload."),
            (FACETS.wrong(hub=False),),
            examples=(_wrong("kept", 'cd "$NAME"', "git lfs pull", "git add .", "git commit -m notes", "git push"),),
        ),
    ),
    act=Act("script", _join_repair, seconds=SECONDS),
    normal=replays.without_error,
    presentation=FACETS.presentation(
        lambda case, _answer: _("Seen: the real weights of {name}, and no pointer.", name=str(case.arguments[1])),
        replays.quote,
    ),
    teaching=Teaching(
        title=_("A script that repairs a clone without weights"),
        hints=(
            _(
                "Which command put the real file in the place of its pointer in lesson 2.5, and in which folder was it "
                "run?"
            ),
            _('Go into the clone: `cd "$NAME"`. The command begins with `git lfs`.'),
            _(
                "`git lfs fetch` only brings the files. One other command of git-lfs also puts them in their places."
            ),
        ),
        solution='repair_sh = r"""\ncd "$NAME"\ngit lfs pull\n"""\n',
        expectation=_("the text of a shell script"),
        right=RIGHT,
    ),
)  # fmt: skip
