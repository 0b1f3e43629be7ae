"""2.2, writing and reading: what an answer has done."""

from __future__ import annotations

from hashlib import sha256

from autograde.judge.cases import Case
from autograde.judge.execution import calls
from autograde.judge.hub_state import FileStatus, Visibility
from autograde.judge.observation import Mapping, Observation, Other, Sequence
from autograde.questions.log_in.write_then_read.cases import NOTE, ON_THIS_COMPUTER
from autograde.questions.log_in.write_then_read.facets import FACETS


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the answer that is judged, from the function's report and from what the Hub has ``seen``."""
    target, downloads, returned = seen.mapping("target"), seen.mapping("downloaded_with"), calls(report)[-1]
    files = target.mapping("files")
    note = files.get(NOTE)
    if note == FileStatus.MISSING and any(status == FileStatus.EXTRA for _path, status in files.items):
        note = "another-name"
    elif note == FileStatus.MISSING and target.get("aside") is True:
        note = "another-branch"
    extra = [path for path, status in files.items if status == FileStatus.EXTRA]
    visibility: Observation = Visibility.PUBLIC if target.get("exposed") is True else target.get("visibility")
    given_away = "in-code" if report.get("token_in_answer") is True else "nothing"
    if report.get("token_printed") is True:
        given_away = "printed"
    elif target.get("secret") is True:
        given_away = "on-hub"
    roles = {role for path in (NOTE, "git") for role in downloads.sequence(path)}
    read_with = next((role for role in _ROLES if role in roles), "nothing")
    if report.get("argument") is True or (read_with == "nothing" and returned == case.arguments[3]):
        returned = "$given"
    if note == FileStatus.DIFFERENT and read_with != "nothing" and _is_text_of(target, returned):
        # The mistake is in the upload: the function returns what it has read.
        returned = case.arguments[3]
    if _is_trimmed(case.arguments[3], returned):
        returned = "$trimmed"
    if returned == ON_THIS_COMPUTER:
        returned = "$given" if read_with == "nothing" else "$local"
    return FACETS.answer(
        case, note=note, visibility="anew" if target.get("anew") is True else visibility,
        others="" if note == "another-name" else ", ".join(extra[:3])[:200], read_with=read_with,
        returned=_instead_of_a_text(returned), given_away=given_away,
    )  # fmt: skip


#: The role of the token that was used. The right one is first: another download with another token does no harm.
_ROLES = ("read", "write", "none")


#: What a function returns that has downloaded the file but not read it, by the name of its type.
_FILES = {
    "PosixPath": "$path", "WindowsPath": "$path", "bytes": "$bytes", "bytearray": "$bytes",
    "TextIOWrapper": "$file", "BufferedReader": "$file",
}  # fmt: skip


def _instead_of_a_text(returned: Observation) -> Observation:
    """What was returned; a path, bytes and an open file by these names."""
    if isinstance(returned, Other):
        return _FILES.get(returned.type, returned)
    if isinstance(returned, str) and returned.rpartition("/")[2] == NOTE:
        return "$path"
    if isinstance(returned, Sequence) and returned.items and all(isinstance(line, str) for line in returned.items):
        return "$lines"
    return returned


def _is_text_of(target: Mapping, returned: Observation) -> bool:
    """Return whether a text is that of the note on the Hub, whose line ends were perhaps read as others."""
    if not isinstance(returned, str):
        return False
    seen = target.mapping("different").get(NOTE)
    return seen in {sha256(each.encode()).hexdigest() for each in (returned, returned.replace("\n", "\r\n"))}


def _is_trimmed(text: Observation, got: Observation) -> bool:
    """Return whether a text lacks only spaces or line ends, or is the first line."""
    if not isinstance(text, str) or not isinstance(got, str) or len(got) >= len(text):
        return False
    return "".join(got.split()) in {"".join(text.split()), "".join(text.strip().partition("\n")[0].split())}
