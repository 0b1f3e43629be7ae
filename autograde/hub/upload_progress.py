"""Track uploads in progress: sender, size and target of each, shown on the repository's page.

Kept in memory only, and cheap: one addition per chunk. A push with git-lfs makes many requests (a list of large files,
each file, then the push itself), and so does an upload by HTTP. Together they are one :class:`Upload`, identified by
sender and repository.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from autograde.hub.repos.pointers import is_oid

#: Uploads tracked at the same time; the one with the oldest activity is dropped first.
MAX_UPLOADS = 500

#: Seconds without activity after which an upload counts as broken off.
SILENCE = 60

#: Seconds for which the outcome of an upload is shown.
SHOWN = 30

#: Large files of one upload that are tracked separately.
_FILES = 10_000


@dataclass
class Upload:
    """Everything that one person uploads to one repository, until it is pushed or committed.

    Attributes:
        user: the sender, or None.
        protocol: the one used last: ``git``, ``LFS``, ``Xet`` or ``HTTP``.
        received: bytes so far.
        announced: bytes of the announced large files; 0 if there are none.
        outcome: empty while in progress; then ``done``, ``refused`` or ``broken off``.
        committed: number of files and bytes that were pushed or committed in the end.
        changed: time of the last activity, on the clock of :class:`UploadProgress`.
        shown_until: until when the outcome is shown, on the same clock.
        requests: number of request bodies being received now.
        sizes: the size in bytes of each announced file, by its name in the protocol.
        complete: the names of those that have arrived completely.
    """

    user: str | None
    protocol: str = "git"
    received: int = 0
    announced: int = 0
    outcome: str = ""
    committed: tuple[int, int] = (0, 0)
    changed: float = 0.0
    shown_until: float = 0.0
    requests: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    complete: set[str] = field(default_factory=set)

    def arriving_of_size(self, name: str, size: int) -> str | None:
        """Return an announced file of this size with another name that has not arrived yet."""
        return next((n for n, s in self.sizes.items() if s == size and n != name and n not in self.complete), None)


class UploadProgress:
    """The uploads of one Hub. Thread-safe.

    Args:
        clock: returns seconds; replaced in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._uploads: OrderedDict[tuple[str, str], Upload] = OrderedDict()

    def _upload(self, repository_id: str, user_id: str | None, user: str | None) -> Upload:
        """Return the upload in progress, or a new one. The caller holds the lock."""
        key = (repository_id, user_id or "")
        found = self._uploads.get(key)
        if found is None or self._has_ended(found):
            found = self._uploads[key] = Upload(user)
        self._uploads.move_to_end(key)
        while len(self._uploads) > MAX_UPLOADS:
            self._uploads.popitem(last=False)
        found.changed = self._clock()
        found.user = found.user or user
        return found

    def _has_ended(self, upload: Upload) -> bool:
        """Return whether an upload has ended; mark it as broken off if its sender has gone silent."""
        if not upload.outcome and not upload.requests and self._clock() - upload.changed > SILENCE:
            upload.outcome, upload.shown_until = "broken off", upload.changed + SILENCE + SHOWN
        return bool(upload.outcome)

    def announce(
        self, repository_id: str, user_id: str | None, user: str | None, protocol: str, files: Iterable[tuple[str, int]]
    ) -> None:
        """Announce large files: their names in this protocol, and their sizes in bytes.

        A file announced first by its path and then by its id is recognised by its size and counted once.
        """
        with self._lock:
            upload = self._upload(repository_id, user_id, user)
            upload.protocol = protocol
            by_path = {known for known in upload.sizes if not is_oid(known)}
            for name, size in files:
                if name not in upload.sizes and len(upload.sizes) < _FILES:
                    same = next((path for path in by_path if is_oid(name) and upload.sizes[path] == size), None)
                    if same:
                        by_path.remove(same)
                        del upload.sizes[same]
                    upload.sizes[name] = size
            upload.announced = sum(upload.sizes.values())

    def file_complete(self, repository_id: str, user_id: str | None, user: str | None, name: str, size: int) -> None:
        """Mark an announced large file as complete: the one of this name, else one of this size."""
        with self._lock:
            upload = self._upload(repository_id, user_id, user)
            known = name if name in upload.sizes else upload.arriving_of_size(name, size)
            if known:
                upload.complete.add(known)

    @contextmanager
    def receiving(
        self, repository_id: str, user_id: str | None, user: str | None, protocol: str
    ) -> Iterator[Callable[[int], None]]:
        """Track a request's body while it arrives. Yields a function to call with the length of every chunk."""
        with self._lock:
            upload = self._upload(repository_id, user_id, user)
            upload.protocol, upload.requests = protocol, upload.requests + 1

        def add(length: int) -> None:
            # Not locked: a lost chunk in the display matters less than the cost of a lock for each chunk.
            upload.received += length
            upload.changed = self._clock()

        try:
            yield add
        finally:
            with self._lock:
                upload.requests -= 1

    def ended(
        self,
        repository_id: str,
        user_id: str | None,
        user: str | None,
        outcome: str,
        committed: tuple[int, int] = (0, 0),
    ) -> None:
        """Mark the push or commit as over: ``done``, ``refused`` or ``broken off``; ``committed`` are its files and
        bytes."""
        with self._lock:
            upload = self._upload(repository_id, user_id, user)
            upload.outcome, upload.committed, upload.shown_until = outcome, committed, self._clock() + SHOWN

    def of(self, repository_id: str) -> list[Upload]:
        """Return the uploads of a repository, in progress or just ended; those in progress first."""
        with self._lock:
            found = [upload for (repository, __), upload in self._uploads.items() if repository == repository_id]
            shown = [upload for upload in found if not self._has_ended(upload) or self._clock() < upload.shown_until]
        return sorted(shown, key=lambda upload: (bool(upload.outcome), -upload.changed))
