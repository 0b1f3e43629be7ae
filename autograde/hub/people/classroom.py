"""Progress of each learner, from the events on the Hub: the six steps of the tutorial, and the last event.

Learners don't report anything. Their steps follow from the tables of users, tokens and repositories and from
``activity``, the totals that :meth:`Hub.record <autograde.hub.core.Hub.record>` updates with each event. That takes
three queries, however many events there are.

git sends no user name when it clones a public repository. An anonymous download from a learner's own repository counts
as that learner's step, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.storage.database import Row

#: The tutorial's steps (section 2), in order.
STEPS = ("account", "login", "repository", "push", "download", "load")

#: Protocol of an upload, by kind of event.
PUSHES = {"git.pushed": "git", "commit.created": "HTTP"}

#: Protocol of large files, by kind of event. Their bytes are counted with the push that refers to them.
UPLOADS = {"lfs.uploaded": "LFS", "xet.uploaded": "Xet"}

#: Protocol of a download, by kind of event.
DOWNLOADS = {"git.fetched": "git", "lfs.downloaded": "LFS", "xet.downloaded": "Xet", "file.downloaded": "HTTP"}

_LOGINS = ("account.created", "account.logged_in", "device.logged_in", "token.created")

#: Sort keys of the table: the page's ``sort`` parameter, with ``-`` in front for descending order.
ORDERS = ("name", "joined", "seen", "steps", "pushed", "downloaded")


@dataclass
class Traffic:
    """Totals of one learner's traffic. ``size`` in bytes, ``at`` (the last) in milliseconds, ``ways`` like LFS."""

    times: int = 0
    size: int = 0
    at: int = 0
    ways: set[str] = field(default_factory=set)
    repositories: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row, way: str) -> None:
        """Add a row of ``activity`` to the totals."""
        self.times += row["times"]
        self.size += row["size"]
        self.ways.add(way)
        self.at = max(self.at, row["last_at"])
        name = row["current_name"] or row["repository_name"]
        self.repositories[name] = max(self.repositories.get(name, 0), row["last_at"])

    def latest(self) -> list[str]:
        """Return the names of the repositories, most recently used first."""
        return sorted(self.repositories, key=lambda name: -self.repositories[name])


@dataclass
class Learner:
    """One row of the class's table.

    Attributes:
        id, name, fullname, email: from the account.
        joined: when the account was created; all times are in milliseconds since 1970.
        seen: time of the learner's last event.
        tokens: number of access tokens.
        repositories: names of the learner's repositories, newest first.
        pushed, downloaded: uploads and downloads.
        steps: for each of :data:`STEPS`, when it was first done, or None.
        unnamed: steps done by an anonymous client on the learner's repository.
    """

    id: str
    name: str
    fullname: str
    email: str | None
    joined: int
    seen: int
    tokens: int
    repositories: list[str] = field(default_factory=list)
    pushed: Traffic = field(default_factory=Traffic)
    downloaded: Traffic = field(default_factory=Traffic)
    steps: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(STEPS))
    unnamed: set[str] = field(default_factory=set)

    @property
    def done(self) -> int:
        """Number of completed steps."""
        return sum(at is not None for at in self.steps.values())

    def _reach(self, step: str, at: int, *, unnamed: bool = False) -> None:
        known = self.steps[step]
        if known is None or (at < known and not unnamed) or (step in self.unnamed and not unnamed):
            self.steps[step] = at
            (self.unnamed.add if unnamed else self.unnamed.discard)(step)


_PEOPLE = """
    SELECT users.id, users.name, fullname, email, users.created_at, count(tokens.id) AS tokens,
        min(tokens.created_at) AS token_at, max(coalesce(last_used_at, 0)) AS used_at
    FROM users LEFT JOIN tokens ON tokens.user_id = users.id
    WHERE kind = 'user' AND teacher = 0 AND (? = '' OR name_key = ?)
    GROUP BY users.id, users.name, fullname, email, users.created_at
"""

_ACTIVITY = """
    SELECT activity.*, owner_id, users.name || '/' || repositories.name AS current_name
    FROM activity LEFT JOIN repositories ON repositories.id = repository_id LEFT JOIN users ON users.id = owner_id
    WHERE ? = '' OR user_id = ? OR owner_id = ?
"""


