"""``make bench-hub``: check the Hub's performance targets, and compare it with peers in the same run.

Peers: for downloads, nginx (sendfile); for git, ``git http-backend`` behind Python's own HTTP server with an LFS store
that only writes files; for Xet, the Hub's own LFS path; as the limit of the disk, ``cp`` with ``sync``. Hub and peer
run alternately, and take turns at going first, so that both see the same load on the machine. Each number is the best
of all rounds, because load only increases times. ``Hub / peer`` is the ratio of the two best times, followed by the
median and the quartiles of the ratios of all rounds: a difference within the quartiles is noise. – means that there is
no peer, or that it is not installed.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import http.client
import http.server
import itertools
import json
import os
import re
import shutil
import socket
import statistics
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
from autograde.hub.repos import bindings, repositories
from autograde.hub.repos.commits import Author, WriteFile, WritePointer, write_commit
from autograde.hub.repos.gitattributes import INITIAL_GITATTRIBUTES
from autograde.session.ports import free_port

MIB = 1 << 20
LARGE = 90 * MIB
AUTHOR = Author("ada", "ada@example.org")


class Report:
    """Collects rows and prints them as one table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.console = Console()

    def add(self, what: str, ours: str, promise: str, peer: str = "–", ratio: str = "–") -> None:
        self.console.print(f"[dim]{what}: {ours}[/dim]")
        self.rows.append((what, ours, promise, peer, ratio))

    def show(self) -> None:
        table = Table(title="The Hub compared with its peers")
        for column in ("what", "Hub", "target", "peer", "Hub / peer"):
            table.add_column(column, justify="left" if column == "what" else "right")
        for row in self.rows:
            table.add_row(*row)
        self.console.print(table)


def timed(action: Callable[..., object], *arguments: object) -> float:
    """Run once; return the seconds that it took."""
    start = time.perf_counter()
    action(*arguments)
    return time.perf_counter() - start


def best(action: Callable[[], object], times: int = 5) -> float:
    """Return the shortest of several runs, in seconds."""
    return min(timed(action) for _ in range(times))


