"""Rewrite a repository's history: squash it into one commit, or remove large files from every commit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, BinaryIO

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.commits import Author, check_message
from autograde.hub.repos.contents import revision_not_found
from autograde.hub.repos.discussions import require_open_pull
from autograde.hub.repos.expunging import expunge, move_refs, replace_ref
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.repos.uploads import lfs_pointers
from autograde.hub.storage.gitstore import NO_OBJECT
from autograde.hub.storage.refs import list_refs
from autograde.i18n.translation import marked

#: Longest description of a history that is rewritten, in bytes. Each commit lists the files that it changes, so a few
#: kilobytes that a client sent can make gigabytes.
_LONGEST_EXPORT = 1 << 27


def squash(hub: Hub, repository: Repository, branch: str, author: Author, message: str) -> str:
    """Replace a branch's history with one commit of the same files and return its id.

    Raises:
        Refusal: RevisionNotFound, there is no such branch; 409, the branch has moved.
    """
    check_message(message)
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    if ref.startswith("refs/pr/"):
        require_open_pull(hub, repository, ref)
    with hub.locks.lock(repository.id):
        with hub.git.reader(repository.id) as reader:
            head = reader.resolve(ref)
            tree = reader.commit(head).tree if head else ""
        if head is None:
            raise revision_not_found(branch)
        line = author.line(hub.now() // 1000)
        record = f"tree {tree}\nauthor {line}\ncommitter {line}\n\n{message}\n"
        oid = hub.git.write_commit_object(repository.id, record)
        replace_ref(hub, repository, ref, head, oid)
    touch(hub, repository)
    return oid


def ref_of(hub: Hub, repository: Repository, blob: str) -> tuple[str | None, int]:
    """Return a ref that contains the first commit with a blob (``main`` if possible) and its time in milliseconds."""
    lines = hub.git.run(repository.id, "log", "--all", "--format=%H %ct", f"--find-object={blob}").decode().split("\n")
    first = next((line for line in reversed(lines) if line), "")
    commit, __, when = first.partition(" ")
    if not commit:
        return None, 0
    names = [each.ref for each in list_refs(hub.git, repository.id, f"--contains={commit}")]
    ref = "refs/heads/main" if "refs/heads/main" in names else next(iter(names), None)
    return ref.removeprefix("refs/heads/") if ref else None, int(when) * 1000


def remove_lfs_files(hub: Hub, repository: Repository, oids: set[str], *, rewrite: bool) -> None:
    """Remove large files from a repository; with ``rewrite``, also their pointers from every commit of every ref.

    Raises:
        Refusal: 409, a push has moved a ref meanwhile; 413, the history is too long; 503, others are changing the
            repository.
    """
    with hub.locks.lock(repository.id):
        before = _rewrite(hub, repository, oids) if rewrite else []
        with hub.database.transaction():
            unbind(hub, repository.id, oids)
            for oid in oids:
                hub.database.execute("DELETE FROM offers WHERE repository_id = ? AND oid = ?", (repository.id, oid))
        delete_unbound(hub, oids)
        expunge(hub, repository, before)
    touch(hub, repository)


def _rewrite(hub: Hub, repository: Repository, oids: set[str]) -> list[str]:
    """Remove the pointers to these large files from every commit of every ref; return the ids that the refs had.

    Raises:
        Refusal: 409 or 413, as in :func:`remove_lfs_files`; no ref has changed.
    """
    before = {each.ref: each.target for each in list_refs(hub.git, repository.id)}
    pointers = {found[0].encode() for found in lfs_pointers(hub, repository) if found[1] in oids}
    with TemporaryDirectory(dir=hub.temporary) as refs, TemporaryFile(dir=hub.temporary) as commands:
        _export(hub, repository, pointers, commands)
        # Import the commits into the repository, but the refs into a folder of their own: fast-import would overwrite
        # refs that a push has moved since they were exported.
        Path(refs, "HEAD").write_text("ref: refs/heads/main\n", "ascii")
        Path(refs, "refs").mkdir()
        environment = {"GIT_OBJECT_DIRECTORY": str(hub.git.path(repository.id) / "objects")}
        hub.git.run(
            repository.id, f"--git-dir={refs}", "fast-import", "--quiet", "--date-format=raw-permissive",
            stdin=commands, environment=environment,
        )  # fmt: skip
        after = list_refs(hub.git, repository.id, options=(f"--git-dir={refs}",), environment=environment)
    # A ref that a push has created after the first list is expected not to exist, so that it is not overwritten.
    move_refs(hub, repository, {each.ref: (before.get(each.ref, NO_OBJECT), each.target) for each in after})
    return list(before.values())


def _export(hub: Hub, repository: Repository, blobs: set[bytes], to: BinaryIO) -> None:
    """Write the history of all refs without these blobs to a file, as commands for ``git fast-import``."""
    command = (
        "fast-export", "--all", "--no-data", "--signed-tags=strip", "--tag-of-filtered-object=rewrite",
        "--reencode=no", "--use-done-feature",
    )  # fmt: skip
    # If git fails, its output has no end, and fast-import refuses it.
    with hub.git.started(repository.id, *command) as process:
        assert process.stdout
        for part in without_blobs(process.stdout, blobs):
            to.write(part)
            if to.tell() > _LONGEST_EXPORT:
                raise Refusal(413, marked("This history is too long to be rewritten. Squash it first."))
    to.seek(0)


def without_blobs(exported: IO[bytes], blobs: set[bytes]) -> Iterator[bytes]:
    """Yield a ``git fast-export --no-data`` stream with the files of these blobs deleted instead of written."""
    for line in exported:
        if line.startswith(b"data "):
            # A message may contain lines that look like commands, so copy its bytes without parsing them.
            yield line + exported.read(int(line[5:]))
        elif line.startswith(b"M ") and line.split(b" ", 3)[2] in blobs:
            yield b"D " + line.split(b" ", 3)[3]
        else:
            yield line
