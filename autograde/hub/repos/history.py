"""Commit history of a repository, and the last commit that changed each file."""

from __future__ import annotations

from collections.abc import Iterable
from secrets import token_hex

from autograde.hub.budgets import check
from autograde.hub.core import Hub
from autograde.hub.repos.contents import open_revision, revision_not_found
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import Commit

#: Repositories whose number of commits is cached.
_MAX_COUNTS = 10_000

#: Paths that one walk through a history adds to the cache.
_MAX_EXTRA_PATHS = 5000


def commits(
    hub: Hub, repository: Repository, revision: str, *, skip: int = 0, limit: int = 50, without: Iterable[str] = ()
) -> list[Commit]:
    """Return the commits up to a revision, newest first, ``without`` those up to other commits or full refs.

    Raises:
        Refusal: RevisionNotFound, there is no such revision.
    """
    with hub.git.reader(repository.id) as reader:
        head = reader.resolve(revision)
    if head is None:
        raise revision_not_found(revision)
    options = (f"--skip={skip}", f"--max-count={limit}", head, "--not", *without)
    listed = hub.git.run(repository.id, "rev-list", *options).decode().split()
    with hub.git.reader(repository.id) as reader:
        return [reader.commit(oid) for oid in listed]


def count(hub: Hub, repository: Repository, commit: str) -> int:
    """Return the number of commits up to and including ``commit``.

    The last answer is cached and only newer commits are counted, so a page takes equally long for long and short
    histories.
    """
    known = hub.commit_counts.get(repository.id)
    if known is not None and known[0] == commit:
        return known[1]
    if known is not None:
        try:
            sides = hub.git.run(repository.id, "rev-list", "--count", "--left-right", f"{known[0]}...{commit}").split()
        except GitError:  # the cached commit is gone: the history was rewritten
            sides = [b"1", b"0"]
        if sides[0] == b"0":
            hub.commit_counts[repository.id] = found = (commit, known[1] + int(sides[1]))
            return found[1]
    length = int(hub.git.run(repository.id, "rev-list", "--count", commit))
    hub.commit_counts[repository.id] = (commit, length)
    while len(hub.commit_counts) > _MAX_COUNTS:
        hub.commit_counts.popitem(last=False)
    return length


def last_commits(hub: Hub, repository: Repository, head: str, paths: Iterable[str]) -> dict[str, Commit]:
    """Return, for each path (a file or a folder), the newest commit up to ``head`` that changed it.

    One ``git log`` serves all paths. It stops when every path is found or at a commit with cached answers, so a page
    takes equally long for long and short histories.
    """
    known = hub.git.last_changes
    wanted = set(paths)
    found = known.at(repository.id, head, wanted)
    wanted.difference_update(found)
    if wanted:
        with open_revision(hub, repository, head) as at:
            at.require_listable()
        walked = _walked(hub, repository, head, wanted)
        # Answers cached at each requested head are found by the next walk, wherever it starts.
        known.keep(repository.id, head, walked)
        found |= {path: walked[path] for path in wanted if path in walked}
    with hub.git.reader(repository.id) as reader:
        records = {oid: reader.commit(oid) for oid in set(found.values())}
    return {path: records[oid] for path, oid in found.items()}


def _walked(hub: Hub, repository: Repository, head: str, paths: set[str]) -> dict[str, str]:
    """Return the id of the newest commit up to ``head`` that changed each path, from git and from cached answers. Also
    includes other paths that the walk passes, so that the next page needs no second walk."""
    known = hub.git.last_changes
    marked, wanted, found = known.commits(repository.id), set(paths), dict[str, str]()
    # A file name may look like a line of our own format, but cannot contain a random mark.
    mark = token_hex(8).encode()
    command = (
        "log", "-z", "--root", "-m", "--first-parent", "--name-only", "--no-renames", f"--format={mark.decode()}%H",
        head,
    )  # fmt: skip
    with hub.git.started(repository.id, *command) as process:
        assert process.stdout
        oid, rest, first = "", b"", False
        # Use read1: git prints one commit at a time, and read would wait for the end of the history.
        while wanted and (chunk := process.stdout.read1(1 << 16)):  # type: ignore[attr-defined]
            *fields, rest = (rest + chunk).split(b"\0")
            for item in fields:
                if item.startswith(mark):
                    oid, first = item.removeprefix(mark).decode("ascii"), True
                    if oid in marked:
                        earlier = known.at(repository.id, oid, wanted)
                        found |= earlier
                        wanted.difference_update(earlier)
                    continue
                # git prints a newline before the first name.
                name, first = item[1:] if first else item, False
                parts = name.decode("utf-8", "surrogateescape").split("/")
                for depth in range(1, len(parts) + 1):
                    prefix = "/".join(parts[:depth])
                    if prefix in wanted or (len(found) < _MAX_EXTRA_PATHS and prefix not in found):
                        wanted.discard(prefix)
                        found[prefix] = oid
            check()
    check()
    return found
