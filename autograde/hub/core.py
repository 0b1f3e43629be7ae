"""The central object of a Hub: opens its data folder and connects its database, git store and blob stores."""

from __future__ import annotations

import errno
import fcntl
import shutil
import threading
import time
import uuid
from collections import OrderedDict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from autograde.errors import FolderUnusable, HubRunning
from autograde.files import private_file, private_folder
from autograde.hub.addresses import PublicAddress, origin_of, public_address
from autograde.hub.config import HubConfig
from autograde.hub.instance import FILE, Instance, load_instance, save_instance
from autograde.hub.rates import Rates
from autograde.hub.repos.trees import TreeSizes
from autograde.hub.secrets import Signer
from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.database import Database, DatabaseError
from autograde.hub.storage.drafts import Drafts
from autograde.hub.storage.gitstore import GitStore
from autograde.hub.storage.locks import RepositoryLocks
from autograde.hub.storage.pending_bytes import PendingBytes
from autograde.hub.storage.summaries import Summaries
from autograde.hub.upload_progress import UploadProgress
from autograde.hub.webhooks import Deliveries

#: Version of the metadata stored with a xorb; clients must upload xorbs of an older version again.
_XORBS = 3

#: git's pre-receive hook. It sends the proposed refs to the Hub and waits for the answer, through two named pipes and
#: without starting an interpreter, so it costs a few milliseconds. The pipe of the answer is opened before the refs are
#: sent: if the Hub is killed meanwhile, the pipe closes, the push is refused, and no process waits forever.
_PRE_RECEIVE = """\
#!/bin/sh
kill -0 "$AUTOGRADE_HUB" 2> /dev/null || exit 1
exec 3< "$AUTOGRADE_PUSH/answer"
{ printf '%s\\n' "$GIT_OBJECT_DIRECTORY"; cat; echo end; } > "$AUTOGRADE_PUSH/question"
read -r verdict <&3
cat <&3 >&2
test "$verdict" = accepted
"""


