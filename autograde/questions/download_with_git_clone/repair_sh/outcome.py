"""2.5, the repair: build the judged answer from the reports of both sides."""

from __future__ import annotations

from autograde.judge import clone_failures, file_statuses, script_reports
from autograde.judge.cases import Case
from autograde.judge.clone_failures import CloneFailure
from autograde.judge.error_lines import ErrorKind, kinds
from autograde.judge.hub_state import FileStatus
from autograde.judge.initial_state import PlannedFile
from autograde.judge.observation import Mapping, Observation
from autograde.judge.script_reports import CloneState, GitCommand
from autograde.questions.download_with_git_clone._clones import (
    ATTRIBUTES,
    NOTES,
    OWN,
    WEIGHTS,
    clone_of,
    files_of,
    head_of,
    status_of_attributes,
)
from autograde.questions.download_with_git_clone.repair_sh.facets import FACETS


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the script's report and the state of the Hub, ``seen``."""
    name = case.initial.name
    became = file_statuses.downloaded(report, name, (*files_of(case), PlannedFile(NOTES, text=OWN)))
    weights, clone = became.get(WEIGHTS), clone_of(report, name)
    others = [status for path, status in became.items if path != WEIGHTS]
    intact = clone.get("state") not in (None, CloneState.BROKEN, CloneState.BARE) and clone.get("before") is True
    attributes = status_of_attributes(report, seen, name) == FileStatus.SAME
    changed_hub = seen.get("untouched") is not True
    # A clone that lacks new commits of a changed Hub counts as unchanged.
    history = changed_hub or not _turned(case, clone, seen)
    unchanged = intact and attributes and history and not _staged(clone) and not _added(case, report)
    kept = unchanged and all(status == FileStatus.SAME for status in others)
    still = _reason_repair(case, report, seen, clone) if weights != FileStatus.SAME else ""
    answer = FACETS.answer(
        case, weights=weights, kept=kept, hub=not changed_hub,
        reason=still if weights != FileStatus.SAME or kept else _loss(case, report, clone, seen),
    )  # fmt: skip
    return Mapping((*answer.items, ("error", script_reports.quoted(report) if weights != FileStatus.SAME else "")))


def _reason_repair(case: Case, report: Mapping, seen: Mapping, clone: Mapping) -> str:
    """Return why the pointer has not been replaced; ``""`` if the weights were not downloaded at all."""
    mistakes = script_reports.texts(report, "mistakes")
    about = kinds(script_reports.texts(report, "errors"))
    # The Hub identifies a downloaded large file by its path or by its content, depending on the request.
    known = {WEIGHTS, *(file_statuses.fingerprint(file) for file in files_of(case) if file.path == WEIGHTS)}
    if known & {*seen.sequence("downloads")}:
        if len(report.mapping("clones").items) > 1:
            return "cloned-beside"
        if GitCommand.LFS not in script_reports.texts(report, "commands"):
            return "not-into-the-clone"
        return "only-fetched" if clone.get("before") is True else ""
    if ErrorKind.EXISTS in about:
        return ErrorKind.EXISTS
    for mistake in clone_failures.TEXT_MISTAKES:
        if mistake in mistakes:
            return mistake
    if ErrorKind.SYNTAX in about:
        return ErrorKind.SYNTAX
    if script_reports.texts(report, "unknown"):
        return CloneFailure.UNKNOWN_VARIABLE
    return ErrorKind.OUTSIDE if ErrorKind.OUTSIDE in about else ""


def _has_history(clone: Mapping, seen: Mapping) -> bool:
    """Return whether the clone's history still contains the Hub's last commit."""
    return head_of(seen) in clone.sequence("commits")


def _turned(case: Case, clone: Mapping, seen: Mapping) -> str:
    """Return how git's data were changed in a way that a repair must not; ``""`` if they were not."""
    if not _has_history(clone, seen):
        return "history-rewritten"
    if clone.get("head") != head_of(seen):
        return "committed"
    if clone.get("branch") != "main":
        return "another-branch"
    return "" if clone.get("remote") == f"{case.initial.account}/{case.initial.name}" else "no-longer-a-clone"


def _staged(clone: Mapping) -> bool:
    """Return whether git's index has uncommitted changes."""
    return clone.get("state") == CloneState.NOT_COMMITTED


def _added(case: Case, report: Mapping) -> bool:
    """Return whether the clone has new files, apart from the metadata of ``hf download``."""
    name = case.initial.name
    before = {*(file.path for file in files_of(case)), ATTRIBUTES, NOTES}
    there = [
        path.removeprefix(f"{name}/") for path, _oid in report.mapping("files").items if path.startswith(f"{name}/")
    ]
    return any(path not in before and not path.startswith(".cache/huggingface/") for path in there)


def _loss(case: Case, report: Mapping, clone: Mapping, seen: Mapping) -> str:
    """Return what was changed that a repair must leave unchanged."""
    if clone.get("state") is None:
        return "no-longer-a-clone"
    if clone.get("before") is not True:
        return "cloned-anew"
    if turned := _turned(case, clone, seen):
        return turned
    if clone.get("stashed") is True:
        return "put-aside"
    if _staged(clone):
        return "staged"
    return "left-behind" if _added(case, report) else "cleaned-up"
