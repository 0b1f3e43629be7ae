"""Sentences and tables that questions with an act share: files, commits, and scripts that had to be stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from autograde.judge.acts import STOPPED, PlannedFile
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Other
from autograde.judge.verdict import Finding

#: What there is to say of a file that is on the Hub, or in a folder, or is not.
_STATUSES = {
    "same": _("the very file"),
    "different": _("other bytes"),
    "pointer": _("an LFS pointer only"),
    "missing": _("not there"),
    "extra": _("there"),
}


def status(value: Observation) -> Message:
    """A file's status (see :func:`autograde.replay.sight.repository_seen`) in words."""
    return _STATUSES.get(str(value), verbatim("—"))


def stopped(got: Observation, seconds: float) -> Message | None:
    """Why a script was stopped; None for any other answer."""
    if not isinstance(got, Other) or got.type != STOPPED:
        return None
    match got.reason:
        case "time":
            return _("the script did not end within {seconds} seconds and was stopped", seconds=f"{seconds:g}")
        case "processes":
            return _("the script started more and more programs at once and was stopped")
    return _("the script filled its folder with hundreds of megabytes and was stopped")


def came_down(report: Mapping, folder: str, planned: Iterable[PlannedFile]) -> Mapping:
    """What a script left of each planned file in a folder of its working folder, from the fingerprints of its "
    "report."""
    found = report.get("files")
    there = found if isinstance(found, Mapping) else Mapping(())

    def became(file: PlannedFile) -> str:
        content, got = file.content(), there.get(f"{folder}/{file.path}")
        oid = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()
        named = {None: "missing", oid: "same", hashlib.sha256(pointer).hexdigest(): "pointer"}
        return named.get(got if isinstance(got, str) else None, "different")

    return Mapping(tuple((file.path, became(file)) for file in planned))


def line(what: Message, expected: Observation, got: Observation, words: dict[Observation, Message]) -> Finding:
    """One line of a table; values are put in ``words`` where there are some."""

    def plain(value: Observation) -> Message:
        return words.get(value, verbatim("—" if value is None else str(value)))

    return Finding(what, plain(expected), plain(got), expected == got)


def files(expected: Observation, got: Observation) -> tuple[Finding, ...]:
    """A table's lines about files, from their statuses by path."""
    assert isinstance(expected, Mapping)
    there = got if isinstance(got, Mapping) else Mapping(())
    return tuple(
        Finding(verbatim(path), status(wanted), status(there.get(path)), wanted == there.get(path))
        for path, wanted in expected.items
    )
