"""Detect which of the folders around a notebook is the learner's: class/Ada/homework, Ada/2.6, submitted/Ada/2.6."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from autograde.grading.submissions.platform_names import Download


def with_learners(
    downloads: Sequence[Download], is_assignment: Callable[[str], bool], is_listed: Callable[[str], bool]
) -> list[Download]:
    """Return the downloads, with the learner taken from the folder for those in folders.

    All learners' folders of an archive are on one level: the one with the most names in the class list, then with the
    most distinct names, then the outermost.

    Args:
        downloads: downloads from one or more archives.
        is_assignment: whether a folder is named after an assignment.
        is_listed: whether a folder is named after a person in the class list.
    """
    beside: dict[str, list[Download]] = {}
    for each in downloads:
        if each.platform == "folder":
            beside.setdefault(each.archive, []).append(each)
    levels = {archive: _level(each, is_assignment, is_listed) for archive, each in beside.items()}
    found = [
        _with_learner(each, levels[each.archive], is_assignment) if each.platform == "folder" else each
        for each in downloads
    ]
    starts = {archive: _common_start(each.learner for each in found if each.archive == archive) for archive in beside}
    return [
        replace(each, others=(*each.others, each.learner[start:]))
        if each.platform == "folder" and (start := len(starts[each.archive]))
        else each
        for each in found
    ]


def _common_start(names: Iterable[str]) -> str:
    """Return what all folders' names begin with, up to a hyphen: GitHub Classroom's ``quiz-1-ada``, ``quiz-1-bea``."""
    first, last = min(found := [*names]), max(found)
    # All names between the first and the last in the alphabet share what these two share.
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), 0)
    start = first[: first.rfind("-", 0, length) + 1]
    # "li-" may also be a family name.
    return start if start.count("-") > 1 or any(map(str.isdigit, start)) else ""


def _names(download: Download, is_assignment: Callable[[str], bool]) -> tuple[str, ...]:
    return tuple(name for name in download.folders if not is_assignment(name)) or download.folders


def _level(
    downloads: Sequence[Download], is_assignment: Callable[[str], bool], is_listed: Callable[[str], bool]
) -> int | None:
    """Return the level of the learners' folders, 0 for the outermost; None if all notebooks are in the same folder."""
    paths = [_names(each, is_assignment) for each in downloads]
    levels = [{path[at] for path in paths if len(path) > at} for at in range(max(map(len, paths)))]
    if all(len(names) == 1 for names in levels):
        return None
    return max(range(len(levels)), key=lambda at: (sum(map(is_listed, levels[at])), len(levels[at]), -at))


def _with_learner(download: Download, level: int | None, is_assignment: Callable[[str], bool]) -> Download:
    names = _names(download, is_assignment)
    at = len(names) - 1 if level is None else min(level, len(names) - 1)
    others = tuple(reversed(names[:at] + names[at + 1 :]))
    return replace(download, learner=names[at], others=others)
