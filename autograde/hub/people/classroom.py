"""How far each learner has come, read from what the Hub saw: the six steps of the tutorial, and the last event.

Nobody asks the learners. Steps follow from the tables of people, tokens and repositories and from ``activity``, which
:meth:`Hub.record <autograde.hub.core.Hub.record>` adds up while the diary is written: three queries, however long the
diary is.

git sends no name when it clones what is public. What somebody without a login fetched from a learner's own repository
counts as that learner's step, and pages say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograde.hub.core import Hub
from autograde.hub.storage.database import Row

#: The tutorial's steps (section 2), in its order.
STEPS = ("account", "login", "repository", "push", "download", "load")

#: Which way a change came in, by the diary's kind.
PUSHES = {"git.pushed": "git", "commit.created": "HTTP"}

#: What carried large files in; their bytes are counted with the push that they belong to.
UPLOADS = {"lfs.uploaded": "LFS", "xet.uploaded": "Xet"}

#: Which way files went out, by the diary's kind.
DOWNLOADS = {"git.fetched": "git", "lfs.downloaded": "LFS", "xet.downloaded": "Xet", "file.downloaded": "HTTP"}

_LOGINS = ("account.created", "account.logged_in", "device.logged_in", "token.created")

#: What the table can be sorted by; the page's ``sort`` parameter, with ``-`` in front for the other direction.
ORDERS = ("name", "joined", "seen", "steps", "pushed", "downloaded")


@dataclass
class Traffic:
    """What went one way. ``size`` in bytes; ``at`` the last time, in milliseconds since 1970; ``ways`` as git, LFS."""

    times: int = 0
    size: int = 0
    at: int = 0
    ways: set[str] = field(default_factory=set)
    repositories: dict[str, int] = field(default_factory=dict)

    def add(self, row: Row, way: str) -> None:
        """Count a row of ``activity`` in."""
        self.times += row["times"]
        self.size += row["size"]
        self.ways.add(way)
        self.at = max(self.at, row["last_at"])
        name = row["current_name"] or row["repository_name"]
        self.repositories[name] = max(self.repositories.get(name, 0), row["last_at"])

    def latest(self) -> list[str]:
        """The repositories, the last one used first."""
        return sorted(self.repositories, key=lambda name: -self.repositories[name])


@dataclass
class Learner:
    """One line of the class's table.

    Attributes:
        id, name, fullname, email: as of the account.
        joined: when the account was made; like all times in milliseconds since 1970.
        seen: when anything of theirs reached the Hub last.
        tokens: how many access tokens they have.
        repositories: the names of those that are theirs, newest first.
        pushed, downloaded: what they sent and fetched.
        steps: for each of :data:`STEPS` when it was done first, or None.
        unnamed: steps that somebody without a login did on a repository of theirs.
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
        """How many of the steps are done."""
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
    """Everybody who is no teacher, by name; with ``name`` only this person."""
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
    # Pushes first: whether a clone came after them decides what it was.
    for row in sorted(activity, key=lambda row: row["kind"] not in PUSHES):
        _count(found, row)
    return sorted(found.values(), key=lambda learner: learner.name.lower())


def _count(found: dict[str, Learner], row: Row) -> None:
    """Count one row of ``activity`` for whoever did it, or for whose repository it was done without a login."""
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
    """When a row of downloads was the tutorial's fifth step: weights came back, or a clone was made after the push."""
    if row["kind"] == "file.downloaded":
        return int(row["weights_at"]) if row["weights_at"] is not None else None
    if row["kind"] == "git.fetched" and row["owner_id"] == learner.id:
        # The clone of the still empty repository is a part of step four.
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
    """A table's learners in its order.

    Args:
        everybody: the learners, by name; who is equal stays in this order.
        order: one of :data:`ORDERS`, with ``-`` in front for the largest first; anything else is ``name``.
        text: only those whose name, full name or address contains this, whatever its capitals.
        lacking: only those who have not done this one of :data:`STEPS`.
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
    """How many learners have done each step."""
    return {step: sum(learner.steps[step] is not None for learner in everybody) for step in STEPS}
