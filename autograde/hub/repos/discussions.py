"""Discussions and pull requests. A pull request's changes are on the ref ``refs/pr/N``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from autograde.hub.budgets import check, uninterrupted
from autograde.hub.core import Hub
from autograde.hub.people.accounts import User, user_by_id
from autograde.hub.refusals import Refusal
from autograde.hub.repos import uploads
from autograde.hub.repos.commits import Author
from autograde.hub.repos.contents import require_present, resolve, revision_not_found
from autograde.hub.repos.expunging import replace_ref
from autograde.hub.repos.repositories import Repository, touch
from autograde.hub.storage.database import Row
from autograde.i18n.translation import marked

#: Statuses of a discussion; only a merge sets ``merged``.
STATUSES = ("draft", "open", "closed", "merged")

#: Error message when a pull request cannot be merged, by its status.
_NOT_OPEN = {
    "draft": marked("This pull request is a draft; only an open one can be merged. Its author can open it."),
    "closed": marked("This pull request is closed; only an open one can be merged."),
    "merged": marked("This pull request is merged already."),
}

#: The longest title and comment, in characters.
MAX_TITLE = 200
MAX_COMMENT = 65_536

#: Bytes of the list of files in conflict that are read: everyone who opens the page of a pull request gets the list.
_LONGEST_CONFLICTS = 1 << 16

#: Versions of one comment that are kept; they are all read when the discussion is opened.
MAX_VERSIONS = 20


@dataclass(frozen=True)
class Discussion:
    """A discussion or a pull request. ``created_at`` is in milliseconds; ``merge_commit`` is None until the merge."""

    id: str
    repository_id: str
    number: int
    title: str
    pull_request: bool
    status: str
    author: User
    merge_commit: str | None
    created_at: int

    @property
    def ref(self) -> str:
        """The ref of a pull request's changes."""
        return f"refs/pr/{self.number}"


@dataclass(frozen=True)
class DiscussionEvent:
    """An event in a discussion: ``comment``, ``status-change``, ``title-change`` or ``commit``."""

    id: str
    type: str
    author: User
    data: dict[str, Any]
    created_at: int


def _of(hub: Hub, row: Row) -> Discussion:
    author = user_by_id(hub, row["author_id"])
    assert author
    return Discussion(
        row["id"], row["repository_id"], row["number"], row["title"], bool(row["pull_request"]), row["status"], author,
        row["merge_commit"], row["created_at"],
    )  # fmt: skip


def _title(value: object) -> str:
    text = str(value or "").strip()
    if not text:
        raise Refusal(400, marked("A discussion needs a title."))
    if len(text) > MAX_TITLE:
        raise Refusal(400, marked("A title has at most {limit} characters."), values={"limit": f"{MAX_TITLE:,}"})
    return text


def _comment_text(value: object) -> str:
    text = str(value or "").strip()
    if not text:
        raise Refusal(400, marked("The comment is empty. Write something first."))
    if len(text) > MAX_COMMENT:
        raise Refusal(400, marked("A comment has at most {limit} characters."), values={"limit": f"{MAX_COMMENT:,}"})
    return text


def find(hub: Hub, repository: Repository, number: int) -> Discussion:
    """Return a repository's discussion with this number.

    Raises:
        Refusal: 404, there is no such discussion.
    """
    row = hub.database.one("SELECT * FROM discussions WHERE repository_id = ? AND number = ?", (repository.id, number))
    if row is None:
        raise Refusal(
            404,
            marked("There is no discussion {number} in {name}."),
            values={"number": number, "name": repository.full_name},
        )
    return _of(hub, row)


def listing(hub: Hub, repository: Repository) -> list[Discussion]:
    """Return a repository's discussions, newest first."""
    rows = hub.database.all("SELECT * FROM discussions WHERE repository_id = ? ORDER BY number DESC", (repository.id,))
    return [_of(hub, row) for row in rows]


def events(hub: Hub, discussion: Discussion) -> list[DiscussionEvent]:
    """Return a discussion's events, oldest first."""
    rows = hub.database.all(
        "SELECT * FROM discussion_events WHERE discussion_id = ? ORDER BY position", (discussion.id,)
    )
    found = []
    for row in rows:
        author = user_by_id(hub, row["author_id"])
        assert author
        found.append(DiscussionEvent(row["id"], row["type"], author, json.loads(row["data"]), row["created_at"]))
    return found


def require_open_pull(hub: Hub, repository: Repository, ref: str) -> Discussion:
    """Return the pull request of ``refs/pr/N`` when it still accepts commits.

    Raises:
        Refusal: 404, there is no such pull request; 409, it is closed or merged.
    """
    number = ref.removeprefix("refs/pr/")
    discussion = find(hub, repository, int(number) if number.isdecimal() and len(number) < 10 else 0)
    if not discussion.pull_request:
        raise revision_not_found(ref)
    if discussion.status not in ("draft", "open"):
        raise Refusal(409, marked("This pull request is closed; it takes no more commits."))
    return discussion


