"""Sentences and tables that questions with an act share: files, commits, and scripts that had to be stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from autograde.judge.acts import STOPPED, PlannedFile
from autograde.judge.complaints import telling
from autograde.judge.describing import shorten
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Other, Raised, Sequence
from autograde.judge.verdict import Finding

#: What there is to say of a file that is on the Hub, or in a folder, or is not.
_STATUSES = {
    "same": _("identical"),
    "different": _("other bytes"),
    "pointer": _("an LFS pointer only"),
    "missing": _("not there"),
    "extra": _("there"),
}


def status(value: Observation) -> Message:
    """A file's status (see :func:`autograde.runner.hubs.hub_state.repository_seen`) in words."""
    return _STATUSES.get(str(value), verbatim("—"))


def stopped(got: Observation) -> Message | None:
    """Why a script was stopped; None for any other answer."""
    if not isinstance(got, Other) or got.type != STOPPED:
        return None
    why, seconds, running = _stop(got)
    match why:
        case "time" if running:
            return _(
                "the script did not end within {seconds} seconds and was stopped; `{command}` was running then",
                seconds=seconds, command=running,
            )  # fmt: skip
        case "time":
            return _("the script did not end within {seconds} seconds and was stopped", seconds=seconds)
        case "processes":
            return _("the script started more and more programs at once and was stopped")
    return _("the script filled its folder with hundreds of megabytes and was stopped")


def after_stop(got: Observation) -> Message | None:
    """What to do about a script that was stopped; None for any other answer."""
    if not isinstance(got, Other) or got.type != STOPPED:
        return None
    why, _seconds, running = _stop(got)
    match why:
        case "time" if running:
            return _(
                "Find the line with `{command}`. It may watch or serve something for ever, or wait for a "
                "machine that doesn't answer, or for typing (a password, a message in an editor), which is "
                "impossible here.",
                command=running,
            )
        case "time":
            return _("Look for a loop that never comes to its end: `while true`, or a condition that never changes.")
        case "processes":
            return _("Look for a loop that starts programs with `&`, and for a function that calls itself.")
    return _("Look for a line that writes without end, and for something that is copied into itself.")


def _stop(got: Other) -> tuple[str, str, str]:
    """Return the reason, the seconds until then, and the command that was running."""
    before, _colon, running = got.reason.partition(":")
    why, _blank, seconds = before.partition(" ")
    return why, seconds, running.strip().replace("`", "'")


def texts(report: Mapping, name: str) -> tuple[str, ...]:
    """The texts of a list in a script's report."""
    found = report.get(name)
    return tuple(item for item in found.items if isinstance(item, str)) if isinstance(found, Sequence) else ()


def quoted(report: Mapping) -> str:
    """Return the best explanation why a script failed: an unset variable, or a program's error message."""
    if unknown := texts(report, "unknown"):
        return f"${unknown[0]}"
    return telling(texts(report, "complaints"))


def quote(answer: Observation) -> Message | None:
    """The clause about the entry ``error`` of an answer, which is what :func:`quoted` found."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, str) or not error:
        return None
    if error.startswith("$"):
        return _("the variable {name} isn't set, so bash takes it for empty", name=error)
    return _("the error was: `{line}`", line=error.replace("`", "'"))


def without_error(answer: Observation) -> Observation:
    """The answer without what is quoted only: no wrong model foresees its words."""
    if not isinstance(answer, Mapping):
        return answer
    return Mapping(tuple(item for item in answer.items if item[0] != "error"))


def fingerprint(file: PlannedFile) -> str:
    """The SHA-256 of a planned file's content."""
    return hashlib.sha256(file.content()).hexdigest()


def came_down(report: Mapping, folder: str, planned: Iterable[PlannedFile]) -> Mapping:
    """What a script left of each planned file in a folder of its working folder, from the fingerprints of its
    report."""
    found = report.get("files")
    there = found if isinstance(found, Mapping) else Mapping(())

    def became(file: PlannedFile) -> str:
        content, got = file.content(), there.get(f"{folder}/{file.path}")
        oid = hashlib.sha256(content).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n".encode()
        named = {None: "missing", oid: "same", hashlib.sha256(pointer).hexdigest(): "pointer"}
        return named.get(got if isinstance(got, str) else None, "different")

    return Mapping(tuple((file.path, became(file)) for file in planned))


def exceptions(answer: Mapping) -> dict[str, Message]:
    """For a table: the entries of an answer that an exception stands in for; the first quotes it, the others are
    dashes."""
    found = [(name, value) for name, value in answer.items if isinstance(value, Raised)]
    quoted = {name: verbatim(_quoted(value)) for name, value in found[:1]}
    return dict.fromkeys((name for name, _value in found), verbatim("—")) | quoted


def _quoted(error: Raised) -> str:
    return shorten(f"{error.type}: {error.message}".removesuffix(": "))


def files(expected: Observation, got: Observation) -> tuple[Finding, ...]:
    """A table's lines about files, from their statuses by path."""
    assert isinstance(expected, Mapping)
    there = got if isinstance(got, Mapping) else Mapping(())
    return tuple(
        Finding(verbatim(path), status(wanted), status(there.get(path)), wanted == there.get(path))
        for path, wanted in expected.items
    )
