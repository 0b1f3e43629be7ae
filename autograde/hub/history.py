"""A repository's history: its commits, and the commit that last touched a file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from autograde.hub.contents import revision_not_found
from autograde.hub.core import Hub
from autograde.hub.gitstore import GitError
from autograde.hub.objects import Commit
from autograde.hub.repositories import Repository

#: Repositories whose history's length is remembered.
_LENGTHS = 10_000


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

    One walk for all: git names what each commit touched until every path is found.
    """
    wanted = set(paths)
    found: dict[str, str] = {}
    command = [
        hub.git.git, f"--git-dir={hub.git.path(repository.id)}", "log", "-z", "--root", "-m", "--first-parent",
        "--name-only", "--no-renames", "--format=%x01%H", head,
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=hub.git.environment()
    ) as process:
        assert process.stdout
        oid, rest = "", b""
        while wanted and (chunk := process.stdout.read(1 << 16)):
            *fields, rest = (rest + chunk).split(b"\0")
            for item in fields:
                text = item.decode("utf-8", "surrogateescape").lstrip("\n")
                if text.startswith("\x01"):
                    oid = text[1:41]
                    continue
                parts = text.split("/")
                for depth in range(1, len(parts) + 1):
                    prefix = "/".join(parts[:depth])
                    if prefix in wanted:
                        wanted.discard(prefix)
                        found[prefix] = oid
        process.kill()
    with hub.git.reader(repository.id) as reader:
        known = {oid: reader.commit(oid) for oid in set(found.values())}
    return {path: known[oid] for path, oid in found.items()}
