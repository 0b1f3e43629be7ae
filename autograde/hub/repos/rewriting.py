"""Rewrite a repository's history: squash it into one commit, or remove large files from every commit."""

from __future__ import annotations

from autograde.hub.budgets import check, uninterrupted
from autograde.hub.core import Hub
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.branches import references
from autograde.hub.repos.commits import Author, check_message
from autograde.hub.repos.contents import revision_not_found
from autograde.hub.repos.discussions import require_open_pull
from autograde.hub.repos.expunging import expunge, replace_ref
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.repos.uploads import lfs_pointers


def squash(hub: Hub, repository: Repository, branch: str, author: Author, message: str) -> str:
    """Replace a branch's history with one commit of the same files and return its id.

    Raises:
        Refusal: RevisionNotFound, there is no such branch; 409, the branch has moved.
    """
    check_message(message)
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    if ref.startswith("refs/pr/"):
        require_open_pull(hub, repository, ref)
    with hub.git.lock(repository.id):
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
    names = hub.git.run(repository.id, "for-each-ref", f"--contains={commit}", "--format=%(refname)").decode().split()
    ref = "refs/heads/main" if "refs/heads/main" in names else next(iter(names), None)
    return ref.removeprefix("refs/heads/") if ref else None, int(when) * 1000


def remove_lfs_files(hub: Hub, repository: Repository, oids: set[str], *, rewrite: bool) -> None:
    """Remove large files from a repository; with ``rewrite``, also their pointers from every commit of every ref."""
    with hub.git.lock(repository.id):
        before = [ref.commit for ref in references(hub, repository, "refs/")] if rewrite else []
        if rewrite:
            pointers = {found[0].encode() for found in lfs_pointers(hub, repository) if found[1] in oids}
            exported = hub.git.run(
                repository.id, "fast-export", "--all", "--no-data", "--signed-tags=strip",
                "--tag-of-filtered-object=rewrite", "--reencode=no", "--use-done-feature",
            )  # fmt: skip
            rewritten = without_blobs(exported, pointers)
            check()
            with uninterrupted():
                hub.git.run(
                    repository.id, "fast-import", "--force", "--quiet", "--date-format=raw-permissive", stdin=rewritten
                )
        with hub.database.transaction():
            unbind(hub, repository.id, oids)
            for oid in oids:
                hub.database.execute("DELETE FROM offers WHERE repository_id = ? AND oid = ?", (repository.id, oid))
        delete_unbound(hub, oids)
        expunge(hub, repository, before)
    touch(hub, repository)


def without_blobs(exported: bytes, blobs: set[bytes]) -> bytes:
    """Return a ``git fast-export --no-data`` stream with the files of these blobs deleted instead of written."""
    out, position = [], 0
    while position < len(exported):
        end = exported.index(b"\n", position) + 1
        line = exported[position:end]
        position = end
        if line.startswith(b"data "):
            # A message may contain lines that look like commands, so copy its bytes without parsing them.
            length = int(line[5:])
            out.append(line + exported[position : position + length])
            position += length
        elif line.startswith(b"M ") and line.split(b" ", 3)[2] in blobs:
            out.append(b"D " + line.split(b" ", 3)[3])
        else:
            out.append(line)
    return b"".join(out)
