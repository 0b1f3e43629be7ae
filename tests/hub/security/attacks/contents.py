"""Attacks on repositories: wrong hashes, uploads of other users (2), webhooks (11), and names and collections (12)."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

from autograde.hub.repos import xethashes

from ..battery import Target, row

Made = tuple[bytes, str, str, str]


def hash_bytes(name: str) -> bytes:
    """Return the 32 bytes of a hash in the order of Xet's formats."""
    return struct.pack("<4Q", *(int(name[i : i + 16], 16) for i in range(0, 64, 16)))


def made(content: bytes) -> Made:
    """Return ``(xorb, xorb's hash, file's hash, SHA-256)`` of a file with one chunk."""
    length = len(content).to_bytes(3, "little")
    leaf = [(xethashes.chunk_hash(content), len(content))]
    return (
        b"\0" + length + b"\0" + length + content,
        xethashes.hash_text(xethashes.root_hash(leaf)),
        xethashes.hash_text(xethashes.file_hash(leaf)),
        hashlib.sha256(content).hexdigest(),
    )


def shard(file: str, xorb: str, size: int, sha256: str | None) -> bytes:
    """Return a shard of one file that is one chunk of one xorb."""
    flags = 1 << 30 if sha256 else 0
    out = [b"HFRepoMetaData\0".ljust(32, b"\x55"), struct.pack("<QQ", 2, 0)]
    out += [hash_bytes(file), struct.pack("<IIQ", flags, 1, 0)]
    out += [hash_bytes(xorb), struct.pack("<IIII", 0, size, 0, 1)]
    if sha256:
        out += [hash_bytes(sha256), bytes(16)]
    end = b"\xff" * 32 + bytes(16)
    return b"".join([*out, end, end])


def ticket(target: Target, name: str, token: str, query: str = "") -> dict[str, Any]:
    """Request the token for a Xet upload."""
    answer = target.api("GET", f"/api/models/{name}/xet-write-token/main{query}", token=token)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def send(target: Target, given: dict[str, Any], path: str, body: bytes) -> int:
    """Send one request of an upload and return its status."""
    return target.send("POST", f"{given['casUrl']}{path}", body, token=given["accessToken"]).status


def upload(target: Target, given: dict[str, Any], content: bytes) -> Made:
    """Upload a file as the client does."""
    parts = made(content)
    xorb, xorb_name, file, sha256 = parts
    assert send(target, given, f"/v1/xorbs/default/{xorb_name}", xorb) == 200
    assert send(target, given, "/v1/shards", shard(file, xorb_name, len(content), sha256)) == 200
    return parts


