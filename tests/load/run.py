"""``make load``: a class of 300 uses a Hub at once; errors, wrong bytes, seconds and the Hub's memory in a table.

Every learner signs up on the page, makes an access token, creates a repository, uploads a megabyte as a regular file
and one by LFS, lists and downloads both. Learners come in threads of this process; the Hub has a process of its own.
Afterwards each lists and downloads again, every twenty seconds. When all have signed up, sixty more sign up in one
burst. A teacher opens the class page again and again.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograde.hub import LocalHub

SIZE = 1_000_000
MIB = 1 << 20

#: Seconds between the rounds of a learner who has done everything.
PAUSE = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Wrong(Exception):
    """An answer that is not the expected one."""


class Visit:
    """One person's connection, cookies and access token."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token and path.startswith(("/api/", "/load")):
            sent["Authorization"] = f"Bearer {self.token}"
        elif self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        for header in answer.headers.get_all("set-cookie") or []:
            name, __, value = header.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read()

    def expect(self, status: int, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        found, content = self.send(method, path, body, **headers)
        if found != status:
            raise Wrong(f"{method} {path.split('?')[0][:60]}: {found} instead of {status}: {content[:200]!r}")
        return content

    def form(self, status: int, path: str, **fields: str) -> bytes:
        page = self.expect(200, "GET", path).decode()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        if not found:
            raise Wrong(f"{path} has no form")
        body = urllib.parse.urlencode({"csrf": unescape(found[1]), **fields}).encode()
        return self.expect(status, "POST", path, body, **FORM)

    def json(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        content = self.expect(200, method, path, body, Content_Type="application/json")
        return json.loads(content) if content else None


def sign_up(visit: Visit, name: str) -> None:
    """Sign up on the page, which also logs in."""
    fields = {"username": name, "email": f"{name}@example.org", "password": "correct horse battery"}
    visit.form(303, "/join", **fields)


def learn(visit: Visit, name: str, timed: Callable[[str, float], None], ended: threading.Event) -> None:
    """Do everything that a learner does, and go on until ``ended``."""

    def step(what: str, action: Callable[[], Any]) -> Any:
        begun = time.monotonic()
        found = action()
        timed(what, time.monotonic() - begun)
        return found

    step("sign up", lambda: sign_up(visit, name))
    page = step("make a token", lambda: visit.form(200, "/settings/tokens", name="t", role="write"))
    found = re.search(r'data-token="([^"]+)"', page.decode())
    if not found:
        raise Wrong("no token")
    visit.token = found[1]
    repository = f"{name}/model"
    step("create", lambda: visit.json("POST", "/api/repos/create", {"name": "model"}))
    regular = base64.b64encode(random.Random(name).randbytes(SIZE * 3 // 4))
    large = random.Random(f"{name} large").randbytes(SIZE)
    oid = hashlib.sha256(large).hexdigest()

    def commit(key: str, value: dict[str, Any]) -> None:
        lines = ({"key": "header", "value": {"summary": "load"}}, {"key": key, "value": value})
        body = "\n".join(map(json.dumps, lines)).encode()
        path = f"/api/models/{repository}/commit/main"
        visit.expect(200, "POST", path, body, Content_Type="application/x-ndjson")

    def push_regular() -> None:
        content = base64.b64encode(regular).decode()
        commit("file", {"path": "notes.txt", "content": content, "encoding": "base64"})

    def push_large() -> None:
        batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": SIZE}]}
        body = json.dumps(batch).encode()
        answer = json.loads(
            visit.expect(
                200, "POST", f"/{repository}.git/info/lfs/objects/batch", body, Content_Type="application/json",
                Authorization=f"Bearer {visit.token}",
            )
        )  # fmt: skip
        href = urllib.parse.urlsplit(answer["objects"][0]["actions"]["upload"]["href"]).path
        visit.expect(200, "PUT", href, large)
        commit("lfsFile", {"path": "w.bin", "algo": "sha256", "oid": oid, "size": SIZE})

    step("commit 1 MB", push_regular)
    step("upload 1 MB by LFS", push_large)
    listed = step("list", lambda: visit.json("GET", f"/api/models/{repository}/tree/main"))
    if {entry["path"] for entry in listed} != {".gitattributes", "notes.txt", "w.bin"}:
        raise Wrong("the list is not whole")

    def download() -> None:
        for path, wanted in (("notes.txt", regular), ("w.bin", large)):
            if visit.expect(200, "GET", f"/{repository}/resolve/main/{path}") != wanted:
                raise Wrong("wrong bytes")

    step("download both", download)
    while not ended.wait(PAUSE):
        step("list", lambda: visit.json("GET", f"/api/models/{repository}/tree/main"))
        step("download both", download)
    visit.connection.close()


class Memory(threading.Thread):
    """Watch the memory of a process: its peak, in bytes."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process, self.peak, self.stopped = process, 0, threading.Event()

    def now(self) -> int:
        """Return the resident memory in bytes."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) * 1024 if found else 0

    def run(self) -> None:
        while not self.stopped.wait(0.05):
            self.peak = max(self.peak, self.now())


def prepare(data: Path, people: int) -> str:
    """Make the Hub's data: a teacher, and people who signed up before; return the teacher's password."""
    with LocalHub(data=data) as hub:
        hub.create_user("teacher", password="correct horse battery")
        for number in range(people):
            hub.create_user(f"before-{number}")
    return "correct horse battery"


def main() -> int:
    """Run the load and print the table; return 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--before", type=int, default=400, help="people whom the class has already")
    parser.add_argument("--longest", type=float, default=300, help="seconds after which it ends in any case")
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        password = prepare(data, options.before)
        command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(data), "--port", "0"]
        command += ["--teacher", "teacher"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout
        found = re.search(r":(\d+)\s*$", process.stdout.readline())
        assert found
        port = int(found[1])
        memory = Memory(process.pid)
        timer = threading.Timer(options.longest, process.kill)
        timer.start()
        before = memory.now()
        memory.start()
        errors: Counter[str] = Counter()
        times: dict[str, list[float]] = {}
        guard = threading.Lock()

        def timed(what: str, seconds: float) -> None:
            with guard:
                times.setdefault(what, []).append(seconds)

        def attempt(action: Callable[[], None]) -> None:
            try:
                action()
            except Exception as error:
                with guard:
                    errors[f"{type(error).__name__}: {error}"[:160]] += 1

        finished, signed_up = threading.Event(), threading.Event()

        def teach() -> None:
            visit = Visit(port)
            visit.form(303, "/login", username="teacher", password=password)
            while not finished.wait(0.5):
                begun = time.monotonic()
                visit.expect(200, "GET", "/classroom")
                timed("teacher's page", time.monotonic() - begun)

        def burst() -> None:
            # Beside running traffic, and not beside 300 other sign-ups.
            while len(times.get("make a token", ())) + errors.total() < options.learners:
                time.sleep(0.05)
            begun = time.monotonic()
            with ThreadPoolExecutor(60) as pool:
                list(pool.map(lambda n: attempt(lambda: sign_up(Visit(port), f"burst-{n}")), range(60)))
            timed("60 sign-ups in a burst", time.monotonic() - begun)
            signed_up.set()

        others = [threading.Thread(target=attempt, args=(action,)) for action in (teach, burst)]
        begun = time.monotonic()
        with Progress(console=console, transient=True) as progress, ThreadPoolExecutor(options.learners) as pool:
            bar = progress.add_task("learners", total=options.learners)
            for other in others:
                other.start()

            def one(number: int) -> None:
                attempt(lambda: learn(Visit(port), f"load-{number}", timed, signed_up))
                progress.advance(bar)

            list(pool.map(one, range(options.learners)))
        seconds = time.monotonic() - begun
        others[1].join()
        finished.set()
        others[0].join()
        time.sleep(5)
        kept = memory.now()
        memory.stopped.set()
        timer.cancel()
        process.terminate()
        __, said = process.communicate(timeout=30)
    table = Table(title=f"{options.learners} learners at once")
    for column in ("what", "number", "median s", "longest s", "bar"):
        table.add_column(column, justify="left" if column in ("what", "bar") else "right")
    bars = {"60 sign-ups in a burst": 5.0, "teacher's page": 1.0}
    missed = list[str]()
    for what, found_times in times.items():
        ordered = sorted(found_times)
        limit = bars.get(what)
        row = (str(len(ordered)), f"{ordered[len(ordered) // 2]:.2f}", f"{ordered[-1]:.2f}")
        table.add_row(what, *row, f"≤ {limit:.0f} s" if limit else "")
        if limit and ordered[-1] > limit:
            missed.append(what)
    console.print(table)
    peak, wanted_peak, wanted_kept = memory.peak / MIB, 150, 60
    console.print(
        f"{seconds:.1f} s in all; {errors.total()} errors; memory {before / MIB:.0f} MiB before, {peak:.0f} MiB at the"
        f" peak (bar {wanted_peak}), {kept / MIB:.1f} MiB 5 s after (bar {wanted_kept})",
        highlight=False,
    )
    for error, number in errors.most_common(10):
        console.print(f"  {number} × {error}", highlight=False, markup=False)
    if said:
        console.print(f"The Hub printed: {said[-1000:]}", highlight=False, markup=False)
    bad = {"errors": bool(errors), "peak": peak > wanted_peak, "kept": kept / MIB > wanted_kept, "console": bool(said)}
    missed += [name for name, is_bad in bad.items() if is_bad]
    if missed:
        console.print(f"missed: {', '.join(missed)}", highlight=False)
    return 1 if missed else 0


if __name__ == "__main__":
    os.environ.setdefault("AUTOGRADE_LANGUAGE", "en")
    sys.exit(main())
