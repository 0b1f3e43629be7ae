"""Read the archives in which Moodle, Canvas and Blackboard hand out a class's submissions.

An archive comes from the internet and its files come from learners: names are only read, never used as paths, and
nothing is unpacked that is not one of the notebooks.
"""

from __future__ import annotations

import lzma
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograde.errors import UnusableArchive
from autograde.grading.submissions.notebook_files import BEHIND, unpacked
from autograde.grading.submissions.reading import LARGEST
from autograde.i18n import messages

_ = messages("cli")

#: Most files in one archive; a class of 300 with ten files each has 3000.
MOST_FILES = 20_000

_MOODLE = re.compile(r"(?P<name>[^/]+?)_(?P<number>[^_/]+)_assignsubmission_file_?/?(?:[^/]+/)*(?P<file>[^/]*)$")
_CANVAS = re.compile(r"(?P<name>[^_/]+)(?P<late>_(?i:late))?_(?P<number>\d+)_\d+_(?P<file>[^/]+)$")
_BLACKBOARD = re.compile(
    r"(?P<assignment>.+)_(?P<name>[^_/]+)_attempt_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>[^/]+))?$"
)

#: How archives of other kinds begin.
_MAGIC = {
    b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"\x1f\x8b": "tar.gz", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"%PDF": "PDF",
}  # fmt: skip

#: What Canvas appends to a file that was submitted again.
_AGAIN = re.compile(r"-\d{1,2}(?=\.\w+$)")


@dataclass(frozen=True)
class Download:
    """One learner's notebook in an archive.

    Attributes:
        platform: ``"Moodle"``, ``"Canvas"``, ``"Blackboard"`` or ``"folder"`` (one folder for each learner).
        learner: what the platform calls the learner: a full name in Moodle, a login or a name in the others.
        number: the platform's number for the learner or the submission; ``""`` when there is none.
        file: the notebook's name, without what the platform put around it.
        content: its bytes.
        time: when it was submitted; of the file in the archive where the platform does not say.
        attempt: higher for a later one of the same learner.
        late: whether the platform marks it as late.
        member: the name inside the archive, for messages.
        archive: the archive's name.
        others: what else the learner may be called, if that is in the class list: the name without a group's, the
            folders around.
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


@dataclass(frozen=True)
class Skipped:
    """A file of an archive that is not collected, and why."""

    member: str
    reason: str


def read_archive(path: Path) -> tuple[list[Download], list[Skipped]]:
    """Read the notebooks of an archive.

    Returns:
        The notebooks, in the archive's order, and the other files.

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
            found = list(_members(archive, infos))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnusableArchive(
            _("{name} is not a ZIP archive that can be read: {reason}.").format(name=path.name, reason=error),
            _("Download it again."),
        ) from error
    return (
        [replace(each, archive=path.name) for each in found if isinstance(each, Download)],
        [each for each in found if isinstance(each, Skipped)],
    )


def _refuse_other_kind(path: Path) -> None:
    """Raise for a file that is something else than a ZIP archive by its beginning, with the name of what it is."""
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


