"""``make bench-hub``: what the Hub promises, measured beside its peers in the same run.

Peers: nginx (sendfile) for downloads; ``git http-backend`` behind Python's own HTTP server with an LFS store that only
writes files for git; ``cp`` with ``sync`` as the limit of the disk; the Hub's own LFS path for Xet. Each number is the
best of several runs, because a busy machine only ever adds to it. What a peer lacks on this machine shows as –.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from rich.console import Console
from rich.table import Table

from autograde.hub import LocalHub
from autograde.hub.people import accounts
from autograde.hub.repos import repositories
from autograde.hub.repos.commits import INITIAL_GITATTRIBUTES, Author, WriteFile, WritePointer, write_commit

MIB = 1 << 20
LARGE = 90 * MIB
AUTHOR = Author("ada", "ada@example.org")


class Report:
    """The rows of the one table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.console = Console()

    def add(self, what: str, ours: str, promise: str, peer: str = "–", ratio: str = "–") -> None:
        self.console.print(f"[dim]{what}: {ours}[/dim]")
        self.rows.append((what, ours, promise, peer, ratio))

    def show(self) -> None:
        table = Table(title="The Hub beside its peers")
        for column in ("what", "Hub", "promise", "peer", "Hub / peer"):
            table.add_column(column, justify="left" if column == "what" else "right")
        for row in self.rows:
            table.add_row(*row)
        self.console.print(table)


def timed(action: Callable[..., object], *arguments: object) -> float:
    """One run, in seconds."""
    start = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - start


