"""Find an assignment's notebook among a submission's files: in a folder, in an archive, or with another suffix."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath

from nbformat import NotebookNode

from autograde.errors import UnusableNotebook
from autograde.grading.submissions.notebook_names import choose
from autograde.grading.submissions.submitted_files import CHECKPOINTS
from autograde.i18n import messages
from autograde.notebooks.reading import LARGEST, shortened
from autograde.notebooks.repairing import repair
from autograde.notebooks.wanted_cells import answered_cells

_ = messages("cli")

#: Folders in which systems and editors put copies.
_COPIES = frozenset({"__MACOSX", CHECKPOINTS, ".Trash"})

#: Suffixes that a browser or a platform appends to ``.ipynb``.
BEHIND = re.compile(r"(?<=\.ipynb)\.(?:json|txt|html?|download|crdownload|bak)$", re.IGNORECASE)

#: First bytes of an archive, whatever its name is.
_ZIP = b"PK\x03\x04"

#: First bytes of each entry in an archive's directory.
_ENTRY = b"PK\x01\x02"

#: Nesting limit for archives.
_DEEPEST = 2

#: Most entries in the directory of one archive; Python needs a kilobyte of memory for each.
_MOST_ENTRIES = 20_000

#: Ways of packing whose output Python limits while it unpacks.
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

#: Names of some other ways, by their number in the ZIP format.
_OTHER_PACKINGS = {9: "Deflate64", 12: "BZip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}

#: Size from which a file must look like a notebook to be kept.
_LARGE = 2**20


@dataclass
class Room:
    """How much may still be unpacked: one limit for all archives of a submission, however they are nested.

    Attributes:
        size: bytes.
        members: notebooks and archives.
        unread: why a notebook or an archive was left out, for the first one.
    """

    size: int = 2 * LARGEST
    members: int = 200
    unread: UnusableNotebook | None = None

    def take(self, size: int) -> None:
        """Take room for a file of ``size`` bytes; a smaller one may still fit after one that does not.

        Raises:
            UnusableNotebook: there is not enough.
        """
        if self.size < size or self.members < 1:
            raise _too_large()
        self.size -= size
        self.members -= 1


def _too_large() -> UnusableNotebook:
    return UnusableNotebook(
        _("The archives in the submission have too many or too large files."),
        _("Ask for the notebook itself."),
    )


def _packed_with(number: int) -> UnusableNotebook:
    return UnusableNotebook(
        _("The archive is packed with {method}, which is not read.").format(
            method=_OTHER_PACKINGS.get(number, _("method {number}").format(number=number))
        ),
        _("Ask for the notebook itself, or for an ordinary ZIP archive."),
    )


def find(
    assignment: str, files: Mapping[str, bytes], refused: Sequence[str], released: NotebookNode
) -> tuple[str, bytes | None] | None:
    """Return the name and the bytes of the notebook, or None; the bytes are None for a file in ``refused``.

    Args:
        assignment: the assignment's name.
        files: the submission's files by their path.
        refused: paths that are not ordinary files.
        released: the released notebook, used to choose among several notebooks with unknown names.

    Raises:
        UnusableNotebook: several notebooks have answers, and none of them has the assignment's name; or the notebook
            can only be in an archive, and there is too much in the archives, or they are packed in another way than
            ordinary ones.
    """
    below = {name: data for name, data in files.items() if not _COPIES & {*name.split("/")}}
    copies = {name: data for name, data in files.items() if CHECKPOINTS in name.split("/")}
    room = Room()
    found = _by_name(assignment, files, refused) or _in_places(assignment, below, released, room)
    content = None if found is None else found[1]
    found = _answered_instead(content, below, released) or _answered_instead(content, copies, released) or found
    if found is None and room.unread is not None:
        raise room.unread
    return found


def _by_name(assignment: str, files: Mapping[str, bytes], refused: Sequence[str]) -> tuple[str, bytes | None] | None:
    """Return the notebook that lies in no folder and has the assignment's name."""
    chosen = choose(assignment, [name for name in (*files, *refused) if "/" not in name])
    return None if chosen is None else (chosen, files.get(chosen))


def _in_places(
    assignment: str, files: Mapping[str, bytes], released: NotebookNode, room: Room
) -> tuple[str, bytes] | None:
    """Return the notebook in the first of the places that has one, from the likeliest to archives and hidden files."""
    top = {name: data for name, data in files.items() if "/" not in name}
    for place in (top, files, _notebooks_under_other_names(files)):
        if (found := _in(assignment, place, released)) is not None:
            return found
    archives = ((name, data) for name, data in files.items() if data.startswith(_ZIP))
    in_archives = dict(notebooks_in(archives, _DEEPEST, room))
    return _in(assignment, in_archives, released) or _in(assignment, _hidden(files), released)


def _in(assignment: str, files: Mapping[str, bytes], released: NotebookNode) -> tuple[str, bytes] | None:
    """Return the notebook by its name, in any folder; of several, the one with the assignment's exercises."""
    by_base = {PurePosixPath(name).name: name for name in sorted(files, key=lambda name: (-name.count("/"), name))}
    if (chosen := choose(assignment, by_base)) is not None:
        return by_base[chosen], files[by_base[chosen]]
    notebooks = [name for name in files if name.lower().endswith(".ipynb") and PurePosixPath(name).name[0] != "."]
    own = {name: has for name in sorted(notebooks) if (has := has_answers(files[name], released)) is not None}
    answered = [name for name, has in own.items() if has]
    name = next(iter(answered or own), "")
    return (name, files[name]) if len({files[each] for each in answered or own}) == 1 else None