def _members(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[Download | Skipped]:
    for info in infos:
        name = member_name(info)
        if (reason := _refusal(info, name)) is not None:
            yield Skipped(name, reason)
            continue
        try:
            with archive.open(info) as stream:
                # The size in the directory may be a lie: never more than the limit is unpacked.
                content = stream.read(LARGEST + 1)
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as error:
            yield Skipped(
                name, _("damaged in the archive, or packed in an unknown way ({reason})").format(reason=error)
            )
            continue
        if len(content) > LARGEST:
            yield Skipped(name, _("larger than {limit} MB").format(limit=LARGEST // 2**20))
            continue
        if name.lower().endswith(".zip"):
            yield from _from_inner_archive(info, name, content)
            continue
        yield _described(info, name, content)


def _from_inner_archive(info: zipfile.ZipInfo, name: str, content: bytes) -> Iterator[Download | Skipped]:
    """Yield the notebooks in an archive that a learner handed in, as if they lay beside it."""
    inner = {each: data for each, data in unpacked(content).items() if each.lower().endswith(".ipynb")}
    if not inner:
        yield Skipped(name, _("an archive without a notebook that can be read"))
    for each, data in inner.items():
        stem = name[: -len(".zip")]
        # Canvas and Blackboard put the learner into the file's name.
        found = _described(info, f"{name.rpartition('/')[0]}/{each.rpartition('/')[2]}".lstrip("/"), data)
        if isinstance(found, Skipped) or found.platform == "folder":
            found = _described(info, f"{stem}_{each.rpartition('/')[2]}", data)
        yield replace(found, member=f"{name}/{each}")


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as it was meant.

    Archives without the UTF-8 flag are decoded as cp437 by definition, but hold UTF-8 or the encoding of a Chinese
    Windows.
    """
    name = info.filename
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        name = _decoded_name(raw)
    return name.replace("\\", "/").encode("utf-8", "replace").decode("utf-8")


def _decoded_name(raw: bytes) -> str:
    """Return a name in the encoding that fits: UTF-8, Chinese with common characters, Western with letters only."""
    for encoding, fits in (
        ("utf-8", None), ("gb2312", None), ("cp437", _is_latin), ("cp850", _is_latin), ("cp1252", _is_latin),
        ("gb18030", None),
    ):  # fmt: skip
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if fits is None or fits(name):
            return name
    return raw.decode("cp437")


def _is_latin(name: str) -> bool:
    """Return whether all signs outside ASCII are Latin letters, with no capital after a small letter."""
    marks = [(name[place - 1 : place], mark) for place, mark in enumerate(name) if mark > "\x7f"]
    return all(
        unicodedata.name(mark, "").startswith("LATIN") and mark.isalpha() and not (before.islower() and mark.isupper())
        for before, mark in marks
    )


def _refusal(info: zipfile.ZipInfo, name: str) -> str | None:
    """Why a member is not read; None when it may be."""
    parts = name.split("/")
    base = parts[-1]
    if not base.lower().endswith((".ipynb", ".zip")) and not BEHIND.search(base):
        return _("not a notebook")
    if "__MACOSX" in parts or base.startswith(("._", ".~")) or ".ipynb_checkpoints" in parts:
        return _("a hidden copy made by the operating system or Jupyter")
    if stat.S_ISLNK(info.external_attr >> 16):
        return _("a link, not a file")
    if ".." in parts or name.startswith("/") or re.match(r"[A-Za-z]:", name) or _has_control(name):
        return _("its name leads out of the archive")
    if info.flag_bits & 0x1:
        return _("encrypted")
    return None


def _has_control(name: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in name)


def _described(info: zipfile.ZipInfo, name: str, content: bytes) -> Download | Skipped:
    try:
        time = datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        time = datetime(1980, 1, 1, tzinfo=UTC)
    parts = name.split("/")
    base = parts[-1] = BEHIND.sub("", parts[-1])
    # Moodle packs a folder for each learner, or puts its name before each file.
    for place in range(len(parts)):
        if found := _MOODLE.match("/".join(parts[place:])):
            learner = found["name"].strip()
            return Download(
                "Moodle", learner, found["number"], found["file"] or base, content, time, 0, False, name,
                others=tuple(learner.split("_")[1:][-1:]),
            )  # fmt: skip
    if found := _BLACKBOARD.match(base):
        try:
            stamp = datetime.strptime(found["time"], "%Y-%m-%d-%H-%M-%S").replace(tzinfo=UTC)
        except ValueError:
            stamp = time
        # A login may have underscores, and so may the assignment's name before it.
        words = [*found["assignment"].split("_"), found["name"]]
        return Download(
            "Blackboard", found["name"], "", found["file"] or base, content, stamp, int(stamp.timestamp()), False, name,
            others=tuple("_".join(words[place:]) for place in range(len(words) - 2, 0, -1)),
        )  # fmt: skip
    if found := _CANVAS.match(base):
        again = _AGAIN.search(found["file"])
        attempt = int(again[0][1:]) if again else 0
        return Download(
            "Canvas", found["name"], found["number"], _AGAIN.sub("", found["file"]), content, time, attempt,
            bool(found["late"]), name,
        )  # fmt: skip
    if len(parts) >= 2:
        others = tuple(reversed(parts[:-2]))
        return Download("folder", parts[-2], "", base, content, time, 0, False, name, others=others)
    return Skipped(name, _("its name does not say whose it is"))
