"""Which commit touched a path last, remembered: walking a history of a thousand commits costs 100 ms each time.

What was last changed up to a given commit never changes, whatever becomes of the branches: an answer holds for as long
as it is kept, after a force push and a restored snapshot too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

#: Answers (a path at a commit) that are kept, each about 200 bytes.
MAX_ANSWERS = 50_000

#: Commits of one repository with answers: the heads of its branches, and those that they had before.
_HEADS = 8


class LastTouched:
    """Answers of :func:`~autograde.hub.repos.history.last_commits`, by repository, commit and path. For all threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[str, OrderedDict[str, dict[str, str]]] = OrderedDict()
        self._answers = 0

    def at(self, repository_id: str, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """What is known: for each of ``paths`` the id of the last commit up to ``commit`` that touched it."""
        with self._guard:
            heads = self._known.get(repository_id)
            if heads is None or commit not in heads:
                return {}
            self._known.move_to_end(repository_id)
            heads.move_to_end(commit)
            return {path: heads[commit][path] for path in paths if path in heads[commit]}

    def commits(self, repository_id: str) -> frozenset[str]:
        """The commits of a repository at which something is known."""
        with self._guard:
            return frozenset(self._known.get(repository_id, ()))

    def keep(self, repository_id: str, commit: str, answers: Mapping[str, str]) -> None:
        """Remember ``answers`` (path to commit id) at a commit; what was not used for longest goes when it is full."""
        with self._guard:
            heads = self._known.setdefault(repository_id, OrderedDict())
            self._known.move_to_end(repository_id)
            known = heads.setdefault(commit, {})
            heads.move_to_end(commit)
            self._answers -= len(known)
            known.update(answers)
            self._answers += len(known)
            while len(heads) > _HEADS:
                self._answers -= len(heads.popitem(last=False)[1])
            while self._answers > MAX_ANSWERS and self._known:
                __, oldest = self._known.popitem(last=False)
                self._answers -= sum(map(len, oldest.values()))

    def forget(self, repository_id: str) -> None:
        """Let go of what is known of a repository that is deleted."""
        with self._guard:
            self._answers -= sum(map(len, self._known.pop(repository_id, {}).values()))
