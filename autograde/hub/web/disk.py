"""Detect a full disk, whether Python, SQLite or git reports it, and answer with one message."""

from __future__ import annotations

import errno

from autograde.hub.refusals import Refusal, _marked
from autograde.hub.storage.database import DatabaseTrouble
from autograde.hub.storage.gitstore import GitError

#: Exceptions that a full disk may cause.
TROUBLE = (OSError, DatabaseTrouble, GitError)

_SAYS_FULL = ("no space left on device", "disk is full", "out of diskspace", "disk quota exceeded")


def refusal_of(error: BaseException) -> Refusal | None:
    """Return the response for a full disk (507), or None for any other error."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not full and not any(words in str(error).lower() for words in _SAYS_FULL):
        return None
    return Refusal(
        507, _marked("The Hub's disk is full, so nothing was changed. Ask the person who runs it to free space.")
    )
