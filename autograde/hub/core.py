"""One Hub: its folder opened, its four ports wired together. Everything else is given a :class:`Hub` and asks it."""

from __future__ import annotations

import errno
import json
import secrets
import shutil
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from autograde.errors import FolderUnusable
from autograde.files import private_file, private_folder, write_file
from autograde.hub.addresses import PublicAddress, origin_of, public_address
from autograde.hub.config import HubConfig
from autograde.hub.incoming import Incoming
from autograde.hub.repos.trees import Census
from autograde.hub.secrets import Signer
from autograde.hub.storage.arriving import Arriving
from autograde.hub.storage.blobs import BlobStore
from autograde.hub.storage.database import Database, DatabaseTrouble
from autograde.hub.storage.gitstore import GitStore
from autograde.hub.untrusted import clean_text, storable
from autograde.hub.webhooks import Deliveries

try:
    import fcntl
except ImportError:  # Windows, where an open database file is lock enough
    fcntl = None  # type: ignore[assignment]

#: Layout of the data folder; a Hub refuses a folder of a newer layout.
LAYOUT = 1

#: What is known of a xorb; those of which less is known are sent again.
_XORBS = 2

#: git calls this before it accepts a push. It hands the proposed refs to the Hub and waits for its word: two named
#: pipes and no interpreter, so a push pays a few milliseconds. The pipe of the answer is opened before the question is
#: asked: if the Hub is killed meanwhile, it ends, the push is refused, and no process waits for ever.
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
    """A Hub's data folder, opened.

    Args:
        config: where the data are and what is allowed.

    Raises:
        FolderUnusable: the data folder cannot be written to, is full, or was made by a newer kit.
        HubRefused: the public URL, or an address for webhooks, is not one.
        MissingTool: git is not installed.
    """

    def __init__(self, config: HubConfig) -> None:
        self.config = config
        #: Where a proxy shows this Hub; None where there is no proxy.
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
                # Whatever was growing when an earlier process died is rubbish by definition.
                shutil.rmtree(data / "tmp", ignore_errors=True)
                (data / "tmp").mkdir()
                self.instance = _instance(data)
                private_file(data / "instance.json")
                hooks = data / "hooks"
                hooks.mkdir(exist_ok=True)
                _write_if_changed(hooks / "pre-receive", _PRE_RECEIVE)
                self.git = GitStore(data / "repos", hooks, durable=config.durable)
                self.blobs = BlobStore(data / "blobs" / "sha256", data / "tmp", durable=config.durable)
                boot = _boot()
                # A xorb may be sent again, so it is not flushed; where a loss of power would go unnoticed, it is.
                self.xorbs = BlobStore(data / "xorbs", data / "tmp", durable=config.durable and not boot)
                self.database = Database(data / "hub.db", durable=config.durable)
                if (self.instance.get("boot", ""), self.instance.get("xorbs")) != (boot, _XORBS):
                    self._forget_xorbs(data, boot)
                undo.pop_all()
        except OSError as error:
            raise _unusable(data, error) from error
        except DatabaseTrouble as error:
            raise FolderUnusable(
                f"The Hub's database in {data} cannot be read: {error}.",
                "Put hub.db back from a snapshot or a backup, or choose another folder.",
            ) from error
        self.data = data
        self.temporary = data / "tmp"
        self.incoming = Incoming()
        #: Bytes of uploads that are under way.
        self.arriving = Arriving()
        self.signer = Signer(bytes.fromhex(self.instance["secret"]))
        self._seal_secrets()
        #: What is known of git blobs by their id: immutable, so it may be kept for ever; bounded for the memory's sake.
        self.blob_facts: OrderedDict[str, Any] = OrderedDict()
        #: What is below trees, so that none is walked to find out that it is too large.
        self.census = Census()
        #: How many commits lead to a repository's last asked commit, by the repository's id.
        self.lengths: OrderedDict[str, tuple[str, int]] = OrderedDict()
        #: What lists show of a repository's content, by its id and commit: immutable and bounded too.
        self.summaries: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()

    def _forget_xorbs(self, data: Path, boot: str) -> None:
        """Begin without xorbs, and under a new generation: clients remember which chunks a Hub of the old one had.

        After the machine was started anew, for whatever reason, some of them may be there in part only. The files that
        they became are blobs, and those are flushed.
        """
        self.database.execute("DELETE FROM xorbs")
        shutil.rmtree(data / "xorbs", ignore_errors=True)
        self.xorbs.root.mkdir()
        self.instance |= {"boot": boot, "generation": uuid.uuid4().hex, "xorbs": _XORBS}
        _write_instance(data, self.instance)

    def _seal_secrets(self) -> None:
        """Seal the webhooks' secrets that an older version kept in clear."""
        clear = "SELECT id, secret FROM webhooks WHERE secret IS NOT NULL AND secret NOT LIKE 'sealed:%'"
        for row in self.database.all(clear):
            sealed = self.signer.seal("webhook", row["secret"])
            self.database.execute("UPDATE webhooks SET secret = ? WHERE id = ?", (sealed, row["id"]))

    @property
    def instance_id(self) -> str:
        """The id of this data folder; a new folder has a new one, even on the same port."""
        return str(self.instance["id"])

    @property
    def generation(self) -> str:
        """Changes whenever large files may have gone, by :mod:`~autograde.hub.snapshots`; clients' caches depend on
        it."""
        return str(self.instance.get("generation", self.instance_id))

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(time.time() * 1000)

    def new_id(self) -> str:
        """An id for a row or a repository, opaque and unique."""
        return uuid.uuid4().hex

    def record(
        self,
        kind: str,
        *,
        request_id: str = "",
        user_id: str | None = None,
        user_name: str | None = None,
        repository_id: str | None = None,
        repository_name: str | None = None,
        token_name: str | None = None,
        token_role: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write one line of the Hub's diary: who did what to which repository, by which request, with which token.

        Of ``detail``, ``files``, ``size`` (bytes) and ``weights`` (whether a model's weights were among it) are also
        added up by person and repository, in the table ``activity``.
        """
        now, detail = self.now(), detail or {}
        with self.database.transaction():
            self.database.execute(
                "INSERT INTO events (at, request_id, kind, user_id, user_name, repository_id, repository_name,"
                " token_name, token_role, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    now, clean_text(request_id), kind, user_id, user_name, repository_id, repository_name, token_name,
                    token_role, json.dumps(storable(detail), allow_nan=False),
                ),
            )  # fmt: skip
            self.database.execute(
                "INSERT INTO activity (user_id, repository_id, kind, repository_name, times, files, size, weights_at,"
                " first_at, last_at) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)"
                " ON CONFLICT (user_id, repository_id, kind) DO UPDATE SET"
                " repository_name = excluded.repository_name, times = activity.times + 1,"
                " files = activity.files + excluded.files, size = activity.size + excluded.size,"
                " weights_at = coalesce(activity.weights_at, excluded.weights_at), last_at = excluded.last_at",
                (
                    user_id or "", repository_id or "", kind, repository_name or "", detail.get("files", 0),
                    detail.get("size", 0), now if detail.get("weights") else None, now, now,
                ),
            )  # fmt: skip

    def close(self) -> None:
        """Let go of files and processes. The data stay."""
        self.deliveries.close()
        self.git.close()
        self.database.close()
        self._lock.close()


def _locked(data: Path) -> TextIO:
    """The folder's lock, held by an open file: the system lets go of it however this process ends."""
    lock = (data / "lock").open("w", encoding="ascii")
    if fcntl is not None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise FolderUnusable(
                f"Another Hub is using the folder {data}.", "Stop it first, or choose another folder with --data."
            ) from None
    return lock


def _instance(data: Path) -> dict[str, Any]:
    path = data / "instance.json"
    if not path.exists():
        fresh = {
            "id": uuid.uuid4().hex,
            "secret": secrets.token_hex(32),
            "layout": LAYOUT,
            "boot": _boot(),
            "xorbs": _XORBS,
        }
        _write_instance(data, fresh)
    instance: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
    if instance["layout"] > LAYOUT:
        raise FolderUnusable(
            f"The Hub's folder {data} was made by a newer version of the kit.",
            "Update the kit, or choose another folder.",
        )
    return instance


def _write_instance(data: Path, instance: dict[str, Any]) -> None:
    write_file(data / "instance.json", json.dumps(instance).encode("ascii"), mode=0o600)


def _boot() -> str:
    """What names this start of the machine; empty where the system does not say (only Linux does)."""
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
