"""Memory and waiting times of a Hub while a whole class uploads at the same time."""

from __future__ import annotations

import base64
import gc
import http.client
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from autograde.hub import LocalHub
from autograde.hub.web.endpoint import in_turn
from autograde.hub.web.turns import Turns
from tests.hub.clients import commit_body, file_line

MIB = 1 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_many_large_commits_at_once_need_little_memory(tmp_path: Path) -> None:
    """Thirty commits of 2 MiB would need more than 200 MiB if they and their decoded contents were kept in memory."""
    with LocalHub(data=tmp_path / "data") as hub:
        ada = hub.create_user("ada")
        for number in range(30):
            hub.create_repository(f"ada/m{number}")
    process = subprocess.Popen(
        [sys.executable, "-m", "autograde.hub", "--data", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    port = int(process.stdout.readline().strip().rpartition(":")[2])
    body = commit_body(file_line("a.txt", base64.b64encode(os.urandom(3 * MIB // 2))))

    def commit(number: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/x-ndjson"}
        connection.request("POST", f"/api/models/ada/m{number}/commit/main", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    try:
        with ThreadPoolExecutor(30) as pool:
            assert set(pool.map(commit, range(30))) == {200}
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())
        assert found
        assert int(found[1]) * 1024 < 130 * MIB
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def test_commit_with_a_too_long_line_is_rejected(tmp_path: Path) -> None:
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        hub.create_repository("ada/m")
        connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
        headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/x-ndjson"}
        body = commit_body({"key": "file", "value": {"path": "a", "content": "x" * 16_000_000}})
        connection.request("POST", "/api/models/ada/m/commit/main", body, headers)
        answer = connection.getresponse()
        assert (answer.status, "Line 2 of the commit is too long" in json.load(answer)["error"]) == (400, True)
        connection.close()


def test_request_waiting_to_hash_a_password_does_not_block_others() -> None:
    """Otherwise the teacher's page would wait while the whole class signs up."""

    async def run() -> None:
        limiter = anyio.CapacityLimiter(1)
        state = SimpleNamespace(turns=Turns(1, 1, 3600))
        app = SimpleNamespace(state=state)
        request = Request({"type": "http", "app": app, "client": ("10.0.0.1", 1), "headers": []})
        await limiter.acquire_on_behalf_of("another sign-up")
        async with anyio.create_task_group() as group:
            group.start_soon(in_turn, request, Response, limiter)
            await anyio.wait_all_tasks_blocked()
            with anyio.fail_after(10):
                await in_turn(request, Response)
            limiter.release_on_behalf_of("another sign-up")

    anyio.run(run)


def _arenas(maps: str) -> int:
    """Return the number of glibc's arenas besides the first: each reserves 64 MiB at a multiple of 64 MiB."""
    mapped = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (\S+)", maps, re.MULTILINE)
    regions = [(int(start, 16), int(end, 16), rights) for start, end, rights in mapped]
    return sum(
        start % (64 * MIB) == 0 and (rights, reserved) == ("rw-p", "---p") and (begin, after) == (end, start + 64 * MIB)
        for (start, end, rights), (begin, after, reserved) in pairwise(regions)
    )


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
@pytest.mark.parametrize("command", [["autograde.hub"], ["autograde", "hub", "serve", "--port", "0"]])
def test_all_threads_of_a_hub_share_one_arena(tmp_path: Path, command: list[str]) -> None:
    """With an arena for each thread, the freed memory of one is not used by the others."""
    arguments = [sys.executable, "-m", *command, "--data", str(tmp_path / "data")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            port = int(process.stdout.readline().strip().rpartition(":")[2])

            def visit(_number: int) -> int:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                connection.request("GET", "/join")
                answer = connection.getresponse()
                answer.read()
                connection.close()
                return answer.status

            with ThreadPoolExecutor(8) as pool:
                assert set(pool.map(visit, range(24))) == {200}
            assert _arenas(Path(f"/proc/{process.pid}/maps").read_text()) == 0
        finally:
            process.terminate()


def test_memory_of_requests_is_freed_without_the_garbage_collector() -> None:
    """Otherwise, the requests of a whole class wait for it, several kilobytes each."""

    def cycles() -> int:
        return sum(type(each) is RequestResponseCycle for each in gc.get_objects())

    gc.collect()
    before = cycles()
    gc.disable()
    try:
        with LocalHub() as hub:
            for _connection in range(3):
                connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
                for path in ("/healthz", "/join", "/api/models"):
                    connection.request("GET", path)
                    assert connection.getresponse().read()
                connection.close()
        assert cycles() == before
    finally:
        gc.enable()
