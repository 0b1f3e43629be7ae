"""2.4: the script that uploads a model folder with git: clone, copy, add, commit, push."""

from __future__ import annotations

import random
from collections.abc import Collection

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
            ("others", ""),
            ("folder", "kept"),
            ("folder_itself", False),
            ("anew", False),
            ("reason", ""),
        )
    )


def _nothing(case: Case, reason: str) -> Mapping:
    """Nothing has reached the branch main."""
    return replaced(
        _oracle(case), arrived="nothing", files=_all_files(case, "missing"), storage="nowhere", on_top=0,
        message="none", others=None, reason=reason,
    )  # fmt: skip


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    target = seen.get("target")
    # Whoever deletes the repository, or renames it, leaves nothing.
    target = target if isinstance(target, Mapping) else Mapping(())
    found = target.get("files")
    statuses = found if isinstance(found, Mapping) else Mapping(())
    planned = [file.path for file in _setting(case).files]
    extra = [path for path, status in statuses.items if status == "extra"]
    # A push that brings no file has brought nothing.
    empty = not extra and all(statuses.get(path) in (None, "missing") for path in planned)
    nothing = empty or not target.get("on_top")
    folder_itself = all(statuses.get(f"{_setting(case).folder}/{path}") == "extra" for path in planned)
    weights = [file.path for file in _setting(case).files if file.size]
    no_weights = nothing or (not folder_itself and all(statuses.get(path) == "missing" for path in weights))
    arrived = target.get("arrived") or "nothing"
    if nothing:
        arrived = "nothing" if target.items else "gone"
    return Mapping(
        (
            ("arrived", "both" if arrived == "git push" and target.get("aside") else arrived),
            ("files", Mapping(tuple((path, statuses.get(path) or "missing") for path in planned))),
            ("storage", "nowhere" if no_weights else target.get("storage")),
            ("initial", bool(target.get("initial"))),
            ("on_top", 0 if nothing else target.get("on_top")),
            ("message", "none" if nothing else target.get("message")),
            ("others", None if nothing else _others(len(extra) - len(planned) * folder_itself, target, seen)),
            ("folder", _model_folder(case, report)),
            ("folder_itself", folder_itself),
            ("anew", bool(target.get("anew"))),
            ("reason", _reason(case, report, target) if nothing else ""),
            ("error", replays.quoted(report) if nothing else ""),
            ("extra", "" if nothing or folder_itself else ", ".join(extra[:3])[:200]),
        )
    )


def _without_words(answer: Observation) -> Observation:
    """The answer without what is quoted only."""
    kept = replays.without_error(answer)
    return Mapping(tuple(item for item in kept.items if item[0] != "extra")) if isinstance(kept, Mapping) else kept


def _quote(answer: Observation) -> Message | None:
    extra = answer.get("extra") if isinstance(answer, Mapping) else None
    return _("there are besides: {files}", files=str(extra)) if extra else replays.quote(answer)


