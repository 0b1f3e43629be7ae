"""Write commits with one ``git fast-import`` each: completely or not at all, and only on the expected head.

With 200 files this takes 45 ms, all flushed to disk; one git process for each file would take 1.7 s.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from autograde.hub.budgets import check, uninterrupted
from autograde.hub.core import Hub
from autograde.hub.people.accounts import User
from autograde.hub.refusals import Refusal
from autograde.hub.repos.contents import Revision, entry_not_found, open_revision, resolve, revision_not_found
from autograde.hub.repos.gitattributes import is_lfs_path, with_lfs_paths
from autograde.hub.repos.paths import is_file_of_git, path_problem
from autograde.hub.repos.pointers import LfsPointer
from autograde.hub.repos.quota import count_git, require_room
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.repos.uploads import adopt, readable_size
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.spool import SpooledBytes, temporary_file

#: The longest message of a commit or a tag, in characters.
MAX_MESSAGE = 1 << 16


@dataclass(frozen=True)
class WriteFile:
    """Write ``content`` to ``path``. Large contents are kept in a file."""

    path: str
    content: bytes | SpooledBytes

    @property
    def size(self) -> int:
        """The number of bytes."""
        return self.content.size if isinstance(self.content, SpooledBytes) else len(self.content)

    def read(self, limit: int | None = None) -> bytes:
        """Return the bytes, or at most the first ``limit`` of them."""
        return self.content.read(limit) if isinstance(self.content, SpooledBytes) else self.content[:limit]


@dataclass(frozen=True)
class WritePointer:
    """Write an LFS pointer to ``path``; the repository must have the blob. ``size`` defaults to the blob's."""

    path: str
    oid: str
    size: int | None = None


@dataclass(frozen=True)
class Delete:
    """Delete the file or folder at ``path``."""

    path: str


Operation = WriteFile | WritePointer | Delete


@dataclass(frozen=True)
class Author:
    """Author of a commit."""

    name: str
    email: str

    def line(self, when: int) -> str:
        """Return the author in Git's format; ``when`` is in seconds since 1970."""
        clean = {ord(character): None for character in "<>\n\0"}
        return f"{self.name.translate(clean)} <{self.email.translate(clean)}> {when} +0000"


def write_commit(
    hub: Hub,
    repository: Repository,
    branch: str,
    operations: Sequence[Operation],
    *,
    author: Author,
    message: str,
    parent: str | None = None,
    create: bool = False,
    payer: User | None = None,
) -> str:
    """Commit to a branch and return the new commit's id.

    Args:
        hub: the Hub.
        repository: the repository to commit to.
        branch: ``main``, or a full ref such as ``refs/pr/3``.
        operations: the changes; later ones override earlier ones.
        author: the commit's author.
        message: the commit's message.
        parent: the expected head, or its first digits; None accepts any head.
        create: create the branch when it is missing, as for a repository's first commit.
        payer: user whose quota the bytes count against; None means the repository's owner.

    Raises:
        Refusal: 404 RevisionNotFound or EntryNotFound; 412, the head has moved; 422, a path is not allowed; 400, an LFS
            file was not uploaded to this repository; 413, the message, the files or their number exceed a limit.
    """
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    check_message(message)
    _check_paths(operations, hub.config.portable_names)
    size = sum(operation.size for operation in operations if isinstance(operation, WriteFile))
    require_room(hub, repository, size, payer)
    with hub.locks.lock(repository.id):
        pointers = _pointers(hub, repository, operations, payer, offered=ref.startswith("refs/pr/"))
        # A push, which doesn't take the lock, may move the head between reading and writing it.
        for __ in range(20):
            head = resolve(hub, repository, ref)
            if head is None and not create:
                raise revision_not_found(branch)
            if parent is not None and not (head or "").startswith(parent):
                raise _moved()
            changes = _changes(hub, repository, head, operations)
            try:
                made = _import(hub, repository, ref, head, changes, pointers, author, message)
            except GitError:
                hub.git.sweep(repository.id)
                if resolve(hub, repository, ref) == head:
                    raise
                continue
            count_git(hub, repository, size, payer)
            return made
    raise _moved()


