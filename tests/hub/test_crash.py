"""``kill -9`` at random points of every kind of write: nothing acknowledged is lost, and no restart needs a repair.

Each round forks a real Hub (its own process, durable, on a real socket), lets a client write to it without pause and
kills it after a random time. The next round opens the same data folder; in the end everything in it is checked.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from autograde.hub.app import import_handlers
from autograde.hub.config import HubConfig
from autograde.hub.core import Hub
from autograde.hub.environment import client_environment
from autograde.hub.events import find
from autograde.hub.people import access_tokens, accounts
from autograde.hub.push_records import record_interrupted
from autograde.hub.repos import bindings, branches, repositories
from autograde.hub.repos.commits import Author, WriteFile, write_commit
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES
from autograde.hub.repos.shards import ShardTerm
from autograde.hub.repos.uploads import lfs_pointers
from autograde.hub.server import RunningHub
from tests.hub.clients import commit_body

from .shards import file_name, packed, shard_of, xorb_name

#: Kills for each kind of write: four kinds make more than a hundred per run.
KILLS = int(os.environ.get("CRASH_KILLS", "26"))

_fork = multiprocessing.get_context("fork")


def serve(data: Path, port: int, ready: Connection) -> None:
    """Run a Hub until it is killed; send its port to ``ready`` as soon as it accepts requests."""
    running = RunningHub(HubConfig(data=data, port=port, password_cost=16))
    running.start()
    ready.send(running.port)
    running.wait()


class Client:
    """One connection to the Hub, for writes to one repository."""

    def __init__(self, port: int, token: str, repository: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.token, self.repository = token, repository

    def request(
        self, method: str, path: str, body: bytes = b"", *, token: str | None = "", **headers: str
    ) -> dict[str, Any]:
        """Send a request and return the JSON answer; raises OSError or HTTPException if the Hub dies meanwhile."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token}"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (answer.status, content[:300])
        return json.loads(content) if content else {}

    def commit(self, *lines: dict[str, Any]) -> str:
        answer = self.request("POST", f"/api/models/{self.repository}/commit/main", commit_body(*lines))
        return str(answer["commitOid"])


Acknowledged = set[tuple[str, str]]
Write = Callable[[Client, Acknowledged, int, random.Random], None]


def write_files(client: Client, done: Acknowledged, number: int, noise: random.Random) -> None:
    """Commit regular files."""
    files = [
        {
            "key": "file",
            "value": {
                "path": f"f{number}/{i}.txt",
                "encoding": "base64",
                "content": base64.b64encode(noise.randbytes(900).replace(b"\0", b"\1")).decode(),
            },
        }
        for i in range(20)
    ]
    done.add(("commit", client.commit(*files)))