def _only_some(_case: Case, answer: Observation) -> bool:
    """Whether some of the files have come, as they are, and others have not."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and {status for _path, status in files.items} == {"same", "missing"}


def _something_else(case: Case, answer: Observation) -> bool:
    """Whether none of the files has come under its name, and others have."""
    if not isinstance(answer, Mapping) or answer.get("folder_itself"):
        return False
    return answer.get("files") == _all_files(case, "missing") and "files" in str(answer.get("others"))


def _others(files: int, target: Mapping, seen: Mapping) -> str:
    """What is on the Hub besides what was asked for: ``files``, ``branches``, ``repositories``, ``settings``."""
    elsewhere, repositories, changes = target.get("elsewhere"), seen.get("repositories"), replays.texts(seen, "changes")
    found = {
        "files": files > 0,
        "branches": isinstance(elsewhere, Sequence) and bool(elsewhere.items),
        "repositories": isinstance(repositories, Mapping) and bool(repositories.items),
        "settings": "repository.changed" in changes,
    }
    return " ".join(name for name, there in found.items() if there)


def _model_folder(case: Case, report: Mapping) -> str:
    """What became of the model folder: ``kept``, or ``changed`` when one of its files is gone or another."""
    there = report.get("model")
    assert isinstance(there, Mapping)
    kept = all(there.get(file.path) == replays.fingerprint(file) for file in _setting(case).files)
    return "kept" if kept else "changed"


def _reason(case: Case, report: Mapping, target: Mapping) -> str:
    """Why nothing has reached the branch main, as far as the script and what it left tell; ``""`` when they do not."""
    slips, unused, lines = (replays.texts(report, name) for name in ("slips", "unused", "complaints"))
    about, left = kinds(lines), _left(report, [file.path for file in _setting(case).files])
    elsewhere = target.get("elsewhere")
    if not target.items:
        return "gone"
    if target.get("on_top"):
        return "empty commit"
    refused = next((kind for kind in ("pointers", "large", "behind") if kind in about), "")
    if refused and not {"OWNER", "NAME"} & {*unused}:
        return refused
    if left == "no clone" or (left == "not pushed" and {"OWNER", "NAME"} & {*unused}):
        return unreached.reason(report)
    if left == "not pushed" and "push" in slips:
        return "refused" if lines else "wrong order"
    if left == "not committed" and "not added" in about:
        return "wrong order"
    if left == "beside the clone" and "cd" in about:
        return "name"
    if left == "clean":
        return _nothing_copied(slips, unused, about, elsewhere)
    return left


def _nothing_copied(
    slips: Collection[str], unused: Collection[str], about: Collection[str], elsewhere: Observation
) -> str:
    """Why a clone is as the Hub gave it."""
    if isinstance(elsewhere, Sequence) and elsewhere.items:
        return "other branch"
    if "recursive" in about:
        return "not recursive"
    if "typographic" in slips:
        return "typographic"
    return "fixed folder" if "MODEL_FOLDER" in unused and "folder" in about else "clean"


def _changed(_case: Case, answer: Observation) -> bool:
    """Whether a file has come with other bytes."""
    files = answer.get("files") if isinstance(answer, Mapping) else None
    return isinstance(files, Mapping) and any(status == "different" for _path, status in files.items)


def _left(report: Mapping, planned: list[str]) -> str:
    """How far the work came that never reached the Hub."""
    clones, files = report.get("clones"), report.get("files")
    if not isinstance(clones, Mapping) or not clones.items:
        return "no clone"
    states = [str(clone.get("state")) for _folder, clone in clones.items if isinstance(clone, Mapping)]
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
        case ("on_top",):
            return _("asked for was one commit on top of the initial one; there are {number}", number=str(got))
        case ("message",):
            return _("the commit has no message")
        case ("anew",):
            return _("the repository was deleted and made anew, or renamed: it is not the one that was there")
        case ("others",) if got is None:
            return _("nothing has come to the Hub")
        case ("others",):
            return _("on the Hub is more than was asked for: {what}", what=_more(str(got).split()))
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
    }
    what = words[kinds[0]]
    for kind in kinds[1:]:
        what = _("{first}, {then}", first=what, then=words[kind])
    return what


def _seen(case: Case, answer: Observation) -> Message:
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {number} files in {name}, byte for byte those of the folder, the weights in LFS, in one "
        "commit that came by git push.",
        name=f"{_setting(case).account}/{_setting(case).name}",
        number=len(_setting(case).files),
    )


def _findings(case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "API": _("the API"), "both": _("both"), "nothing": _("nothing"), "gone": _("nothing"),
        "git": _("in git itself"),
        "LFS": _("in LFS"), "nowhere": _("not there"),
    }  # fmt: skip
    return (
        replays.line(_("came by"), expected.get("arrived"), got.get("arrived"), words),
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


def _without_lfs(case: Case) -> Observation:
    if _is_large(case):
        return _nothing(case, "large")
    return replaced(_oracle(case), storage="git")


def _rewritten(storage: str) -> WrongModel:
    def model(case: Case) -> Observation:
        if storage == "git" and _is_large(case):
            return _nothing(case, "large")
        return replaced(_oracle(case), storage=storage, initial=False)

    return model


def _only_top_level(case: Case) -> Observation:
    files = tuple((file.path, "missing" if "/" in file.path else "same") for file in _setting(case).files)
    return replaced(_oracle(case), files=Mapping(files))


def _for(*reasons: str) -> tuple[WrongModel, ...]:
    return tuple(lambda case, reason=reason: _nothing(case, reason) for reason in reasons)


MISCONCEPTIONS = (
    *unreached.named(_for),
    Misconception(
        "pointers-only",
        _(
            "Only pointers were to be pushed, and not the weights that they point to: a pointer to a file that the "
            "Hub does not have is refused."
        ),
        _("Copy the weights themselves, and leave out `--no-verify` and whatever else turns git-lfs off."),
        _for("pointers"),
    ),
    Misconception(
        "not-cloned",
        _(
            "The push was refused because the Hub has a commit that this repository does not have: it was begun anew "
            "(`git init`) and not cloned, or somebody has pushed meanwhile."
        ),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`: then your commit lies on top of the initial one.'),
        _for("behind"),
    ),
    Misconception(
        "push-refused",
        _("The commit was made, and its push has failed: git or the Hub has refused it and says why."),
        _("Read the error, and change what it names. The commit itself is all right."),
        _for("refused"),
    ),
    Misconception(
        "empty-commit",
        _("A commit was pushed, and none of the model's files is in it: `--allow-empty`, or other files were added."),
        _("Copy the files into the clone, and name them to git: `git add .`"),
        _for("empty commit"),
    ),
    Misconception(
        "repository-gone",
        _("The repository was deleted, or it was renamed: nobody finds it at its address any more."),
        _("Leave the repository as it is; the script adds one commit to it."),
        (lambda case: replaced(_nothing(case, "gone"), arrived="gone", initial=False),),
    ),
    Misconception(
        "not-pushed",
        _("The commit was made, and stayed on this machine: only `git push` sends it to the Hub."),
        _("Add the last of the five steps."),
        _for("not pushed"),
    ),
    Misconception(
        "wrong-order",
        _(
            "The steps are there, and one comes before what it needs: a commit takes what was added, and a push what "
            "was committed."
        ),
        _("Keep the order: clone, copy, add, commit, push."),
        _for("wrong order"),
    ),
    Misconception(
        "not-committed",
        _(
            "Git knows of the files, and no commit was made: `git commit` is missing, it has failed, or it had no "
            "message (-m) and could not ask for one."
        ),
        _('Between add and push: `git commit -m "..."`.'),
        _for("not committed"),
    ),
    Misconception(
        "not-added",
        _("The files are in the clone, and git was never told of them: a commit holds only what `git add` has named."),
        _("After the copy: `git add .`"),
        _for("not added"),
    ),
    Misconception(
        "copied-beside",
        _("The files were copied beside the clone. Git sees only what lies inside the folder that `git clone` made."),
        _('Go into the clone before you copy: `cd "$NAME"`.'),
        _for("beside the clone"),
    ),
    Misconception(
        "fixed-folder",
        _("The model folder's path stands in the script. Here the folder lies elsewhere, or has another name."),
        _('Take the path from the variable: "$MODEL_FOLDER".'),
        _for("fixed folder"),
    ),
    Misconception(
        "not-copied",
        _("The clone is as the Hub gave it: nothing was copied into it, so there was nothing to commit."),
        _("Copy the contents of the model's folder into the clone before `git add`."),
        _for("clean"),
    ),
    Misconception(
        "other-branch",
        _("The commit was pushed to a branch of its own. Who downloads the model gets the branch main."),
        _("Push to main: a fresh clone is on it already, so a plain `git push` does."),
        _for("other branch"),
    ),
    Misconception(
        "folder-itself",
        _(
            "The folder itself was copied, so that all files lie one level too deep: programs look for config.json "
            "at the top of a repository."
        ),
        _('Copy what is in the folder: `cp -r "$MODEL_FOLDER/." .` with the dot at the end.'),
        (
            lambda case: replaced(_oracle(case), files=_all_files(case, "missing"), folder_itself=True),
            lambda case: replaced(
                _oracle(case), files=_all_files(case, "missing"), folder_itself=True, folder="changed"
            ),
        ),
    ),
    Misconception(
        "not-recursive",
        _("Only the files at the top of the folder were copied. `cp` leaves folders out unless it is told `-r`."),
        _('Copy with folders: `cp -r "$MODEL_FOLDER/." .`'),
        (_only_top_level, *_for("not recursive")),
    ),
    Misconception(
        "only-some-files",
        _(
            "Some files have come, and others have not: git takes into a commit what `git add` has named, and `*` "
            "names what is called so in this very folder."
        ),
        _("Add all that is in the clone: `git add .`, with the dot."),
        form=_only_some,
    ),
    Misconception(
        "something-else",
        _(
            "Files have come, and none of them is one of the model's under its own name: packed into an archive, "
            "renamed, or in another folder. Programs look for config.json at the top of a repository."
        ),
        _('Copy the files as they are: `cp -r "$MODEL_FOLDER/." .`'),
        form=_something_else,
    ),
    Misconception(
        "changed-on-the-way",
        _(
            "A file on the Hub is not that of the model folder: it was changed in the clone, or something else was "
            "copied."
        ),
        _("Copy the files, and change none of them: their bytes are compared."),
        form=_changed,
    ),
    Misconception(
        "not-by-git",
        _("The files came by the Hub's API. That is a good way too, but here the way by git is asked for."),
        _("Clone, copy, add, commit, push; no `hf upload`."),
        (
            lambda case: replaced(_oracle(case), arrived="API"),
            lambda case: replaced(_oracle(case), arrived="both"),
            lambda case: replaced(_oracle(case), arrived="both", others="branches"),
            lambda case: replaced(_oracle(case), arrived="both", on_top=2),
        ),
    ),
    Misconception(
        "several-commits",
        _("The files came in two commits. What belongs together goes into one: whoever looks back sees one step."),
        _("Add all files first, then commit once."),
        (lambda case: replaced(_oracle(case), on_top=2),),
    ),
    Misconception(
        "empty-message",
        _("The commit has no message: nobody who reads the history learns what it was about."),
        _('Say it in a few words: `git commit -m "Upload the model"`.'),
        (lambda case: replaced(_oracle(case), message="empty"),),
    ),
    Misconception(
        "made-anew",
        _(
            "The repository was deleted and made anew. On a real Hub its history, its discussions and its likes would "
            "be gone, and everybody's link to a commit of it would lead nowhere."
        ),
        _("Clone the repository that is there: an upload needs no other."),
        (
            lambda case: replaced(_oracle(case), initial=False, anew=True),
            lambda case: replaced(_oracle(case), initial=False, anew=True, on_top=2),
        ),
    ),
    Misconception(
        "history-overwritten",
        _(
            "A new history was pushed over the Hub's: the initial commit, and with it the list of file types for "
            "LFS, is gone. In a repository that others use, their work would be lost."
        ),
        _("Clone first and work in the clone; a push then needs no force."),
        (
            _rewritten("git"),
            _rewritten("LFS"),
            lambda case: replaced(_oracle(case), storage="git", initial=False),
            lambda case: replaced(_oracle(case), initial=False, on_top=2),
        ),
    ),
    Misconception(
        "without-lfs",
        _(
            "The weights went into git itself: .gitattributes, which sends them to LFS, was removed or replaced. The "
            "Hub refuses such files from 10 MiB on."
        ),
        _("Leave the clone's .gitattributes as it is."),
        (_without_lfs,),
    ),
    Misconception(
        "more-than-asked",
        _("Everything that was asked for is there, and something besides that nobody has asked for."),
        _("Copy and push only what belongs to the model: `git status` lists it before you commit."),
        (
            lambda case: replaced(_oracle(case), others="files"),
            lambda case: replaced(_oracle(case), others="branches"),
            lambda case: replaced(_oracle(case), others="repositories"),
            lambda case: replaced(_oracle(case), others="settings"),
        ),
    ),
    Misconception(
        "moved",
        _(
            "The model folder has lost files: they were moved and not copied, or removed afterwards. Whoever trains "
            "on, or uploads a second time, needs them there."
        ),
        _('Copy: `cp -r "$MODEL_FOLDER/." .` leaves the folder as it was.'),
        (lambda case: replaced(_oracle(case), folder="changed"),),
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
        RubricItem("push", _("the files came to the branch main by git push"), 4, aspect=entry("arrived")),
        RubricItem("files", _("every file is at the top of the repository, byte for byte"), 6, aspect=entry("files")),
        RubricItem("lfs", _("the weights lie in LFS"), 4, aspect=entry("storage")),
        RubricItem(
            "commit", _("one commit with a message, on top of the initial one"), 4,
            aspect=entry("initial", "on_top", "message", "anew"),
        ),
        RubricItem(
            "rest", _("nothing else is on the Hub, and the model folder is as it was"), 2,
            aspect=entry("others", "folder"),
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
    normal=_without_words,
    act=Act("script", _join, _seen, _findings, _quote, seconds=SECONDS),
)  # fmt: skip
