"""Read the archives of a class's submissions from Moodle, Canvas and other platforms.

Archives come from the internet and their files from learners, so names are never used as paths, and only notebooks are
unpacked.
"""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograde.encodings import decode
from autograde.errors import HubRefused, UnusableArchive, UnusableNotebook
from autograde.grading.submissions.notebook_files import BEHIND, Room, notebook_name, notebooks_in, unpacked
from autograde.i18n import messages
from autograde.notebooks.reading import LARGEST

_ = messages("cli")

#: Most files in one archive. A class of 300 with ten files each has 3,000.
MOST_FILES = 20_000

#: Unpacked size limits of an archive: in bytes, and as a multiple of its size.
MOST_UNPACKED, MOST_TIMES = 500 * 2**20, 30

#: Folders created by programs, besides those whose names begin with a dot.
_FILLED = frozenset({"__MACOSX", "venv", "node_modules", "__pycache__", "site-packages"})

#: Nesting limit for archives in submitted archives.
_DEEPEST = 1

#: Unpacked size limit, and limit of notebooks and archives, for a submitted archive with all archives in it.
_MOST_INSIDE, _MOST_FILES_INSIDE = 2 * LARGEST, 1000

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
    r"(?P<assignment>.+)_(?P<name>[^_/]+)_[^\W\d_]+_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>[^/]+))?$"
)
_BRIGHTSPACE = re.compile(r"(?P<number>\d+)-\d+ - (?P<name>.+?) - (?P<time>[^-]*\d{4}\b.*)$")
#: nbgrader's exchange packs each submission in a folder with the learner, the assignment, the time and a secret.
_EXCHANGE = re.compile(r"(?P<name>[^+/]+)\+[^+/]+\+(?P<time>\d{4}-\d\d-\d\d \d\d.\d\d.\d\d)[^/]*/(?P<file>[^/]+)$")

#: Blackboard adds a text file per attempt: its name begins like those of the files, its first line names the learner.
_RECEIPT = re.compile(r".+_[^\W\d_]+_\d{4}(?:-\d{2}){5}(?=\.txt$)")
_WHOSE = re.compile(r"[^:：\n]{1,60}[:：]\s*(?P<name>.+?)\s*\((?P<login>[^()\n]+)\)\s*$", re.MULTILINE)

#: Suffixes of unsupported archives.
_OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz")

#: Magic numbers of other file formats.
_MAGIC = {
    b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"\x1f\x8b": "tar.gz", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"%PDF": "PDF",
}  # fmt: skip

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


def read_archive(path: Path) -> tuple[list[Download], list[Skipped]]:
    """Read the notebooks of an archive.

    Returns:
        The notebooks in the archive's order, and the skipped files.

    Raises:
        UnusableArchive: the file is not a ZIP archive, is damaged, or has too many files.
        OSError: the file cannot be read.
    """
    _refuse_other_kind(path)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MOST_FILES:
                raise UnusableArchive(
                    _("{name} has {number} files; {most} are read.").format(
                        name=path.name, number=len(infos), most=MOST_FILES
                    ),
                    _("Download the submissions of one assignment at a time."),
                )
            names, encoding = member_names(infos)
            most = max(MOST_UNPACKED, MOST_TIMES * path.stat().st_size)
            found = list(_members(archive, infos, names, most))
            owners = dict(_owners(archive, infos, names))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnusableArchive(
            _("{name} is not a ZIP archive that can be read: {reason}.").format(name=path.name, reason=error),
            _("Download it again."),
        ) from error
    return (
        [
            replace(_of_receipt(each, owners), archive=path.name, encoding=encoding)
            for each in _with_numbers([each for each in found if isinstance(each, Download)])
        ],
        [each for each in found if isinstance(each, Skipped)],
    )


def _refuse_other_kind(path: Path) -> None:
    """Raise an error that names the format of a file which, judging by its first bytes, is not a ZIP archive."""
    with path.open("rb") as file:
        start = file.read(64).lstrip()
    kind = next((name for mark, name in _MAGIC.items() if start.startswith(mark)), "")
    fix = _("Unpack it, pack the files as ZIP, and try again.")
    if start[:5].lower() in (b"<!doc", b"<html"):
        kind, fix = _("a web page"), _("Log in to the platform and download the submissions again.")
    elif start.startswith(b"{"):
        kind = _("one notebook")
        fix = _("Pack it as ZIP in a folder with the learner's name, and try again.")
    if kind:
        raise UnusableArchive(_("{name} is {kind}, not a ZIP archive.").format(name=path.name, kind=kind), fix)


