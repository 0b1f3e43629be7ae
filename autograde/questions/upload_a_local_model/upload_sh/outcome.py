"""2.4: build the judged answer from the script's report and the state of the Hub."""

from __future__ import annotations

from collections.abc import Collection

from autograde.judge import clone_failures, file_statuses, script_reports
from autograde.judge.cases import Case
from autograde.judge.clone_failures import CloneFailure
from autograde.judge.error_lines import ErrorKind, kinds
from autograde.judge.hub_state import Attributes, CommitMessages, FileStatus, Storage, UploadRoute
from autograde.judge.observation import Mapping, Observation
from autograde.judge.script_reports import CloneState, GitCommand, ScriptMistake
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, UploadFailure


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the script's report and the state of the Hub, ``seen``."""
    # A deleted or renamed repository counts as missing.
    target = seen.mapping("target")
    statuses = target.mapping("files")
    planned = [file.path for file in case.initial.files]
    extra = [path for path, status in statuses.items if status == FileStatus.EXTRA]
    # A push without files counts as no push.
    empty = not extra and all(statuses.get(path) in (None, FileStatus.MISSING) for path in planned)
    nothing = empty or not target.get("on_top")
    folder_itself = all(statuses.get(f"{case.initial.folder}/{path}") == FileStatus.EXTRA for path in planned)
    weights = [file.path for file in case.initial.files if file.size]
    no_weights = nothing or (not folder_itself and all(statuses.get(path) == FileStatus.MISSING for path in weights))
    arrived: Observation = target.get("arrived") or UploadRoute.NONE
    if nothing:
        arrived = UploadRoute.NONE if target.items else "gone"
    answer = FACETS.answer(
        case,
        arrived=UploadRoute.BOTH if arrived == UploadRoute.GIT_PUSH and target.get("aside") else arrived,
        files=Mapping(tuple((path, statuses.get(path) or FileStatus.MISSING) for path in planned)),
        storage=Storage.NOWHERE if no_weights else target.get("storage"),
        initial=bool(target.get("initial")),
        on_top=0 if nothing else target.get("on_top"),
        merges=0 if nothing else target.get("merges"),
        message=CommitMessages.NO_COMMITS if nothing else target.get("message"),
        others=None if nothing else _others(len(extra) - len(planned) * folder_itself, target, seen),
        folder=_model_folder(case, report),
        folder_itself=folder_itself,
        anew=bool(target.get("anew")),
        reason=_reason(case, report, target, seen) if nothing else "",
    )
    error = script_reports.quoted(report) if nothing else ""
    more = "" if nothing or folder_itself else ", ".join(extra[:3])[:200]
    return Mapping((*answer.items, ("error", error), ("extra", more)))


def _others(files: int, target: Mapping, seen: Mapping) -> str:
    """Return the kind of other changes on the Hub.

    Kinds are ``files``, ``branches``, ``tags``, ``repositories``, ``settings``, and ``attributes`` if .gitattributes
    has lost lines.
    """
    found = {
        "files": files > 0,
        "branches": bool(target.sequence("elsewhere")),
        "tags": bool(target.sequence("tags")),
        "repositories": bool(seen.mapping("repositories").items),
        "settings": "repository.changed" in seen.sequence("changes"),
        # If the history is gone, report only that.
        "attributes": target.get("initial") is True and target.get("attributes") != Attributes.KEPT,
    }
    return " ".join(name for name, there in found.items() if there)


def _model_folder(case: Case, report: Mapping) -> str:
    """Return the state of the model folder: ``kept``, or ``changed`` if a file is missing or different."""
    there = report.mapping("model")
    kept = all(there.get(file.path) == file_statuses.fingerprint(file) for file in case.initial.files)
    return "kept" if kept else "changed"


