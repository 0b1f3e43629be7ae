"""2.4: what a script has achieved, from its report and from what was seen on the Hub."""

from __future__ import annotations

from collections.abc import Collection

from autograde.judge import replays, unreached
from autograde.judge.complaints import kinds
from autograde.judge.observation import Mapping, Observation, Sequence
from autograde.judge.question import Case
from autograde.questions.upload_a_local_model.upload_sh.cases import setting
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """What is compared, from both sides of the line of trust: the script's report, and what the Hub has ``seen``."""
    target = seen.get("target")
    # A deleted or renamed repository is not there.
    target = target if isinstance(target, Mapping) else Mapping(())
    found = target.get("files")
    statuses = found if isinstance(found, Mapping) else Mapping(())
    planned = [file.path for file in setting(case).files]
    extra = [path for path, status in statuses.items if status == "extra"]
    # A push that brings no file has brought nothing.
    empty = not extra and all(statuses.get(path) in (None, "missing") for path in planned)
    nothing = empty or not target.get("on_top")
    folder_itself = all(statuses.get(f"{setting(case).folder}/{path}") == "extra" for path in planned)
    weights = [file.path for file in setting(case).files if file.size]
    no_weights = nothing or (not folder_itself and all(statuses.get(path) == "missing" for path in weights))
    arrived = str(target.get("arrived") or "nothing").replace(" ", "-")
    if nothing:
        arrived = "nothing" if target.items else "gone"
    answer = FACETS.answer(
        case,
        arrived="both" if arrived == "git-push" and target.get("aside") else arrived,
        files=Mapping(tuple((path, statuses.get(path) or "missing") for path in planned)),
        storage="nowhere" if no_weights else target.get("storage"),
        initial=bool(target.get("initial")),
        on_top=0 if nothing else target.get("on_top"),
        merges=0 if nothing else target.get("merges"),
        message="none" if nothing else target.get("message"),
        others=None if nothing else _others(len(extra) - len(planned) * folder_itself, target, seen),
        folder=_model_folder(case, report),
        folder_itself=folder_itself,
        anew=bool(target.get("anew")),
        reason=_reason(case, report, target) if nothing else "",
    )
    error = replays.quoted(report) if nothing else ""
    more = "" if nothing or folder_itself else ", ".join(extra[:3])[:200]
    return Mapping((*answer.items, ("error", error), ("extra", more)))


def without_words(answer: Observation) -> Observation:
    """The answer without what is quoted only."""
    kept = replays.without_error(answer)
    return Mapping(tuple(item for item in kept.items if item[0] != "extra")) if isinstance(kept, Mapping) else kept


def _others(files: int, target: Mapping, seen: Mapping) -> str:
    """What is on the Hub besides what was asked for: ``files``, ``branches``, ``repositories``, ``settings``;
    ``attributes`` when .gitattributes has lost lines."""
    elsewhere, repositories, changes = target.get("elsewhere"), seen.get("repositories"), replays.texts(seen, "changes")
    found = {
        "files": files > 0,
        "branches": isinstance(elsewhere, Sequence) and bool(elsewhere.items),
        "repositories": isinstance(repositories, Mapping) and bool(repositories.items),
        "settings": "repository.changed" in changes,
        # Of a history that is gone, nothing else is said.
        "attributes": target.get("initial") is True and target.get("attributes") != "kept",
    }
    return " ".join(name for name, there in found.items() if there)


def _model_folder(case: Case, report: Mapping) -> str:
    """What became of the model folder: ``kept``, or ``changed`` when one of its files is gone or another."""
    there = report.get("model")
    assert isinstance(there, Mapping)
    kept = all(there.get(file.path) == replays.fingerprint(file) for file in setting(case).files)
    return "kept" if kept else "changed"


def _reason(case: Case, report: Mapping, target: Mapping) -> str:
    """Why nothing has reached the branch main, as far as the script and what it left tell; ``""`` when they do not."""
    slips, unused, lines = (replays.texts(report, name) for name in ("slips", "unused", "complaints"))
    about, left = kinds(lines), _left(report, [file.path for file in setting(case).files])
    elsewhere = target.get("elsewhere")
    if not target.items:
        return "gone"
    if target.get("on_top"):
        return "empty commit"
    refused = next((kind for kind in ("pointers", "large", "behind") if kind in about), "")
    if refused and not {"OWNER", "NAME"} & {*unused}:
        return "large without lfs" if refused == "large" and "lfs off" in slips else refused
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