def _members(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], names: list[str], most: int
) -> Iterator[Download | Skipped]:
    """Yield the notebooks, up to ``most`` bytes in total, and the skipped files."""
    for info, name in zip(infos, names, strict=True):
        if (reason := _refusal(info, name)) is not None:
            yield Skipped(name, reason)
            continue
        if most < 0:
            yield Skipped(name, _("the archive is too large when it is unpacked"))
            continue
        try:
            content = _content(archive, info, name)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as error:
            yield Skipped(
                name, _("damaged in the archive, or packed in an unknown way ({reason})").format(reason=error)
            )
            continue
        most -= len(content)
        lower = name.lower()
        if len(content) > LARGEST:
            yield Skipped(name, _("larger than {limit} MB").format(limit=LARGEST // 2**20))
        elif lower.endswith(".zip"):
            for each in _from_inner_archive(info, name, content, most):
                most -= len(each.content) if isinstance(each, Download) else 0
                yield each
        elif lower.endswith(".ipynb") or BEHIND.search(name):
            yield _described(info, name, content)
        elif plain := notebook_name(name, content):
            found = _described(info, plain, content)
            yield replace(found, member=name)
        elif lower.endswith(_OTHER_ARCHIVES):
            yield Skipped(name, _("an archive that is not ZIP"))
        else:
            yield Skipped(name, _("not a notebook"))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """Return at most one byte more than the size limit of a file, or only the beginning if it can't be a notebook.

    The size in the archive's directory cannot be trusted.
    """
    with archive.open(info) as stream:
        start = stream.read(200)
        wanted = name.lower().endswith((".ipynb", ".zip")) or BEHIND.search(name)
        if not wanted and not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return start
        return start + stream.read(LARGEST + 1 - len(start))


def _from_inner_archive(info: zipfile.ZipInfo, name: str, content: bytes, most: int) -> Iterator[Download | Skipped]:
    """Yield the notebooks in a nested archive: a learner's, or a platform's download that was packed again.

    Args:
        info: the archive's entry.
        name: its name.
        content: its bytes.
        most: bytes that may be unpacked, if that is less than a learner's archive may have.
    """
    room = Room(min(_MOST_INSIDE, max(most, 0)), _MOST_FILES_INSIDE)
    try:
        inner = dict(notebooks_in(unpacked(content, room), _DEEPEST, room))
    except UnusableNotebook:
        yield Skipped(name, _("the archive is too large when it is unpacked"))
        return
    if room.unread or not inner:
        yield Skipped(name, room.unread.what if room.unread else _("an archive without a notebook that can be read"))
    stem, outer = name[: -len(".zip")], name.rpartition("/")[0]
    for each, data in inner.items():
        file = each.rpartition("/")[2]
        # The learner's name may be in the file name, in the folder around the archive, or in the archive's name.
        tried = (_described(info, path, data) for path in (each, f"{outer}/{file}", f"{stem}_{file}"))
        found = next((one for one in tried if isinstance(one, Download) and one.platform != "folder"), None)
        if found is None:
            folders = (*f"{stem}/{each}".split("/")[:-1],)
            learner = outer.rpartition("/")[2] or stem
            found = replace(_in_folder(info, learner, file, data), folders=folders)
        yield replace(found, file=found.file if found.file in each else file, member=f"{name}/{each}")


def member_names(infos: Sequence[zipfile.ZipInfo]) -> tuple[list[str], str]:
    """Return the correctly decoded member names, and their encoding if it had to be guessed.

    Names without the UTF-8 flag are cp437 according to the specification, but in practice UTF-8 or the encoding of the
    system that packed them. The encoding is guessed from all names together.
    """
    raws = [b"" if info.flag_bits & 0x800 else info.filename.encode("cp437", "replace") for info in infos]
    unknown = [raw for raw in raws if not _is_utf_8(raw)]
    encoding = ""
    if unknown:
        try:
            encoding = decode(b"\n".join(unknown))[1]
        except HubRefused:
            encoding = "cp437"
    names = [
        (raw.decode(encoding if raw in unknown else "utf-8", "replace") if raw else info.filename)
        for info, raw in zip(infos, raws, strict=True)
    ]
    # Some programs write ./ada/a.ipynb.
    plain = [re.sub(r"(?:\A|(?<=/))(?:\./)+", "", name.replace("\\", "/")) for name in names]
    return [name.encode("utf-8", "replace").decode() for name in plain], encoding


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _owners(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], names: list[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the common prefix of each attempt's file names, with the login and full name from its receipt."""
    for info, name in zip(infos, names, strict=True):
        if not (found := _RECEIPT.match(name)) or info.flag_bits & 0x1:
            continue
        with suppress(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError), archive.open(info) as stream:
            owner = _WHOSE.match(stream.read(2_000).decode("utf-8-sig", "replace"))
            if owner:
                yield found[0], (owner["login"], owner["name"])


def _of_receipt(download: Download, owners: Mapping[str, tuple[str, str]]) -> Download:
    """Return a download with the learner named in a receipt."""
    if download.platform != "Blackboard":
        return download
    owner = next((names for start, names in owners.items() if download.member.startswith(f"{start}_")), None)
    return download if owner is None else replace(download, learner=owner[0], others=owner[1:])


def _with_numbers(downloads: Sequence[Download]) -> Iterator[Download]:
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


def _refusal(info: zipfile.ZipInfo, name: str) -> str | None:
    """Return why a member must not be read; None if it may."""
    parts = name.split("/")
    if _FILLED & {*parts} or any(part.startswith(".") and part.strip(".") for part in parts):
        return _("a hidden copy made by the operating system or Jupyter")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("a link, not a file")
    if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name) or _has_control(name):
        return _("its name leads out of the archive")
    if info.flag_bits & 0x1:
        return _("encrypted: unpack the archive with its password, and pack it again without one")
    return None


def _has_control(name: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in name)


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


def _in_folder(info: zipfile.ZipInfo, learner: str, file: str, content: bytes) -> Download:
    return Download("folder", learner, "", file, content, _time(info), 0, False, file)


def _without_group(learner: str) -> Iterator[str]:
    """Yield a name without a possible group name before it: "Group 1-Ada Lovelace", "Group 1_Ada Lovelace"."""
    if "_" in learner:
        yield learner.rpartition("_")[2]
    for mark in re.finditer("-", learner):
        yield learner[mark.end() :]


def _described(info: zipfile.ZipInfo, name: str, content: bytes) -> Download | Skipped:
    time = _time(info)
    parts = name.split("/")
    base = parts[-1] = BEHIND.sub("", parts[-1])
    # Moodle packs a folder for each learner, or puts its name before each file.
    for place in range(len(parts)):
        if found := _MOODLE.match("/".join(parts[place:])):
            learner = found["name"].strip()
            return Download(
                "Moodle", learner, found["number"], found["file"] or base, content, time, 0, False, name,
                others=tuple(_without_group(learner)),
            )  # fmt: skip
    if found := _BLACKBOARD.match(base):
        stamp = _stamp(found["time"]) or time
        # A login may have underscores, and so may the assignment's name before it.
        words = [*found["assignment"].split("_"), found["name"]]
        return Download(
            "Blackboard", found["name"], "", found["file"] or base, content, stamp, int(stamp.timestamp()), False, name,
            others=tuple("_".join(words[place:]) for place in range(len(words) - 2, 0, -1)),
        )  # fmt: skip
    for part in reversed(parts[:-1]):
        if found := _BRIGHTSPACE.match(part):
            stamp = _brightspace_time(found["time"]) or time
            return Download(
                "Brightspace", found["name"], found["number"], base, content, stamp, int(stamp.timestamp()), False, name
            )
    if found := _EXCHANGE.search("/".join(parts)):
        stamp = _stamp(found["time"]) or time
        return Download("nbgrader", found["name"], "", base, content, stamp, int(stamp.timestamp()), False, name)
    if found := _ANONYMOUS.match(base) or _CANVAS_QUIZ.match(base) or _CANVAS.match(base):
        learner = f"{found['name']} {found['number']}" if found["name"] == "anon" else found["name"]
        resubmitted = _RESUBMITTED.search(found["file"])
        attempt = int(resubmitted[0][1:]) if resubmitted else 0
        return Download(
            "Canvas", learner, found["number"], _RESUBMITTED.sub("", found["file"]), content, time, attempt,
            bool(found["late"]), name,
        )  # fmt: skip
    if len(parts) >= 2:
        found_there = _in_folder(info, parts[-2], base, content)
        return replace(found_there, member=name, others=tuple(reversed(parts[:-2])), folders=tuple(parts[:-1]))
    alone = Download("file", base[: -len(".ipynb")], "", base, content, time, 0, False, name)
    return Skipped(name, _("its name does not tell whose it is"), alone)