def _reason(case: Case, report: Mapping, target: Mapping, seen: Mapping) -> str:
    """Return why nothing has reached the branch main, if it can be determined.

    The reason is an :class:`UploadFailure`, or comes from :mod:`~autograde.judge.clone_failures`, the errors or the
    clone.
    """
    mistakes, commands, unused, lines = (
        script_reports.texts(report, name) for name in ("mistakes", "commands", "unused", "errors")
    )
    about, left = kinds(lines), _left(report, [file.path for file in case.initial.files])
    if not target.items:
        return UploadFailure.GONE
    if target.get("on_top"):
        return UploadFailure.EMPTY_COMMIT
    if ScriptMistake.TYPOGRAPHIC in mistakes:
        return ScriptMistake.TYPOGRAPHIC
    if ErrorKind.SYNTAX in about:
        return clone_failures.cause(report)
    refused = next((kind for kind in (ErrorKind.POINTERS, ErrorKind.LARGE, ErrorKind.BEHIND) if kind in about), None)
    if refused is not None and not {"OWNER", "NAME"} & {*unused}:
        off = refused is ErrorKind.LARGE and ScriptMistake.LFS_OFF in mistakes
        return UploadFailure.LFS_SWITCHED_OFF if off else refused
    entered_early = f": cd: {case.initial.name}:" in "".join(lines[:1]) and GitCommand.CLONE in commands
    if left == UploadFailure.NO_CLONE and entered_early:
        return UploadFailure.ENTERED_TOO_EARLY
    if left == UploadFailure.NO_CLONE or (left == CloneState.NOT_PUSHED and {"OWNER", "NAME"} & {*unused}):
        return clone_failures.cause(report)
    if left in (CloneState.NOT_ADDED, CloneState.NOT_COMMITTED, CloneState.NOT_PUSHED) and ErrorKind.OUTSIDE in about:
        return ErrorKind.OUTSIDE
    if left == CloneState.NOT_PUSHED and GitCommand.PUSH in commands:
        if lines:
            return ErrorKind.REFUSED
        early = ScriptMistake.PUSH_FIRST in mistakes
        return UploadFailure.WRONG_ORDER if early else UploadFailure.PUSHED_SOMETHING_ELSE
    if left == CloneState.NOT_COMMITTED and ErrorKind.NOT_ADDED in about:
        return UploadFailure.WRONG_ORDER
    if left == UploadFailure.COPIED_BESIDE and ErrorKind.CD in about:
        entered = any(f"cd: {case.initial.name}:" in line for line in lines)
        return UploadFailure.ENTERED_TOO_EARLY if entered else CloneFailure.FIXED_NAME
    created = seen.get("repositories")
    if left == CloneState.CLEAN and isinstance(created, Mapping) and created.items:
        return UploadFailure.ANOTHER_REPOSITORY
    if left == CloneState.CLEAN:
        if " " in case.initial.folder and ErrorKind.FOLDER in about and ScriptMistake.UNQUOTED in mistakes:
            return UploadFailure.UNQUOTED
        return _nothing_copied(mistakes, unused, about, target)
    return left


def _nothing_copied(
    mistakes: Collection[str], unused: Collection[str], about: Collection[ErrorKind], target: Mapping
) -> str:
    """Return why no file was copied into the clone."""
    if target.sequence("elsewhere"):
        return UploadFailure.OTHER_BRANCH
    if ErrorKind.RECURSIVE in about:
        return UploadFailure.NOT_RECURSIVE
    fixed = "MODEL_FOLDER" in unused and ErrorKind.FOLDER in about
    return UploadFailure.FIXED_FOLDER if fixed else CloneState.CLEAN


def _left(report: Mapping, planned: list[str]) -> str:
    """Return how far work that never reached the Hub got."""
    clones, files = report.mapping("clones"), report.mapping("files")
    if not clones.items:
        return UploadFailure.NO_CLONE
    states = [str(clones.mapping(folder).get("state")) for folder, _clone in clones.items]
    state = next((state for state in states if state != CloneState.CLEAN), CloneState.CLEAN)
    if state == CloneState.CLEAN and any(files.get(path) for path in planned):
        return UploadFailure.COPIED_BESIDE
    return state
