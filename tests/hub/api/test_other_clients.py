"""Raw requests as other and older clients send them. ``make clients`` runs the real clients.

@huggingface/hub from npm, huggingface_hub 0.17 to 1.10, hf_xet before 1.3, curl, Java and web pages on other origins.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import Git, JsonClient, commit_body


@pytest.fixture
def name(hub: LocalHub, ada: Account) -> str:
    """A repository with a small and a large file."""
    hub.create_repository(f"{ada.name}/m", files={"a.txt": b"0123456789", "w.bin": b"w" * 100_000})
    return f"{ada.name}/m"


def test_pull_requests_revision_with_plain_slashes_is_found(api: JsonClient, name: str) -> None:
    number = api("POST", f"/api/models/{name}/discussions", {"title": "t", "pullRequest": True}).json["num"]
    for revision in (f"refs/pr/{number}", f"refs%2Fpr%2F{number}", "refs/heads/main"):
        assert api("GET", f"/{name}/resolve/{revision}/a.txt").body == b"0123456789"
        assert [file["path"] for file in api("GET", f"/api/models/{name}/tree/{revision}").json][-1] == "w.bin"
        assert api("GET", f"/{name}/tree/{revision}").status == 200


@pytest.mark.parametrize("algorithm", ["sha_256", "sha256", "SHA-256", None])
def test_lfs_batch_with_any_spelling_of_sha256_is_accepted(api: JsonClient, name: str, algorithm: str | None) -> None:
    batch = {"operation": "upload", "hash_algo": algorithm, "objects": [{"oid": "a" * 64, "size": 5}]}
    answer = api("POST", f"/{name}.git/info/lfs/objects/batch", batch)
    assert answer.status == 200
    assert "upload" in answer.json["objects"][0]["actions"]


def test_head_is_the_revision_main(api: JsonClient, name: str, hub: LocalHub) -> None:
    assert api("GET", f"/api/models/{name}/revision/HEAD").json["sha"] == hub.repository(name).head()
    assert api("GET", f"/{name}/resolve/HEAD/a.txt").body == b"0123456789"
    assert {entry["path"] for entry in api("GET", f"/api/models/{name}/tree/HEAD").json} >= {"a.txt", "w.bin"}


def test_former_name_redirects_to_a_bare_path(api: JsonClient, name: str, ada: Account) -> None:
    """Clients before 2.0 follow a redirection only if it has no host."""
    api("POST", "/api/repos/move", {"fromRepo": name, "toRepo": f"{ada.name}/new"})
    answer = api("HEAD", f"/{name}/resolve/main/a.txt?x=1")
    assert (answer.status, answer.headers["location"]) == (307, f"/{ada.name}/new/resolve/main/a.txt?x=1")


@pytest.mark.parametrize("form", ["v1/reconstructions", "reconstructions", "reconstruction"])
def test_every_version_of_hf_xet_finds_the_chunks_of_a_file(
    api: JsonClient, name: str, hub: LocalHub, form: str
) -> None:
    answer = api("HEAD", f"/{name}/resolve/main/w.bin")
    token = api("GET", answer.headers["x-xet-refresh-route"].removeprefix(hub.endpoint)).json
    cas = token["casUrl"].removeprefix(hub.endpoint)
    found = api("GET", f"{cas}/{form}/{answer.headers['x-xet-hash']}", Authorization=f"Bearer {token['accessToken']}")
    assert found.json["terms"][0]["unpacked_length"] == 100_000


@pytest.mark.parametrize("form", ["v1/xorbs/default", "xorbs/default", "xorb/default"])
def test_every_version_of_hf_xet_can_upload_xorbs_under_its_path(
    api: JsonClient, name: str, hub: LocalHub, form: str
) -> None:
    token = api("GET", f"/api/models/{name}/xet-write-token/main").json
    cas = token["casUrl"].removeprefix(hub.endpoint)
    # The xorb is rejected for its content, which means that the path was found.
    answer = api("POST", f"{cas}/{form}/{'0' * 64}", b"junk", Authorization=f"Bearer {token['accessToken']}")
    assert answer.status == 400
    assert "xorb" in answer.json["error"]


def test_granted_access_is_listed_with_the_key_email(api: JsonClient, name: str, hub: LocalHub, bob: Account) -> None:
    """huggingface_hub 0.23 reads ``user["email"]``; users who did not request access did not agree to share it."""
    api("PUT", f"/api/models/{name}/settings", {"gated": "auto"})
    api("POST", f"/api/models/{name}/user-access-request/grant", {"user": bob.name})
    (request,) = api("GET", f"/api/models/{name}/user-access-request/accepted").json
    assert request["user"]["email"] is None


def test_followers_and_metrics_are_empty_lists(api: JsonClient, ada: Account) -> None:
    for path in (f"/api/users/{ada.name}/followers", f"/api/users/{ada.name}/following", "/api/metrics"):
        assert api("GET", path).json == []
    assert api("GET", "/api/users/no-such-person/followers").status == 404


def test_openid_configuration_names_the_device_log_in(api: JsonClient, hub: LocalHub) -> None:
    found = api("GET", "/.well-known/openid-configuration").json
    assert found["device_authorization_endpoint"] == f"{hub.endpoint}/oauth/device"
    answer = api("GET", "/oauth/authorize?client_id=x")
    assert (answer.status, "device log-in" in answer.json["error"]) == (501, True)


def test_lists_are_sorted_by_recent_likes_and_by_parameters(
    api: JsonClient, hub: LocalHub, ada: Account, bob: Account
) -> None:
    head = json.dumps({"w": {"dtype": "F32", "shape": [10, 10], "data_offsets": [0, 400]}}).encode()
    large = len(head).to_bytes(8, "little") + head + bytes(400)
    for name, files in (("small", {"a.txt": b"a"}), ("large", {"model.safetensors": large})):
        hub.create_repository(f"{ada.name}/{name}", files=files)
    api("POST", f"/api/models/{ada.name}/small/like")

    def order(sort: str, direction: str = "-1") -> list[str]:
        path = f"/api/models?author={ada.name}&sort={sort}&direction={direction}"
        return [found["id"].split("/")[1] for found in api("GET", path).json]

    assert order("likes30d") == ["small", "large"]
    hub.hub.database.execute("UPDATE likes SET created_at = created_at - ?", (31 * 86_400_000,))
    hub.hub.database.execute("UPDATE repositories SET updated_at = 5 WHERE name = 'small'")
    assert order("num_parameters") == ["large", "small"]
    assert order("num_parameters", "1") == ["small", "large"]


def test_new_repository_has_the_licence_and_files_of_its_request(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    files = [
        {"path": "sub/b.bin", "content": "AQID", "encoding": "base64"},
        {"path": "a.txt", "content": "长"},
    ]
    assert api("POST", "/api/repos/create", {"name": "full", "license": "mit", "files": files}).status == 200
    created = hub.repository(f"{ada.name}/full")
    assert created.files()["README.md"] == b"---\nlicense: mit\n---\n"
    assert created.files()["a.txt"] == "长".encode()
    assert created.files()["sub/b.bin"] == b"\1\2\3"
    assert len(created.commits()) == 1


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"license": "wrong"}, 400),
        ({"files": [{"path": "../x", "content": ""}]}, 422),
        ({"files": [{"path": "x", "content": "?", "encoding": "base64"}]}, 400),
        ({"files": "x"}, 400),
    ],
)
def test_new_repository_with_an_invalid_licence_or_file_is_not_created(
    api: JsonClient, hub: LocalHub, ada: Account, more: dict[str, object], status: int
) -> None:
    assert api("POST", "/api/repos/create", {"name": "bad", **more}).status == status
    assert not hub.repository(f"{ada.name}/bad").exists


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/no-such-thing", 404), ("/api/papers/2401.1", 501), ("/api/jobs/ada", 501), ("/api/daily_papers", 501),
        ("/api/organizations/x/audit-log", 501),
    ],
)  # fmt: skip
def test_unknown_api_path_returns_json_even_to_a_browser(api: JsonClient, path: str, status: int) -> None:
    answer = api("GET", path, Accept="text/html")
    assert (answer.status, list(answer.json)) == (status, ["error"])


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH"])
def test_error_for_an_unsupported_method_names_the_method(api: JsonClient, name: str, method: str) -> None:
    answer = api(method, f"/api/models/{name}")
    assert (answer.status, answer.json["error"]) == (405, f"{method} is not possible here.")


def test_missing_repository_is_reported_before_an_unsupported_method(api: JsonClient) -> None:
    """huggingface_hub sends DELETE to ``/api/models/gpt2/like`` for a name with one part, and expects RepoNotFound."""
    answer = api("DELETE", "/api/models/gpt2/like")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "RepoNotFound")


class TestConditions:
    """Conditional requests (RFC 9110, section 13) for a small file, sent from memory, and a large one."""

    @pytest.fixture(params=["a.txt", "w.bin"])
    def file(self, request: pytest.FixtureRequest, api: JsonClient, name: str) -> tuple[str, str, int]:
        answer = api("HEAD", f"/{name}/resolve/main/{request.param}")
        return f"/{name}/resolve/main/{request.param}", answer.headers["etag"], int(answer.headers["content-length"])

    def test_matching_etag_in_any_form_returns_not_modified(self, api: JsonClient, file: tuple[str, str, int]) -> None:
        path, etag, __ = file
        for known in (etag, f"W/{etag}", f'"x", {etag}', "*", f'W/"y",W/{etag}'):
            answer = api("GET", path, If_None_Match=known)
            assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag), known
        assert api("GET", path, If_None_Match='"x"').status == 200

    def test_if_match_with_another_etag_fails(self, api: JsonClient, file: tuple[str, str, int]) -> None:
        path, etag, __ = file
        for wanted, status in ((etag, 200), ("*", 200), (f'"x",{etag}', 200), ('"x"', 412), (f"W/{etag}", 412)):
            assert api("GET", path, If_Match=wanted).status == status, wanted

    def test_if_range_with_another_etag_returns_the_complete_file(
        self, api: JsonClient, file: tuple[str, str, int]
    ) -> None:
        path, etag, size = file
        for held, status, length in ((etag, 206, 5), ('"x"', 200, size), (f"W/{etag}", 200, size)):
            answer = api("GET", path, Range="bytes=0-4", If_Range=held)
            assert (answer.status, len(answer.body)) == (status, length), held
        assert api("GET", path, Range="bytes=0-4", If_Range="Sun, 06 Nov 2050 08:49:37 GMT").status == 200


class TestUpgrade:
    """``Upgrade: h2c``: curl ``--http2``, Java's client and git offer it with every first request."""

    OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"

    def exchange(self, hub: LocalHub, *parts: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", hub.port), timeout=20) as connection:
            for part in parts:
                connection.sendall(part)
            received = b""
            while chunk := connection.recv(1 << 16):
                received += chunk
            return received

    @pytest.mark.parametrize("pieces", [1, 2, 40])
    def test_body_after_an_offered_upgrade_arrives(
        self, hub: LocalHub, ada: Account, pieces: int, new_name: Callable[[str], str]
    ) -> None:
        name = new_name("upgraded")
        body = json.dumps({"name": name}).encode()
        head = (
            b"POST /api/repos/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + self.OFFER + b"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n" % (ada.token.encode(), len(body))
        )  # fmt: skip
        second = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        sent = head + body
        size = -(-len(sent) // pieces)
        answer = self.exchange(hub, *[sent[i : i + size] for i in range(0, len(sent), size)], second)
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.count(b"HTTP/1.1 200 OK") == 2, "the connection stays open"
        assert hub.repository(f"{ada.name}/{name}").exists

    def test_chunked_body_after_an_offered_upgrade_arrives(
        self, hub: LocalHub, ada: Account, new_name: Callable[[str], str]
    ) -> None:
        name = new_name("chunked")
        body = json.dumps({"name": name}).encode()
        head = (
            b"POST /api/repos/create HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            + self.OFFER.replace(b"Connection: ", b"Connection: close, ")
            + b"Authorization: Bearer %s\r\n\r\n" % ada.token.encode()
        )
        answer = self.exchange(hub, head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert hub.repository(f"{ada.name}/{name}").exists

    def test_connect_is_refused(self, hub: LocalHub) -> None:
        answer = self.exchange(hub, b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400")


class TestOtherOrigins:
    """Web pages of other origins, such as transformers.js on a user's own site."""

    def test_pages_of_any_origin_can_read_files_and_api_without_cookies(self, api: JsonClient, name: str) -> None:
        for path in (f"/{name}/resolve/main/a.txt", f"/api/models/{name}", "/api/models/x/none"):
            answer = api("GET", path, Origin="https://page.example", Authorization="")
            assert answer.headers["access-control-allow-origin"] == "*"
            assert answer.headers["access-control-allow-credentials"] is None
            assert "X-Repo-Commit" in answer.headers["access-control-expose-headers"]

    def test_preflight_allows_a_token_and_any_method(self, api: JsonClient, name: str) -> None:
        for method, path in (("PUT", "/lfs/x"), ("GET", f"/{name}/resolve/main/a.txt"), ("POST", "/api/repos/create")):
            answer = api(
                "OPTIONS", path, Origin="https://page.example", Authorization="", Access_Control_Request_Method=method,
                Access_Control_Request_Headers="authorization,content-type",
            )  # fmt: skip
            assert (answer.status, answer.headers["access-control-allow-origin"]) == (204, "*")
            assert method in answer.headers["access-control-allow-methods"]
            assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
            assert answer.headers["access-control-allow-credentials"] is None

    def test_pages_and_forms_do_not_allow_other_origins(self, api: JsonClient, name: str) -> None:
        for method, path in (
            ("GET", "/login"), ("GET", f"/{name}"), ("GET", "/settings/tokens"), ("OPTIONS", "/login"),
            ("POST", "/login"), ("GET", f"/{name}/blob/main/a.txt"), ("GET", "/static/hub.js"),
        ):  # fmt: skip
            answer = api(
                method, path, Origin="https://page.example", Authorization="", Access_Control_Request_Method="POST",
                Accept="text/html",
            )  # fmt: skip
            assert answer.headers["access-control-allow-origin"] is None, path


def test_lfs_upload_from_a_web_page_needs_only_its_signed_link(api: JsonClient, name: str, hub: LocalHub) -> None:
    content = b"from a page"
    oid = hashlib.sha256(content).hexdigest()
    batch = {"operation": "upload", "hash_algo": "sha_256", "objects": [{"oid": oid, "size": len(content)}]}
    answer = api("POST", f"/{name}.git/info/lfs/objects/batch", batch, Origin="https://page.example")
    href = answer.json["objects"][0]["actions"]["upload"]["href"].removeprefix(hub.endpoint)
    put = api("PUT", href, content, Origin="https://page.example", Authorization="")
    assert (put.status, put.headers["access-control-allow-origin"]) == (200, "*")


def test_submodule_is_not_listed_as_a_file(api: JsonClient, name: str, hub: LocalHub, git: Git, tmp_path: Path) -> None:
    """A submodule has no content: a client that takes it for a file fails to download the repository."""
    clone = tmp_path / "clone"
    git("clone", "--quiet", f"{hub.endpoint}/{name}", clone)
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub", cwd=clone)
    git("commit", "--quiet", "--message", "a submodule", cwd=clone)
    git("push", "--quiet", cwd=clone)
    types = {entry["path"]: entry["type"] for entry in api("GET", f"/api/models/{name}/tree/main?expand=true").json}
    assert (types["a.txt"], types["sub"]) == ("file", "unknown")
    (info,) = api("POST", f"/api/models/{name}/paths-info/main", {"paths": ["sub"]}).json
    assert info["type"] == "unknown"
    siblings = {sibling["rfilename"] for sibling in api("GET", f"/api/models/{name}").json["siblings"]}
    assert siblings == {".gitattributes", "a.txt", "w.bin"}


def test_plain_file_name_is_sent_in_both_forms_that_clients_read(api: JsonClient, name: str, hub: LocalHub) -> None:
    disposition = api("GET", f"/{name}/resolve/main/w.bin?download=true").headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''w.bin; filename=\"w.bin\""
    hub.add_files(name, {'a"; filename=b.txt': b"x"})
    disposition = api("GET", f"/{name}/resolve/main/a%22%3B%20filename%3Db.txt").headers["content-disposition"]
    assert disposition == "inline; filename*=UTF-8''a%22%3B%20filename%3Db.txt"


def test_error_for_git_lfs_has_the_reason_as_message(api: JsonClient, name: str) -> None:
    """git-lfs shows only ``message``."""
    for answer in (
        api("POST", f"/{name}.git/info/lfs/objects/batch", {"operation": "look"}),
        api("PUT", "/lfs/no-ticket", b"x"),
        api("POST", "/nobody/none.git/info/lfs/objects/batch", {"operation": "download", "objects": []}),
    ):
        assert answer.json["message"] == answer.json["error"]


def test_git_lfs_lock_command_reports_that_locks_are_not_supported(
    name: str, hub: LocalHub, git: Git, tmp_path: Path
) -> None:
    git("clone", "--quiet", f"{hub.endpoint}/{name}", tmp_path / "clone")
    for words in (["locks"], ["lock", "w.bin"], ["unlock", "w.bin"]):
        assert "This Hub has no file locks" in git("lfs", *words, cwd=tmp_path / "clone", check=False)
        assert git.code


class TestCommitAsOneJsonObject:
    """huggingface_hub before 0.11 sends no lines."""

    def test_commit_writes_and_deletes(self, api: JsonClient, name: str, hub: LocalHub) -> None:
        large = b"v" * 50_000
        oid = hashlib.sha256(large).hexdigest()
        batch = {"operation": "upload", "objects": [{"oid": oid, "size": len(large)}]}
        (item,) = api("POST", f"/{name}.git/info/lfs/objects/batch", batch).json["objects"]
        api("PUT", item["actions"]["upload"]["href"].removeprefix(hub.endpoint), large)
        body = {
            "summary": "one object", "description": "",
            "files": [
                {"path": "new.txt", "encoding": "base64", "content": "aGVsbG8="},
                {"path": "long.txt", "content": "l" * 3_000_000},
            ],
            "lfsFiles": [{"path": "v.bin", "algo": "sha256", "oid": oid, "size": len(large)}],
            "deletedFiles": [{"path": "a.txt"}],
        }  # fmt: skip
        made = api("POST", f"/api/models/{name}/commit/main", body).json
        repository = hub.repository(name)
        assert repository.head() == made["commitOid"]
        assert repository.commits()[0].title == "one object"
        files = repository.files()
        assert (files["new.txt"], files["v.bin"], len(files["long.txt"])) == (b"hello", large, 3_000_000)
        assert "a.txt" not in files

    @pytest.mark.parametrize("wrong", [{"files": 1}, {"files": [1]}, {"files": [{"path": "x"}]}, {"lfsFiles": "x"}])
    def test_malformed_commit_is_refused(self, api: JsonClient, name: str, wrong: dict[str, object]) -> None:
        answer = api("POST", f"/api/models/{name}/commit/main", {"summary": "x", **wrong})
        assert answer.status == 400
        assert "files" in answer.json["error"].lower()

    @pytest.mark.parametrize("size", [1, 3_000_000])
    def test_lines_are_read_under_any_content_type(self, api: JsonClient, name: str, hub: LocalHub, size: int) -> None:
        body = commit_body(
            {"key": "deletedFile", "value": {"path": "a.txt"}},
            {"key": "file", "value": {"path": "b.txt", "content": "b" * size}},
        )
        answer = api("POST", f"/api/models/{name}/commit/main", body, Content_Type="application/json")
        assert answer.status == 200
        files = hub.repository(name).files()
        assert "a.txt" not in files
        assert files["b.txt"] == b"b" * size


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/models/openai/gpt-oss-20b", "/models/a/b/v1/completions"])
def test_prompt_for_a_model_is_refused_with_a_reason(api: JsonClient, path: str) -> None:
    answer = api("POST", path, {"inputs": "x"})
    assert answer.status == 501
    assert "inference" in answer.json["error"]
