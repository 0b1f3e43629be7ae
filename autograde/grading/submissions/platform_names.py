"""Recognise the learner, the time and the attempt in the names that learning platforms give to submitted files."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from autograde.grading.submissions.notebook_files import BEHIND
from autograde.i18n import messages

_ = messages("cli")

_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<number>[^_/]+)_assignsubmission_[a-z]+_?/?(?:[^/]+/)*(?P<file>[^/]*)$")
_CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_(?i:late))?_(?P<number>\d+)_\d+_(?P<file>[^/]+)$")
#: Canvas hides the names of an anonymous assignment.
_ANONYMOUS = re.compile(r"(?P<name>anon)(?P<late>_(?i:late))?_(?P<number>[A-Za-z0-9]{5})_\d+_(?P<file>[^/]+)$")
#: Moodle's name for everyone in an anonymous assignment, in English and French, and in Chinese.
_PARTICIPANT = frozenset({"participant", "参与者", "參與者"})
#: If at least this many people in an archive share one name, it is such a word in another language.
_FEWEST_PARTICIPANTS = 3
#: A file uploaded to a question of one of Canvas's quizzes.
_CANVAS_QUIZ = re.compile(r"(?P<name>[^_/]+?)(?P<late>_(?i:late))?_?(?P<number>\d+)_question_\d+_\d+_(?P<file>[^/]+)$")
#: Blackboard writes "attempt" in the language of the course.
_BLACKBOARD = re.compile(
    r"(?P<assignment>.+?)_(?P<name>[^_/]+)_[^\W\d_]+_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>[^/]+))?$"
)
_BRIGHTSPACE = re.compile(r"(?P<number>\d+)-\d+ - (?P<name>.+?) - (?P<time>[^-]*\d{4}\b.*)$")
#: nbgrader's exchange packs each submission in a folder with the learner, the assignment, the time and a secret.
_EXCHANGE = re.compile(r"(?P<name>[^+/]+)\+[^+/]+\+(?P<time>\d{4}-\d\d-\d\d \d\d.\d\d.\d\d)[^/]*/(?P<file>[^/]+)$")

#: What Canvas appends to a file that was submitted again.
_RESUBMITTED = re.compile(r"-\d{1,2}(?=\.\w+$)")


@dataclass(frozen=True)
class Download:
    """One learner's notebook in an archive.

    Attributes:
        platform: ``"Moodle"``, ``"Canvas"``, ``"Blackboard"``, ``"Brightspace"``, ``"nbgrader"`` (its exchange),
            ``"folder"`` (a folder for each learner) or ``"file"`` (only the file name identifies the learner).
        learner: the platform's name for the learner: a full name in Moodle, a login or a name in the others. If the
            platform hides names, its word for everyone with the number.
        number: the platform's number of the learner or the submission; ``""`` if there is none.
        file: the notebook's name, without the platform's additions.
        content: the notebook's bytes.
        time: when it was submitted, or the file's time in the archive if the platform does not say.
        attempt: number that increases with each attempt of a learner.
        late: whether the platform marks it as late.
        member: the path inside the archive, for messages.
        archive: the archive's name.
        others: other possible names of the learner, to look up in the class list: without the group's name, and
            those of the enclosing folders.
        folders: the enclosing folders, the outermost first; an archive in the archive counts as a folder.
        encoding: the encoding of the archive's names, if it had to be guessed.
    """

    platform: str
    learner: str
    number: str
    file: str
    content: bytes
    time: datetime
    attempt: int
    late: bool
    member: str
    archive: str = ""
    others: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    encoding: str = ""


@dataclass(frozen=True)
class Skipped:
    """A file that is not collected, with the reason, and with the notebook if only its owner is unknown."""

    member: str
    reason: str
    download: Download | None = None


def with_numbers(downloads: Sequence[Download]) -> Iterator[Download]:
    """Yield an archive's downloads, with numbers for learners whose names Moodle hides: "Participant_12345"."""
    people = {(each.learner, each.number) for each in downloads if each.platform == "Moodle"}
    shared = len({learner for learner, _number in people}) == 1 and len(people) >= _FEWEST_PARTICIPANTS
    for each in downloads:
        # The last of the other names is the one without the group: "Group 1-Participant".
        name = (each.learner, *each.others)[-1]
        if each.platform == "Moodle" and name.casefold() in _PARTICIPANT:
            yield replace(each, learner=f"{name} {each.number}", others=())
        elif each.platform == "Moodle" and shared:
            yield replace(each, learner=f"{each.learner} {each.number}", others=())
        else:
            yield each


def _time(info: zipfile.ZipInfo) -> datetime:
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return datetime(1980, 1, 1, tzinfo=UTC)


def _stamp(text: str) -> datetime | None:
    """Return the time in a name, by its digits: year, month, day, hour, minute and second; None if it is no time."""
    with suppress(ValueError):
        return datetime.strptime(" ".join(re.findall(r"\d+", text)), "%Y %m %d %H %M %S").replace(tzinfo=UTC)
    return None


