"""2.2, writing and reading: build the judged answer from the reports of both sides."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from autograde.judge.cases import Case
from autograde.judge.execution import calls
from autograde.judge.hub_state import FileStatus, Visibility
from autograde.judge.observation import Mapping, Observation, Other, Sequence
from autograde.questions.log_in.write_then_read.cases import NOTE, ON_THIS_COMPUTER
from autograde.questions.log_in.write_then_read.facets import FACETS


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the function's report and the state of the Hub, ``seen``."""
    target, downloads, returned = seen.mapping("target"), seen.mapping("downloaded_with"), calls(report)[-1]
    files = target.mapping("files")
    note = files.get(NOTE)
    if note == FileStatus.MISSING and any(status == FileStatus.EXTRA for _path, status in files.items):
        note = "another-name"
    elif note == FileStatus.MISSING and target.get("aside") is True:
        note = "another-branch"
    elif note == FileStatus.SAME and seen.sequence("refused"):
        note = "refused-first"
    extra = [path for path, status in files.items if status == FileStatus.EXTRA]
    visibility: Observation = Visibility.PUBLIC if target.get("exposed") is True else target.get("visibility")
    given_away = "in-code" if report.get("token_in_answer") is True else "nothing"
    if report.get("token_printed") is True:
        given_away = "printed"
    elif target.get("secret") is True:
        given_away = "on-hub"
    roles = {role for path in (NOTE, "git") for role in downloads.sequence(path)}
    read_with = next((role for role in _ROLES if role in roles), "nothing")
    if read_with == "nothing" and returned == "" and target.mapping("different").get(NOTE) == _EMPTY:
        # huggingface_hub downloads an empty file without a request for its content, so its token is unknown.
        read_with = "read"
    if report.get("argument") is True or (read_with == "nothing" and returned == case.arguments[3]):
        returned = "$given"
    if note == FileStatus.DIFFERENT and read_with != "nothing" and _is_text_of(target, returned):
        # The mistake is in the upload; returning the content that was read is right.
        returned = case.arguments[3]
    if _is_trimmed(case.arguments[3], returned):
        returned = "$trimmed"
    if returned == ON_THIS_COMPUTER:
        returned = "$given" if read_with == "nothing" else "$local"
    return FACETS.answer(
        case, note=note, visibility="anew" if target.get("anew") is True else visibility,
        others="" if note == "another-name" else ", ".join(extra[:3])[:200], read_with=read_with,
        returned=_instead_of_a_text(returned, case.arguments[3]), given_away=given_away,
    )  # fmt: skip


#: The SHA-256 of an empty file.
_EMPTY = sha256(b"").hexdigest()

#: Roles of the token that was used. The right one is first, because another download with another token is harmless.
_ROLES = ("read", "write", "none")

#: Results of a function that has downloaded the file but not read it, by type name.
_FILES = {
    "PosixPath": "$path", "WindowsPath": "$path", "bytes": "$bytes", "bytearray": "$bytes",
    "TextIOWrapper": "$file", "BufferedReader": "$file",
}  # fmt: skip


def _are_lines(items: Iterable[Observation], text: Observation) -> bool:
    """Return whether all items are lines of a text, with or without their ends."""
    return all(isinstance(item, str) and item.strip() in str(text) for item in items)


def _instead_of_a_text(returned: Observation, text: Observation) -> Observation:
    """Return the returned value; a path, bytes, an open file and the lines of ``text`` are replaced by their names."""
    if isinstance(returned, Other):
        return _FILES.get(returned.type, returned)
    if isinstance(returned, str) and returned.rpartition("/")[2] == NOTE:
        return "$path"
    if isinstance(returned, Sequence) and len(returned.items) > 1 and _are_lines(returned.items, text):
        return "$lines"
    return returned


def _is_text_of(target: Mapping, returned: Observation) -> bool:
    """Return whether a text is that of the note on the Hub, possibly with converted line ends."""
    if not isinstance(returned, str):
        return False
    seen = target.mapping("different").get(NOTE)
    return seen in {sha256(each.encode()).hexdigest() for each in (returned, returned.replace("\n", "\r\n"))}


def _is_trimmed(text: Observation, got: Observation) -> bool:
    """Return whether a text lacks only spaces or line ends, or is the first line."""
    if not isinstance(text, str) or not isinstance(got, str) or len(got) >= len(text):
        return False
    return "".join(got.split()) in {"".join(text.split()), "".join(text.strip().partition("\n")[0].split())}
