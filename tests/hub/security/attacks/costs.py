"""Item 4: small requests that would be expensive to answer."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from contextlib import ExitStack
from pathlib import Path

from autograde.files import raise_file_limit

from ..battery import Target, clone_folder, own_hub, row
from .uploads import file_line

#: Seconds within which other clients get an answer, even on a busy machine.
_MAX_SECONDS = 10.0


def check_other_clients(target: Target, *paths: str) -> None:
    """Check that other clients get an answer within the time limit."""
    for path in ("/healthz", "/", "/api/models?limit=5", *paths):
        started = time.monotonic()
        assert target.send("GET", path, address="127.0.7.7").status == 200, path
        assert time.monotonic() - started < _MAX_SECONDS, path


def ls_refs(target: Target, name: str) -> int:
    """Return the status of the first request of a fetch."""
    body = b"0014command=ls-refs\n0000"
    headers = {"Content_Type": "application/x-git-upload-pack-request", "Git_Protocol": "version=2"}
    return target.send("POST", f"/{name}/git-upload-pack", body, address="127.0.7.7", **headers).status


@row("4", "half-sent git requests do not block git for others")
def half_sent_git_requests_do_not_block_others(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    with ExitStack() as stack:
        for service in ("git-upload-pack", "git-receive-pack") * 12:
            head = (
                f"POST /{name}/{service} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {owner_token}\r\n"
                f"Content-Type: application/x-{service}-request\r\nContent-Length: 100000\r\n\r\n0011"
            )
            stack.enter_context(target.connect(head.encode()))
        check_other_clients(target, f"/{name}.git/info/refs?service=git-upload-pack")
        started = time.monotonic()
        assert ls_refs(target, name) == 200
        assert time.monotonic() - started < _MAX_SECONDS


@row("4", "hundreds of half-open connections and half-sent bodies do not block others")
def half_open_connections_do_not_block_others(target: Target) -> None:
    raise_file_limit()
    with ExitStack() as stack:
        for __ in range(350):
            stack.enter_context(target.connect(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-"))
        for __ in range(60):
            body = b"POST /api/validate-yaml HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n{"
            stack.enter_context(target.connect(body))
        check_other_clients(target)


@row("4", "a tree of 10⁸ files in a few kilobytes is refused quickly and with the reason")
def tree_bombs_are_rejected(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    with clone_folder(target) as clone:
        blob = target.git(clone, "hash-object", "-w", "--stdin", stdin=b"x")
        entries = "".join(f"100644 blob {blob}\tf{n}\n" for n in range(10))
        for __ in range(8):
            tree = target.git(clone, "mktree", stdin=entries.encode())
            entries = "".join(f"040000 tree {tree}\td{n}\n" for n in range(10))
        commit = target.git(clone, "commit-tree", tree, "-m", "x")
        url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
        started = time.monotonic()
        output = target.git(clone, "push", "--force", url, f"{commit}:refs/heads/main", check=False)
        assert "files and folders" in output, output
        assert time.monotonic() - started < 30
    check_other_clients(target)


@row("4", "cards and comments that are slow to render delay only their own page, by seconds")
def slow_texts_delay_only_their_own_page(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    slow = {"div": "<div>" * 40_000, "brackets": "[" * 200_000, "quotes": "> " * 100_000, "cells": "|a" * 2000 + "\n"}
    for name, text in slow.items():
        repository = eve.repository(eve_token, name)
        assert target.commit(repository, file_line("README.md", text.encode()), token=eve_token).status == 200
        started = time.monotonic()
        assert target.send("GET", f"/{repository}").status == 200
        assert time.monotonic() - started < 30, name
        check_other_clients(target)
    started = time.monotonic()
    made = {"title": "t", "description": slow["div"][:60_000]}
    assert target.api("POST", f"/api/models/{repository}/discussions", made, token=eve_token).status < 500
    assert target.send("GET", f"/{repository}/discussions/1").status < 500
    assert time.monotonic() - started < 30


@row("4", "thousands of patterns with wildcards in one request are refused")
def patterns_are_limited(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    files = [{"path": f"folder/{n}.bin", "size": 1, "sample": ""} for n in range(256)]
    for pattern in ("*{}*x*y*z*", "a/**/{}/**/b", "[{}]*"):
        lines = "".join(pattern.format(n) + " filter=lfs\n" for n in range(4000))
        started = time.monotonic()
        for key in ("gitAttributes", "gitIgnore"):
            request = {"files": files, key: lines}
            answer = target.api("POST", f"/api/models/{name}/preupload/main", request, token=eve_token)
            assert answer.status == 413, (pattern, key, answer.status)
        assert time.monotonic() - started < _MAX_SECONDS
    check_other_clients(target)


@row("4", "a gzip body that unpacks to gigabytes is refused, for fetches and for pushes")
def gzip_bombs_are_rejected(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    bomb = gzip.compress(bytes(32 << 20))
    for service in ("git-upload-pack", "git-receive-pack"):
        headers = {"Content_Type": f"application/x-{service}-request", "Content_Encoding": "gzip"}
        answer = target.send("POST", f"/{name}/{service}", bomb, token=owner_token, **headers)
        assert answer.status == 413, answer.status
    # Other addresses do not unpack bodies at all.
    headers = {"Content_Encoding": "gzip"}
    body = gzip.compress(json.dumps({"content": "x" * 1000, "repoType": "model"}).encode())
    assert target.send("POST", "/api/validate-yaml", body, **headers).status == 400
    check_other_clients(target)


@row("4", "forms of 10⁵ parts or fields and long cookies, addresses and parameters are answered quickly")
def long_requests_are_answered_quickly(target: Target) -> None:
    owner = target.person("owner")
    part = b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    kinds = {
        "multipart/form-data; boundary=x": part * 20_000 + b"--x--\r\n",
        "multipart/form-data; boundary=--": b"\r\n----" * 100_000,
        "application/x-www-form-urlencoded": b"a&" * 100_000,
    }
    started = time.monotonic()
    for kind, body in kinds.items():
        for path in ("/login", "/join", "/settings/tokens"):
            assert owner.open("POST", path, body[:1_000_000], Content_Type=kind).status in (303, 400, 403, 413), kind
    assert target.send("GET", "/", Cookie="; ".join(f"a{n}=b" for n in range(7000))).status in (200, 431)
    assert target.send("GET", "/", Cookie='a="' + "\\" * 50_000).status in (200, 431)
    for query in ("a=b&" * 10_000, "expand=" + "x" * 50_000, "&".join(["expand=cardData"] * 3000), "%" * 50_000):
        assert target.send("GET", f"/api/models?{query}").status in (200, 400, 431), query[:20]
    for query in (
        "sort=__class__",
        "sort=id%27--",
        "direction=x",
        "limit=-1",
        "limit=9e9",
        "limit=" + "9" * 5000,
        "cursor=%ff",
        "skip=99999999999999999999",
        "filter=" + "(" * 5000,
        "search=" + "%25" * 5000,
        "author[]=x",
        "expand=__dict__",
        "full=%00",
    ):
        for path in ("/api/models", "/models", "/"):
            assert target.send("GET", f"{path}?{query}").status in (200, 400, 404, 422), (path, query[:40])
    assert time.monotonic() - started < 60
    check_other_clients(target)


@row("4", "thousands of small ranges of one file are as fast as the file")
def many_ranges_are_answered_quickly(target: Target) -> None:
    from .contents import commit_lfs, ticket, upload

    owner = target.person("owner")
    owner_token = owner.token()
    name, content = owner.repository(owner_token), bytes(100_000)
    upload(target, ticket(target, name, owner_token), content)
    commit_lfs(target, name, owner_token, "w.bin", content)
    target.commit(name, file_line("a.txt", b"x" * 100_000), token=owner_token)
    for path in ("w.bin", "a.txt"):
        for ranges in (",".join(f"{2 * n}-{2 * n}" for n in range(8000)), ",".join(["0-"] * 9000), "0-1," * 9000):
            started = time.monotonic()
            answer = target.send("GET", f"/{name}/resolve/main/{path}", Range=f"bytes={ranges}"[:60_000])
            assert answer.status in (200, 206, 400, 416), answer.status
            assert len(answer.body) <= 110_000, len(answer.body)
            assert time.monotonic() - started < _MAX_SECONDS
    check_other_clients(target)


@row("4", "a diff of huge files is truncated")
def diffs_are_truncated(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    for number in range(2):
        text = "".join(f"{number} {line * 7919 % 100_003}\n" for line in range(300_000)).encode()
        answer = target.commit(name, file_line("a.txt", text), token=eve_token)
        assert answer.status == 200, answer.text
    commit = answer.json()["commitOid"]
    started = time.monotonic()
    page = target.send("GET", f"/{name}/commit/{commit}")
    assert page.status == 200
    assert len(page.body) < 1 << 20
    assert target.send("GET", f"/{name}/blob/main/a.txt").status == 200
    assert time.monotonic() - started < 30
    check_other_clients(target)


def _long_names(target: Target, clone: Path, *, files: int) -> None:
    """Commit two versions of many files with long names, as the branches ``one`` and ``two``."""
    lines, prefix = list[bytes](), b"/".join(letter * 250 for letter in (b"a", b"b"))
    for version in (b"one", b"two"):
        lines.append(b"commit refs/heads/" + version + b"\ncommitter e <e@x> 1700000000 +0000\ndata 0\n")
        for number in range(files):
            content = b"%d %s" % (number, version)
            lines.append(b"M 100644 inline %s/%d\ndata %d\n%s\n" % (prefix, number, len(content), content))
    target.git(clone, "fast-import", "--quiet", stdin=b"".join(lines))


@row("4", "a small push whose history is gigabytes of file names does not fill the Hub's memory")
def histories_of_long_names_need_little_memory(target: Target) -> None:
    with own_hub(target) as (own, __), clone_folder(own) as clone:
        eve = own.person()
        token = eve.token()
        name = eve.repository(token)
        url = own.endpoint.replace("//", f"//{eve.name}:{token}@") + f"/{name}"
        _long_names(own, clone, files=10_000)
        trees = [own.git(clone, "rev-parse", f"{version}^{{tree}}") for version in ("one", "two")]
        more = [
            f"commit refs/heads/main\ncommitter e <e@x> 1700000000 +0000\ndata 0\nM 040000 {trees[number % 2]} \n"
            for number in range(30)
        ]
        own.git(clone, "fast-import", "--quiet", stdin="".join(more).encode())
        own.git(clone, "push", "-qf", url, "main")
        tracemalloc.start()
        try:
            assert own.api("GET", f"/api/models/{name}/lfs-files", token=token).status == 200
            deletions = {"deletions": {"sha": ["0" * 64], "rewriteHistory": True}}
            answer = own.api("POST", f"/api/models/{name}/lfs-files/batch", deletions, token=token)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert answer.status == 413, answer.text
        assert "Squash it first" in answer.text
        assert peak < 8 * 2**20, f"{peak / 2**20:.0f} MB"
        assert own.api("POST", f"/api/models/{name}/super-squash/main", token=token).status == 200
        assert own.api("POST", f"/api/models/{name}/lfs-files/batch", deletions, token=token).status == 200


@row("4", "a pull request with conflicts in thousands of files has a short page")
def conflicts_in_thousands_of_files_have_a_short_page(target: Target) -> None:
    with clone_folder(target) as clone:
        eve = target.person()
        token = eve.token()
        name = eve.repository(token)
        url = target.endpoint.replace("//", f"//{eve.name}:{token}@") + f"/{name}"
        _long_names(target, clone, files=5_000)
        target.git(clone, "push", "-qf", url, "one:main")
        asked = {"title": "t", "description": "d", "pullRequest": True}
        number = target.api("POST", f"/api/models/{name}/discussions", asked, token=token).json()["num"]
        target.git(clone, "push", "-qf", url, f"two:refs/pr/{number}")
        page = target.send("GET", f"/{name}/discussions/{number}")
        assert page.status == 200
        assert "b" * 250 in page.text
        assert len(page.body) < 2**20, len(page.body)
        assert target.send("GET", f"/api/models/{name}/discussions/{number}").status == 200