def _brightspace_time(text: str) -> datetime | None:
    """Return the time in the name of a Brightspace folder, which has no colon: ``Jan 5, 2026 1011 AM``."""
    for form in ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %B, %Y %I%M %p", "%d %B, %Y %H%M", "%Y-%m-%d %H%M"):
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC)
    return None


def in_folder(info: zipfile.ZipInfo, learner: str, file: str, content: bytes) -> Download:
    """Return a notebook in a folder that is called like its learner."""
    return Download("folder", learner, "", file, content, _time(info), 0, False, file)


def _without_group(learner: str) -> Iterator[str]:
    """Yield a name without a possible group name before it: "Group 1-Ada Lovelace", "Group 1_Ada Lovelace"."""
    if "_" in learner:
        yield learner.rpartition("_")[2]
    for mark in re.finditer("-", learner):
        yield learner[mark.end() :]


def _canvas(name: str) -> re.Match[str] | None:
    return _ANONYMOUS.match(name) or _CANVAS_QUIZ.match(name) or _CANVAS.match(name)


def feedback_name(download: Download, page: str) -> str | None:
    """Return the path by which Moodle or Canvas finds the learner of a page; None for other downloads.

    Both read the beginning of a name: Moodle ``Ada Lovelace_104711_assignsubmission_file``, of a folder or before the
    file's name, Canvas ``lovelaceada_12345_678901_`` before the file's name.
    """
    if download.platform not in ("Moodle", "Canvas"):
        return None
    for part in download.member.split("/"):
        found = _MOODLE.match(part) if download.platform == "Moodle" else _canvas(part)
        # The outermost counts: learners choose the names in their folders and archives.
        if found and found["number"] == download.number:
            return f"{part[: found.start('file')]}{page}" if found["file"] else f"{part}/{page}"
    return None


def _platform(parts: Sequence[str]) -> tuple[str, re.Match[str]] | None:
    """Return the platform whose mark comes first in a path, with the match: learners choose the names behind it."""
    for place, part in enumerate(parts):
        rest = "/".join(parts[place:])
        # Moodle packs a folder for each learner, or puts its name before each file.
        found = {"Moodle": _MOODLE.match(rest)}
        if rest != part:
            found |= {"Brightspace": _BRIGHTSPACE.match(part), "nbgrader": _EXCHANGE.match(rest)}
        elif blackboard := _BLACKBOARD.match(part):
            # An assignment "Exercise_1_2" looks like Canvas's name of a learner.
            found["Blackboard"] = blackboard
        else:
            found["Canvas"] = _canvas(part)
        if marked := [(match.end("name"), platform, match) for platform, match in found.items() if match]:
            __, platform, match = min(marked)
            return platform, match
    return None


def described(info: zipfile.ZipInfo, name: str, content: bytes) -> Download | Skipped:
    """Return a notebook of an archive with what the platform's name for it says."""
    time = _time(info)
    parts = name.split("/")
    base = parts[-1] = BEHIND.sub("", parts[-1])
    if (recognised := _platform(parts)) is None:
        if len(parts) >= 2:
            found_there = in_folder(info, parts[-2], base, content)
            return replace(found_there, member=name, others=tuple(reversed(parts[:-2])), folders=tuple(parts[:-1]))
        alone = Download("file", base[: -len(".ipynb")], "", base, content, time, 0, False, name)
        return Skipped(name, _("its name does not tell whose it is"), alone)
    platform, found = recognised
    if platform == "Moodle":
        learner = found["name"].strip()
        return Download(
            "Moodle", learner, found["number"], found["file"] or base, content, time, 0, False, name,
            others=tuple(_without_group(learner)),
        )  # fmt: skip
    if platform == "Blackboard":
        stamp = _stamp(found["time"]) or time
        # A login may have underscores, and so may the assignment's name before it.
        words = [*found["assignment"].split("_"), found["name"]]
        return Download(
            "Blackboard", found["name"], "", found["file"] or base, content, stamp, int(stamp.timestamp()), False, name,
            others=tuple("_".join(words[place:]) for place in range(len(words) - 2, 0, -1)),
        )  # fmt: skip
    if platform == "Brightspace":
        stamp = _brightspace_time(found["time"]) or time
        return Download(
            "Brightspace", found["name"], found["number"], base, content, stamp, int(stamp.timestamp()), False, name
        )
    if platform == "nbgrader":
        stamp = _stamp(found["time"]) or time
        return Download("nbgrader", found["name"], "", base, content, stamp, int(stamp.timestamp()), False, name)
    learner = f"{found['name']} {found['number']}" if found["name"] == "anon" else found["name"]
    resubmitted = _RESUBMITTED.search(found["file"])
    attempt = int(resubmitted[0][1:]) if resubmitted else 0
    return Download(
        "Canvas", learner, found["number"], _RESUBMITTED.sub("", found["file"]), content, time, attempt,
        bool(found["late"]), name,
    )  # fmt: skip