def _changes(hub: Hub, repository: Repository, head: str | None, operations: Sequence[Operation]) -> list[Operation]:
    """Return the operations as git needs them on the commit ``head``, with the lines they need in ``.gitattributes``.

    Raises:
        Refusal: they don't fit the files of ``head``, or there would be too many files.
    """
    attributes = ""
    if head is not None:
        with open_revision(hub, repository, head) as before:
            _check_count(hub, before, operations)
            _check_against(before, operations)
            operations = [_as_stored(before, operation) for operation in operations]
            attributes = before.text(".gitattributes", 1 << 20) or ""
    return [*operations, *_attributes(attributes, operations)]


def check_message(message: str) -> None:
    """Check the length of a message, because lists show many of them on one page.

    Raises:
        Refusal: 413, the message is too long.
    """
    if len(message) > MAX_MESSAGE:
        raise Refusal(413, f"A message has at most {MAX_MESSAGE:,} characters, not {len(message):,}.")


def check_files_of_git(hub: Hub, repository: Repository, operations: Iterable[Operation]) -> None:
    """Check files such as ``.gitmodules`` with git's own rules, as a push does; fast-import does not.

    Raises:
        Refusal: 422, git would refuse a file, for example because a submodule's address begins with ``-``.
    """
    files = [each for each in operations if isinstance(each, WriteFile) and is_file_of_git(each.path)]
    _check_paths(files, hub.config.portable_names)
    if not files:
        return
    scratch = replace(repository, id=hub.new_id())
    hub.git.create(scratch.id)
    try:
        _import(hub, scratch, "refs/heads/main", None, files, {}, Author("hub", "hub"), "")
        hub.git.run(scratch.id, "fsck")
    except GitError as error:
        found = re.findall(r"^error in \w+ \w+: (.+)", str(error), re.MULTILINE)
        if not found:
            raise
        raise Refusal(422, f"Git does not accept {files[0].path!r}: {found[0]}") from error
    finally:
        hub.git.delete(scratch.id)


def _moved() -> Refusal:
    return Refusal(412, "The branch was updated since you opened this page. Please refresh and try again.")


def _check_paths(operations: Iterable[Operation], portable: bool) -> None:
    written: set[str] = set()
    for operation in operations:
        check()
        if problem := path_problem(operation.path, portable=portable):
            raise Refusal(422, problem)
        if not isinstance(operation, Delete):
            written.add(operation.path)
    for path in written:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if "/".join(parts[:depth]) in written:
                raise Refusal(422, f"{'/'.join(parts[:depth])!r} cannot be a file and the folder of {path!r} at once.")


def _pointers(
    hub: Hub, repository: Repository, operations: Iterable[Operation], payer: User | None, *, offered: bool
) -> dict[str, LfsPointer]:
    """Return the pointer of each LFS operation, by path. Blobs that are only ``offered`` to the repository can be
    committed to pull requests, but not to branches."""
    pointers = {}
    if not offered:
        adopt(hub, repository, [operation.oid for operation in operations if isinstance(operation, WritePointer)])
    for operation in operations:
        if isinstance(operation, WritePointer):
            size = readable_size(hub, repository.id, operation.oid)
            if size is None:
                # A file that did not fit was not stored when it was uploaded.
                require_room(hub, repository, operation.size or 0, payer, files=1)
                raise Refusal(
                    400, f"The LFS file for {operation.path!r} ({operation.oid}) was not uploaded to this repository."
                )
            if operation.size is not None and operation.size != size:
                raise Refusal(400, f"The LFS file for {operation.path!r} has {size} bytes, not {operation.size}.")
            pointers[operation.path] = LfsPointer(operation.oid, size)
    return pointers


def _check_count(hub: Hub, before: Revision, operations: Sequence[Operation]) -> None:
    """Refuse a commit that may leave too many files. Replaced files count twice."""
    limit, written = hub.config.limits.files, sum(not isinstance(operation, Delete) for operation in operations)
    if written and (found := before.count() + written) > limit:
        raise Refusal(413, f"There would be {found:,} files and folders in this branch; at most {limit:,} are allowed.")


