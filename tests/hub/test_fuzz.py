"""Fuzz every endpoint: no crash, no file outside the data folder, no access to another user's files."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograde.hub import LocalHub
from autograde.hub.people import accounts
from autograde.hub.repos import bindings, repositories
from autograde.hub.repos.commits import Author, Operation, WriteFile, WritePointer, write_commit

SECRET = b"the victim's secret weights " * 40
SECRET_OID = hashlib.sha256(SECRET).hexdigest()
FUZZ = settings(
    deadline=None, suppress_health_check=list(HealthCheck), max_examples=int(os.environ.get("FUZZ_EXAMPLES", "150"))
)


class Target:
    """A Hub with a victim's private repository, and an attacker's connection to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hub = LocalHub(data=folder / "data", durable=False).start()
        self.attacker = self.hub.create_user("eve")
        self.hub.create_user("ada")
        core = self.hub.hub
        ada, eve = accounts.find_user(core, "ada"), accounts.find_user(core, "eve")
        assert ada
        assert eve
        self.private = repositories.create_repository(core, ada, "private", private=True)
        self.own = repositories.create_repository(core, eve, "own")
        with core.blobs.writer() as writer:
            writer.write(SECRET)
            writer.commit()
        bindings.bind(core, self.private.id, SECRET_OID, len(SECRET))
        author = Author("a", "a@b")
        files: list[Operation] = [WriteFile("secret.txt", SECRET), WritePointer("secret.bin", SECRET_OID)]
        write_commit(core, self.private, "main", files, author=author, message="secret", create=True)
        write_commit(
            core, self.own, "main", [WriteFile("a/b.txt", b"hello")], author=author, message="own", create=True
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", self.hub.port, timeout=30)
        self.outside = self.files_outside()

    def files_outside(self) -> set[Path]:
        """Return all files next to the data folder, where an escaped write would land first."""
        return {path for path in self.folder.rglob("*") if (self.folder / "data") not in [path, *path.parents]}

    def ask(
        self, method: str, path: str, body: bytes = b"", *, token: str | None = None, **headers: str
    ) -> tuple[int, bytes]:
        """Send a request as the attacker; fail if the Hub crashes or the answer contains the secret."""
        headers.setdefault("Authorization", f"Bearer {self.attacker.token if token is None else token}")
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, ConnectionError):
            # The parser rejects an invalid request line and closes the connection; a crashed Hub would not accept a
            # new one.
            self.connection.close()
            self.connection.request("GET", "/healthz")
            alive = self.connection.getresponse()
            assert (alive.status, bool(alive.read())) == (200, True), (method, path, body[:200])
            return 400, b""
        assert answer.status < 500 or answer.status == 507, (method, path, body[:200], answer.status, content[:500])
        assert SECRET[:28] not in content, (method, path)
        return answer.status, content


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    target = Target(tmp_path_factory.mktemp("fuzz"))
    yield target
    target.connection.close()
    assert target.files_outside() == target.outside
    target.hub.hub.git.run(target.own.id, "fsck", "--strict", "--no-dangling")
    target.hub.stop()


HOSTILE = [
    "..",
    ".",
    "../..",
    "../private",
    "..%2f..%2fada%2fprivate",
    ".git",
    ".git/config",
    "a\0b",
    "a\nb",
    "--upload-pack=x",
    "-rf",
    "refs/heads/main",
    "main~1",
    "main^{tree}",
    "@{-1}",
    ":/secret",
    "HEAD:secret.txt",
    "main:secret.txt",
    "*",
    "[a",
    "%00",
    "%",
    "a b",
    "名字",
    "\u202ekcab",
    "x" * 300,
    "secret.txt",
    "secret.bin",
    "ada",
    "eve",
    "private",
    "own",
    "main",
    "0" * 40,
    SECRET_OID,
    "None",
    "refs/pr/1",
    "refs%2Fpr%2F1",
    "1",
    "-1",
    "99999999999999999999",
    "//",
    "\\..\\..",
    "'; DROP--",
]
segments = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
PATHS = [
    "/api/models/{}/{}",
    "/api/models/{}/{}/revision/{}",
    "/api/datasets/{}/{}/tree/{}/{}",
    "/api/models/eve/own/tree/{}/{}",
    "/api/models/eve/own/commits/{}",
    "/api/models/eve/own/xet-write-token/{}",
    "/api/models/eve/own/branch/{}",
    "/api/models/eve/own/tag/{}",
    "/api/models/eve/own/discussions/{}",
    "/api/models/eve/own/super-squash/{}",
    "/eve/own/resolve/{}/{}",
    "/eve/own/raw/{}/{}",
    "/{}/{}/resolve/{}/{}",
    "/{}/{}/info/refs?service={}",
    "/{}/{}",
    "/eve/own/tree/{}/{}",
    "/eve/own/blob/{}/{}",
    "/eve/own/commit/{}",
    "/eve/own/commits/{}",
    "/ada/private/resolve/{}/{}",
    "/api/models/ada/private/tree/{}",
    "/api/collections/{}",
    "/api/users/{}/overview",
    "/api/users/{}/likes",
    "/lfs/{}",
    "/xet/{}/v1/reconstructions/{}",
    "/xet/{}/v1/ranges/{}",
    "/{}",
    "/static/{}",
    "/avatars/{}",
    "/datasets/{}/{}/blob/{}/{}",
    "/api/models?search={}&filter={}&sort={}&limit={}&skip={}",
    "/api/models/eve/own/tree/main?cursor={}&expand={}",
    "/api/settings/webhooks/{}",
    "/api/models/eve/own/user-access-request/{}",
    "/models?search={}",
    "/eve/own/commits/main?p={}",
    "/login?next={}",
    "/device?user_code={}",
    "/?lang={}",
]


