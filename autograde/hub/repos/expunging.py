"""Permanently delete commits and files that no branch, tag or pull request contains any more.

Git keeps unreachable objects, and its protocol sends any object to a client that knows its id. History that was
squashed, deleted or overwritten must be removed from the disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from autograde.hub.core import Hub
from autograde.hub.refusals import Refusal
from autograde.hub.repos import uploads
from autograde.hub.repos.bindings import delete_unbound, unbind
from autograde.hub.repos.repositories import Repository, repository_by_id
from autograde.hub.storage.gitstore import NO_OBJECT, GitError, RepositoryDeleted
from autograde.i18n.translation import marked

#: Time limit in seconds. Repacking copies the entire repository.
_SECONDS = 600.0

#: Seconds that a request waits for others after its own change is done. Then the periodic cleaning deletes the history.
#: Meanwhile it keeps other writers out of the repository, and occupies one of the Hub's threads.
_MAX_WAIT = 2.0

#: Most ids in one command: Linux allows arguments of 2 MB in total.
_MOST_ARGUMENTS = 10_000


def replace_ref(hub: Hub, repository: Repository, ref: str, old: str, new: str = NO_OBJECT) -> None:
    """Move a ref from the object ``old`` to ``new``, or delete it, and delete the history that this loses. The caller
    holds the repository's lock.

    Raises:
        Refusal: 409, a push has moved the ref meanwhile, so that its commits would be lost.
    """
    move_refs(hub, repository, {ref: (old, new)})
    expunge(hub, repository, [old])


def move_refs(hub: Hub, repository: Repository, moves: Mapping[str, tuple[str, str]]) -> None:
    """Move refs, each from an old object to a new one, or none of them. The caller holds the repository's lock.

    Raises:
        Refusal: 409, a push has moved one of them meanwhile.
    """
    lines = "".join(f"update {ref} {new} {old}\n" for ref, (old, new) in moves.items())
    try:
        hub.git.update_ref(repository.id, "--stdin", stdin=lines.encode("utf-8", "surrogateescape"))
    except RepositoryDeleted:
        raise
    except GitError as error:
        for ref, (old, __) in moves.items():
            if (target_of(hub, repository, ref) or NO_OBJECT) != old:
                raise Refusal(409, marked("{ref} was updated meanwhile; try again."), values={"ref": ref}) from error
        raise


def target_of(hub: Hub, repository: Repository, ref: str) -> str | None:
    """Return the id of the object that a full ref names (for an annotated tag, of the tag), or None."""
    with hub.git.reader(repository.id) as reader:
        found = reader.info(ref) if reader.resolve(ref) else None
    return found[0] if found else None


def expunge(hub: Hub, repository: Repository, lost: Iterable[str]) -> None:
    """Delete the history of ``lost`` (ids that refs pointed to until now), unless another ref still contains it.

    Large files that only this history referred to no longer belong to the repository. The refs are already changed, so
    this does not refuse: history that cannot be deleted now, because others use the repository, is deleted later.
    """
    expunge_recorded(hub, repository, record_lost(hub, repository, lost))


def record_lost(hub: Hub, repository: Repository, lost: Iterable[str]) -> float:
    """Record the ids of ``lost`` if no ref contains them any more, so that their history is deleted even if the Hub
    stops before. Return the number of seconds that :func:`expunge_recorded` should wait.

    Call it while the lock, or the push, that changed the refs is still held: otherwise another request may delete the
    commits first, and without them their large files cannot be found.
    """
    removed = sorted({oid for oid in lost if oid != NO_OBJECT})
    if not removed or not _is_unreachable(hub, repository, removed):
        return 0.0
    with hub.database.transaction():
        # One waiting request is enough: it deletes what others record meanwhile.
        wait = 0.0 if _recorded(hub, repository) else _MAX_WAIT
        for oid in removed:
            # Selected, because the repository may have been deleted meanwhile.
            hub.database.execute(
                "INSERT INTO lost_history (repository_id, oid) SELECT id, ? FROM repositories WHERE id = ?"
                " ON CONFLICT DO NOTHING",
                (oid, repository.id),
            )
    return wait


def expunge_recorded(hub: Hub, repository: Repository, wait: float) -> None:
    """Delete the recorded history of a repository, unless others use it for longer than ``wait`` seconds."""
    if not _recorded(hub, repository):
        return
    try:
        with hub.locks.exclusive(repository.id, wait):
            # All ids at once: repacking deletes all lost commits, and without them their large files cannot be found.
            if removed := _recorded(hub, repository):
                _delete(hub, repository, removed)
                hub.database.execute("DELETE FROM lost_history WHERE repository_id = ?", (repository.id,))
    except RepositoryDeleted:
        raise
    except (Refusal, GitError):
        return  # it stays recorded


def expunge_postponed(hub: Hub) -> None:
    """Delete the recorded history of every repository that is not in use now. Waiting would keep others out of it."""
    for row in hub.database.all("SELECT DISTINCT repository_id FROM lost_history"):
        repository = repository_by_id(hub, row["repository_id"])
        if repository is not None:
            with suppress(RepositoryDeleted):
                expunge_recorded(hub, repository, 0.0)


def _recorded(hub: Hub, repository: Repository) -> list[str]:
    sql = "SELECT oid FROM lost_history WHERE repository_id = ? ORDER BY oid"
    return [row["oid"] for row in hub.database.all(sql, (repository.id,))]


def _is_unreachable(hub: Hub, repository: Repository, removed: list[str]) -> bool:
    """Return whether the history of ``removed`` contains a commit that no ref contains, or is incomplete."""
    try:
        return any(
            hub.git.run(repository.id, "rev-list", "--max-count=1", *some, "--not", "--all").strip()
            for some in _in_parts(removed)
        )
    except RepositoryDeleted:
        raise
    except (Refusal, GitError):  # one of its objects is already missing, or the request's time is over
        return True


def _delete(hub: Hub, repository: Repository, removed: list[str]) -> None:
    """Delete history. The caller has kept others out of the repository."""
    if not _is_unreachable(hub, repository, removed):
        return
    _unbind(hub, repository, removed)
    hub.git.sweep(repository.id)
    hub.git.run(repository.id, "repack", "-a", "-d", "-q", timeout=_SECONDS)
    hub.git.run(repository.id, "prune", "--expire=now", timeout=_SECONDS)
    # Readers that are still open have the deleted objects in memory.
    hub.git.forget_readers(repository.id)


def _unbind(hub: Hub, repository: Repository, removed: list[str]) -> None:
    # An earlier deletion may have been interrupted, after it had unbound the large files of the missing objects.
    with hub.git.reader(repository.id) as reader:
        present = [oid for oid in removed if reader.info(oid)]
    try:
        named = _large_files(hub, repository, present)
    except GitError:
        # Some of their history is missing. git would fail for the others, too.
        named = set()
        for oid in present:
            with suppress(GitError):
                named |= _large_files(hub, repository, [oid])
    if not named:
        return
    named -= {oid for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository)}
    unbind(hub, repository.id, named)
    delete_unbound(hub, named)


def _large_files(hub: Hub, repository: Repository, removed: list[str]) -> set[str]:
    """Return the SHA-256 of every large file in the history of ``removed`` that no ref contains."""
    return {
        oid
        for some in _in_parts(removed)
        for __, oid, ___, ____ in uploads.lfs_pointers(hub, repository, *some, "--not", "--all")
    }


def _in_parts(removed: list[str]) -> Iterator[list[str]]:
    """Yield ids in lists that are short enough for the arguments of a program."""
    for start in range(0, len(removed), _MOST_ARGUMENTS):
        yield removed[start : start + _MOST_ARGUMENTS]