def write_lfs(client: Client, done: Acknowledged, number: int, noise: random.Random) -> None:
    """Upload an LFS object, then commit a pointer to it."""
    content = noise.randbytes(300_000)
    oid = hashlib.sha256(content).hexdigest()
    body = json.dumps({"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}).encode()
    (item,) = client.request("POST", f"/{client.repository}.git/info/lfs/objects/batch", body)["objects"]
    path = "/" + item["actions"]["upload"]["href"].split("/", 3)[3]
    client.request("PUT", path, content, token=None)
    done.add(("blob", oid))
    done.add(
        (
            "commit",
            client.commit(
                {
                    "key": "lfsFile",
                    "value": {"path": f"l{number}.bin", "algo": "sha256", "oid": oid, "size": len(content)},
                }
            ),
        )
    )


def write_xet(client: Client, done: Acknowledged, number: int, noise: random.Random) -> None:
    """Upload a xorb and a shard, then commit a pointer to the file."""
    pieces = [noise.randbytes(60_000) for _ in range(5)]
    content = b"".join(pieces)
    oid, name = hashlib.sha256(content).hexdigest(), xorb_name(pieces)
    given = client.request("GET", f"/api/models/{client.repository}/xet-write-token/main")
    cas, token = "/" + given["casUrl"].split("/", 3)[3], given["accessToken"]
    client.request(
        "POST", f"{cas}/v1/xorbs/default/{name}", b"".join(packed(piece, number % 3) for piece in pieces), token=token
    )
    shard = shard_of((file_name(pieces), [ShardTerm(name, 0, len(pieces), len(content))], oid))
    client.request("POST", f"{cas}/v1/shards", shard, token=token)
    done.add(("blob", oid))
    done.add(
        (
            "commit",
            client.commit(
                {
                    "key": "lfsFile",
                    "value": {"path": f"x{number}.bin", "algo": "sha256", "oid": oid, "size": len(content)},
                }
            ),
        )
    )


class Pusher:
    """Runs ``git push`` repeatedly from one clone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = folder / "work"

    def __call__(self, client: Client, done: Acknowledged, number: int, noise: random.Random) -> None:
        url = f"http://ada:{client.token}@127.0.0.1:{client.connection.port}/{client.repository}"
        environment = client_environment(url, self.folder / "home")

        def git(*arguments: str) -> str:
            where = self.work if self.work.exists() else self.folder
            done = subprocess.run(
                ["git", *arguments], cwd=where, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise ConnectionError(done.stderr)
            return done.stdout.strip()

        if not self.work.exists():
            git("clone", "--quiet", url, str(self.work))
        for i in range(5):
            (self.work / f"p{number}-{i}.txt").write_bytes(noise.randbytes(2000).replace(b"\0", b"\1"))
        git("add", ".")
        git("commit", "--quiet", "--message", f"push {number}")
        # A killed push may have moved the branch before it was answered; the next push continues from there.
        git("push", "--quiet", url, "HEAD:refs/heads/pushed", "--force")
        done.add(("commit", git("rev-parse", "HEAD")))


def check(data: Path, repository_id: str, acknowledged: Acknowledged) -> None:
    """Open the folder as a restart does and check repositories, blobs and acknowledged writes."""
    hub = Hub(HubConfig(data=data, password_cost=16))
    try:
        assert list(hub.temporary.iterdir()) == [], "partial files of the killed process are left"
        hub.git.run(repository_id, "fsck", "--strict", "--no-dangling", "--connectivity-only")
        repository = repositories.repository_by_id(hub, repository_id)
        assert repository
        for __, oid, path, size in lfs_pointers(hub, repository):
            assert bindings.bound_size(hub, repository_id, oid) == size, f"{path} points to a blob that is not bound"
        commits = set(hub.git.run(repository_id, "rev-list", "--all").decode().split())
        record_interrupted(hub)
        for branch in branches.references(hub, repository, "refs/heads/pushed"):
            (last,) = find(hub, kind="git.pushed")[-1:]
            assert last.detail["new"] == branch.commit, "the event of the last push is lost"
        for kind, oid in acknowledged:
            if kind == "commit":
                assert oid in commits, "an acknowledged commit is lost"
            else:
                bound = bindings.bound_size(hub, repository_id, oid)
                assert bound is not None, "an acknowledged upload is lost"
                assert bound == hub.blobs.path(oid).stat().st_size
        for blob in hub.blobs.root.glob("*/*/*"):
            assert hashlib.sha256(blob.read_bytes()).hexdigest() == blob.name, "a stored blob is incomplete"
        hub.git.run(repository_id, "fsck", "--strict", "--no-dangling")
    finally:
        hub.close()


@pytest.mark.parametrize("kind", ["commit", "lfs", "xet", "push"])
@pytest.mark.timeout(600)
def test_killed_hub_keeps_every_acknowledged_write(kind: str, tmp_path: Path) -> None:
    # Import them before the forks, so that a Hub is killed while it writes, not while it imports.
    import_handlers()
    data, noise = tmp_path / "data", random.Random(kind)
    hub = Hub(HubConfig(data=data, password_cost=16))
    ada = accounts.create_user(hub, "ada")
    token = access_tokens.create_token(hub, ada)
    repository = repositories.create_repository(hub, ada, "m")
    files = [WriteFile(".gitattributes", INITIAL_GITATTRIBUTES.encode())]
    write_commit(hub, repository, "main", files, author=Author("ada", "a@b"), message="initial commit", create=True)
    hub.close()

    writers: dict[str, Write] = {"commit": write_files, "lfs": write_lfs, "xet": write_xet, "push": Pusher(tmp_path)}
    write = writers[kind]
    acknowledged: Acknowledged = set()
    numbers = itertools.count()
    interrupted = 0
    # Seconds until the kill: enough for zero to a few writes. Grows if the machine is too busy to finish any.
    window = 1.0 if kind == "push" else 0.25
    for __ in range(KILLS):
        ours, theirs = _fork.Pipe()
        process = _fork.Process(target=serve, args=(data, 0, theirs), daemon=True)
        process.start()
        port = ours.recv()
        client, started = Client(port, token, "ada/m"), threading.Event()
        broken: list[BaseException] = []

        def work(
            client: Client = client, started: threading.Event = started, broken: list[BaseException] = broken
        ) -> None:
            try:
                while True:
                    number = next(numbers)
                    started.set()
                    write(client, acknowledged, number, noise)
            except (OSError, http.client.HTTPException):
                return
            except BaseException as error:
                broken.append(error)

        thread = threading.Thread(target=work)
        before = len(acknowledged)
        thread.start()
        started.wait(10)
        thread.join(noise.uniform(0.0, window))
        process.kill()
        process.join()
        thread.join(30)
        client.connection.close()
        for end in (ours, theirs, process):
            end.close()
        assert not thread.is_alive()
        assert broken == []
        interrupted += len(acknowledged) > before
        if len(acknowledged) == before:
            window = min(window * 1.3, 10.0)
    check(data, repository.id, acknowledged)
    assert interrupted, "every kill came before the first acknowledgement: the test proved nothing"