def best(action: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    return min(timed(action) for _ in range(times))


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.02 else f"{seconds * 1000:.1f} ms"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(2000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.002)
    raise TimeoutError(f"nothing listens on port {port}")


# Start ------------------------------------------------------------------------------------------------------------


def start(report: Report, folder: Path) -> None:
    memory = 0
    started: list[float] = []

    def process() -> None:
        nonlocal memory
        port = free_port()
        command = [sys.executable, "-m", "autograde.hub", "--data", str(folder / "started"), "--port", str(port)]
        begun = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as hub:
            wait_for(port)
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            started.append(time.perf_counter() - begun)
            status = Path(f"/proc/{hub.pid}/status")
            if status.exists():
                memory = int(re.search(r"VmRSS:\s+(\d+)", status.read_text())[1]) // 1024  # type: ignore[index]
            hub.terminate()

    bare = best(lambda: subprocess.run([sys.executable, "-c", "import http.server, sqlite3"], check=True))
    for _ in range(7):
        process()
    report.add(
        "process start → first answer", ms(min(started)), "≤ 200 ms", f"{ms(bare)} (bare Python)",
        f"{min(started) / bare:.1f}",
    )  # fmt: skip
    report.add("its memory", f"{memory} MiB", "≤ 45 MiB")

    def thread() -> None:
        with LocalHub() as hub:
            connection = http.client.HTTPConnection("127.0.0.1", hub.port)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            connection.close()
            durations.append(time.perf_counter() - begun)

    durations: list[float] = []
    for _ in range(20):
        begun = time.perf_counter()
        thread()
    report.add("LocalHub start → first answer", ms(sorted(durations)[len(durations) // 2]) + " (median)", "≤ 10 ms")


# Downloads --------------------------------------------------------------------------------------------------------


@contextmanager
def nginx(root: Path) -> Iterator[int | None]:
    """nginx serving a folder with sendfile, or None where it is not installed."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port, own = free_port(), root.parent / "nginx"
    own.mkdir()
    places = "".join(f"{kind}_temp_path {own}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (own / "nginx.conf").write_text(
        f"daemon off; pid {own}/pid; error_log {own}/error; worker_processes 2; user root; events {{}}"
        f" http {{ access_log off; sendfile on; {places} server {{ listen 127.0.0.1:{port}; root {root}; }} }}"
    )
    with subprocess.Popen(
        [program, "-c", str(own / "nginx.conf"), "-p", str(own)], stderr=subprocess.DEVNULL
    ) as server:
        wait_for(port)
        try:
            yield port
        finally:
            server.terminate()


def get(port: int, path: str) -> None:
    """Download a file and throw it away, as cheaply as Python can."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", path)
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    buffer, size = bytearray(MIB), 0
    while read := answer.readinto(buffer):
        size += read
    assert size == LARGE
    connection.close()


def together(port: int, path: str, clients: int) -> None:
    """Download with several processes of clients, so that Python's own lock does not measure itself."""
    if clients == 1:
        get(port, path)
        return
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for result in [pool.submit(get, port, path) for _ in range(clients)]:
            result.result()


@contextmanager
def process(data: Path) -> Iterator[int]:
    """The Hub as a process of its own, as nginx is one: its port."""
    port = free_port()
    command = [sys.executable, "-m", "autograde.hub", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as hub:
        wait_for(port)
        try:
            yield port
        finally:
            hub.terminate()


def downloads(report: Report, folder: Path, content: bytes) -> None:
    with LocalHub(data=folder / "downloads") as hub:
        core = hub.hub
        repository = repositories.create_repository(core, accounts.create_user(core, "ada"), "large")
        with core.blobs.writer() as writer:
            writer.write(content)
            oid = writer.commit()
        repositories.bind(core, repository.id, oid, len(content))
        pointer = WritePointer("w.bin", oid)
        write_commit(core, repository, "main", [pointer], author=AUTHOR, message="large", create=True)
    root = folder / "www"
    root.mkdir()
    (root / "w.bin").write_bytes(content)
    with process(folder / "downloads") as hub_port, nginx(root) as port:
        for clients in (1, 30):
            # In turn, so that both meet the same machine: its speed changes from one second to the next.
            both: tuple[list[float], list[float]] = ([], [])
            for _ in range(15 if clients == 1 else 5):
                both[0].append(timed(together, hub_port, "/ada/large/resolve/main/w.bin", clients))
                if port:
                    both[1].append(timed(together, port, "/w.bin", clients))
            ours = clients * 90 / min(both[0])
            row = [
                f"download 90 MiB, {clients} client{'s' if clients > 1 else ''}",
                f"{ours:.0f} MiB/s",
                "≥ 1.0 × nginx",
            ]
            if port:
                peer = clients * 90 / min(both[1])
                row += [f"{peer:.0f} MiB/s (nginx)", f"{ours / peer:.2f}"]
            report.add(*row)


# git --------------------------------------------------------------------------------------------------------------


class _Backend(http.server.BaseHTTPRequestHandler):
    """``git http-backend`` as CGI, and the barest LFS store: what anybody could put together in an hour."""

    protocol_version = "HTTP/1.1"
    root: Path

    def log_message(self, *arguments: object) -> None:
        """Quiet."""

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        """Keep an LFS file."""
        with (self.root / self.path.rsplit("/", 1)[1]).open("wb") as stream:
            left = int(self.headers["Content-Length"])
            while left:
                data = self.rfile.read(min(MIB, left))
                stream.write(data)
                left -= len(data)
            stream.flush()
            os.fsync(stream.fileno())
        self._send(200, b"")

    def do_GET(self) -> None:
        """An LFS file, or git."""
        if self.path.startswith("/objects/"):
            path = self.root / self.path.rsplit("/", 1)[1]
            self.send_response(200)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            with path.open("rb") as stream:
                self.connection.sendfile(stream)
            return
        self._git(b"")

    def do_POST(self) -> None:
        """The LFS batch, or git."""
        body = self._body()
        if self.path.endswith("/info/lfs/objects/batch"):
            asked = json.loads(body)
            answers = []
            for item in asked["objects"]:
                there = (self.root / item["oid"]).exists()
                action = asked["operation"]
                wanted = (
                    {action: {"href": f"http://{self.headers['Host']}/objects/{item['oid']}"}}
                    if (action == "download") == there
                    else {}
                )
                answers.append({**item, "actions": wanted})
            self._send(
                200, json.dumps({"transfer": "basic", "objects": answers}).encode(), "application/vnd.git-lfs+json"
            )
        elif "/info/lfs/" in self.path:
            self._send(404, b"{}")
        else:
            self._git(body)

    def _git(self, body: bytes) -> None:
        path, __, query = self.path.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "REQUEST_METHOD": self.command,
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": "ada",
            "REMOTE_ADDR": "127.0.0.1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=True)
        head, content = done.stdout.split(b"\r\n\r\n", 1)
        lines = [line.partition(": ") for line in head.decode().split("\r\n")]
        fields = {name: value for name, __, value in lines}
        self._send(int(fields.pop("Status", "200").split()[0]), content, fields["Content-Type"])


@contextmanager
def backend(folder: Path) -> Iterator[int]:
    """The peer of git, on a port."""
    handler = type("Backend", (_Backend,), {"root": folder})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def git_times(url: str, environment: dict[str, str], folder: Path, content: bytes) -> tuple[float, float]:
    """``(push, clone)`` of a repository with one large file, in seconds."""
    work, again = folder / "work", folder / "again"

    def git(*arguments: str, cwd: Path) -> None:
        subprocess.run(["git", *arguments], cwd=cwd, env=environment, check=True, capture_output=True)

    git("clone", url, str(work), cwd=folder)
    (work / ".gitattributes").write_text(INITIAL_GITATTRIBUTES)
    (work / "w.bin").write_bytes(content)
    git("add", ".", cwd=work)
    git("commit", "-m", "large", cwd=work)
    start = time.perf_counter()
    git("push", "origin", "HEAD:main", cwd=work)
    pushed = time.perf_counter() - start
    start = time.perf_counter()
    git("clone", "-b", "main", url, str(again), cwd=folder)
    cloned = time.perf_counter() - start
    assert (again / "w.bin").read_bytes() == content
    shutil.rmtree(work)
    shutil.rmtree(again)
    return pushed, cloned


def git_rows(report: Report, hub: LocalHub, folder: Path, content: bytes, token: str, times: int = 3) -> None:
    environment = hub.environment(folder / "home")
    ours, peers = [], []
    bare = folder / "bare"
    bare.mkdir()
    with backend(bare) as port:
        for number in range(times):
            ada = accounts.find_user(hub.hub, "ada")
            assert ada
            repositories.create_repository(hub.hub, ada, f"git{number}")
            fresh = hashlib.sha256(f"{number}".encode()).digest() + content[32:]
            ours.append(
                git_times(
                    hub.endpoint.replace("://", f"://ada:{token}@") + f"/ada/git{number}", environment, folder, fresh
                )
            )
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(bare / f"git{number}.git")], check=True)
            subprocess.run(
                ["git", "-C", str(bare / f"git{number}.git"), "config", "http.receivepack", "true"], check=True
            )
            peers.append(git_times(f"http://127.0.0.1:{port}/git{number}.git", environment, folder, fresh))
    source = folder / "limit"
    source.write_bytes(content)

    def copy() -> None:
        shutil.copyfile(source, folder / "copied")
        with (folder / "copied").open("rb") as stream:
            os.fsync(stream.fileno())

    limit = best(copy)
    for index, name in enumerate(("git push of 90 MiB (LFS)", "git clone of 90 MiB (LFS)")):
        mine, peer = min(run[index] for run in ours), min(run[index] for run in peers)
        report.add(name, ms(mine), "≤ 1.2 × peer", f"{ms(peer)} (http-backend)", f"{mine / peer:.2f}")
    report.add("  the disk's limit: cp and sync", ms(limit), "")


# Uploads ----------------------------------------------------------------------------------------------------------

_UPLOAD = """
import os, sys, time, logging
from huggingface_hub import HfApi
from huggingface_hub.utils import disable_progress_bars
disable_progress_bars()
api = HfApi(token=sys.argv[1])
api.create_repo(sys.argv[2], exist_ok=True)
start = time.perf_counter()
api.upload_file(repo_id="ada/" + sys.argv[2], path_in_repo="w.bin", path_or_fileobj=sys.argv[3])
print(start, time.perf_counter())
"""


def uploads(report: Report, hub: LocalHub, folder: Path, content: bytes, token: str) -> None:
    arrivals: list[float] = []
    receiving = hub.hub.incoming.receiving

    def noticed(*arguments: Any) -> AbstractContextManager[Callable[[int], None]]:
        arrivals.append(time.perf_counter())
        return receiving(*arguments)

    def upload(name: str, xet: bool) -> tuple[float, float]:
        """How long it took, and how much of that the client needed before it sent the first of the bytes; seconds."""
        arrivals.clear()
        file = folder / f"{name}.bin"
        file.write_bytes(os.urandom(64) + content[64:])
        environment = hub.environment(folder / f"home-{name}") | ({} if xet else {"HF_HUB_DISABLE_XET": "1"})
        command = [sys.executable, "-c", _UPLOAD, token, name, str(file)]
        said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        start, end = map(float, said.split())
        return end - start, arrivals[0] - start

    # In turn, as above.
    with mock.patch.object(hub.hub.incoming, "receiving", noticed):
        runs = [(upload(f"xet{n}", True), upload(f"lfs{n}", False)) for n in range(5)]
    (xet, alone), (lfs, lfs_alone) = (min(run[n] for run in runs) for n in (0, 1))
    report.add("upload_file of 90 MiB (Xet)", ms(xet), "≤ 1.5 × LFS", f"{ms(lfs)} (LFS path)", f"{xet / lfs:.2f}")
    report.add("  of it the client, before it sends a byte", ms(alone), "", ms(lfs_alone), f"{alone / lfs_alone:.2f}")
    ours, theirs = xet - alone, lfs - lfs_alone
    report.add("  of it with the Hub", ms(ours), "", ms(theirs), f"{ours / theirs:.2f}")


def commits(report: Report, hub: LocalHub, token: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port)
    connection.request(
        "POST", "/api/repos/create", json.dumps({"name": "commits"}), {"Authorization": f"Bearer {token}"}
    )
    connection.getresponse().read()
    numbers = iter(range(1000))

    def commit() -> None:
        number = next(numbers)
        lines = [{"key": "header", "value": {"summary": "two hundred files"}}]
        for i in range(200):
            text = b64encode(f"{number} {i}".encode() * 50).decode()
            lines.append({"key": "file", "value": {"path": f"{number}/{i}.txt", "encoding": "base64", "content": text}})
        body = "\n".join(map(json.dumps, lines))
        connection.request("POST", "/api/models/ada/commits/commit/main", body, {"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()

    report.add("commit of 200 files over HTTP", ms(best(commit, 10)), "≤ 60 ms")
    connection.close()


# Growth -----------------------------------------------------------------------------------------------------------


def growth(report: Report, folder: Path, most: int) -> None:
    sizes = [size for size in (10, 100, 1000, 10_000) if size <= most]

    def timed(hub: LocalHub, path: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port)

        def ask() -> None:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()

        result = best(ask)
        connection.close()
        return result

    for what in ("repositories", "files", "commits"):
        costs = []
        for size in sizes:
            with LocalHub(data=folder / f"{what}-{size}", durable=False) as hub:
                core = hub.hub
                ada = accounts.create_user(core, "ada")
                repository = repositories.create_repository(core, ada, "m")
                if what == "repositories":
                    for number in range(size - 1):
                        repositories.create_repository(core, ada, f"m{number}")
                if what == "commits":
                    stream = b"".join(
                        b"commit refs/heads/main\ncommitter a <a@b> %d +0000\ndata 1\nx\nM 100644 inline "
                        b"f\ndata %d\n%d\n" % (1_700_000_000 + n, len(str(n)), n)
                        for n in range(size)
                    )
                    core.git.run(repository.id, "fast-import", "--quiet", stdin=stream)
                else:
                    files = [WriteFile(f"d{n % 10}/{n}.txt", b"x") for n in range(size if what == "files" else 1)]
                    write_commit(core, repository, "main", files, author=AUTHOR, message="all", create=True)
                paths = {
                    "repositories": ("/api/models?limit=20", "/api/models/ada/m"),
                    "files": ("/api/models/ada/m/tree/main?recursive=true", "/ada/m/resolve/main/d0/0.txt"),
                    "commits": ("/api/models/ada/m/commits/main", "/ada/m/resolve/main/f"),
                }[what]
                costs.append([timed(hub, path) for path in paths])
        for index, name in enumerate(
            {
                "repositories": ("list 20", "one model's info"),
                "files": ("a page of the tree", "one file"),
                "commits": ("a page of history", "one file"),
            }[what]
        ):
            steps = " · ".join(ms(cost[index]) for cost in costs)
            report.add(
                f"{name}, {sizes[0]} → {sizes[-1]:,} {what}", steps, "", "", f"{costs[-1][index] / costs[0][index]:.1f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=10_000, help="how far the growth is followed")
    parser.add_argument("--only", nargs="*", help="start, downloads, git, uploads, commits, growth")
    options = parser.parse_args()
    report, content = Report(), os.urandom(LARGE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def wanted(part: str) -> bool:
            return not options.only or part in options.only

        if wanted("start"):
            start(report, folder)
        if wanted("downloads"):
            downloads(report, folder, content)
        with LocalHub(data=folder / "data") as hub:
            token = hub.create_user("ada").token
            if wanted("commits"):
                commits(report, hub, token)
            if wanted("git"):
                git_rows(report, hub, folder, content, token)
            if wanted("uploads"):
                uploads(report, hub, folder, content, token)
        if wanted("growth"):
            growth(report, folder, options.most)
    report.show()


if __name__ == "__main__":
    main()
