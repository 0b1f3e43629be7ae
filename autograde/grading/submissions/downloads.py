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
from dataclasses import replace
from pathlib import Path

from autograde.encodings import decode
from autograde.errors import HubRefused, UnusableArchive, UnusableNotebook
from autograde.grading.submissions.notebook_files import BEHIND, Room, notebook_name, notebooks_in, unpacked
from autograde.grading.submissions.platform_names import Download, Skipped, described, in_folder, with_numbers
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

#: Blackboard adds a text file per attempt: its name begins like those of the files, its first line names the learner.
_RECEIPT = re.compile(r".+_[^\W\d_]+_\d{4}(?:-\d{2}){5}(?=\.txt$)")
_WHOSE = re.compile(r"[^:：\n]{1,60}[:：]\s*(?P<name>.+?)\s*\((?P<login>[^()\n]+)\)\s*$", re.MULTILINE)

#: Suffixes of unsupported archives.
_OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz")

#: Magic numbers of other file formats.
_MAGIC = {
    b"7z\xbc\xaf": "7z", b"Rar!": "RAR", b"\x1f\x8b": "tar.gz", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"%PDF": "PDF",
}  # fmt: skip


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
            for each in with_numbers([each for each in found if isinstance(each, Download)])
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
            yield described(info, name, content)
        elif plain := notebook_name(name, content):
            found = described(info, plain, content)
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
        # The archive's own name and folder come first: if they have a learner's name, that learner chose the others.
        tried = (described(info, path, data) for path in (f"{stem}.ipynb", each, f"{stem}_{file}"))
        found = next((one for one in tried if isinstance(one, Download) and one.platform != "folder"), None)
        if found is None:
            folders = (*f"{stem}/{each}".split("/")[:-1],)
            learner = outer.rpartition("/")[2] or stem
            found = replace(in_folder(info, learner, file, data), folders=folders)
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
