"""Record what a push changed: its events, its bytes, and its commits in pull requests.

git changes the refs in a process of its own, and the Hub may be killed before it records that. So an accepted push is
stored before git continues; what it changed is then recorded by the next Hub that opens the folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.events import Sender, record
from autograde.hub.people.accounts import user_by_id
from autograde.hub.refusals import Refusal
from autograde.hub.repos import discussions, history, quota
from autograde.hub.repos.expunging import record_lost
from autograde.hub.repos.pushes import RefChange, changed_refs
from autograde.hub.repos.repositories import Repository, repository_by_id, touch
from autograde.hub.storage.gitstore import GitError
from autograde.hub.storage.objects import ObjectMissing

#: In milliseconds: no git process that outlived its Hub changes refs so long afterwards.
_HOUR = 3_600_000


@dataclass(frozen=True)
class AcceptedPush:
    """A push that git may carry out.

    Attributes:
        id: the id under which it is stored.
        sender: who pushed.
        payer: the id of the user whose quota it counts against; None means the repository's owner.
        length: its size in bytes.
        details: more facts for the event of the first ref.
        refs: the changes that git was asked for.
    """

    id: str
    sender: Sender
    payer: str | None
    length: int
    details: dict[str, int]
    refs: list[RefChange]


def store(hub: Hub, repository: Repository, push: AcceptedPush) -> None:
    """Store a push before git carries it out. Afterwards, call :func:`record_changes` or :func:`forget`."""
    # Not lost if the Hub is killed. After a power failure, git's own change of the ref may be lost too.
    with hub.database.relaxed_transaction():
        hub.database.execute(
            "INSERT INTO accepted_pushes (id, repository_id, user_id, push, created_at)"
            " SELECT ?, id, ?, ?, ? FROM repositories WHERE id = ?",
            (push.id, push.sender.user_id, json.dumps(asdict(push)), hub.now(), repository.id),
        )


def forget(hub: Hub, push_id: str) -> None:
    """Delete a stored push that is recorded, or has changed nothing."""
    with hub.database.relaxed_transaction():
        hub.database.execute("DELETE FROM accepted_pushes WHERE id = ?", (push_id,))


def pull_request_commits(
    hub: Hub, repository: Repository, changed: Iterable[RefChange]
) -> dict[str, list[tuple[str, str]]]:
    """Return the new commits (id and title, oldest first) of each changed pull request, by its ref.

    The discussion would become too long with more than the newest ones.
    """
    return {
        ref: [
            (commit.oid, commit.title)
            for commit in reversed(history.commits(hub, repository, new, without=(old, "refs/heads/main")))
        ]
        for ref, old, new in changed
        if ref.startswith("refs/pr/")
    }


def record_changes(
    hub: Hub,
    repository: Repository,
    push: AcceptedPush,
    changed: Collection[RefChange],
    commits: dict[str, list[tuple[str, str]]],
    record_event: Callable[..., None],
) -> None:
    """Record the changed refs. Call this in a transaction, because each waits for the disk.

    Args:
        hub: the Hub.
        repository: the repository.
        push: the push.
        changed: see :func:`~autograde.hub.repos.pushes.changed_refs`.
        commits: see :func:`pull_request_commits`.
        record_event: called with the details of each event, as keywords.

    Raises:
        Refusal: 404, a pull request was deleted meanwhile.
    """
    author = user_by_id(hub, push.sender.user_id or "")
    assert author
    quota.count_git(hub, repository, push.length, user_by_id(hub, push.payer) if push.payer else None)
    for number, (ref, old, new) in enumerate(changed):
        touch(hub, repository)
        # Count each file once, even if several refs contain it.
        details = push.details if number == 0 else {}
        discussions.add_commits(hub, repository, ref, author, commits.get(ref, []))
        record_event(ref=ref, old=old, new=new, via="git", **details)
    forget(hub, push.id)
    _forget_repeated(hub, repository, changed)


def _forget_repeated(hub: Hub, repository: Repository, changed: Iterable[RefChange]) -> None:
    """Delete the stored pushes of an earlier, killed Hub that made one of these changes: people push again what was
    interrupted, and then it would be recorded twice."""
    made = {(ref, new) for ref, __, new in changed}
    sql = "SELECT id, push FROM accepted_pushes WHERE repository_id = ? AND created_at < ?"
    for row in hub.database.all(sql, (repository.id, hub.opened_at)):
        if made.intersection((ref, new) for ref, __, new in json.loads(row["push"])["refs"]):
            forget(hub, row["id"])


def record_interrupted(hub: Hub) -> None:
    """Record the pushes that an earlier, killed Hub accepted and git has carried out."""
    for row in hub.database.all("SELECT * FROM accepted_pushes WHERE created_at < ?", (hub.opened_at,)):
        repository = repository_by_id(hub, row["repository_id"])
        stored = hub.database.one("SELECT 1 FROM accepted_pushes WHERE id = ?", (row["id"],))
        if repository is None or stored is None:  # deleted meanwhile, or recorded with the same push as before
            continue
        # A damaged repository must not keep the others from being recorded.
        with suppress(GitError, ObjectMissing, Refusal):
            if _record_interrupted(hub, repository, row["id"], json.loads(row["push"])):
                continue
        # git may still be at work.
        if row["created_at"] < hub.now() - _HOUR:
            forget(hub, row["id"])


def _record_interrupted(hub: Hub, repository: Repository, push_id: str, stored: dict[str, Any]) -> bool:
    """Record one push; return False if git has changed nothing."""
    refs = [(str(ref), str(old), str(new)) for ref, old, new in stored["refs"]]
    push = AcceptedPush(**{**stored, "id": push_id, "sender": Sender(**stored["sender"]), "refs": refs})
    # With the lock, no other request deletes the history that the push replaced before it is recorded as lost.
    with hub.locks.lock(repository.id):
        changed = changed_refs(hub, repository, push.refs)
        if not changed:
            return False
        commits = pull_request_commits(hub, repository, changed)
        record_lost(hub, repository, [old for __, old, ___ in changed])

    def record_event(**detail: Any) -> None:
        record(
            hub, "git.pushed", push.sender,
            repository_id=repository.id, repository_name=repository.full_name, detail=detail,
        )  # fmt: skip

    with hub.database.transaction():
        record_changes(hub, repository, push, changed, commits, record_event)
    return True