def _check_against(before: Revision, operations: Sequence[Operation]) -> None:
    """Refuse operations that don't fit the current tree."""
    deleted = {operation.path for operation in operations if isinstance(operation, Delete)}
    for operation in operations:
        if isinstance(operation, Delete):
            if before.find(operation.path) is None:
                raise entry_not_found(operation.path, before.commit.oid)
            continue
        parts = operation.path.split("/")
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        if deleted.intersection(above):
            continue
        for entry in before.along(operation.path):
            if entry.is_folder == (entry.path == operation.path):
                kind = "folder" if entry.is_folder else "file"
                raise Refusal(422, f"{entry.path!r} is a {kind} already; delete it in the same commit to replace it.")


def _as_stored(before: Revision, operation: Operation) -> Operation:
    """Return a deletion with the path as git stores it, which may not be UTF-8."""
    entry = before.find(operation.path) if isinstance(operation, Delete) else None
    return Delete(entry.path) if entry else operation


def _attributes(attributes: str, operations: Sequence[Operation]) -> list[Operation]:
    """Return a new ``.gitattributes`` if it doesn't cover an LFS file, so that git clients treat it as LFS too."""
    written = next(
        (o.read() for o in reversed(operations) if isinstance(o, WriteFile) and o.path == ".gitattributes"), None
    )
    if written is not None:
        attributes = written.decode("utf-8", "replace")
    missing = [
        operation.path
        for operation in operations
        if isinstance(operation, WritePointer) and not is_lfs_path(attributes, operation.path)
    ]
    return [WriteFile(".gitattributes", with_lfs_paths(attributes, missing).encode())] if missing else []


def _quoted(path: str) -> bytes:
    return b'"' + path.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogateescape") + b'"'


def _import(
    hub: Hub,
    repository: Repository,
    ref: str,
    head: str | None,
    operations: Iterable[Operation],
    pointers: dict[str, LfsPointer],
    author: Author,
    message: str,
) -> str:
    """Run ``git fast-import`` with a commit on the parent ``head``; return the commit's id.

    Raises:
        GitError: git failed, for example because the ref is no longer at ``head``.
    """
    line = author.line(int(time.time())).encode()
    text = message.encode("utf-8", "replace").replace(b"\0", b"")
    # Use a file, because the contents together may not fit into memory.
    with temporary_file(hub.temporary) as stream:
        stream.write(
            b"feature done\ncommit %s\nmark :1\nauthor %s\ncommitter %s\ndata %d\n%s\n"
            % (ref.encode(), line, line, len(text), text)
        )
        if head is not None:
            stream.write(b"from %s\n" % head.encode())
        _write_operations(stream, operations, pointers)
        stream.write(b"get-mark :1\ndone\n")
        stream.seek(0)
        hub.git.sweep(repository.id)
        check()
        with uninterrupted():
            output = hub.git.run(repository.id, "fast-import", "--quiet", "--date-format=raw", stdin=stream)
    touch(hub, repository)
    return output.decode().strip()


def _write_operations(stream: BinaryIO, operations: Iterable[Operation], pointers: dict[str, LfsPointer]) -> None:
    """Write the changes in the format of ``git fast-import``."""
    # Deletions first: `D a`, then `M a/b` replaces a file with a folder; the other order would delete the new file.
    for operation in sorted(operations, key=lambda o: not isinstance(o, Delete)):
        if isinstance(operation, Delete):
            stream.write(b"D %s\n" % _quoted(operation.path))
            continue
        content = operation.content if isinstance(operation, WriteFile) else pointers[operation.path].text()
        size = content.size if isinstance(content, SpooledBytes) else len(content)
        stream.write(b"M 100644 inline %s\ndata %d\n" % (_quoted(operation.path), size))
        if isinstance(content, SpooledBytes):
            content.copy_to(stream)
        else:
            stream.write(content)
        stream.write(b"\n")
