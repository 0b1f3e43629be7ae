"""A repository's history: its commits, and the commit that last touched a file."""

from __future__ import annotations

from collections.abc import Iterable
from secrets import token_hex

from autograde.hub.budgets import check
from autograde.hub.core import Hub
from autograde.hub.repos.contents import revision_not_found, snapshot
from autograde.hub.repos.repositories import Repository
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import Commit

#: Repositories whose history's length is remembered.
_LENGTHS = 10_000

#: Paths that one walk through a history remembers.
_BY_THE_WAY = 5000


def commits(hub: Hub, repository: Repository, revision: str, *, skip: int = 0, limit: int = 50) -> list[Commit]:
    """The commits that lead to a revision, newest first.

    Raises:
        Refusal: RevisionNotFound.
    """
    with hub.git.reader(repository.id) as reader:
        head = reader.resolve(revision)
    if head is None:
        raise revision_not_found(revision)
    listed = hub.git.run(repository.id, "rev-list", f"--skip={skip}", f"--max-count={limit}", head).decode().split()
    with hub.git.reader(repository.id) as reader:
        return [reader.commit(oid) for oid in listed]


def count(hub: Hub, repository: Repository, commit: str) -> int:
    """How many commits lead to one, itself included.

    The last answer is remembered, and only what came on top of it is counted: a page of a long history costs no more
    than one of a short one.
    """
    known = hub.lengths.get(repository.id)
    if known is not None and known[0] == commit:
        return known[1]
    if known is not None:
        try:
            sides = hub.git.run(repository.id, "rev-list", "--count", "--left-right", f"{known[0]}...{commit}").split()
        except GitError:  # the commit that was remembered is gone: the history was rewritten
            sides = [b"1", b"0"]
        if sides[0] == b"0":
            hub.lengths[repository.id] = found = (commit, known[1] + int(sides[1]))
            return found[1]
    length = int(hub.git.run(repository.id, "rev-list", "--count", commit))
    hub.lengths[repository.id] = (commit, length)
    while len(hub.lengths) > _LENGTHS:
        hub.lengths.popitem(last=False)
    return length


def last_commits(hub: Hub, repository: Repository, head: str, paths: Iterable[str]) -> dict[str, Commit]:
    """For each path (a file or a folder) the newest commit up to ``head`` that changed it.

    One walk for all: git names what each commit touched until every path is found, or a commit comes at which an
    earlier walk has left the answers. A page of a long history costs no more than one of a short one.
    """
    known = hub.git.touched
    wanted = set(paths)
    found = known.at(repository.id, head, wanted)
    wanted.difference_update(found)
    if wanted:
        with snapshot(hub, repository, head) as at:
            at.require_listable()
        walked = _walked(hub, repository, head, wanted)
        # An answer that is kept at every head that was looked at is at hand wherever the next walk begins.
        known.keep(repository.id, head, walked)
        found |= {path: walked[path] for path in wanted if path in walked}
    with hub.git.reader(repository.id) as reader:
        records = {oid: reader.commit(oid) for oid in set(found.values())}
    return {path: records[oid] for path, oid in found.items()}


def _walked(hub: Hub, repository: Repository, head: str, paths: set[str]) -> dict[str, str]:
    """The id of the newest commit up to ``head`` that changed each path, from git and from earlier walks; also of other
    paths that came by, so that the next page need not walk the same way."""
    known = hub.git.touched
    marked, wanted, found = known.commits(repository.id), set(paths), dict[str, str]()
    # A file may be called anything, a line of our own format included: but not what nobody can guess.
    mark = token_hex(8).encode()
    command = (
        "log", "-z", "--root", "-m", "--first-parent", "--name-only", "--no-renames", f"--format={mark.decode()}%H",
        head,
    )  # fmt: skip
    with hub.git.started(repository.id, *command) as process:
        assert process.stdout
        oid, rest, first = "", b"", False
        # read1: git hands over a commit at a time, and read would wait for the history's end.
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
                # git puts a line end before the first name.
                name, first = item[1:] if first else item, False
                parts = name.decode("utf-8", "surrogateescape").split("/")
                for depth in range(1, len(parts) + 1):
                    prefix = "/".join(parts[:depth])
                    if prefix in wanted or (len(found) < _BY_THE_WAY and prefix not in found):
                        wanted.discard(prefix)
                        found[prefix] = oid
            check()
    check()
    return found