def has_open_pull(hub: Hub, repository: Repository, author: User) -> bool:
    """Return whether a user has opened a pull request in a repository that still accepts commits."""
    sql = (
        "SELECT 1 FROM discussions WHERE repository_id = ? AND author_id = ? AND pull_request = 1"
        " AND status IN ('draft', 'open')"
    )
    return hub.database.one(sql, (repository.id, author.id)) is not None


def add_event(hub: Hub, discussion: Discussion, author: User, type: str, data: Mapping[str, Any]) -> DiscussionEvent:
    """Add an event to a discussion."""
    event = DiscussionEvent(hub.new_id()[:24], type, author, dict(data), hub.now())
    hub.database.execute(
        "INSERT INTO discussion_events (id, discussion_id, position, type, author_id, data, created_at)"
        " SELECT ?, ?, coalesce(max(position), 0) + 1, ?, ?, ?, ? FROM discussion_events WHERE discussion_id = ?",
        (event.id, discussion.id, type, author.id, json.dumps(event.data), event.created_at, discussion.id),
    )
    return event


def add_commits(hub: Hub, repository: Repository, ref: str, author: User, commits: Iterable[tuple[str, str]]) -> None:
    """Add new commits (id and subject, oldest first) to the events of the pull request with this ref, if there is one.

    Raises:
        Refusal: 404, the pull request was deleted meanwhile.
    """
    if found := re.fullmatch(r"refs/pr/(\d{1,9})", ref):
        discussion = find(hub, repository, int(found[1]))
        for oid, subject in commits:
            add_event(hub, discussion, author, "commit", {"subject": subject, "oid": oid})


def open_discussion(
    hub: Hub,
    repository: Repository,
    author: User,
    title: object,
    description: str,
    *,
    pull_request: bool,
    draft: bool = True,
    start: str | None = None,
) -> Discussion:
    """Open a discussion, or a pull request whose branch starts at the commit ``start`` (default: the head of ``main``).

    Raises:
        Refusal: 400, the title is missing or too long; 412, the commit is gone.
    """
    clean = _title(title)
    status = "draft" if pull_request and draft else "open"
    # A pull request without its ref has no page.
    with hub.locks.lock(repository.id), uninterrupted(), hub.database.transaction():
        if start:
            require_present(hub, repository, start)
        row = hub.database.one(
            "SELECT coalesce(max(number), 0) + 1 AS number FROM discussions WHERE repository_id = ?",
            (repository.id,),
        )
        assert row
        hub.database.execute(
            "INSERT INTO discussions (id, repository_id, number, title, pull_request, status, author_id, "
            "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (hub.new_id(), repository.id, row["number"], clean, int(pull_request), status, author.id, hub.now()),
        )
        discussion = find(hub, repository, row["number"])
        comment(hub, discussion, author, description or "_No description_")
        if pull_request and (start := start or resolve(hub, repository, "main")):
            hub.git.update_ref(repository.id, discussion.ref, start)
    return discussion


def discard(hub: Hub, repository: Repository, discussion: Discussion) -> None:
    """Delete a pull request that was opened for a commit which was then refused."""
    # With the lock, because the next pull request gets the same number, and so the same ref.
    with uninterrupted(), hub.locks.lock(repository.id):
        hub.database.execute("DELETE FROM discussions WHERE id = ?", (discussion.id,))
        if before := resolve(hub, repository, discussion.ref):
            replace_ref(hub, repository, discussion.ref, before)


def comment(hub: Hub, discussion: Discussion, author: User, text: object) -> DiscussionEvent:
    """Add a comment.

    Raises:
        Refusal: 400, the comment is empty or too long.
    """
    return add_event(hub, discussion, author, "comment", {"versions": [_version(hub, author, text)], "hidden": False})


def _version(hub: Hub, author: User, text: object) -> dict[str, Any]:
    return {"raw": _comment_text(text), "at": hub.now(), "author": author.name}


def edit_comment(hub: Hub, discussion: Discussion, author: User, event_id: str, text: object) -> DiscussionEvent:
    """Edit a comment; the last :data:`MAX_VERSIONS` versions are kept.

    Raises:
        Refusal: 404, there is no such comment; 403, it belongs to another user.
    """
    with hub.database.transaction():
        event = _comment(hub, discussion, event_id)
        if event.author.id != author.id:
            raise Refusal(403, marked("Only its author can edit a comment."))
        versions = [*event.data["versions"], _version(hub, author, text)][-MAX_VERSIONS:]
        return _save(hub, event, {**event.data, "versions": versions})


def hide_comment(hub: Hub, discussion: Discussion, event_id: str) -> DiscussionEvent:
    """Hide a comment permanently.

    Raises:
        Refusal: 404, there is no such comment.
    """
    with hub.database.transaction():
        event = _comment(hub, discussion, event_id)
        return _save(hub, event, {**event.data, "hidden": True})


