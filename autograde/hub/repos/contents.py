"""Contents of a repository at a revision: folders, files, and the large files behind LFS pointers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos.paths import MAX_PATH
from autograde.hub.repos.pointers import MAX_POINTER, LfsPointer, parse_pointer
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.objects import Commit, ObjectMissing, ObjectReader, TreeEntry
from autograde.i18n.translation import marked

#: Cached facts about Git blobs (size and pointer), about 200 bytes each.
_MAX_FACTS = 100_000


@dataclass(frozen=True)
class Entry:
    """A file or a folder.

    Attributes:
        path: from the repository's root.
        oid: Git's id, a SHA-1.
        mode: Git's mode in octal text.
        size: bytes; for a large file, the size of the file itself; 0 for a folder.
        lfs: the pointer of a large file, else None.
        blob_size: bytes of the Git blob (for a large file, of the pointer).
        xet_hash: id for downloading a large file with Xet; None when the file was not uploaded to this repository.
    """

    path: str
    oid: str
    mode: str
    size: int
    lfs: LfsPointer | None
    blob_size: int
    xet_hash: str | None = None

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder."""
        return self.mode == "40000"

    @property
    def is_submodule(self) -> bool:
        """Whether this is a Git submodule, which only names a commit of another repository."""
        return self.mode == "160000"

    @property
    def is_file(self) -> bool:
        """Whether this has content: it is neither a folder nor a submodule."""
        return not self.is_folder and not self.is_submodule

    @property
    def utf8_path(self) -> str:
        """The path for JSON: bytes that are not UTF-8 are written as ``%E9``, which :meth:`Revision.find` accepts."""
        return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in self.path)

    @property
    def etag(self) -> str:
        """Id of the content: the SHA-256 of a large file, Git's id of any other file."""
        return self.lfs.oid if self.lfs else self.oid


class Revision:
    """One repository at one commit. Create it with :func:`open_revision`."""

    def __init__(self, hub: Hub, repository: Repository, reader: ObjectReader, commit: Commit) -> None:
        self._hub, self._repository, self._reader = hub, repository, reader
        self.commit = commit
        self._xet: dict[str, str] | None = None

    def _entry(self, entry: TreeEntry) -> Entry:
        if entry.is_folder or entry.mode == "160000":
            return Entry(entry.path, entry.oid, entry.mode, 0, None, 0)
        size, pointer = self._facts(entry.oid)
        if pointer is None:
            return Entry(entry.path, entry.oid, entry.mode, size, None, size)
        return Entry(
            entry.path, entry.oid, entry.mode, pointer.size, pointer, size, self._xet_hashes().get(pointer.oid)
        )

    def _xet_hashes(self) -> dict[str, str]:
        if self._xet is None:
            rows = self._hub.database.all(
                "SELECT oid, coalesce(xet_hash, oid) AS xet_hash FROM offers WHERE repository_id = ?"
                " UNION ALL SELECT oid, coalesce(xet_hash, oid) AS xet_hash FROM bindings WHERE repository_id = ?",
                (self._repository.id, self._repository.id),
            )
            self._xet = {row["oid"]: row["xet_hash"] for row in rows}
        return self._xet

    def _facts(self, oid: str) -> tuple[int, LfsPointer | None]:
        facts = self._hub.blob_facts
        known: tuple[int, LfsPointer | None] | None = facts.get(oid)
        if known is None:
            info = self._reader.info(oid)
            if info is None or info[1] != "blob":
                # Not cached: the cache is for all repositories, and another one may have this blob.
                return 0, None
            size = info[2]
            pointer = parse_pointer(self._reader.blob(oid)) if 0 < size <= MAX_POINTER else None
            known = facts[oid] = (size, pointer)
            while len(facts) > _MAX_FACTS:
                facts.popitem(last=False)
        return known

    def list(
        self, folder: str = "", *, recursive: bool = False, start: int = 0, limit: int | None = None
    ) -> list[Entry]:
        """Return the entries of a folder, in Git's order: at most ``limit`` of them, starting at the index ``start``.

        Raises:
            Refusal: EntryNotFound, there is no such folder.
        """
        if recursive:
            self.require_listable()
        tree, prefix = self.commit.tree, ""
        if folder:
            found = self._find(folder)
            if found is None or not found.is_folder:
                raise entry_not_found(folder, self.commit.oid)
            tree, prefix = found.oid, found.path + "/"
        entries = self._reader.walk(tree, prefix) if recursive else self._reader.tree(tree, prefix)
        chosen = islice(entries, start, None if limit is None else start + limit)
        return [self._entry(entry) for entry in chosen]

    def walk(self) -> Iterator[Entry]:
        """Yield every file and folder. Raises as :meth:`require_listable`."""
        self.require_listable()
        for entry in self._reader.walk(self.commit.tree):
            yield self._entry(entry)

    def count(self) -> int:
        """Return the number of files and folders; a folder that occurs twice counts twice."""
        return self._hub.tree_sizes.measure(self._reader, self.commit.tree).entries

    def require_listable(self) -> None:
        """Check that the files are within the limits for listing them all.

        Raises:
            Refusal: 413, there are too many files, or they are nested too deeply.
        """
        limit, found = self._hub.config.limits.files, self._hub.tree_sizes.measure(self._reader, self.commit.tree)
        if found.longest > MAX_PATH:
            raise Refusal(413, marked("This revision has folders that are nested too deeply to be listed."))
        if found.entries > limit:
            message = marked("This revision has {number} files and folders; the Hub lists at most {most}.")
            raise Refusal(413, message, values={"number": f"{found.entries:,}", "most": f"{limit:,}"})

    def find(self, path: str) -> Entry | None:
        """Return the entry at a path, or None."""
        found = self._find(path)
        return self._entry(found) if found else None

    def along(self, path: str) -> Iterator[TreeEntry]:
        """Yield the entries on the way to a path from the top, as far as they exist."""
        return self._reader.along(self.commit.tree, path)

    def _find(self, path: str) -> TreeEntry | None:
        """Return the entry at a path, or the one with this :attr:`Entry.utf8_path`, or None."""
        found = self._reader.find(self.commit.tree, path)
        if found is None and "%" in path:
            original = re.sub("%([89A-F][0-9A-F])", lambda byte: chr(0xDC00 + int(byte[1], 16)), path)
            found = self._reader.find(self.commit.tree, original) if original != path else None
        return found

    def file(self, path: str) -> Entry:
        """Return the file at a path.

        Raises:
            Refusal: EntryNotFound, there is no such file.
        """
        entry = self.find(path)
        if entry is None or not entry.is_file:
            raise entry_not_found(path, self.commit.oid)
        return entry

    def blob(self, entry: Entry) -> bytes:
        """Return the bytes that Git stores for a file: the pointer for a large one."""
        return self._reader.blob(entry.oid)

    def text(self, path: str, limit: int) -> str | None:
        """Return the content of a text file, or None when there is none or it is larger than ``limit`` bytes."""
        entry = self.find(path)
        if entry is None or entry.is_folder or entry.blob_size > limit:
            return None
        return self.blob(entry).decode("utf-8", "replace")


