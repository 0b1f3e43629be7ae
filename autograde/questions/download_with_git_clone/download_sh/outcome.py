"""2.5, the download: build the judged answer from the reports of both sides."""

from __future__ import annotations

from autograde.judge import clone_failures, file_statuses, script_reports
from autograde.judge.cases import Case
from autograde.judge.hub_state import FileStatus
from autograde.judge.observation import Mapping, Observation
from autograde.judge.script_reports import CloneState
from autograde.questions.download_with_git_clone._clones import (
    ATTRIBUTES,
    clone_of,
    files_of,
    head_of,
    status_of_attributes,
    weights_of,
)
from autograde.questions.download_with_git_clone.download_sh.facets import COMMITTED, DETACHED, FACETS, OTHER_BRANCH


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the script's report and the state of the Hub, ``seen``."""
    name = case.initial.name
    became = file_statuses.downloaded(report, name, files_of(case))
    missing = all(status == FileStatus.MISSING for _path, status in became.items)
    clone = clone_of(report, name)
    changed_hub = seen.get("untouched") is not True
    # A repository created with `git init` has no commit of the Hub, or no remote. A folder that lacks new commits of a
    # changed Hub is still a clone.
    is_clone: bool | str = (
        "git" in seen.sequence("downloads")
        and clone.get("head") is not None
        and (changed_hub or head_of(seen) in (clone.get("head"), *clone.sequence("commits")))
        and clone.get("remote") == f"{case.initial.account}/{name}"
        and clone.get("state") != CloneState.BARE
    )
    if is_clone and not clone.get("branch"):
        is_clone = DETACHED
    elif is_clone and clone.get("branch") != "main":
        is_clone = OTHER_BRANCH
    elif is_clone and not changed_hub and clone.get("head") != head_of(seen):
        is_clone = COMMITTED
    answer = FACETS.answer(
        case,
        files=Mapping(
            (
                *(item for item in became.items if item[0] != weights_of(case)),
                (ATTRIBUTES, status_of_attributes(report, seen, name)),
            )
        ),
        weights=became.get(weights_of(case)),
        clone=is_clone,
        hub=not changed_hub,
        reason=_reason_download(case, report, head_of(seen)) if missing else "",
    )
    error = script_reports.quoted(report) if any(status != FileStatus.SAME for _path, status in became.items) else ""
    return Mapping((*answer.items, ("error", error)))


def _reason_download(case: Case, report: Mapping, head: Observation) -> str:
    """Return why no file was downloaded; ``""`` if the report does not show it."""
    clones = report.mapping("clones")
    if any(clones.mapping(folder).get("state") == CloneState.BARE for folder, _clone in clones.items):
        return CloneState.BARE
    if any(clones.mapping(folder).get("head") == head for folder, _clone in clones.items):
        return "elsewhere"
    # A clone in a nested folder is recognised by its files.
    known = {file_statuses.fingerprint(file) for file in files_of(case)}
    if known & {str(found) for _path, found in report.mapping("files").items}:
        return "elsewhere"
    return clone_failures.cause(report)