def _comment(hub: Hub, discussion: Discussion, event_id: str) -> DiscussionEvent:
    found = next((e for e in events(hub, discussion) if e.id == event_id and e.type == "comment"), None)
    if found is None:
        raise Refusal(404, marked("There is no such comment in this discussion."))
    return found


def _save(hub: Hub, event: DiscussionEvent, data: dict[str, Any]) -> DiscussionEvent:
    hub.database.execute("UPDATE discussion_events SET data = ? WHERE id = ?", (json.dumps(data), event.id))
    return DiscussionEvent(event.id, event.type, event.author, data, event.created_at)


def rename(hub: Hub, discussion: Discussion, author: User, title: object) -> DiscussionEvent:
    """Change the title of a discussion."""
    clean = _title(title)
    with hub.database.transaction():
        hub.database.execute("UPDATE discussions SET title = ? WHERE id = ?", (clean, discussion.id))
        return add_event(hub, discussion, author, "title-change", {"from": discussion.title, "to": clean})


def change_status(hub: Hub, discussion: Discussion, author: User, status: object) -> DiscussionEvent:
    """Open or close a discussion, or mark a draft as ready.

    Raises:
        Refusal: 400, there is no such status; 409, the pull request is already merged.
    """
    if status not in ("open", "closed"):
        raise Refusal(
            400, marked("Invalid status '{status}': it is open or closed."), values={"status": str(status)[:100]}
        )
    with hub.database.transaction():
        changed = "UPDATE discussions SET status = ? WHERE id = ? AND status <> 'merged'"
        if not hub.database.execute(changed, (status, discussion.id)):
            raise Refusal(409, marked("This pull request is merged; its status cannot change any more."))
        return add_event(hub, discussion, author, "status-change", {"status": status})


def conflicts(hub: Hub, repository: Repository, discussion: Discussion) -> list[str]:
    """Return the files with merge conflicts between a pull request and ``main``.

    The result is cached: with tens of thousands of conflicts, git needs seconds.
    """
    main, head = resolve(hub, repository, "main"), resolve(hub, repository, discussion.ref)
    if main is None or head is None or discussion.merge_commit:
        return []
    commits = f"{main} {head}"
    known = hub.summaries.get(repository.id, commits)
    if known is None:
        known = {"conflicts": _merged_tree(hub, repository, main, head)[1]}
        hub.summaries.keep(repository.id, commits, known)
    names: list[str] = known["conflicts"]
    return names


def _merged_tree(hub: Hub, repository: Repository, main: str, head: str) -> tuple[str, list[str]]:
    """Return the merged tree and the files in conflict. With conflicts, the tree must not be used."""
    # A squash of main leaves pull requests without a common commit.
    options = ("--write-tree", "--allow-unrelated-histories", "--name-only", "--no-messages", "-z")
    command = ("merge-tree", *options, main, head)
    with hub.git.started(repository.id, *command) as process:
        assert process.stdout
        output = process.stdout.read(_LONGEST_CONFLICTS)
        cut = len(output) == _LONGEST_CONFLICTS
        code = 1 if cut else process.wait()
    check()
    if code > 1 or code < 0:
        hub.git.raise_error(repository.id, command, code)
    tree, *names = output.decode("utf-8", "replace").split("\0")
    if not code:
        return tree, []
    return tree, [*sorted({name for name in names[:-1] if name}), *(["…"] if cut else [])]


def merge(hub: Hub, repository: Repository, discussion: Discussion, user: User, author: Author) -> str:
    """Merge a pull request into ``main`` and return the merge commit's id.

    Raises:
        Refusal: 400, it is not a pull request or not open; 409, there are conflicts, or ``main`` has moved.
    """
    if not discussion.pull_request:
        raise Refusal(400, marked("Only pull requests can be merged; this is a discussion."))
    with hub.locks.lock(repository.id):
        # Another request may have merged or closed it meanwhile.
        if (status := find(hub, repository, discussion.number).status) != "open":
            raise Refusal(400, _NOT_OPEN[status])
        main, head = resolve(hub, repository, "main"), resolve(hub, repository, discussion.ref)
        if main is None or head is None:
            raise Refusal(409, marked("There is nothing to merge."))
        tree, files = _merged_tree(hub, repository, main, head)
        if files:
            raise Refusal(
                409,
                marked("These files were changed differently on main: {files}."),
                values={"files": ", ".join(files)},
            )
        uploads.adopt_reached(hub, repository, head, "--not", main)
        line = author.line(hub.now() // 1000)
        message = f"{discussion.title} (#{discussion.number})\n"
        record = f"tree {tree}\nparent {main}\nparent {head}\nauthor {line}\ncommitter {line}\n\n{message}"
        oid = hub.git.write_commit_object(repository.id, record)
        replace_ref(hub, repository, "refs/heads/main", main, oid)
        with hub.database.transaction():
            hub.database.execute(
                "UPDATE discussions SET status = 'merged', merge_commit = ? WHERE id = ?", (oid, discussion.id)
            )
            add_event(hub, discussion, user, "status-change", {"status": "merged"})
    touch(hub, repository)
    return oid