def _answered_instead(
    content: bytes | None, files: Mapping[str, bytes], released: NotebookNode
) -> tuple[str, bytes] | None:
    """Return the only notebook with answers if ``content`` has none or is unusable: the learner worked in another.

    Raises:
        UnusableNotebook: several others have answers.
    """
    others = (each for each in notebooks_in(files.items(), _DEEPEST, Room()) if each[1] != content)
    first = next(others, None)
    # Most submissions have only one notebook: repairing it here, only to look for answers, would double the work.
    if first is None or (content is not None and has_answers(content, released)):
        return None
    examined: set[bytes] = set()
    answered: list[tuple[str, bytes]] = []
    for name, data in chain([first], others):
        if data not in examined and has_answers(data, released):
            answered.append((name, data))
        examined.add(data)
        if len(answered) > 1:
            raise UnusableNotebook(
                _("Several notebooks have answers, and it is not clear which one counts: {names}.").format(
                    names=", ".join(shortened(name) for name, _data in answered)
                ),
                _("Ask which one counts, and give it the name of the exercise."),
            )
    return answered[0] if answered else None


def notebooks_in(files: Iterable[tuple[str, bytes]], depth: int, room: Room) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks among files, under any name, and then those in archives, with the archive's name as a folder.

    An archive for which there is no room is kept as the error ``room.unread``.

    Args:
        files: names and contents.
        depth: how deep archives may be nested.
        room: for what is unpacked.
    """
    # The archive with the fewest entries comes first, because a large one may leave no room for the others.
    for name, data in sorted(files, key=lambda file: file[1].count(_ENTRY) if file[1].startswith(_ZIP) else -1):
        if data.startswith(_ZIP):
            inner = _unpacked_so_far(data, room) if depth else ()
            yield from ((f"{name}/{each}", found) for each, found in notebooks_in(inner, depth - 1, room))
        elif name.lower().endswith(".ipynb"):
            if not PurePosixPath(name).name.startswith("."):
                yield name, data
        elif other := notebook_name(name, data):
            yield other, data


def _hidden(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files whose names begin with a dot, under names without it."""
    paths = {name: PurePosixPath(name) for name in files}
    return {
        str(path.with_name(path.name.lstrip("."))): files[name]
        for name, path in paths.items()
        if path.name.startswith(".") and path.name.strip(".")
    }


def has_answers(content: bytes, released: NotebookNode) -> bool | None:
    """Return whether a notebook has answers; None if it belongs to another assignment or cannot be read."""
    try:
        repaired = repair(content, released).notebook
    except Exception:  # a file that cannot be read is not the one
        return None
    return bool(answered_cells(repaired, released))


def _notebooks_under_other_names(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files whose content is a notebook, under names that end with ``.ipynb``."""
    named = ((name if name.lower().endswith(".ipynb") else notebook_name(name, data)) for name, data in files.items())
    return {
        name: data for name, other, data in zip(named, files, files.values(), strict=True) if name and name != other
    }


def notebook_name(name: str, data: bytes) -> str:
    """Return the name, with ``.ipynb``, of a file whose content is a notebook; an empty string for any other file."""
    plain = BEHIND.sub("", name)
    if (
        not data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        or b'"cells"' not in data
        or b'"nbformat"' not in data
    ):
        return ""
    # In a name such as 2.6-load-the-model the last dot does not start a suffix.
    known = re.sub(r"\.(?:json|txt|ip\w{1,4}|nb)$", "", plain, flags=re.IGNORECASE)
    return plain if plain.lower().endswith(".ipynb") else f"{known}.ipynb"


def _unpacked_so_far(content: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    """Yield what there is room for: the notebook may be in that, or in another archive; keep the error in ``room``."""
    try:
        yield from unpacked(content, room)
    except UnusableNotebook as error:
        room.unread = room.unread or error


def unpacked(content: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    """Yield the notebooks and archives in an archive, up to the place where it is damaged.

    The first that is packed in another way is kept as the error ``room.unread``.

    Raises:
        UnusableNotebook: there is no room for them.
    """
    # An archive in it, packed without compression, has entries as well.
    if content.count(_ENTRY) > _MOST_ENTRIES:
        raise _too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                name = BEHIND.sub("", member.filename)
                if not name.lower().endswith((".ipynb", ".zip")) or _COPIES & {*member.filename.split("/")}:
                    continue
                if member.file_size > LARGEST:
                    continue
                if member.compress_type not in _PACKINGS:
                    room.unread = room.unread or _packed_with(member.compress_type)
                    continue
                room.take(member.file_size)
                with archive.open(member) as stream:
                    # Without a number, all of it is unpacked even if the archive's directory gives a smaller size.
                    data = stream.read(member.file_size)
                if len(data) < _LARGE or data.startswith(_ZIP) or _has_cells(data):
                    yield name, data
    except UnusableNotebook:
        raise
    except Exception:
        # Damaged and encrypted archives fail in many ways.
        return


def _has_cells(data: bytes) -> bool:
    """Return whether a file may be a notebook of any format, in UTF-8 or UTF-16."""
    return re.search(rb"c\0?e\0?l\0?l\0?s|w\0?o\0?r\0?k\0?s\0?h\0?e\0?e\0?t\0?s", data) is not None
