"""What each page of the Hub weighs and how long it takes, in a repository with a long history and a wide folder.

Promises: a page with its style sheet and script is under 60 kB, and comes within 50 ms. Peer: nginx sending the same
bytes from the disk, which is as little as an answer can cost. Times are medians over one kept connection; the first
page of a process, which also imports the templates, is measured apart.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import statistics
import tempfile
import time
import urllib.parse
from pathlib import Path

from bench_hub import nginx
from rich.console import Console
from rich.table import Table

from autograde.hub import LocalHub, accounts
from autograde.hub.calls import cookie_name
from autograde.hub.commits import Author, WriteFile, write_commit

AUTHOR = Author("ada", "ada@example.org")
CARD = "---\nlicense: mit\ntags: [bert]\n---\n# A model\n\n" + (
    "Some **words** with a [link](config.json).\n\n```python\nimport torch\nx = torch.ones(2)\n```\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n" * 5
)


def fill(hub: LocalHub, commits: int) -> None:
    """A repository with many commits, a folder of 1200 files, a vocabulary and a model's header; fifty beside it."""
    tensors = {
        f"encoder.layer.{n}.weight": {"dtype": "F32", "shape": [768, 768], "data_offsets": [0, 0]} for n in range(200)
    }
    header = json.dumps(tensors).encode()
    repository = hub.create_repository("ada/m", files={
        "README.md": CARD.encode(), "config.json": json.dumps({str(n): n for n in range(40)}).encode(),
        "vocab.txt": "\n".join(f"word{n}" for n in range(30_522)).encode(),
        "train.py": b"import torch\nx = 1  # y\n" * 200,
        "model.safetensors": len(header).to_bytes(8, "little") + header,
        **{f"wide/{n:04}.txt": b"%d" % n for n in range(1200)},
    })._found()  # fmt: skip
    for number in range(commits):
        files = [WriteFile("train.py", b"import torch\nx = %d\n" % number * 200)]
        write_commit(hub.hub, repository, "main", files, author=AUTHOR, message=f"commit {number}")
    for number in range(50):
        hub.create_repository(f"ada/other{number}")


def measure(port: int, path: str, cookie: str, times: int) -> tuple[bytes, float]:
    """A page's bytes and the median time of its answers, in seconds."""
    connection, durations, body = http.client.HTTPConnection("127.0.0.1", port, timeout=60), [], b""
    for __ in range(times):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
        answer = connection.getresponse()
        body = answer.read()
        durations.append(time.perf_counter() - start)
        assert answer.status == 200, (path, answer.status)
    connection.close()
    return body, statistics.median(durations)


def main() -> None:
    """Measure every kind of page and print one table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--commits", type=int, default=50, help="length of the history")
    arguments.add_argument("--times", type=int, default=15, help="answers to each page")
    chosen = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-pages-"))
    (folder / "site").mkdir()
    table = Table(title="Pages: weight and time beside nginx sending the same bytes")
    for column in ("page", "kB", "with style and script (< 60)", "Hub ms (< 50)", "nginx ms"):
        table.add_column(column, justify="left" if column == "page" else "right")
    with LocalHub() as hub, nginx(folder / "site") as peer:
        ada = hub.create_user("ada")
        fill(hub, chosen.commits)
        cookie = f"{cookie_name(hub.hub)}={accounts.open_session(hub.hub, hub._user(ada.name))}"
        __, first = measure(hub.port, "/login", cookie, 1)
        inside = [
            "", "/tree/main", "/tree/main/wide", "/blob/main/vocab.txt", "/blob/main/train.py",
            "/blob/main/config.json", "/blob/main/model.safetensors", "/commits/main", "/commit/main", "/refs",
            "/discussions", "/settings",
        ]  # fmt: skip
        for path in [
            "/",
            "/join",
            "/login",
            "/welcome",
            "/new",
            "/settings/tokens",
            "/models",
            "/ada",
            *(f"/ada/m{p}" for p in inside),
        ]:
            page, duration = measure(hub.port, path, cookie, chosen.times)
            parts = re.findall(rb'<(?:link rel="stylesheet" href|script src)="([^"]+)"', page)
            weight = len(page) + sum(len(measure(hub.port, part.decode(), cookie, 1)[0]) for part in parts)
            name = urllib.parse.quote(path, safe="") + ".html"
            (folder / "site" / name).write_bytes(page)
            beside = f"{measure(peer, '/' + urllib.parse.quote(name), '', chosen.times)[1] * 1000:.1f}" if peer else "–"
            table.add_row(path, f"{len(page) / 1000:.1f}", f"{weight / 1000:.1f}", f"{duration * 1000:.1f}", beside)
    Console(width=110).print(table)
    print(f"The first page of a process: {first * 1000:.0f} ms. {chosen.commits} commits, 1200 files in a folder.")


if __name__ == "__main__":
    main()
