"""Cache of the summaries that lists show, one for each commit, and of the conflicts of two commits.

Its limit is in characters, because any user may write a card of 64 KiB. Summaries are kept as JSON text: as objects
they would take up to fifteen times as much memory.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Any

#: Characters of all summaries together. One has a few hundred.
MAX_CHARACTERS = 32 << 20


class Summaries:
    """Cache of summaries by repository and commit (for conflicts, both); they never change. Thread-safe."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._known: OrderedDict[tuple[str, str], str] = OrderedDict()
        #: Characters of the cached summaries.
        self.characters = 0

    def has(self, repository_id: str, commit: str) -> bool:
        """Return whether the summary of a commit is cached."""
        return (repository_id, commit) in self._known

    def get(self, repository_id: str, commit: str) -> dict[str, Any] | None:
        """Return the summary of a commit, or None if it is not cached."""
        key = (repository_id, commit)
        with self._guard:
            text = self._known.get(key)
            if text is None:
                return None
            self._known.move_to_end(key)
        found: dict[str, Any] = json.loads(text)
        return found

    def keep(self, repository_id: str, commit: str, summary: dict[str, Any]) -> None:
        """Store the summary of a commit; when full, drop the least recently used ones."""
        key, text = (repository_id, commit), json.dumps(summary)
        with self._guard:
            self.characters += len(text) - len(self._known.pop(key, ""))
            self._known[key] = text
            while self.characters > MAX_CHARACTERS:
                self.characters -= len(self._known.popitem(last=False)[1])
