"""Items 3 and 12: one user's uploads do not break other users' lists, pages and writes."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import quote

from autograde.classroom import CLASSROOM
from autograde.hub.people import accounts

from ..battery import Target, clone_folder, own_hub, row
from .contents import commit_lfs, ticket, upload


def file_line(path: str, content: bytes) -> dict[str, Any]:
    """Return the line of a commit that writes a file."""
    value = {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}
    return {"key": "file", "value": value}


def everything_answers(target: Target, good: str, *broken: str) -> None:
    """Check that lists and pages still work; a broken repository may affect only its own page."""
    for query in ("", "?full=true", "?expand=cardData&expand=config&expand=safetensors", "?filter=license:mit"):
        answer = target.send("GET", f"/api/models{query}")
        assert answer.status == 200, (query, answer.text[:200])
        listed = json.loads(answer.body, parse_constant=_no_json)
        assert query == "?filter=license:mit" or good in [item["id"] for item in listed]
    for name in broken:
        for path in (f"/{name}", f"/{name}/tree/main", f"/api/models/{name}", f"/api/models/{name}?blobs=true"):
            answer = target.send("GET", path)
            assert answer.status < 500, (path, answer.status)


def _no_json(text: str) -> None:
    raise AssertionError(f"{text} is not JSON")


@row("3", "invalid JSON values in config.json, cards and safetensors headers do not break lists")
def hostile_values_do_not_break_lists(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    good, eve_token = owner.repository(owner.token(), "good"), eve.token()
    configs = ["NaN", "1e999", '"\\ud800"', "9" * 5000, "[" * 5000 + "]" * 5000]
    cards = ["a: .inf", 'a: !!int ""', "a: 0x" + "f" * 6000, "a: &x [*x]", "tags: [.nan]", 'tags: ["\\ud800"]']
    headers = ['{"a": {"dtype": "F32", "shape": [1e999]}}', '{"\\ud800": {"dtype": "F32", "shape": [1]}}', "[" * 9000]
    broken = []
    for number, text in enumerate(configs):
        broken.append(eve.repository(eve_token, f"config{number}"))
        target.commit(broken[-1], file_line("config.json", f'{{"model_type": {text}}}'.encode()), token=eve_token)
    for number, text in enumerate(cards):
        broken.append(eve.repository(eve_token, f"card{number}"))
        answer = target.commit(broken[-1], file_line("README.md", f"---\n{text}\n---\n".encode()), token=eve_token)
        assert answer.status < 500, text
        yaml = {"content": f"---\n{text}\n---\n", "repoType": "model"}
        assert target.api("POST", "/api/validate-yaml", yaml).status in (200, 400), text
    for number, text in enumerate(headers):
        broken.append(eve.repository(eve_token, f"header{number}"))
        content = struct.pack("<Q", len(text)) + text.encode()
        upload(target, ticket(target, broken[-1], eve_token), content)
        commit_lfs(target, broken[-1], eve_token, "model.safetensors", content)
        assert target.send("GET", f"/{broken[-1]}/blob/main/model.safetensors").status < 500
    everything_answers(target, good, *broken)


@row("3", "a safetensors header that claims a length of 100 MB or 2⁶⁴ bytes does not break pages")
def safetensors_headers_with_huge_lengths_do_not_break_pages(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    for number, length in enumerate((100 << 20, 2**63, 2**64 - 1)):
        name, content = eve.repository(eve_token, f"m{number}"), struct.pack("<Q", length) + b"{" * 1000
        upload(target, ticket(target, name, eve_token), content)
        commit_lfs(target, name, eve_token, "model.safetensors", content)
        everything_answers(target, name, name)


@row("3", "names that are not UTF-8 or not portable are rejected by push and API")
def dangerous_names_are_rejected(target: Target) -> None:
    eve = target.person("eve")
    eve_token = eve.token()
    name = eve.repository(eve_token)
    wrong = ["con", "a:b", "a\\..\\x", "x.", "..", ".git/config", "a\nb", "COM1.txt", "a/../b", "/etc/passwd", "nul"]
    for path in wrong:
        assert target.commit(name, file_line(path, b"x"), token=eve_token).status in (400, 422), path
    with clone_folder(target) as clone:
        blob = target.git(clone, "hash-object", "-w", "--stdin", stdin=b"x")
        for entry in ("\udce9", "con", "a:b", "x."):
            line = f"100644 blob {blob}\t{entry}\0".encode("utf-8", "surrogateescape")
            tree = target.git(clone, "mktree", "-z", stdin=line)
            commit = target.git(clone, "commit-tree", tree, "-m", "x")
            url = target.endpoint.replace("://", f"://x:{eve_token}@") + f"/{name}"
            output = target.git(clone, "push", "--force", url, f"{commit}:refs/heads/other", check=False)
            assert "rejected" in output, (entry, output)
    assert "other" not in target.api("GET", f"/api/models/{name}/refs").text


@row("3", "a webhook with an invalid address does not break other users' commits")
def webhooks_do_not_break_commits(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    name = owner.repository(owner_token)
    for url in ("http://[", "http://a:b", "http://127.0.0.1:99999/", "javascript:x", "http://a\u2100b/", "http://\n"):
        hook = {"url": url, "watched": [{"type": "user", "name": owner.name}]}
        assert target.api("POST", "/api/settings/webhooks", hook, token=eve_token).status in (400, 403), url
    assert target.commit(name, file_line("a.txt", b"x"), token=owner_token).status == 200


class _Receiver(BaseHTTPRequestHandler):
    """A receiver of webhooks that waits with its answer until ``answer`` is set."""

    received, answer = threading.Event(), threading.Event()

    def do_POST(self) -> None:
        self.received.set()
        self.answer.wait(20)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


@row("11", "webhooks are off by default, call only allowed addresses, and a slow receiver delays nothing else")
def webhooks_call_only_allowed_addresses(target: Target) -> None:
    hook = {"watched": [{"type": "user", "name": "x"}], "url": "http://127.0.0.1:9/"}
    with own_hub(target) as (own, __):
        assert own.api("POST", "/api/settings/webhooks", hook, token=own.person().token()).status == 403
    receiver = HTTPServer(("127.0.0.1", 0), _Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    allowed = f"http://127.0.0.1:{receiver.server_port}"
    try:
        with own_hub(target, webhooks=(allowed,)) as (own, running):
            owner = own.person()
            owner_token = owner.token()
            name = owner.repository(owner_token)
            for url in (
                "http://127.0.0.1:9/",
                f"http://localhost.evil.example:{receiver.server_port}/",
                f"{allowed}@evil.example/",
                f"http://evil.example#{allowed}",
                "http://169.254.169.254/",
            ):
                wanted = {"url": url, "watched": [{"type": "user", "name": owner.name}]}
                assert own.api("POST", "/api/settings/webhooks", wanted, token=owner_token).status in (400, 403), url
            wanted = {"url": f"{allowed}/hook", "watched": [{"type": "user", "name": owner.name}], "secret": "clear"}
            assert own.api("POST", "/api/settings/webhooks", wanted, token=owner_token).status == 200
            assert own.commit(name, file_line("a.txt", b"1"), token=owner_token).status == 200
            assert _Receiver.received.wait(20), "nothing was delivered"
            # The receiver has not answered yet.
            assert own.commit(name, file_line("b.txt", b"2"), token=owner_token).status == 200
            assert own.send("GET", f"/{name}").status == 200
            _Receiver.answer.set()
            assert "clear" not in [line["secret"] for line in running.hub.database.all("SELECT secret FROM webhooks")]
    finally:
        _Receiver.answer.set()
        receiver.shutdown()
        receiver.server_close()


@row("12", "squashed history cannot be read by its id, with the API or git")
def squashed_history_cannot_be_read(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    commit = target.commit(name, file_line("secret.txt", b"secret"), token=owner_token).json()["commitOid"]
    deletion = {"key": "deletedFile", "value": {"path": "secret.txt"}}
    assert target.commit(name, deletion, token=owner_token).status == 200
    assert target.send("GET", f"/{name}/resolve/{commit}/secret.txt").status == 200
    assert target.api("POST", f"/api/models/{name}/super-squash/main", {}, token=owner_token).status == 200
    for path in (
        f"/{name}/resolve/{commit}/secret.txt",
        f"/{name}/commit/{commit}",
        f"/api/models/{name}/tree/{commit}",
    ):
        assert target.send("GET", path).status == 404, path
    with clone_folder(target) as clone:
        target.git(clone, "fetch", "-q", f"{target.endpoint}/{name}", commit, check=False)
        assert target.git(clone, "cat-file", "-t", commit, check=False) != "commit"


@row("12", "a closed pull request accepts no push, and pushing its commit to main gives the file to the owner")
def pushes_to_closed_pull_requests_are_rejected(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    name, content = owner.repository(owner_token), os.urandom(2000)
    target.commit(name, file_line("a.txt", b"x"), token=owner_token)
    upload(target, ticket(target, name, eve_token, "?create_pr=1"), content)
    opened = commit_lfs(target, name, eve_token, "w.bin", content, "?create_pr=1")
    number = int(opened["pullRequestUrl"].rpartition("/")[2])
    url = target.endpoint.replace("://", f"://x:{owner_token}@") + f"/{name}"
    path = f"/api/models/{name}/discussions/{number}/status"
    with clone_folder(target) as clone:
        target.git(clone, "fetch", "-q", url, f"refs/pr/{number}")
        tree = target.git(clone, "rev-parse", "FETCH_HEAD^{tree}")
        more = target.git(clone, "commit-tree", tree, "-p", "FETCH_HEAD", "-m", "more")
        assert target.api("POST", path, {"status": "closed"}, token=eve_token).status == 200
        output = target.git(clone, "push", url, f"{more}:refs/pr/{number}", check=False)
        assert "rejected" in output, output
        assert target.send("GET", f"/{name}/resolve/main/w.bin").status == 404
        before = target.api("GET", f"/api/models/{name}/lfs-files", token=owner_token).json()
        target.git(clone, "-c", "core.hooksPath=/dev/null", "push", "-q", url, f"{more}:refs/heads/main")
        assert before == []
    assert target.send("GET", f"/{name}/resolve/main/w.bin").body == content
    listed = target.api("GET", f"/api/models/{name}/lfs-files", token=owner_token).json()
    assert [found["filename"] for found in listed] == ["w.bin"]
    assert target.api("GET", f"/api/models/{name}", token=owner_token).json()["usedStorage"] >= len(content)


@row("12", "the export of events has no cell that a spreadsheet would run as a formula")
def exported_events_contain_no_formulas(target: Target) -> None:
    with own_hub(target, extensions=(CLASSROOM,)) as (own, running):
        accounts.create_user(running.hub, "tina", password="correct horse", administrator=True)
        eve = own.person()
        eve_token = eve.token(name="=1+1")
        name = eve.repository(eve_token)
        for path in ("=1+1.txt", "＝1+1.txt", "+1", "@x", "-1", "\u2212x", "＠x"):
            own.commit(name, file_line(path, b"x"), token=eve_token)
            own.send("GET", f"/{name}/resolve/main/{quote(path)}", token=eve_token)
        tina = own.person()
        tina.name = "tina"
        assert tina.form("/login", username="tina", password="correct horse").status == 303
        answer = tina.open("GET", "/classroom/events.csv")
        assert answer.status == 200, answer.status
        cells = [cell for line in csv.reader(io.StringIO(answer.text)) for cell in line]
        assert any("1+1" in cell for cell in cells)
        assert not [cell for cell in cells if cell[:1] in "=+@-\u2212＝＋－＠\t\r" and cell and not cell[1:].isdigit()]


@row("12", "a note in a collection cannot run scripts")
def collection_notes_cannot_run_scripts(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name = owner.repository(owner_token)
    note = "<script>alert(1)</script><img src=x onerror=alert(1)>[x](javascript:alert(1))"
    item = {"type": "model", "id": name, "note": note}
    slug = target.api("POST", "/api/collections", {"title": "c"}, token=owner_token).json()["slug"]
    added = target.api("POST", f"/api/collections/{slug}/items", {"item": item, "note": note}, token=owner_token)
    assert added.status == 200, added.text
    for found in target.api("GET", f"/api/collections/{slug}", token=owner_token).json()["items"]:
        html = (found.get("note") or {}).get("html", "")
        assert "<script" not in html
        assert "onerror" not in html
        assert 'href="javascript' not in html
