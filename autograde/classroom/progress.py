"""Compute each learner's progress: the tutorial's six steps, and the last event.

The steps are computed from the Hub's accounts, repositories and event totals with three queries, regardless of the
number of events.

git does not send a user name when it clones a public repository, so an anonymous download from a learner's own
repository counts as that learner's step, and the pages mention it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograde.classroom.checks import Check, checks
from autograde.hub.public import Hub, Total, UserSummary, names_by_owner, totals, user_summaries

#: The tutorial's steps (section 2), in order.
STEPS = ("account", "login", "repository", "push", "download", "load")

#: Protocol of an upload, by kind of event.
PUSHES = {"git.pushed": "git", "commit.created": "HTTP"}

#: Protocol of large files, by kind of event. Their bytes are counted with the push that refers to them.
UPLOADS = {"lfs.uploaded": "LFS", "xet.uploaded": "Xet"}

#: Protocol of a download, by kind of event.
DOWNLOADS = {"git.fetched": "git", "lfs.downloaded": "LFS", "xet.downloaded": "Xet", "file.downloaded": "HTTP"}

_LOGINS = ("account.created", "account.logged_in", "device.logged_in", "token.created")


@dataclass(slots=True)
class Traffic:
    """Totals of one learner's traffic: ``size`` in bytes, last time ``at`` in ms, protocols ``ways`` such as LFS."""

    times: int = 0
    size: int = 0
    at: int = 0
    ways: set[str] = field(default_factory=set)
    repositories: dict[str, int] = field(default_factory=dict)

    def add(self, total: Total, way: str) -> None:
        """Add an event total of the Hub."""
        self.times += total.times
        self.size += total.size
        self.ways.add(way)
        self.at = max(self.at, total.last_at)
        self.repositories[total.repository] = max(self.repositories.get(total.repository, 0), total.last_at)

    def latest(self) -> list[str]:
        """Return the names of the repositories, most recently used first."""
        return sorted(self.repositories, key=lambda name: -self.repositories[name])


@dataclass(slots=True)
class LearnerProgress:
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
        checks: the exercise questions that the learner checked.
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
    checks: list[Check] = field(default_factory=list)

    @property
    def correct(self) -> int:
        """Number of exercise questions with a correct check."""
        return sum(check.correct for check in self.checks)

    @property
    def done(self) -> int:
        """Number of completed steps."""
        return sum(at is not None for at in self.steps.values())

    def reach(self, step: str, at: int, *, unnamed: bool = False) -> None:
        """Note that the learner did a step, or perhaps did it (``unnamed``); the earliest time is kept."""
        known = self.steps[step]
        if known is None or (at < known and not unnamed) or (step in self.unnamed and not unnamed):
            self.steps[step] = at
            (self.unnamed.add if unnamed else self.unnamed.discard)(step)


def learners(hub: Hub, name: str = "") -> list[LearnerProgress]:
    """Return all users who are not administrators, by name; with ``name``, only this user."""
    found = {summary.user.id: _learner(summary) for summary in user_summaries(hub, name)}
    for owner, repositories in names_by_owner(hub).items():
        if learner := found.get(owner):
            learner.repositories = [full_name for full_name, __ in repositories]
            learner.reach("repository", repositories[-1][1])
    only = next(iter(found)) if name and found else ""
    for user_id, listed in checks(hub, only).items():
        if learner := found.get(user_id):
            learner.checks = listed
    # Count clones last, because a clone is a step only after a push.
    clones = []
    for total in totals(hub, only):
        if total.kind == "git.fetched":
            clones.append(total)
        else:
            _count(found, total)
    for total in clones:
        _count(found, total)
    return sorted(found.values(), key=lambda learner: learner.name.lower())


def _learner(summary: UserSummary) -> LearnerProgress:
    user = summary.user
    learner = LearnerProgress(
        user.id, user.name, user.fullname, user.email, user.created_at, summary.seen_at, summary.tokens
    )
    learner.reach("account", user.created_at)
    if summary.first_token_at:
        learner.reach("login", summary.first_token_at)
    return learner


def _count(found: dict[str, LearnerProgress], total: Total) -> None:
    """Add a total to its learner or, for anonymous downloads, to the repository's owner."""
    kind, unnamed = total.kind, not total.user_id
    learner = found.get(total.user_id or total.owner_id or "")
    if learner is None or (unnamed and kind not in DOWNLOADS and kind != "model.loaded"):
        return
    if not unnamed:
        learner.seen = max(learner.seen, total.last_at)
    if kind in _LOGINS:
        learner.reach("login", total.first_at)
    elif kind == "repository.created":
        learner.reach("repository", total.first_at)
    elif kind in PUSHES:
        learner.pushed.add(total, PUSHES[kind])
        if total.weights_at is not None:
            learner.reach("push", total.weights_at)
    elif kind in UPLOADS:
        learner.pushed.ways.add(UPLOADS[kind])
    elif kind == "model.loaded":
        learner.reach("load", total.first_at, unnamed=unnamed)
    elif kind in DOWNLOADS:
        learner.downloaded.add(total, DOWNLOADS[kind])
        at = _downloaded_at(learner, total)
        if at is not None:
            learner.reach("download", at, unnamed=unnamed)


def _downloaded_at(learner: LearnerProgress, total: Total) -> int | None:
    """Return when a total completed the step "download", by downloading weights, or by a clone after a push."""
    if total.kind == "file.downloaded":
        return total.weights_at
    if total.kind == "git.fetched" and total.owner_id == learner.id:
        # A clone before the push belongs to step four, the upload.
        pushed = learner.steps["push"]
        return total.last_at if pushed is not None and total.last_at >= pushed else None
    return total.first_at


_KEYS: dict[str, Callable[[LearnerProgress], Any]] = {
    "name": lambda learner: learner.name.lower(),
    "joined": lambda learner: learner.joined,
    "seen": lambda learner: learner.seen,
    "steps": lambda learner: learner.done,
    "pushed": lambda learner: learner.pushed.size,
    "downloaded": lambda learner: learner.downloaded.size,
}

#: Orders of the table: the page's ``sort`` parameter, with ``-`` in front for descending order.
ORDERS = tuple(_KEYS)


def arranged(
    learners: Iterable[LearnerProgress], *, order: str = "name", text: str = "", lacking: str = ""
) -> list[LearnerProgress]:
    """Return the learners of a table, filtered and sorted.

    Args:
        learners: the learners, by name. Learners with equal keys keep this order.
        order: one of :data:`ORDERS`, with ``-`` in front for descending order; any other value means ``name``.
        text: only learners whose name, full name or e-mail address contains this (case-insensitive).
        lacking: only learners who have not done this one of :data:`STEPS`.
    """
    words = text.lower()
    kept = [
        learner
        for learner in learners
        if words in f"{learner.name}\0{learner.fullname}\0{learner.email or ''}".lower()
        and (lacking not in STEPS or learner.steps[lacking] is None)
    ]
    key = _KEYS.get(order.removeprefix("-"), _KEYS["name"])
    return sorted(kept, key=key, reverse=order.startswith("-"))


def reached(learners: Sequence[LearnerProgress]) -> dict[str, int]:
    """Return how many learners have done each step."""
    return {step: sum(learner.steps[step] is not None for learner in learners) for step in STEPS}