def learners(hub: Hub, name: str = "") -> list[Learner]:
    """Return all users who are not teachers, by name; with ``name``, only this user."""
    people = hub.database.all(_PEOPLE, (name, name.lower()))
    only = people[0]["id"] if name and people else ""
    found = {
        row["id"]: Learner(
            row["id"], row["name"], row["fullname"], row["email"], row["created_at"], row["used_at"] or 0, row["tokens"]
        )
        for row in people
    }
    for row in people:
        found[row["id"]]._reach("account", row["created_at"])
        if row["token_at"]:
            found[row["id"]]._reach("login", row["token_at"])
    owned = hub.database.all(
        "SELECT owner_id, users.name || '/' || repositories.name AS full_name, repositories.created_at"
        " FROM repositories JOIN users ON users.id = owner_id ORDER BY repositories.created_at DESC"
    )
    for row in owned:
        if learner := found.get(row["owner_id"]):
            learner.repositories.append(row["full_name"])
            learner._reach("repository", row["created_at"])
    activity = hub.database.all(_ACTIVITY, (only, only, only))
    # Count pushes first: a clone is a step only if it happened after a push.
    for row in sorted(activity, key=lambda row: row["kind"] not in PUSHES):
        _count(found, row)
    return sorted(found.values(), key=lambda learner: learner.name.lower())


def _count(found: dict[str, Learner], row: Row) -> None:
    """Add a row of ``activity`` to the learner who did it or, for anonymous downloads, to the repository's owner."""
    kind, unnamed = row["kind"], not row["user_id"]
    learner = found.get(row["owner_id"] if unnamed else row["user_id"])
    if learner is None:
        return
    if unnamed:
        if kind not in DOWNLOADS and kind != "model.loaded":
            return
    else:
        learner.seen = max(learner.seen, row["last_at"])
    if kind in _LOGINS:
        learner._reach("login", row["first_at"])
    elif kind == "repository.created":
        learner._reach("repository", row["first_at"])
    elif kind in PUSHES:
        learner.pushed.add(row, PUSHES[kind])
        if row["weights_at"] is not None:
            learner._reach("push", row["weights_at"])
    elif kind in UPLOADS:
        learner.pushed.ways.add(UPLOADS[kind])
    elif kind == "model.loaded":
        learner._reach("load", row["first_at"], unnamed=unnamed)
    elif kind in DOWNLOADS:
        learner.downloaded.add(row, DOWNLOADS[kind])
        at = _downloaded_at(learner, row)
        if at is not None:
            learner._reach("download", at, unnamed=unnamed)


def _downloaded_at(learner: Learner, row: Row) -> int | None:
    """Return when a row completed the step "download": weights were downloaded, or a clone was made after a push."""
    if row["kind"] == "file.downloaded":
        return int(row["weights_at"]) if row["weights_at"] is not None else None
    if row["kind"] == "git.fetched" and row["owner_id"] == learner.id:
        # A clone of the empty repository is part of step four.
        pushed = learner.steps["push"]
        return int(row["last_at"]) if pushed is not None and row["last_at"] >= pushed else None
    return int(row["first_at"])


_KEYS: dict[str, Callable[[Learner], Any]] = {
    "name": lambda learner: learner.name.lower(),
    "joined": lambda learner: learner.joined,
    "seen": lambda learner: learner.seen,
    "steps": lambda learner: learner.done,
    "pushed": lambda learner: learner.pushed.size,
    "downloaded": lambda learner: learner.downloaded.size,
}


def arranged(everybody: Iterable[Learner], *, order: str = "name", text: str = "", lacking: str = "") -> list[Learner]:
    """Return the learners of a table, filtered and sorted.

    Args:
        everybody: the learners, by name. Learners with equal keys keep this order.
        order: one of :data:`ORDERS`, with ``-`` in front for descending order; any other value means ``name``.
        text: only learners whose name, full name or e-mail address contains this (case-insensitive).
        lacking: only learners who have not done this one of :data:`STEPS`.
    """
    words = text.lower()
    kept = [
        learner
        for learner in everybody
        if words in f"{learner.name}\0{learner.fullname}\0{learner.email or ''}".lower()
        and (lacking not in STEPS or learner.steps[lacking] is None)
    ]
    key = _KEYS.get(order.removeprefix("-"), _KEYS["name"])
    return sorted(kept, key=key, reverse=order.startswith("-"))


def reached(everybody: Sequence[Learner]) -> dict[str, int]:
    """Return how many learners have done each step."""
    return {step: sum(learner.steps[step] is not None for learner in everybody) for step in STEPS}