@contextmanager
def open_revision(hub: Hub, repository: Repository, revision: str) -> Iterator[Revision]:
    """Open a repository at a revision.

    Raises:
        Refusal: RevisionNotFound, there is no such revision; 422, a Git object is missing.
    """
    with hub.git.reader(repository.id) as reader:
        oid = reader.resolve(revision)
        found = Revision(hub, repository, reader, reader.commit(oid)) if oid else None
        try:
            if found is None:
                raise revision_not_found(revision)
            yield found
        except Refusal as refusal:
            # The reader was waiting for a request when the refusal was raised, so it can be reused.
            refused = refusal
        except ObjectMissing as missing:
            refused = damaged(missing)
        else:
            return
    raise refused


def resolve(hub: Hub, repository: Repository, revision: str) -> str | None:
    """Return the commit id of a revision, or None."""
    with hub.git.reader(repository.id) as reader:
        return reader.resolve(revision)


def require_present(hub: Hub, repository: Repository, commit: str) -> None:
    """Check that a commit still exists: it may have been found before its history was squashed or deleted. The caller
    holds the repository's lock, so that it stays.

    Raises:
        Refusal: 412, it does not exist any more. Not 409: clients with ``exist_ok`` ignore that.
    """
    with hub.git.reader(repository.id) as reader:
        found = reader.info(commit)
    if found is None:
        raise Refusal(412, marked("The commit {oid} was removed meanwhile; try again."), values={"oid": commit})


def revision_not_found(revision: str) -> Refusal:
    """Return the error for a missing branch, tag or commit."""
    return Refusal(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def damaged(missing: ObjectMissing) -> Refusal:
    """Return the error for a repository with a missing Git object. Other repositories are not affected."""
    return Refusal(
        422,
        marked("This repository is damaged: git's object {oid} is missing. Push the files again, or restore a backup."),
        values={"oid": missing.args[0]},
    )


def entry_not_found(path: str, commit: str) -> Refusal:
    """Return the error for a missing file. It names the commit, so that clients can cache the answer."""
    return Refusal(404, f"Entry not found: {path}", code="EntryNotFound", headers={"X-Repo-Commit": commit})
