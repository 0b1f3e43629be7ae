"""``make load``: 300 learners use a Hub at the same time; prints times, errors and the Hub's memory.

Every learner signs up on the page, creates an access token and a repository, uploads a megabyte as a regular file and
another with LFS, lists the files and downloads both. Afterwards each learner lists and downloads again every twenty
seconds. When all have signed up, sixty more users sign up in one burst. A teacher reloads the class page all the time.
Learners are threads of this process; the Hub has its own process.
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
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograde.hub import LocalHub

SIZE = 1_000_000
MIB = 1 << 20

#: Seconds between the downloads of a learner who has finished all uploads.
PAUSE = 20
#: Number of users who sign up in one burst.
BURST = 60
#: Limits: seconds by step, and MiB at the peak and five seconds after the load.
MAX_SECONDS = {"60 sign-ups in a burst": 5.0, "teacher's page": 1.0}
MAX_PEAK, MAX_AFTER = 150, 60
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class WrongAnswer(Exception):
    """The Hub's answer is not the expected one."""


class Visit:
    """One user's connection, cookies and access token."""

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
            raise WrongAnswer(f"{method} {path.split('?')[0][:60]}: {found} instead of {status}: {content[:200]!r}")
        return content

    def form(self, status: int, path: str, **fields: str) -> bytes:
        page = self.expect(200, "GET", path).decode()
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        if not found:
            raise WrongAnswer(f"{path} has no form")
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
    """Do everything that a learner does; then list and download until ``ended`` is set."""

    def step(what: str, action: Callable[[], Any]) -> Any:
        start = time.monotonic()
        found = action()
        timed(what, time.monotonic() - start)
        return found

    step("sign up", lambda: sign_up(visit, name))
    page = step("create a token", lambda: visit.form(200, "/settings/tokens", name="t", role="write"))
    found = re.search(r'data-token="([^"]+)"', page.decode())
    if not found:
        raise WrongAnswer("the page shows no token")
    visit.token = found[1]
    repository = f"{name}/model"
    step("create a repository", lambda: visit.json("POST", "/api/repos/create", {"name": "model"}))
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
        raise WrongAnswer("the list is not complete")

    def download() -> None:
        for path, wanted in (("notes.txt", regular), ("w.bin", large)):
            if visit.expect(200, "GET", f"/{repository}/resolve/main/{path}") != wanted:
                raise WrongAnswer("wrong bytes")

    step("download both", download)
    while not ended.wait(PAUSE):
        step("list", lambda: visit.json("GET", f"/api/models/{repository}/tree/main"))
        step("download both", download)
    visit.connection.close()


class Memory(threading.Thread):
    """Watches the memory of a process and keeps its peak, in bytes."""

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
    """Create the Hub's data: a teacher, and users who signed up before; return the teacher's password."""
    with LocalHub(data=data) as hub:
        hub.create_user("teacher", password="correct horse battery")
        for number in range(people):
            hub.create_user(f"before-{number}")
    return "correct horse battery"


@dataclass
class Results:
    """Times in seconds by step, and errors; threads may add to them at the same time."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def timed(self, what: str, seconds: float) -> None:
        """Add the time of one step."""
        with self._lock:
            self.times.setdefault(what, []).append(seconds)

    def attempt(self, action: Callable[[], None]) -> None:
        """Run an action and count its error, if it raises one."""
        try:
            action()
        except Exception as error:
            with self._lock:
                self.errors[f"{type(error).__name__}: {error}"[:160]] += 1


@dataclass(frozen=True)
class Measured:
    """One run: its seconds, the Hub's memory in MiB before, at the peak and afterwards, and what the Hub printed."""

    seconds: float
    before: float
    peak: float
    after: float
    printed: str


