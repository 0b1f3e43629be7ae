"""A full disk, however it shows: one sentence for the person, whoever noticed it first (Python, SQLite or git)."""

from __future__ import annotations

import errno

from autograde.hub.refusals import Refusal, _marked
from autograde.hub.storage.database import DatabaseTrouble
from autograde.hub.storage.gitstore import GitError

#: What may be raised when there is no room left.
TROUBLE = (OSError, DatabaseTrouble, GitError)

_SAYS_FULL = ("no space left on device", "disk is full", "out of diskspace", "disk quota exceeded")


def refusal_of(error: BaseException) -> Refusal | None:
    """The answer when the error is a full disk (507), or None when it is something else."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not full and not any(words in str(error).lower() for words in _SAYS_FULL):
        return None
    return Refusal(507, _marked("The Hub's disk is full, so nothing was changed. Whoever runs it has to make room."))
