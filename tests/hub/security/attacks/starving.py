"""Items 4 and 5: one learner's slow work neither delays others nor escapes the quota."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType

from autograde.hub.app import GIT_SHARE
from autograde.hub.config import Limits
from autograde.hub.repos.xethashes import Leaf, chunk_hash, file_hash, hash_text, root_hash
from autograde.hub.storage.locks import RepositoryLocks

from ..battery import Target, clone_folder, own_hub, row
from .contents import hash_bytes, send, ticket
from .costs import check_other_clients

#: Requests that one client sends at the same time: more than the Hub has threads.
_MANY = 60


@contextmanager
def many_at_once(send: Callable[[], object]) -> Iterator[list[threading.Thread]]:
    """Send the same request many times at once; wait for all of them at the end of the block."""

    def attempt() -> None:
        try:
            send()
        except OSError:
            return  # refused, or broken off

    threads = [threading.Thread(target=attempt) for __ in range(_MANY)]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()


def threads_in(code: CodeType) -> int:
    """Return how many threads of this process are running the function with this code."""
    stacks = [traceback.walk_stack(frame) for frame in sys._current_frames().values()]
    return sum(any(frame.f_code is code for frame, __ in stack) for stack in stacks)


@row("4", "pushes that wait for the cleaning of their repository do not block others")
def waiting_pushes_do_not_block_others(target: Target) -> None:
    with own_hub(target) as (own, running):
        eve = own.person()
        eve_token = eve.token()
        name = eve.repository(eve_token)
        kind = {"Content_Type": "application/x-git-receive-pack-request"}
        (found,) = running.hub.database.all("SELECT id FROM repositories")
        with (
            many_at_once(
                lambda: own.send("POST", f"/{name}.git/git-receive-pack", b"0000PACK", token=eve_token, **kind)
            ) as threads,
            running.hub.locks.exclusive(found["id"]),
        ):
            end = time.monotonic() + 20
            while (waiting := threads_in(RepositoryLocks.begin_push.__code__)) < GIT_SHARE and time.monotonic() < end:
                threads[0].join(0.02)
            assert waiting == GIT_SHARE, waiting
            started = time.monotonic()
            check_other_clients(own)
            assert time.monotonic() - started < 5
            assert any(thread.is_alive() for thread in threads)


@row(
    "4",
    "an upload in parts that is completed many times at once delays no other user, and takes no more than the quota",
)
def completing_many_times_does_not_block_others(target: Target) -> None:
    size, part = 64 << 20, os.urandom(1 << 20)
    limits = Limits(owner_storage=2 * size)
    with own_hub(target, multipart_above=len(part), limits=limits) as (own, running):
        eve = own.person()
        eve_token = eve.token()
        name = eve.repository(eve_token)
        wanted = {"operation": "upload", "transfers": ["multipart"], "objects": [{"oid": "0" * 64, "size": size}]}
        answer = own.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=eve_token).json()
        upload = answer["objects"][0]["actions"]["upload"]
        links = [link for number, link in sorted(upload["header"].items()) if number.isdecimal()]
        assert [own.send("PUT", link, part).status for link in links] == [200] * len(links)
        body = json.dumps({"parts": [{"partNumber": number + 1} for number in range(len(links))]}).encode()
        most = 0
        with many_at_once(lambda: own.send("POST", upload["href"], body)) as threads:
            while any(thread.is_alive() for thread in threads):
                started = time.monotonic()
                check_other_clients(own)
                assert time.monotonic() - started < 5
                most = max(most, sum(map(_size, Path(running.hub.temporary).iterdir())))
                time.sleep(0.2)
        # The parts, and at most two times the file.
        assert most <= 3.5 * size, most


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@row("4", "a push of a hundred thousand branches is refused with the reason, and others are not delayed")
def pushes_of_many_branches_are_rejected(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    head = target.api("GET", f"/api/models/{name}").json()["sha"]
    pack = b"PACK\0\0\0\2\0\0\0\0"
    lines = [f"{'0' * 40} {head} refs/heads/b{number:07d}" for number in range(100_000)]
    lines[0] += "\0report-status side-band-64k"
    body = "".join(f"{len(line) + 4:04x}{line}" for line in lines).encode() + b"0000" + pack
    kind = {"Content_Type": "application/x-git-receive-pack-request"}
    path, answers = f"/{name}.git/git-receive-pack", list[str]()

    def push() -> None:
        answers.append(target.send("POST", path, body + hashlib.sha1(pack).digest(), token=eve_token, **kind).text)

    pushing = threading.Thread(target=push)
    pushing.start()
    while pushing.is_alive():
        started = time.monotonic()
        check_other_clients(target)
        assert time.monotonic() - started < 5
        pushing.join(0.2)
    assert "too many branches and tags" in answers[0], answers[0][:300]
    assert len(target.api("GET", f"/api/models/{name}/refs").json()["branches"]) == 1


@row("5", "pushes that wait for their turn count towards the quota, because their bytes are on the disk")
def waiting_pushes_count_towards_the_quota(target: Target) -> None:
    size = 1 << 20
    with own_hub(target, limits=Limits(owner_storage=8 * size)) as (own, running):
        eve = own.person()
        eve_token = eve.token()
        name = eve.repository(eve_token)
        kind = {"Content_Type": "application/x-git-receive-pack-request"}
        (found,) = running.hub.database.all("SELECT id FROM repositories")
        statuses = list[int]()

        def push() -> None:
            body = b"0000" + bytes(size)
            statuses.append(own.send("POST", f"/{name}.git/git-receive-pack", body, token=eve_token, **kind).status)

        with running.hub.locks.exclusive(found["id"]):
            # Those that fit wait; the others are refused at once.
            pushing = [threading.Thread(target=push) for __ in range(20)]
            for thread in pushing:
                thread.start()
            end = time.monotonic() + 20
            while len(statuses) < 12 and time.monotonic() < end:
                time.sleep(0.05)
            refused = statuses.count(413)
        for thread in pushing:
            thread.join()
        assert refused >= 12, statuses


@row("4", "a pull request that renames and changes thousands of files is shown quickly")
def renames_of_thousands_of_files_are_fast(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    name = eve.repository(eve_token)
    with clone_folder(target) as clone:
        url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
        text = "\n".join(str(number) for number in range(600))

        def commit(folder: str, number: int) -> str:
            """Commit 2,500 files of 600 lines, with other names and contents than those of other commits."""
            files = "".join(
                f"M 100644 inline {folder}/{folder}{n}.{folder}\ndata {len(text) + 8}\n{number}{n:07d}{text}\n"
                for n in range(2500)
            )
            stream = (
                f"commit refs/heads/{folder}\ncommitter e <e@x> {number} +0000\ndata 1\nx\n"
                f"{'from refs/heads/a^0' + chr(10) if number > 1 else ''}deleteall\n{files}\ndone\n"
            )
            target.git(clone, "fast-import", "--quiet", "--done", stdin=stream.encode())
            return target.git(clone, "rev-parse", f"refs/heads/{folder}")

        first, ours, theirs = (commit(folder, number + 1) for number, folder in enumerate("abc"))
        target.git(clone, "push", "-q", "--force", url, f"{first}:refs/heads/main")
        opened = {"title": "t", "pullRequest": True}
        number = target.api("POST", f"/api/models/{name}/discussions", opened, token=eve_token).json()["num"]
        target.git(clone, "push", "-q", url, f"{theirs}:refs/pr/{number}", f"{ours}:refs/heads/main")
    started = time.monotonic()
    for path in (f"/api/models/{name}/discussions/{number}", f"/{name}/discussions/{number}"):
        assert target.send("GET", path).status == 200
    assert time.monotonic() - started < 15, time.monotonic() - started


@row("4", "a Xet shard that puts a file together from tens of thousands of pieces is assembled quickly")
def shards_of_many_pieces_are_fast(target: Target) -> None:
    eve = target.person()
    eve_token = eve.token()
    given = ticket(target, eve.repository(eve_token), eve_token)
    leaves, terms = list[Leaf](), list[bytes]()
    number = 20_000
    for kind in (b"a", b"b"):
        contents = [kind + place.to_bytes(2, "little") for place in range(8192)]
        own = [(chunk_hash(content), len(content)) for content in contents]
        name = hash_text(root_hash(own))
        xorb = b"".join(b"\0\3\0\0\0\3\0\0" + content for content in contents)
        assert send(target, given, f"/v1/xorbs/default/{name}", xorb) == 200
        leaves.append(own[-1])
        terms.append(hash_bytes(name) + struct.pack("<IIII", 0, 3, 8191, 8192))
    file = hash_bytes(hash_text(file_hash(leaves * number)))
    shard = [b"HFRepoMetaData\0".ljust(32, b"\x55") + struct.pack("<QQ", 2, 0)]
    shard += [file + struct.pack("<IIQ", 0, 2 * number, 0), *terms * number, (b"\xff" * 32 + bytes(16)) * 2]
    started = time.monotonic()
    assert send(target, given, "/v1/shards", b"".join(shard)) == 200
    assert time.monotonic() - started < 20, time.monotonic() - started