def in_turn(
    ours: Callable[[], tuple[float, ...]], peers: Callable[[], tuple[float, ...]] | None, rounds: int
) -> list[tuple[list[float], list[float]]]:
    """Run both alternately; return, for each value that one run measures, the Hub's and the peer's seconds."""
    runs: tuple[list[tuple[float, ...]], list[tuple[float, ...]]] = ([], [])
    for number in range(rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            action = (ours, peers)[side]
            if action is not None:
                runs[side].append(action())
    both = list(zip(*runs[0], strict=True)), list(zip(*runs[1], strict=True))
    return [(list(mine), list(both[1][number]) if both[1] else []) for number, mine in enumerate(both[0])]


def compared(ours: list[float], peers: list[float]) -> str:
    """Return the ratio of the best times, followed by the median and the quartiles of the rounds' ratios."""
    ratios = sorted(mine / peer for mine, peer in zip(ours, peers, strict=True))
    low, middle, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{min(ours) / min(peers):.2f} ({middle:.2f}, {low:.2f}–{high:.2f})"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.02 else f"{seconds * 1000:.1f} ms"


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
        begin = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as hub:
            wait_for(port)
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            started.append(time.perf_counter() - begin)
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
            durations.append(time.perf_counter() - begin)

    durations: list[float] = []
    for _ in range(20):
        begin = time.perf_counter()
        thread()
    report.add("LocalHub start → first answer", ms(sorted(durations)[len(durations) // 2]) + " (median)", "≤ 10 ms")


# Downloads --------------------------------------------------------------------------------------------------------


@contextmanager
def nginx(root: Path) -> Iterator[int | None]:
    """Serve a folder with nginx and sendfile; yields its port, or None if nginx is not installed."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port, own = free_port(), root.parent / "nginx"
    own.mkdir()
    folders = "".join(
        f"{kind}_temp_path {own}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (own / "nginx.conf").write_text(
        f"daemon off; pid {own}/pid; error_log {own}/error; worker_processes 2; user root; events {{}}"
        f" http {{ access_log off; sendfile on; {folders} server {{ listen 127.0.0.1:{port}; root {root}; }} }}"
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
    """Download a file and discard it, with as little work as possible."""
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
    """Download with several clients at once, in two processes so that the GIL is not the limit."""
    if clients == 1:
        get(port, path)
        return
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for result in [pool.submit(get, port, path) for _ in range(clients)]:
            result.result()


@contextmanager
def process(data: Path) -> Iterator[int]:
    """Run the Hub in its own process, like nginx; yields its port."""
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
        bindings.bind(core, repository.id, oid, len(content))
        pointer = WritePointer("w.bin", oid)
        write_commit(core, repository, "main", [pointer], author=AUTHOR, message="large", create=True)
    root = folder / "www"
    root.mkdir()
    (root / "w.bin").write_bytes(content)
    with process(folder / "downloads") as hub_port, nginx(root) as port:
        for clients in (1, 30):

            def ours(clients: int = clients) -> tuple[float]:
                return (timed(together, hub_port, "/ada/large/resolve/main/w.bin", clients),)

            def peers(clients: int = clients) -> tuple[float]:
                return (timed(together, port, "/w.bin", clients),)

            ((mine, theirs),) = in_turn(ours, peers if port else None, 40 if clients == 1 else 9)
            report.add(
                f"download 90 MiB, {clients} client{'s' if clients > 1 else ''}",
                f"{clients * 90 / min(mine):.0f} MiB/s",
                "≥ 1.0 × nginx",
                f"{clients * 90 / min(theirs):.0f} MiB/s (nginx)" if theirs else "–",
                # This row has speeds instead of seconds, so its ratio is the inverse one.
                compared(theirs, mine) if theirs else "–",
            )


# git --------------------------------------------------------------------------------------------------------------


class _Backend(http.server.BaseHTTPRequestHandler):
    """``git http-backend`` as CGI, with a minimal LFS store: what a developer could write in an hour."""

    protocol_version = "HTTP/1.1"
    root: Path

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""

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
        """Store an LFS file."""
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
        """Send an LFS file, or git's response."""
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
        """Answer an LFS batch request, or pass the request to git."""
        body = self._body()
        if self.path.endswith("/info/lfs/objects/batch"):
            request = json.loads(body)
            answers = []
            for item in request["objects"]:
                exists = (self.root / item["oid"]).exists()
                action = request["operation"]
                actions = (
                    {action: {"href": f"http://{self.headers['Host']}/objects/{item['oid']}"}}
                    if (action == "download") == exists
                    else {}
                )
                answers.append({**item, "actions": actions})
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
    """Run git's peer; yields its port."""
    handler = type("Backend", (_Backend,), {"root": folder})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def git_times(url: str, environment: dict[str, str], folder: Path, content: bytes) -> tuple[float, float]:
    """Push and clone a repository with one large file; return the seconds of each."""
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


def git_rows(report: Report, hub: LocalHub, folder: Path, content: bytes, token: str, rounds: int = 9) -> None:
    environment = hub.environment(folder / "home")
    bare = folder / "bare"
    bare.mkdir()
    ada = accounts.find_user(hub.hub, "ada")
    assert ada
    numbers = itertools.count()

    def fresh() -> bytes:
        return os.urandom(32) + content[32:]

    with backend(bare) as port:

        def ours() -> tuple[float, float]:
            name = f"git{next(numbers)}"
            repositories.create_repository(hub.hub, ada, name)
            url = hub.endpoint.replace("://", f"://ada:{token}@") + f"/ada/{name}"
            return git_times(url, environment, folder, fresh())

        def peers() -> tuple[float, float]:
            made = bare / f"git{next(numbers)}.git"
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(made)], check=True)
            subprocess.run(["git", "-C", str(made), "config", "http.receivepack", "true"], check=True)
            return git_times(f"http://127.0.0.1:{port}/{made.name}", environment, folder, fresh())

        measured = in_turn(ours, peers, rounds)
    source = folder / "limit"
    source.write_bytes(content)

    def copy() -> None:
        shutil.copyfile(source, folder / "copied")
        with (folder / "copied").open("rb") as stream:
            os.fsync(stream.fileno())

    limit = best(copy)
    for name, (mine, theirs) in zip(("git push of 90 MiB (LFS)", "git clone of 90 MiB (LFS)"), measured, strict=True):
        peer = f"{ms(min(theirs))} (http-backend)"
        report.add(name, ms(min(mine)), "≤ 1.2 × peer", peer, compared(mine, theirs))
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


#: Only the Hub's part of an upload: the requests of hf_xet, or of huggingface_hub's LFS path, with all hashes computed
#: before the clock starts. hf_xet makes xorbs of at most 64 MiB, of chunks of 64 KiB on average, and sends several at
#: the same time.
_REPLAY = """
import base64, concurrent.futures, hashlib, http.client, json, struct, sys, time
from autograde.hub.repos import xethashes

endpoint, token, name, path, protocol = sys.argv[1:]
host = endpoint.removeprefix("http://")
content = memoryview(open(path, "rb").read())
oid = hashlib.sha256(content).hexdigest()

def request(method, address, body=None, key=token, kind="application/json"):
    connection = http.client.HTTPConnection(host)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    connection.request(method, address.removeprefix(endpoint), body, headers | {"Content-Type": kind})
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, (answer.status, content[:300])
    connection.close()
    return json.loads(content) if content.startswith(b"{") else {}

def raw(text):
    return struct.pack("<4Q", *(int(text[i : i + 16], 16) for i in range(0, 64, 16)))

request("POST", "/api/repos/create", json.dumps({"name": name}))
piece, pieces = 64 << 10, 1000
leaves, bodies, terms = [], [], []
for start in range(0, len(content), piece * pieces):
    own, parts = [], []
    for at in range(start, min(start + piece * pieces, len(content)), piece):
        chunk = content[at : at + piece]
        own.append((xethashes.chunk_hash(chunk), len(chunk)))
        length = len(chunk).to_bytes(3, "little")
        parts += [bytes(1) + length + bytes(1) + length, chunk]
    bodies.append((xethashes.hash_text(xethashes.root_hash(own)), b"".join(parts)))
    size = sum(length for __, length in own)
    terms.append(raw(bodies[-1][0]) + struct.pack("<IIII", 0, size, 0, len(own)))
    leaves += own
shard = b"".join([
    b"HFRepoMetaData\\0".ljust(32, b"U"), struct.pack("<QQ", 2, 0),
    raw(xethashes.hash_text(xethashes.file_hash(leaves))), struct.pack("<IIQ", 1 << 30, len(terms), 0), *terms,
    raw(oid), bytes(16), (b"\\xff" * 32 + bytes(16)) * 2,
])
line = {"path": "w.bin", "algo": "sha256", "oid": oid, "size": len(content)}
commit = "\\n".join(map(json.dumps, [
    {"key": "header", "value": {"summary": "upload"}}, {"key": "lfsFile", "value": line}]))

begin = time.perf_counter()
if protocol == "xet":
    given = request("GET", f"/api/models/ada/{name}/xet-write-token/main")
    cas, key = given["casUrl"], given["accessToken"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sent = [
            pool.submit(request, "POST", f"{cas}/v1/xorbs/default/{xorb}", body, key, "application/octet-stream")
            for xorb, body in bodies
        ]
        for each in sent:
            each.result()
    request("POST", f"{cas}/v1/shards", shard, key, "application/octet-stream")
else:
    batch = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
    actions = request("POST", f"/ada/{name}.git/info/lfs/objects/batch", json.dumps(batch))["objects"][0]["actions"]
    request("PUT", actions["upload"]["href"], content, "", "application/octet-stream")
    request("POST", actions["verify"]["href"], json.dumps({"oid": oid, "size": len(content)}), "")
request("POST", f"/api/models/ada/{name}/commit/main", commit, token, "application/x-ndjson")
print(time.perf_counter() - begin)
"""


def uploads(report: Report, hub: LocalHub, folder: Path, content: bytes, token: str, rounds: int = 9) -> None:
    arrivals: list[float] = []
    receiving = hub.hub.upload_progress.receiving

    def timed_receiving(*arguments: Any) -> AbstractContextManager[Callable[[int], None]]:
        arrivals.append(time.perf_counter())
        return receiving(*arguments)

    def upload(name: str, xet: bool) -> tuple[float, float]:
        """Upload a file; return the seconds that it took, and those before the client sent the first byte."""
        arrivals.clear()
        file = folder / f"{name}.bin"
        file.write_bytes(os.urandom(64) + content[64:])
        environment = hub.environment(folder / f"home-{name}") | ({} if xet else {"HF_HUB_DISABLE_XET": "1"})
        command = [sys.executable, "-c", _UPLOAD, token, name, str(file)]
        output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        start, end = map(float, output.split())
        return end - start, arrivals[0] - start

    def run(xet: bool) -> tuple[float, float]:
        return upload(f"{'xet' if xet else 'lfs'}{next(numbers)}", xet)

    numbers = itertools.count()
    with mock.patch.object(hub.hub.upload_progress, "receiving", timed_receiving):
        (xet, lfs), (alone, lfs_alone) = in_turn(lambda: run(True), lambda: run(False), rounds)
    peer = f"{ms(min(lfs))} (LFS path)"
    report.add("upload_file of 90 MiB (Xet)", ms(min(xet)), "≤ 1.5 × LFS", peer, compared(xet, lfs))
    report.add(
        "  of it: the client, before it sends a byte",
        ms(min(alone)),
        "",
        ms(min(lfs_alone)),
        compared(alone, lfs_alone),
    )
    hubs = [total - part for total, part in zip(xet, alone, strict=True)]
    lfs_hubs = [total - part for total, part in zip(lfs, lfs_alone, strict=True)]
    report.add("  the rest, while it chunks and sends", ms(min(hubs)), "", ms(min(lfs_hubs)), compared(hubs, lfs_hubs))

    def replay(xet: bool) -> tuple[float]:
        name = f"replay{next(numbers)}"
        file = folder / "replayed.bin"
        file.write_bytes(os.urandom(64) + content[64:])
        command = [sys.executable, "-c", _REPLAY, hub.endpoint, token, name, str(file), "xet" if xet else "lfs"]
        return (float(subprocess.run(command, check=True, capture_output=True, text=True).stdout),)

    ((mine, theirs),) = in_turn(lambda: replay(True), lambda: replay(False), rounds)
    report.add(
        "the same requests, prepared in advance (Xet)", ms(min(mine)), "≤ 1.2 × LFS", f"{ms(min(theirs))} (LFS path)",
        compared(mine, theirs),
    )  # fmt: skip


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


def growth(report: Report, folder: Path, largest: int) -> None:
    sizes = [size for size in (10, 100, 1000, 10_000) if size <= largest]

    def timed(hub: LocalHub, path: str) -> float:
        connection = http.client.HTTPConnection("127.0.0.1", hub.port)

        def send() -> None:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()

        result = best(send)
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
                        repositories.create_repository(core, ada, f"m{number}", limited=False)
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
    parser.add_argument("--most", type=int, default=10_000, help="largest number of repositories, files and commits")
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
