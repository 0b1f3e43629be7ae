"""Describe events in plain sentences: ``ada pushed 3 files, 41.2 MB, to ada/mymodel04``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from autograde.hub.public import Event, size_text
from autograde.i18n.translation import marked

#: The sentence for each kind of event; :func:`sentence` fills in the parts.
_SENTENCES = {
    "account.created": marked("{who} signed up"),
    "account.logged_in": marked("{who} logged in with a browser"),
    "account.made": marked("{who} created the account {name}"),
    "account.password_changed": marked("{who} chose a new password"),
    "account.renamed": marked("{who} renamed the account {name} to {to}"),
    "account.removed": marked("{who} removed the account {name}"),
    "account.password_reset": marked("{who} gave {name} a new password"),
    "classroom.checked": marked("{who} checked {question}: {outcome}"),
    "device.logged_in": marked("{who} logged in with a code, on the command line"),
    "token.created": marked("{who} created an access token with the role {role}"),
    "token.refused": marked("{who} tried a change that their access token does not allow"),
    "token.revoked": marked("{who} revoked an access token"),
    "repository.created": marked("{who} created {repository}"),
    "repository.deleted": marked("{who} deleted {repository}"),
    "repository.moved": marked("{who} renamed {repository} to {to}"),
    "repository.changed": marked("{who} changed who may see {repository}"),
    "repository.duplicated": marked("{who} copied {source} to {repository}"),
    "repository.liked": marked("{who} liked {repository}"),
    "git.pushed": marked("{who} pushed {files}, {size}, to {repository}"),
    "commit.created": marked("{who} uploaded {files}, {size}, to {repository} without git"),
    "lfs.uploaded": marked("{who} uploaded {large}, {size}, to {repository} by LFS"),
    "xet.uploaded": marked("{who} uploaded {large}, {size}, to {repository} by Xet"),
    "git.fetched": marked("{who} fetched {repository} with git"),
    "lfs.downloaded": marked("{who} downloaded {large}, {size}, of {repository} by LFS"),
    "xet.downloaded": marked("{who} downloaded {large}, {size}, of {repository} by Xet"),
    "file.downloaded": marked("{who} downloaded {files}, {size}, of {repository}"),
    "model.loaded": marked("{who} loaded {repository} with from_pretrained"),
    "branch.created": marked("{who} created the branch {branch} in {repository}"),
    "branch.deleted": marked("{who} deleted the branch {branch} of {repository}"),
    "tag.created": marked("{who} tagged {repository} as {tag}"),
    "tag.deleted": marked("{who} deleted the tag {tag} of {repository}"),
    "lfs.deleted": marked("{who} deleted large files of {repository} for good"),
    "history.squashed": marked("{who} squashed the history of {repository}"),
    "access.asked": marked("{who} asked for access to {repository}"),
    "access.handled": marked("{who} answered a request for access to {repository}"),
    "access.granted": marked("{who} granted access to {repository}"),
    "discussion.opened": marked("{who} opened discussion {number} of {repository}"),
    "discussion.commented": marked("{who} commented on discussion {number} of {repository}"),
    "discussion.comment": marked("{who} commented on discussion {number} of {repository}"),
    "discussion.open": marked("{who} reopened discussion {number} of {repository}"),
    "discussion.closed": marked("{who} closed discussion {number} of {repository}"),
    "discussion.status": marked("{who} opened or closed discussion {number} of {repository}"),
    "discussion.merge": marked("{who} merged pull request {number} of {repository}"),
    "bucket.changed": marked("{who} changed {files} of the bucket {repository}"),
    "organization.created": marked("{who} created the organisation {organization}"),
    "organization.member_set": marked("{who} added {member} to {organization}"),
    "organization.member_removed": marked("{who} removed {member} from {organization}"),
    "sign_up.switched": marked("{who} opened or closed the sign-up"),
    "discussion.merged": marked("{who} merged pull request {number} of {repository}"),
}

#: The sentence for any other kind of event, which shows the kind itself.
_OTHER = marked("{who}: {kind} {repository}")

#: Events caused by teachers, on ``/classroom`` or with a command while the Hub is stopped.
_BY_COMMAND = frozenset({"account.made", "account.renamed", "account.removed", "account.password_reset"})

#: Downloads within this many milliseconds of each other become one sentence.
_TOGETHER = 10 * 60_000

_ADDED_UP = frozenset({"file.downloaded", "lfs.downloaded", "xet.downloaded", "lfs.uploaded", "xet.uploaded"})
_ONCE = frozenset({"git.fetched", "model.loaded"})


@dataclass(frozen=True)
class TimedSentence:
    """A sentence, and the time of the last event that it describes, in milliseconds since 1970."""

    at: int
    text: str


def isolated(text: str) -> str:
    """Wrap an untrusted text in Unicode isolates, so that it cannot change the direction of the text around it."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return f"\u2068{plain}\u2069"


def sentence(entry: Event, _: Callable[[str], str]) -> str:
    """Return an event as a sentence in the reader's language."""
    files, size = _number(entry, "files"), _number(entry, "size")
    parts = {
        "who": entry.user
        or (_("a command on the Hub's machine") if entry.kind in _BY_COMMAND else _("an anonymous user")),
        "repository": isolated(entry.repository) if entry.repository else _("a repository"),
        "files": _("1 file") if files == 1 else _("{n} files").format(n=files),
        "large": _("1 large file") if files == 1 else _("{n} large files").format(n=files),
        "size": size_text(size),
        "kind": entry.kind,
    }
    for key in ("name", "role", "to", "source", "branch", "tag", "number", "organization", "member", "question"):
        parts[key] = isolated(str(entry.detail.get(key, "")))
    parts["outcome"] = outcome_text(str(entry.detail.get("outcome", "")), _)
    return _(_SENTENCES.get(entry.kind, _OTHER)).format(**parts)


def outcome_text(outcome: str, _: Callable[[str], str]) -> str:
    """Return the outcome of an exercise's check in words."""
    return {
        "correct": _("right"),
        "incorrect": _("not right yet"),
        "not-attempted": _("not attempted"),
        "could-not-run": _("did not run"),
    }.get(outcome, outcome)


def _number(entry: Event, key: str) -> int:
    value = entry.detail.get(key, 0)
    return value if isinstance(value, int) else 0


def lines(entries: Iterable[Event], _: Callable[[str], str]) -> list[TimedSentence]:
    """Return events as sentences, in order. Consecutive downloads become one sentence with their sum."""
    gathered: list[Event] = []
    for entry in entries:
        last = gathered[-1] if gathered else None
        if (
            last
            and (last.kind, last.user, last.repository) == (entry.kind, entry.user, entry.repository)
            and abs(entry.at - last.at) < _TOGETHER
        ):
            if entry.kind in _ADDED_UP:
                total = {key: _number(last, key) + _number(entry, key) for key in ("files", "size")}
                gathered[-1] = replace(last, at=max(last.at, entry.at), detail={**last.detail, **total})
                continue
            if entry.kind in _ONCE:
                gathered[-1] = replace(last, at=max(last.at, entry.at))
                continue
        gathered.append(entry)
    return [TimedSentence(entry.at, sentence(entry, _)) for entry in gathered]
