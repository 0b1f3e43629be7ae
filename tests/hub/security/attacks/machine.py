"""Items 5, 6 and 7: the disk, other users of the machine, and untrusted snapshots; each row runs its own Hub."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from autograde.errors import FolderUnusable
from autograde.hub import LocalHub
from autograde.hub.config import Limits
from autograde.hub.people.accounts import find_user
from autograde.hub.repos import quota
from autograde.hub.server import RunningHub
from autograde.hub.snapshot_import import import_snapshot

from ..battery import Target, own_hub, row
from .contents import made, send, shard, ticket
from .uploads import file_line

ROOM = 1_000_000
_NOBODY = 65534


def _on_disk(running: RunningHub) -> int:
    folders = [running.hub.data / name for name in ("blobs", "xorbs", "tmp", "repos")]
    sizes = []
    for folder in folders:
        for path in folder.rglob("*"):
            try:
                sizes.append(path.stat().st_size if path.is_file() else 0)
            except FileNotFoundError:
                continue
    return sum(sizes)


def _batch(own: Target, name: str, token: str, content: bytes, transfer: str = "basic") -> Any:
    wanted = {
        "operation": "upload",
        "objects": [{"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}],
        "transfers": [transfer],
    }
    return own.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=token).json()["objects"][0]


@row("5", "an upload is completed only with each part once, and repeated parts write nothing")
def repeated_parts_are_rejected(target: Target) -> None:
    with own_hub(target, multipart_above=1000) as (own, running):
        owner = own.person()
        owner_token = owner.token()
        name, content = owner.repository(owner_token), os.urandom(3000)
        upload = _batch(own, name, owner_token, content, "multipart")["actions"]["upload"]
        for number, href in upload["header"].items():
            if number.isdigit():
                start = 1000 * (int(number) - 1)
                assert own.send("PUT", href, content[start : start + 1000]).status == 200
        before = _on_disk(running)
        for numbers in ([1] * 2000, [1, 1, 2, 3], [1, 2], [0, 1, 2], [-1, 1, 2], []):
            body = {"parts": [{"partNumber": number, "etag": "x"} for number in numbers]}
            assert own.api("POST", upload["href"], body).status == 400, numbers[:4]
        assert _on_disk(running) == before


def _noise(size: int) -> bytes:
    """Return random bytes without a zero byte, which would make the file binary."""
    return os.urandom(size).replace(b"\0", b"\1")


@row("5", "one quota covers commits, LFS, Xet chunks, copies, pull requests and gzipped pushes")
def every_kind_of_upload_counts_against_the_quota(target: Target) -> None:
    with own_hub(target, limits=Limits(owner_storage=ROOM)) as (own, running):
        owner = own.person()
        owner_token = owner.token()
        name = owner.repository(owner_token)
        start = _on_disk(running)
        assert own.commit(name, file_line("a", _noise(600_000)), token=owner_token).status == 200
        assert own.commit(name, file_line("b", _noise(600_000)), token=owner_token).status == 413
        copy = {"repository": f"{owner.name}/copy"}
        assert own.api("POST", f"/api/models/{name}/duplicate", copy, token=owner_token).status == 413
        assert "error" in _batch(own, name, owner_token, os.urandom(600_000))
        for __ in range(4):
            xorb, xorb_name = made(os.urandom(100_000))[:2]
            send(own, ticket(own, name, owner_token), f"/v1/xorbs/default/{xorb_name}", xorb)
        # One small chunk that a shard uses many times.
        piece = os.urandom(1000)
        xorb, xorb_name, file, _sha256 = made(piece)
        assert send(own, ticket(own, name, owner_token), f"/v1/xorbs/default/{xorb_name}", xorb) == 200
        huge = shard(file, xorb_name, 600_000, None)
        user = find_user(running.hub, owner.name)
        assert user
        used = quota.used(running.hub, user.id)
        send(own, ticket(own, name, owner_token), "/v1/shards", huge)
        assert quota.used(running.hub, user.id) == used
        # A body that fits only while it is compressed.
        kind = {"Content_Type": "application/x-git-receive-pack-request", "Content_Encoding": "gzip"}
        small = gzip.compress(os.urandom(150_000).hex().encode())
        assert own.send("POST", f"/{name}/git-receive-pack", small, token=owner_token, **kind).status == 200
        larger = gzip.compress(os.urandom(250_000).hex().encode())
        assert len(larger) < 400_000
        assert own.send("POST", f"/{name}/git-receive-pack", larger, token=owner_token, **kind).status == 413
        eve = own.person()
        eve_token = eve.token()
        for number in range(3):
            own.commit(name, file_line(f"{number}", _noise(450_000)), token=eve_token, query="?create_pr=1")
        # A megabyte for each of two users, as much for chunks, and git's own files.
        assert _on_disk(running) - start < 3.5 * ROOM


@row("5", "concurrent uploads cannot use the same free space")
def concurrent_uploads_stay_within_the_quota(target: Target) -> None:
    with own_hub(target, limits=Limits(owner_storage=ROOM)) as (own, running):
        owner = own.person()
        owner_token = owner.token()
        name = owner.repository(owner_token)
        contents = [os.urandom(400_000) for __ in range(5)]
        links = [_batch(own, name, owner_token, content)["actions"]["upload"]["href"] for content in contents]
        statuses: list[int] = []

        def put(link: str, content: bytes) -> None:
            try:
                statuses.append(own.send("PUT", link, content).status)
            except OSError:  # refused before the end of the body
                statuses.append(413)

        threads = [threading.Thread(target=put, args=pair) for pair in zip(links, contents, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses.count(200) <= 2, statuses
        assert _on_disk(running) < ROOM + 300_000


@row("6", "another user of the machine cannot read anything, whatever the permissions were before")
def other_users_of_the_machine_cannot_read_data(target: Target) -> None:
    before = os.umask(0)
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            data = Path(folder, "data")
            data.mkdir(mode=0o777)
            (data / "hub.db").touch(mode=0o666)
            with LocalHub(data=data) as hub:
                hub.create_user("ada")
                hub.environment()
                saved = hub.snapshot(Path(folder, "saved"))
                for private in (data, saved):
                    assert stat.S_IMODE(private.stat().st_mode) == 0o700, private
                    for name in ("hub.db", "instance.json"):
                        assert stat.S_IMODE((private / name).stat().st_mode) == 0o600, name
                        if os.geteuid() == 0:
                            code = f"import os, sys; os.setuid({_NOBODY}); open(sys.argv[1])"
                            command = [sys.executable, "-c", code, str(private / name)]
                            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
                            assert "PermissionError" in done.stderr, name
    finally:
        os.umask(before)


@row("7", "an untrusted snapshot runs no command, follows no link and sets no wrong hashes")
def untrusted_snapshots_are_imported_safely(target: Target) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with LocalHub() as hub:
            hub.create_user("ada")
            hub.create_repository("ada/m", files={"w.bin": b"weights" * 1000, "a.txt": b"a"})
            snapshot = hub.snapshot(root / "snapshot")
        mark = root / "hacked"
        (path,) = (snapshot / "repos").glob("*/*.git")
        for key in ("core.fsmonitor", "core.sshCommand", "uploadpack.packObjectsHook", "core.alternateRefsCommand"):
            subprocess.run(["git", "config", "--file", path / "config", key, f"touch {mark}"], check=True, timeout=60)
        (path / "info").mkdir(exist_ok=True)
        (path / "info/attributes").write_text("* filter=x diff=x\n")
        for hooks in (path / "hooks", snapshot / "hooks"):
            hooks.mkdir(exist_ok=True)
            for name in ("pre-receive", "update", "post-receive", "reference-transaction"):
                (hooks / name).write_text(f"#!/bin/sh\ntouch {mark}\n")
                (hooks / name).chmod(0o755)
        (path / "refs/heads/stolen").symlink_to("/etc/passwd")
        import_snapshot(snapshot, root / "data")
        with own_hub(target, data=root / "data") as (own, running):
            assert own.send("GET", "/ada/m/resolve/main/w.bin").body == b"weights" * 1000
            assert own.send("GET", "/ada/m.git/info/refs?service=git-upload-pack").status == 200
            assert not [found for found in running.hub.data.rglob("*") if found.is_symlink()]
            kept = running.hub.database.all("SELECT xet_hash FROM bindings")
            assert [line["xet_hash"] for line in kept] == [None]
        assert not mark.exists()
        (blob,) = (found for found in (snapshot / "blobs").rglob("*") if found.is_file())
        blob.unlink()
        blob.symlink_to("/etc/passwd")
        try:
            import_snapshot(snapshot, root / "other")
        except FolderUnusable:
            assert not (root / "other").exists()
        else:
            raise AssertionError("a snapshot with a symlink as a large file was accepted")


@row("2", "an upload by another user does not replace the parts of an unfinished upload")
def uploads_of_others_do_not_replace_parts(target: Target) -> None:
    with own_hub(target, multipart_above=1000) as (own, __):
        owner, eve = own.person("owner"), own.person()
        owner_token, eve_token = owner.token(), eve.token()
        name, content = owner.repository(owner_token), os.urandom(2000)
        oid = hashlib.sha256(content).hexdigest()
        wanted = {"operation": "upload", "transfers": ["multipart"], "objects": [{"oid": oid, "size": 2000}]}
        uploads = []
        for token in (owner_token, eve_token):
            answer = own.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=token)
            uploads.append(answer.json()["objects"][0]["actions"]["upload"])
        links = [[upload["header"][key] for key in ("00001", "00002")] for upload in uploads]
        for number, link in enumerate(links[0]):
            assert own.send("PUT", link, content[number * 1000 : number * 1000 + 1000]).status == 200
        assert own.send("PUT", links[1][0], bytes(1000)).status == 200
        done = own.api("POST", uploads[0]["href"], {"parts": [{"partNumber": 1}, {"partNumber": 2}]})
        assert done.status == 200, done.text