def commit_lfs(target: Target, name: str, token: str, path: str, content: bytes, query: str = "") -> Any:
    """Commit a large file that has been uploaded."""
    value = {"path": path, "algo": "sha256", "oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
    answer = target.commit(name, {"key": "lfsFile", "value": value}, token=token, query=query)
    assert answer.status == 200, answer.text
    return answer.json()


def read(target: Target, name: str, file: str, token: str = "") -> bytes:
    """Download a file with Xet, as a client does."""
    given = target.api("GET", f"/api/models/{name}/xet-read-token/main", token=token).json()
    answer = target.send("GET", f"{given['casUrl']}/v1/reconstructions/{file}", token=given["accessToken"])
    assert answer.status == 200, answer.text
    plan = answer.json()
    content = b""
    for term in plan["terms"]:
        (piece,) = plan["fetch_info"][term["hash"]]
        content += target.send("GET", piece["url"]).body[8:]
    return content


@row("2", "another user's upload for a pull request never changes what others download")
def pull_request_uploads_do_not_change_downloads(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    name, good, bad = owner.repository(owner_token), b"good weights" * 99, b"evil weights" * 99
    file = upload(target, ticket(target, name, owner_token), good)[2]
    commit_lfs(target, name, owner_token, "w.bin", good)
    given = ticket(target, name, eve_token, "?create_pr=1")
    xorb, xorb_name, _file, sha256 = made(bad)
    assert send(target, given, f"/v1/xorbs/default/{xorb_name}", xorb) == 200
    for sha in (sha256, None, hashlib.sha256(good).hexdigest()):
        assert send(target, given, "/v1/shards", shard(file, xorb_name, len(bad), sha)) == 400, sha
    assert read(target, name, file) == good
    assert target.send("GET", f"/{name}/resolve/main/w.bin").body == good


@row("2", "a xorb or a file with a wrong hash is refused, even from its owner")
def wrong_hashes_are_rejected(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    given = ticket(target, owner.repository(owner_token), owner_token)
    one, other = made(b"one"), made(b"other")
    assert send(target, given, f"/v1/xorbs/default/{other[1]}", one[0]) == 400
    assert send(target, given, f"/v1/xorbs/default/{'0' * 64}", one[0]) == 400
    assert send(target, given, f"/v1/xorbs/default/{one[1]}", one[0]) == 200
    assert send(target, given, "/v1/shards", shard(other[2], one[1], 3, one[3])) == 400
    assert send(target, given, "/v1/shards", shard(one[2], one[1], 3, other[3])) == 400
    assert send(target, given, "/v1/shards", shard(one[2], one[1], 4, one[3])) == 400
    assert send(target, given, "/v1/shards", shard(one[2], one[1], 3, one[3])) == 200


@row("2", "chunks uploaded by one user or fine-grained token cannot be used by another")
def chunks_of_others_cannot_be_used(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    private = owner.repository(owner_token, "private", private=True)
    public = owner.repository(owner_token, "public")
    __, xorb, file, sha256 = upload(target, ticket(target, private, owner_token), b"secret weights")
    fine = owner.token("fineGrained", **{f"for:{public}": "write"})
    for token, name in ((eve_token, eve.repository(eve_token)), (fine, public)):
        given = ticket(target, name, token)
        assert send(target, given, "/v1/shards", shard(file, xorb, 14, sha256)) == 400
        assert send(target, given, "/v1/shards", shard(file, xorb, 14, None)) == 400


@row("2", "a pull request changes the owner's storage, list of large files and quota only when it is merged")
def pull_requests_count_for_their_author_until_merged(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    name, content = owner.repository(owner_token), b"offered" * 1000
    before = target.api("GET", f"/api/models/{name}", token=owner_token).json()["usedStorage"]
    for way in ("xet", "lfs"):
        body = content + way.encode()
        if way == "xet":
            upload(target, ticket(target, name, eve_token, "?create_pr=1"), body)
        else:
            oid = hashlib.sha256(body).hexdigest()
            wanted = {"operation": "upload", "objects": [{"oid": oid, "size": len(body)}]}
            answer = target.api("POST", f"/{name}.git/info/lfs/objects/batch", wanted, token=eve_token).json()
            assert target.send("PUT", answer["objects"][0]["actions"]["upload"]["href"], body).status == 200
        # Its sender may commit it only in a pull request.
        opened = commit_lfs(target, name, eve_token, f"{way}.bin", body, "?create_pr=1")
        number = int(opened["pullRequestUrl"].rpartition("/")[2])
        assert target.send("GET", f"/{name}/resolve/refs%2Fpr%2F{number}/{way}.bin").body == body
        assert target.api("GET", f"/api/models/{name}", token=owner_token).json()["usedStorage"] == before
        listed = target.api("GET", f"/api/models/{name}/lfs-files", token=owner_token).json()
        assert f"{way}.bin" not in [found["filename"] for found in listed]
        merged = target.api("POST", f"/api/models/{name}/discussions/{number}/merge", {}, token=owner_token)
        assert merged.status == 200, merged.text
        after = target.api("GET", f"/api/models/{name}", token=owner_token).json()["usedStorage"]
        assert after == before + len(body)
        before = after
        assert target.send("GET", f"/{name}/resolve/main/{way}.bin").body == body


@row("2", "uploads to another user's bucket, or for a closed or another's pull request, are refused")
def uploads_to_buckets_and_pull_requests_of_others_are_rejected(target: Target) -> None:
    owner, eve, other = target.person("owner"), target.person("eve"), target.person("other")
    owner_token, eve_token, other_token = owner.token(), eve.token(), other.token()
    name = owner.repository(owner_token)
    assert target.api("POST", f"/api/buckets/{owner.name}/b", {}, token=owner_token).status == 200
    assert target.api("GET", f"/api/buckets/{owner.name}/b/xet-write-token?create_pr=1", token=eve_token).status == 403
    opened = target.commit(
        name, {"key": "file", "value": {"path": "a.txt", "content": "x"}}, token=eve_token, query="?create_pr=1"
    ).json()
    number = int(opened["pullRequestUrl"].rpartition("/")[2])
    path = f"/api/models/{name}/xet-write-token/refs%2Fpr%2F{number}"
    assert target.api("GET", path, token=other_token).status == 403
    assert target.api("GET", f"/api/models/{name}/xet-write-token/refs%2Fpr%2F999", token=eve_token).status == 404
    assert target.api("GET", path, token=eve_token).status == 200
    status = {"status": "closed"}
    assert target.api("POST", f"/api/models/{name}/discussions/{number}/status", status, token=eve_token).status == 200
    assert target.api("GET", path, token=eve_token).status == 409


@row("12", "a closed pull request accepts no commits, from its author or from the owner")
def closed_pull_requests_accept_no_commits(target: Target) -> None:
    owner, eve = target.person("owner"), target.person("eve")
    owner_token, eve_token = owner.token(), eve.token()
    name, line = owner.repository(owner_token), {"key": "file", "value": {"path": "a.txt", "content": "x"}}
    opened = target.commit(name, line, token=eve_token, query="?create_pr=1").json()
    number = int(opened["pullRequestUrl"].rpartition("/")[2])
    more = {"key": "file", "value": {"path": "b.txt", "content": "y"}}
    branch = f"refs/pr/{number}"
    assert target.commit(name, more, token=eve_token, branch=branch).status == 200
    path = f"/api/models/{name}/discussions/{number}"
    target.api("POST", f"{path}/status", {"status": "closed"}, token=eve_token)
    for token in (eve_token, owner_token):
        assert target.commit(name, more, token=token, branch=branch).status == 409
    squash = f"/api/models/{name}/super-squash/{branch}"
    assert target.api("POST", squash, {}, token=owner_token).status == 409
    target.api("POST", f"{path}/status", {"status": "open"}, token=eve_token)
    assert target.api("POST", f"{path}/merge", {}, token=owner_token).status == 200
    for token in (eve_token, owner_token):
        assert target.commit(name, more, token=token, branch=branch).status == 409


@row(
    "12",
    "a collection does not show repositories that became private, and cannot contain private collections of others",
)
def collections_hide_private_repositories(target: Target) -> None:
    owner, curator = target.person("owner"), target.person("curator")
    owner_token, other_token = owner.token(), curator.token()
    name = owner.repository(owner_token)
    item = {"title": "c", "item": {"type": "model", "id": name}}
    slug = target.api("POST", "/api/collections", item, token=other_token).json()["slug"]
    target.api("PUT", f"/api/models/{name}/settings", {"private": True}, token=owner_token)
    for token in (other_token, ""):
        assert target.api("GET", f"/api/collections/{slug}", token=token).json()["items"] == []
        listed = target.api("GET", f"/api/collections?item=models/{name}", token=token).json()
        assert listed == []
    hidden = target.api("POST", "/api/collections", {"title": "h", "private": True}, token=owner_token).json()["slug"]
    added = {"item": {"type": "collection", "id": hidden}}
    assert target.api("POST", f"/api/collections/{slug}/items", added, token=other_token).status == 404


@row("12", "a former name in any spelling redirects to the current one, and never to itself")
def former_names_redirect_to_the_current_name(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    name, current = owner.repository(owner_token, "old-name"), f"{owner.name}/new-name"
    target.api("POST", "/api/repos/move", {"fromRepo": name, "toRepo": current}, token=owner_token)
    spellings = [
        f"{owner.name}/%6Fld-name",
        f"%{ord(owner.name[0]):02X}{owner.name[1:]}/old%2Dname",
        f"{owner.name}/old-name",
    ]
    for former in spellings:
        for path in ("/api/models/{}", "/{}/resolve/main/.gitattributes", "/api/models/{}/tree/main"):
            answer = target.send("GET", path.format(former))
            assert answer.status == 307, (former, answer.status)
            assert answer.headers["Location"].endswith(path.format(current)), answer.headers["Location"]


@row("12", "the Hub answers only to its own host names, without an IPv6 zone")
def unknown_host_names_are_rejected(target: Target) -> None:
    for host in (
        "evil.example",
        "[fe80::1%25evil.example]",
        "[::1%evil.example]",
        "fe80::1%evil",
        "127.0.0.1.evil.example",
    ):
        assert target.send("GET", "/healthz", Host=host).status == 421, host
    for host in ("127.0.0.1", "[::1]:80", "localhost:1"):
        assert target.send("GET", "/healthz", Host=host).status == 200, host


@row("11", "a webhook's secret is never shown again")
def webhook_secrets_are_not_shown(target: Target) -> None:
    owner = target.person("owner")
    owner_token = owner.token()
    hook = {"url": "http://127.0.0.1:9/x", "watched": [{"type": "user", "name": owner.name}], "secret": "shown once"}
    made = target.api("POST", "/api/settings/webhooks", hook, token=owner_token)
    if made.status == 403:  # webhooks are off on this Hub
        return
    number = made.json()["webhook"]["id"]
    assert b"shown once" not in target.api("GET", "/api/settings/webhooks", token=owner_token).body
    assert b"shown once" not in target.api("GET", f"/api/settings/webhooks/{number}", token=owner_token).body
