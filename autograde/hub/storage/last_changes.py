"""Cache of the last commit that changed each path: walking a history of a thousand commits takes 100 ms each time.

For a given commit, the last change to a path never changes, so entries stay valid even after a force push or after a
snapshot is restored.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

#: Cached answers (one for each path at a commit), about 200 bytes each.
MAX_ANSWERS = 50_000

#: Commits of one repository with cached answers: current and earlier heads of its branches.
_HEADS = 8


class LastChanges:
    """Cache of :func:`~autograde.hub.repos.history.last_commits`, by repository, commit and path. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[str, OrderedDict[str, dict[str, str]]] = OrderedDict()
        self._answers = 0

    def at(self, repository_id: str, commit: str, paths: Iterable[str]) -> dict[str, str]:
        """Return the cached answers: for each of ``paths``, the last commit up to ``commit`` that changed it."""
        with self._guard:
            heads = self._known.get(repository_id)
            if heads is None or commit not in heads:
                return {}
            self._known.move_to_end(repository_id)
            heads.move_to_end(commit)
            return {path: heads[commit][path] for path in paths if path in heads[commit]}

    def commits(self, repository_id: str) -> frozenset[str]:
        """Return the commits of a repository that have cached answers."""
        with self._guard:
            return frozenset(self._known.get(repository_id, ()))

    def keep(self, repository_id: str, commit: str, answers: Mapping[str, str]) -> None:
        """Store ``answers`` (path to commit id) for a commit; when full, drop the least recently used."""
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
        """Drop the answers of a deleted repository."""
        with self._guard:
            self._answers -= sum(map(len, self._known.pop(repository_id, {}).values()))
