"""Requests to a Hub whose disk is full: its data folder is a small tmpfs in a mount namespace."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hub.clients import commit_body, file_line

SIZE = 24 << 20
UNSHARE = ["unshare", "--user", "--map-root-user", "--mount"]

pytestmark = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine has no mount namespaces for ordinary users",
)


class SmallDiskHub:
    """A Hub with ada and her repository on a disk of 24 MiB."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token

    def ask(self, method: str, path: str, body: bytes = b"", *, token: bool = True) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}"} if token else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if content else {}

    def upload(self, content: bytes) -> tuple[int, dict[str, Any]]:
        """Upload an LFS file; return the status and the JSON answer."""
        oid = hashlib.sha256(content).hexdigest()
        batch = json.dumps({"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}).encode()
        __, answer = self.ask("POST", "/ada/m.git/info/lfs/objects/batch", batch)
        href = answer["objects"][0]["actions"]["upload"]["href"]
        return self.ask("PUT", "/" + href.split("/", 3)[3], content, token=False)

    def commit(self, size: int, path: str) -> tuple[int, dict[str, Any]]:
        """Commit a text of random hexadecimal digits that takes ``size`` bytes on the disk."""
        body = commit_body(file_line(path, os.urandom(size).hex().encode()))
        return self.ask("POST", "/api/models/ada/m/commit/main", body)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallDiskHub]:
    data = tmp_path / "data"
    data.mkdir()
    seed = (
        "import sys; from pathlib import Path; from autograde.hub import LocalHub\n"
        f"with LocalHub(data=Path({str(data)!r})) as hub: print(hub.create_user('ada').token)\n"
    )
    run = f'mount -t tmpfs -o size={SIZE} tmpfs "$1" && "$2" -c "$3" && exec "$2" -m autograde.hub --data "$1"'
    with subprocess.Popen(
        [*UNSHARE, "sh", "-c", run, "sh", str(data), sys.executable, seed], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        token, url = process.stdout.readline().strip(), process.stdout.readline().strip()
        hub = SmallDiskHub(int(url.rsplit(":", 1)[1]), token)
        assert hub.ask("POST", "/api/repos/create", b'{"name": "m"}')[0] == 200
        yield hub
        process.terminate()


def test_upload_to_a_full_disk_is_reported_and_leaves_nothing_behind(small: SmallDiskHub) -> None:
    status, answer = small.upload(os.urandom(SIZE + 1))
    assert status == 507
    assert "disk is full" in answer["error"]
    # The partial file was removed, so that a large file fits again.
    assert small.upload(os.urandom(SIZE // 2))[0] == 200
    status, answer = small.upload(os.urandom(SIZE // 2))
    assert status == 507
    assert small.ask("GET", "/healthz")[0] == 200


def test_commit_on_a_full_disk_changes_nothing(small: SmallDiskHub) -> None:
    assert small.upload(os.urandom(SIZE // 2))[0] == 200
    __, before = small.ask("GET", "/api/models/ada/m")
    refused = 0
    for number in range(8):
        status, answer = small.commit(3 << 20, f"{number}.txt")
        if status != 200:
            assert status == 507, answer
            assert "disk is full" in answer["error"]
            refused += 1
            __, after = small.ask("GET", "/api/models/ada/m")
            assert after["sha"] == before["sha"]
        else:
            before = {"sha": answer["commitOid"]}
    assert refused
    # Git's partial files were removed, so that a smaller commit still fits.
    assert small.commit(1000, "small.txt")[0] == 200
    # Reading still works.
    assert small.ask("GET", "/api/models/ada/m/tree/main")[0] == 200


def test_truncated_upload_is_rejected_and_not_kept(small: SmallDiskHub) -> None:
    content = os.urandom(100_000)
    oid = hashlib.sha256(content).hexdigest()
    batch = json.dumps({"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}).encode()
    __, answer = small.ask("POST", "/ada/m.git/info/lfs/objects/batch", batch)
    path = "/" + answer["objects"][0]["actions"]["upload"]["href"].split("/", 3)[3]
    connection = http.client.HTTPConnection("127.0.0.1", small.port, timeout=60)
    connection.putrequest("PUT", path)
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[:60_000])
    connection.close()
    status, answer = small.ask("PUT", path, content[:60_000], token=False)
    assert status == 400
    assert "60000 bytes were received, but 100000 were announced" in answer["error"]
    __, answer = small.ask("POST", "/ada/m.git/info/lfs/objects/batch", batch)
    assert "upload" in answer["objects"][0]["actions"], "the truncated file counts as uploaded"
    assert small.ask("PUT", path, content, token=False)[0] == 200
