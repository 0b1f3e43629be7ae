"""Detect a full disk, whether Python, SQLite or git reports it, and a repository that was deleted during a request."""

from __future__ import annotations

import errno

from autograde.hub.refusals import Refusal
from autograde.hub.storage.database import DatabaseError, Taken
from autograde.hub.storage.gitstore import GitError, RepositoryDeleted
from autograde.i18n.translation import marked

#: Exceptions that a full disk or a deletion may cause.
ERRORS = (OSError, DatabaseError, GitError)

_FULL_MESSAGES = ("no space left on device", "disk is full", "out of diskspace", "disk quota exceeded")


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the response for a full disk (507) or a deleted repository (404), or None for any other error."""
    if is_deleted(error):
        return Refusal(404, marked("The repository was deleted while this request was handled."), code="RepoNotFound")
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not full and not any(words in str(error).lower() for words in _FULL_MESSAGES):
        return None
    return Refusal(
        507, marked("The Hub's disk is full, so nothing was changed. Ask the person who runs it to free space.")
    )


def is_deleted(error: BaseException) -> bool:
    """Return whether an error comes from the deletion of a repository, or of its owner, that a request still used."""
    return isinstance(error, RepositoryDeleted) or (isinstance(error, Taken) and "FOREIGN KEY" in str(error))