@FUZZ
@given(
    template=st.sampled_from(PATHS),
    parts=st.lists(segments, min_size=5, max_size=5),
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "DELETE", "PUT", "PATCH"]),
    encoded=st.booleans(),
    body=st.one_of(
        st.just(b""), st.binary(max_size=60), st.just(b"{}"), st.just(b"[]"), st.just(b'{"message": 7, "tag": []}')
    ),
    extra=st.fixed_dictionaries(
        {},
        optional={
            "Range": st.sampled_from(
                ["bytes=0-", "bytes=-0", "bytes=9-2", "bytes=99999999999-", "bytes=a", "bytes=0-1,3-4"]
            ),
            "Accept": st.sampled_from(["text/html", "*/*"]),
            "If-None-Match": st.just("*"),
            "Content-Encoding": st.just("gzip"),
            "Cookie": st.just('hub_x=; a=b; hub_language="; x'),
            "Authorization": st.sampled_from(["", "Basic", "Basic !!", "Bearer x", "x"]),
        },
    ),
)
def test_arbitrary_addresses_neither_crash_nor_leak(
    target: Target, template: str, parts: list[str], method: str, encoded: bool, body: bytes, extra: dict[str, str]
) -> None:
    safe = "" if encoded else "/:%~^{}@*[]&=?-."
    path = template.format(*(quote(part.encode("utf-8", "surrogatepass"), safe=safe) for part in parts))
    if path.startswith("/api/models/eve/own") and method == "DELETE" and path.count("/") == 4:
        method = "GET"
    target.ask(method, path, body, **extra)


paths = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.just("README.md"), st.just(".gitattributes"))
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False), paths),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(paths, inner, max_size=3)),
    max_leaves=6,
)
operations = st.one_of(
    st.fixed_dictionaries(
        {
            "key": st.just("file"),
            "value": st.fixed_dictionaries(
                {
                    "path": paths,
                    "encoding": st.just("base64"),
                    "content": st.binary(max_size=50).map(lambda b: base64.b64encode(b).decode()),
                }
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "key": st.just("lfsFile"),
            "value": st.fixed_dictionaries(
                {
                    "path": paths,
                    "algo": st.just("sha256"),
                    "oid": st.sampled_from([SECRET_OID, "0" * 64, "x", "../" * 20]),
                    "size": st.integers(-5, 10**6),
                }
            ),
        }
    ),
    st.fixed_dictionaries(
        {"key": st.sampled_from(["deletedFile", "deletedFolder"]), "value": st.fixed_dictionaries({"path": paths})}
    ),
    st.fixed_dictionaries({"key": paths, "value": values}),
)


@FUZZ
@given(
    header=st.one_of(st.fixed_dictionaries({"summary": paths}), values),
    items=st.lists(operations, max_size=4),
    cut=st.integers(0, 400),
)
def test_arbitrary_commits_neither_crash_nor_take_another_users_blob(
    target: Target, header: Any, items: list[dict[str, Any]], cut: int
) -> None:
    lines = [{"key": "header", "value": header}, *items]
    body = b"\n".join(json.dumps(line).encode() for line in lines)
    status, __ = target.ask("POST", "/api/models/eve/own/commit/main", body[: len(body) - cut if cut < 40 else None])
    takes_secret = any(item["key"] == "lfsFile" and item["value"]["oid"] == SECRET_OID for item in items)
    assert not (takes_secret and cut >= 40 and status == 200)


JSON_ENDPOINTS = [
    ("POST", "/api/repos/create"),
    ("DELETE", "/api/repos/delete"),
    ("POST", "/api/repos/move"),
    ("POST", "/api/validate-yaml"),
    ("POST", "/api/models/eve/own/preupload/main"),
    ("POST", "/eve/own.git/info/lfs/objects/batch"),
    ("POST", "/ada/private.git/info/lfs/objects/batch"),
    ("POST", "/api/models/eve/own/paths-info/main"),
    ("POST", "/api/models/eve/own/branch/b"),
    ("POST", "/api/models/eve/own/tag/main"),
    ("POST", "/api/models/eve/own/discussions"),
    ("POST", "/api/collections"),
    ("POST", "/api/settings/webhooks"),
    ("PUT", "/api/models/eve/own/settings"),
    ("POST", "/api/models/eve/own/lfs-files/batch"),
    ("POST", "/api/models/eve/own/lfs-files/duplicate"),
    ("POST", "/api/models/eve/own/duplicate"),
    ("POST", "/api/models/eve/own/user-access-request/handle"),
    ("POST", "/api/models/eve/own/user-access-request/grant"),
    ("POST", "/oauth/device"),
    ("POST", "/oauth/token"),
]
KEYS = (
    "name organization type visibility private sdk fromRepo toRepo content repoType files path size sample "
    "gitIgnore operation objects oid "
    "transfers hash_algo paths expand startingPoint tag message title description pullRequest item id url "
    "watched domains secret gated "
    "deletions sha rewriteHistory target repository status user requestId grant_type device_code"
).split()
objects = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(values, st.lists(st.dictionaries(st.sampled_from(KEYS), values, max_size=4), max_size=3)),
    max_size=6,
)