class Hub:
    """An open data folder of a Hub.

    Args:
        config: the data folder, the limits and everything else that can be set.

    Raises:
        FolderUnusable: the data folder cannot be written to, is full, or was made by a newer kit.
        HubRefused: the public URL, or a target of webhooks, is not a URL.
        MissingTool: git is not installed.
    """

    def __init__(self, config: HubConfig) -> None:
        self.config = config
        #: This Hub's address behind a proxy; None without a proxy.
        self.public: PublicAddress | None = public_address(config.public_url)
        #: Origins whose pages may show this Hub's pages in a frame.
        self.frames: tuple[str, ...] = tuple(map(origin_of, config.frames))
        self.deliveries = Deliveries(config.webhooks)
        data = config.data.absolute()
        try:
            private_folder(data)
            self._lock = _locked(data)
            with ExitStack() as undo:
                undo.callback(self._lock.close)
                # Discard partial files left by a crash.
                shutil.rmtree(data / "tmp", ignore_errors=True)
                (data / "tmp").mkdir()
                known = load_instance(data)
                hooks = data / "hooks"
                hooks.mkdir(exist_ok=True)
                _write_if_changed(hooks / "pre-receive", _PRE_RECEIVE)
                self.locks = RepositoryLocks()
                self.git = GitStore(data / "repos", hooks, durable=config.durable)
                self.blobs = BlobStore(data / "blobs" / "sha256", data / "tmp", durable=config.durable)
                boot = _boot()
                # Clients can upload a xorb again, so it is flushed only if a power loss would otherwise go unnoticed.
                self.xorbs = BlobStore(data / "xorbs", data / "tmp", durable=config.durable and not boot)
                self.database = Database(data / "hub.db", durable=config.durable)
                self.instance = self._settled_instance(known, data, boot)
                undo.pop_all()
        except OSError as error:
            raise _unusable(data, error) from error
        except DatabaseError as error:
            raise FolderUnusable(
                f"The Hub's database in {data} cannot be read: {error}.",
                "Put hub.db back from a snapshot or a backup, or choose another folder.",
            ) from error
        #: When this object was created, in milliseconds since 1970.
        self.opened_at = self.now()
        self.data = data
        self.temporary = data / "tmp"
        self.upload_progress = UploadProgress()
        #: Recent events of each visitor, for rate limits.
        self.rates = Rates()
        #: Held while a line of a large commit is in memory.
        self.parsing_lock = threading.Lock()
        #: Held while the names of thousands of files are in memory.
        self.listing_lock = threading.Lock()
        #: Bytes of uploads in progress.
        self.pending_bytes = PendingBytes()
        #: Files that are assembled while their first piece arrives.
        self.drafts = Drafts(self.blobs)
        self.signer = Signer(bytes.fromhex(self.instance.secret))
        self._seal_secrets()
        #: Facts about git blobs by their id. They never change; the number is limited to save memory.
        self.blob_facts: OrderedDict[str, Any] = OrderedDict()
        #: Number of entries below each tree, so that a tree that is too large is detected without walking it.
        self.tree_sizes = TreeSizes(portable=config.portable_names)
        #: By repository id: the last commit whose history was counted, and the number of commits up to it.
        self.commit_counts: OrderedDict[str, tuple[str, int]] = OrderedDict()
        #: Summaries of repositories for lists.
        self.summaries = Summaries()

    def _settled_instance(self, known: Instance | None, data: Path, boot: str) -> Instance:
        """Return the folder's identity, a new one if none is known, and store it.

        Delete all xorbs of an earlier boot or version, and start a new generation, because clients remember which
        chunks the old one had. After a reboot, some xorbs may be incomplete on disk. Files built from them are safe:
        they are blobs, which are flushed.
        """
        instance = known or Instance(boot=boot, xorbs=_XORBS)
        if (instance.boot, instance.xorbs) != (boot, _XORBS):
            self.database.execute("DELETE FROM xorbs")
            shutil.rmtree(data / "xorbs", ignore_errors=True)
            self.xorbs.root.mkdir()
            instance = replace(instance.next_generation(), boot=boot, xorbs=_XORBS)
        if instance != known:
            save_instance(data, instance)
        # A copy of the folder may have other permissions.
        private_file(data / FILE)
        return instance

    def _seal_secrets(self) -> None:
        """Encrypt webhook secrets that an older version stored as plain text."""
        clear = "SELECT id, secret FROM webhooks WHERE secret IS NOT NULL AND secret NOT LIKE 'sealed:%'"
        for row in self.database.all(clear):
            sealed = self.signer.seal("webhook", row["secret"])
            self.database.execute("UPDATE webhooks SET secret = ? WHERE id = ?", (sealed, row["id"]))

    @property
    def instance_id(self) -> str:
        """The unique id of this data folder."""
        return self.instance.id

    @property
    def generation(self) -> str:
        """An id that changes whenever large files may have disappeared (:mod:`~autograde.hub.snapshots`), so that
        clients discard their caches."""
        return self.instance.generation

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        return int(time.time() * 1000)

    def new_id(self) -> str:
        """Return a new unique, opaque id for a row or a repository."""
        return uuid.uuid4().hex

    def close(self) -> None:
        """Close files and processes. The data stay on disk."""
        self.deliveries.close()
        self.drafts.close()
        self.git.close()
        self.database.close()
        self._lock.close()


def _locked(data: Path) -> TextIO:
    """Lock the folder and return the open lock file. The system releases the lock when this process ends."""
    lock = (data / "lock").open("w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise HubRunning(
            f"Another Hub is using the folder {data}.", "Stop it first, or choose another folder with --data."
        ) from None
    return lock


def _boot() -> str:
    """Return the id of this boot of the machine; empty on systems other than Linux, which have none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _write_if_changed(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)


def _unusable(data: Path, error: OSError) -> FolderUnusable:
    if error.errno == errno.ENOSPC:
        return FolderUnusable(f"The disk that holds {data} is full.", "Make room, or choose another folder.")
    return FolderUnusable(f"The Hub cannot write to {data}: {error.strerror}.", "Choose another folder with --data.")