def serve(data: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a Hub in its own process; return the process and the Hub's port."""
    command = [sys.executable, "-m", "autograde", "hub", "serve", "--data", str(data), "--port", "0"]
    command += ["--teacher", "teacher"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    found = re.search(r":(\d+)\s*$", process.stdout.readline())
    assert found
    return process, int(found[1])


def teach(port: int, password: str, results: Results, finished: threading.Event) -> None:
    """Reload the class page as the teacher until ``finished`` is set."""
    visit = Visit(port)
    visit.form(303, "/login", username="teacher", password=password)
    while not finished.wait(0.5):
        start = time.monotonic()
        visit.expect(200, "GET", "/classroom")
        results.timed("teacher's page", time.monotonic() - start)


def sign_up_together(port: int, learners: int, results: Results, signed_up: threading.Event) -> None:
    """Sign up :data:`BURST` users at the same time after all learners have a token; then set ``signed_up``."""
    # The burst is measured next to ordinary requests, not next to 300 other sign-ups.
    while len(results.times.get("create a token", ())) + results.errors.total() < learners:
        time.sleep(0.05)
    start = time.monotonic()
    with ThreadPoolExecutor(BURST) as pool:
        list(pool.map(lambda n: results.attempt(lambda: sign_up(Visit(port), f"burst-{n}")), range(BURST)))
    results.timed("60 sign-ups in a burst", time.monotonic() - start)
    signed_up.set()


def run_class(
    port: int, password: str, learners: int, results: Results, console: Console, stop: Callable[[], object]
) -> float:
    """Run all learners, the teacher and the burst; return the seconds until the last learner has finished.

    ``stop`` stops the Hub; it is called on Ctrl-C, so that all threads end.
    """
    finished, signed_up = threading.Event(), threading.Event()
    teacher = threading.Thread(target=results.attempt, args=(lambda: teach(port, password, results, finished),))
    burst = threading.Thread(
        target=results.attempt, args=(lambda: sign_up_together(port, learners, results, signed_up),)
    )
    start = time.monotonic()
    with Progress(console=console, transient=True) as progress, ThreadPoolExecutor(learners) as pool:
        bar = progress.add_task("learners", total=learners)
        teacher.start()
        burst.start()

        def one(number: int) -> None:
            results.attempt(lambda: learn(Visit(port), f"load-{number}", results.timed, signed_up))
            progress.advance(bar)

        try:
            list(pool.map(one, range(learners)))
        except BaseException:
            stop()
            signed_up.set()
            finished.set()
            raise
    seconds = time.monotonic() - start
    burst.join()
    finished.set()
    teacher.join()
    return seconds


def measure(options: argparse.Namespace, results: Results, console: Console) -> Measured:
    """Start a Hub, run the class against it and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        password = prepare(data, options.before)
        process, port = serve(data)
        memory = Memory(process.pid)
        timer = threading.Timer(options.longest, process.kill)
        timer.start()
        before = memory.now()
        memory.start()
        try:
            seconds = run_class(port, password, options.learners, results, console, process.kill)
            time.sleep(5)
            after = memory.now()
        finally:
            memory.stopped.set()
            timer.cancel()
            process.terminate()
            __, printed = process.communicate(timeout=30)
    return Measured(seconds, before / MIB, memory.peak / MIB, after / MIB, printed)


def print_times(console: Console, title: str, results: Results) -> list[str]:
    """Print a table of the times; return the steps that took longer than their limit."""
    table = Table(title=title)
    for column in ("step", "number", "median s", "longest s", "limit"):
        table.add_column(column, justify="left" if column in ("step", "limit") else "right")
    missed = list[str]()
    for what, times in results.times.items():
        ordered = sorted(times)
        limit = MAX_SECONDS.get(what)
        row = (str(len(ordered)), f"{ordered[len(ordered) // 2]:.2f}", f"{ordered[-1]:.2f}")
        table.add_row(what, *row, f"≤ {limit:.0f} s" if limit else "")
        if limit and ordered[-1] > limit:
            missed.append(what)
    console.print(table)
    return missed


def print_summary(console: Console, results: Results, measured: Measured) -> list[str]:
    """Print errors, memory and the Hub's output; return the names of the limits that were exceeded."""
    console.print(
        f"{measured.seconds:.1f} s in total; {results.errors.total()} errors; memory {measured.before:.0f} MiB before,"
        f" {measured.peak:.0f} MiB at the peak (limit {MAX_PEAK}), {measured.after:.1f} MiB 5 s after the end"
        f" (limit {MAX_AFTER})",
        highlight=False,
    )
    for error, number in results.errors.most_common(10):
        console.print(f"  {number} × {error}", highlight=False, markup=False)
    if measured.printed:
        console.print(f"The Hub printed: {measured.printed[-1000:]}", highlight=False, markup=False)
    exceeded = {
        "errors": bool(results.errors),
        "memory at the peak": measured.peak > MAX_PEAK,
        "memory afterwards": measured.after > MAX_AFTER,
        "output of the Hub": bool(measured.printed),
    }
    return [name for name, is_exceeded in exceeded.items() if is_exceeded]


def main() -> int:
    """Run the load and print the results; return 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--before", type=int, default=400, help="number of users that the Hub already has")
    parser.add_argument("--longest", type=float, default=300, help="seconds after which the Hub is stopped in any case")
    options = parser.parse_args()
    console, results = Console(), Results()
    try:
        measured = measure(options, results, console)
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    exceeded = print_times(console, f"{options.learners} learners at the same time", results)
    exceeded += print_summary(console, results, measured)
    if exceeded:
        console.print(f"Limits exceeded: {', '.join(exceeded)}", highlight=False)
    return 1 if exceeded else 0


if __name__ == "__main__":
    os.environ.setdefault("AUTOGRADE_LANGUAGE", "en")
    sys.exit(main())