@FUZZ
@given(
    endpoint=st.sampled_from(JSON_ENDPOINTS),
    data=st.one_of(objects, values),
    kind=st.sampled_from(["application/json", "", "text/plain"]),
)
@example(("POST", "/api/models/eve/own/preupload/main"), {"files": [None]}, "application/json")
def test_arbitrary_json_does_not_crash(target: Target, endpoint: tuple[str, str], data: Any, kind: str) -> None:
    method, path = endpoint
    if isinstance(data, dict):
        # Keep the repository that the other tests use.
        data = {
            key: value
            for key, value in data.items()
            if not (path.endswith(("delete", "move")) and value in ("eve/own", "own"))
        }
    target.ask(method, path, json.dumps(data).encode(), **{"Content-Type": kind, "Accept": kind or "*/*"})


@FUZZ
@given(content=st.binary(max_size=300), name=st.one_of(st.just("a" * 64), segments), shard=st.booleans())
def test_arbitrary_xorbs_and_shards_do_not_crash(target: Target, content: bytes, name: str, shard: bool) -> None:
    # The Hub may have closed the connection after refusing the previous body.
    target.connection.close()
    __, answer = target.ask("GET", "/api/models/eve/own/xet-write-token/main")
    given_token = json.loads(answer)
    base = "/" + given_token["casUrl"].split("/", 3)[3]
    path = (
        f"{base}/v1/shards"
        if shard
        else f"{base}/v1/xorbs/default/{quote(name.encode('utf-8', 'surrogatepass'), safe='')}"
    )
    body = (b"HFRepoMetaData\0".ljust(32, b"\0") + (2).to_bytes(8, "little") + bytes(8) + content) if shard else content
    target.ask("POST", path, body, token=given_token["accessToken"])


@FUZZ
@given(
    page=st.sampled_from(["/join", "/login", "/settings/tokens", "/device", "/new", "/logout"]),
    fields=st.dictionaries(
        st.sampled_from(
            "csrf username email password fullname next name role revoke owner visibility license user_code "
            "decision".split()
        ),
        segments,
    ),
)
def test_arbitrary_forms_do_not_crash(target: Target, page: str, fields: dict[str, str]) -> None:
    body = "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'))}" for key, value in fields.items()).encode()
    status, __ = target.ask("POST", page, body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert status >= 400, "a form without a CSRF token was accepted"


def test_owner_can_read_the_secret(target: Target) -> None:
    """The other tests would also pass on a Hub that serves no files at all."""
    assert target.hub.repository("ada/private").files() == {
        ".gitattributes": target.hub.repository("ada/private").files()[".gitattributes"],
        "secret.txt": SECRET,
        "secret.bin": SECRET,
    }
    token = target.hub.create_token("ada")
    connection = http.client.HTTPConnection("127.0.0.1", target.hub.port, timeout=30)
    connection.request("GET", "/ada/private/resolve/main/secret.bin", headers={"Authorization": f"Bearer {token}"})
    assert connection.getresponse().read() == SECRET
    connection.close()
