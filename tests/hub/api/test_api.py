"""Test the API with the unmodified ``huggingface_hub``: its functions, and the exceptions that learners see."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub


@pytest.fixture(params=["xet", "lfs"])
def client(request: pytest.FixtureRequest):
    """Both upload protocols for large files: Xet, the client's default, and LFS."""
    return request.getfixturevalue({"xet": "python_client", "lfs": "lfs_client"}[request.param])


@pytest.fixture
def folder(tmp_path: Path) -> dict[str, bytes]:
    """A folder with every kind of file, and its content."""
    generator = random.Random(7)
    files = {
        "config.json": b'{"hidden_size": 768}',
        "vocab.txt": "\n".join(map(str, range(3000))).encode(),
        "model.safetensors": generator.randbytes(3 << 20),
        "floats.bin": b"\x00\x00\x80\x3f" * 200_000,
        "sub/模型 1.txt": "你好".encode(),
        "empty.txt": b"",
        "sub/tiny.pt": b"\0",
    }
    root = tmp_path / "folder"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return files


def test_uploaded_folder_downloads_unchanged(
    hub: LocalHub, ada: Account, client, folder: dict[str, bytes], tmp_path: Path
) -> None:
    name = f"{ada.name}/model"
    steps = client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        url = api.create_repo(name)
        commit = api.upload_folder(repo_id=name, folder_path=folder, commit_message="the folder")
        info = api.model_info(name)
        down = api.snapshot_download(name, local_dir=target)
        one = api.hf_hub_download(name, "model.safetensors", local_dir=target + "-one")
        files = sorted(api.list_repo_files(name))
        again = api.upload_folder(repo_id=name, folder_path=folder)
        result = {"url": str(url), "oid": commit.oid, "sha": info.sha, "files": files, "again": again.oid}
        """,
        token=ada.token,
        name=name,
        folder=str(tmp_path / "folder"),
        target=str(tmp_path / "down"),
    )
    view = hub.repository(name)
    assert {path: content for path, content in view.files().items() if path != ".gitattributes"} == folder
    assert set(view.lfs_paths()) == {"model.safetensors", "floats.bin", "sub/tiny.pt"}
    assert steps["url"] == f"{hub.endpoint}/{name}"
    assert steps["oid"] == steps["sha"] == view.head()
    assert steps["files"] == sorted([*folder, ".gitattributes"])
    assert steps["again"] == steps["oid"], "nothing has changed, so nothing is committed"
    assert {path: (tmp_path / "down" / path).read_bytes() for path in folder} == folder
    assert (tmp_path / "down-one" / "model.safetensors").read_bytes() == folder["model.safetensors"]
    assert [commit.title for commit in view.commits()] == ["the folder", "initial commit"]


def test_bytes_streams_copies_and_deletions_can_be_committed(hub: LocalHub, ada: Account, client) -> None:
    name = f"{ada.name}/forms"
    client.run(
        """
        import io
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.upload_file(path_or_fileobj=b"bytes", path_in_repo="a.bin", repo_id=name)
        api.upload_file(path_or_fileobj=io.BytesIO(b"a stream" * 1000), path_in_repo="b.bin", repo_id=name)
        operations = [huggingface_hub.CommitOperationAdd(f"n/{n}.bin", bytes([n]) * 1000) for n in range(20)]
        api.create_commit(name, operations, commit_message="many")
        api.create_commit(name, [
            huggingface_hub.CommitOperationCopy("a.bin", "copied.bin"),
            huggingface_hub.CommitOperationDelete("n/0.bin"),
            huggingface_hub.CommitOperationDelete("n/1.bin"),
        ], commit_message="move things")
        """,
        token=ada.token,
        name=name,
    )
    files = hub.repository(name).files()
    del files[".gitattributes"]
    expected = {f"n/{n}.bin": bytes([n]) * 1000 for n in range(2, 20)}
    assert files == expected | {"a.bin": b"bytes", "b.bin": b"a stream" * 1000, "copied.bin": b"bytes"}


def test_branches_tags_deletions_and_history(hub: LocalHub, ada: Account, python_client) -> None:
    name = f"{ada.name}/refs"
    result = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.upload_file(path_or_fileobj=b"1", path_in_repo="a.txt", repo_id=name, commit_message="one")
        api.create_tag(name, tag="v1", tag_message="the first")
        api.create_branch(name, branch="feature/x")
        api.upload_file(path_or_fileobj=b"2", path_in_repo="a.txt", repo_id=name, revision="feature/x")
        api.upload_file(path_or_fileobj=b"3", path_in_repo="d/b.txt", repo_id=name)
        api.delete_file("a.txt", name, commit_message="gone")
        refs = api.list_repo_refs(name)
        result = {
            "branches": sorted(b.name for b in refs.branches), "tags": [t.name for t in refs.tags],
            "v1": open(api.hf_hub_download(name, "a.txt", revision="v1")).read(),
            "x": open(api.hf_hub_download(name, "a.txt", revision="feature/x")).read(),
            "commits": [c.title for c in api.list_repo_commits(name)],
            "authors": {a for c in api.list_repo_commits(name) for a in c.authors}.pop(),
            "exists": [api.file_exists(name, "a.txt"), api.file_exists(name, "d/b.txt"), api.repo_exists(name),
                       api.repo_exists(name + "x"), api.revision_exists(name, "v1"), api.revision_exists(name, "v9")],
            "tree": [t.path for t in api.list_repo_tree(name, recursive=True, expand=True)],
        }
        api.delete_branch(name, branch="feature/x")
        api.delete_tag(name, tag="v1")
        api.delete_folder("d", name)
        """,
        token=ada.token,
        name=name,
    )
    assert result == {
        "branches": ["feature/x", "main"],
        "tags": ["v1"],
        "v1": "1",
        "x": "2",
        "commits": ["gone", "Upload d/b.txt with huggingface_hub", "one", "initial commit"],
        "authors": ada.name,
        "exists": [False, True, True, False, True, False],
        "tree": [".gitattributes", "d", "d/b.txt"],
    }
    view = hub.repository(name)
    assert list(view.files()) == [".gitattributes"]
    assert view.head("feature/x") is None
    assert view.head("v1") is None


def test_repository_can_be_hidden_renamed_and_deleted(hub: LocalHub, ada: Account, python_client) -> None:
    name, renamed = f"{ada.name}/before", f"{ada.name}/after"
    result = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name, private=True)
        private = api.model_info(name).private
        api.update_repo_settings(name, private=False)
        public = api.model_info(name).private
        api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=name)
        api.move_repo(name, renamed)
        followed = api.model_info(name).id
        downloaded = open(api.hf_hub_download(name, "a.txt")).read()
        listed = [m.id for m in api.list_models(author=me)]
        api.delete_repo(renamed)
        api.delete_repo(renamed, missing_ok=True)
        result = [private, public, followed, downloaded, listed, api.repo_exists(renamed), api.repo_exists(name)]
        """,
        token=ada.token,
        name=name,
        renamed=renamed,
        me=ada.name,
    )
    assert result == [True, False, renamed, "x", [renamed], False, False]
    assert not hub.repository(renamed).exists


#: A mistake, and the client's exception class and message for it.
MISTAKES = {
    "no such repository": ("api.model_info(me + '/none')", "RepositoryNotFoundError", "404"),
    "no such repository, nobody logged in": (
        "huggingface_hub.HfApi(token=False).model_info(me + '/none')", "RepositoryNotFoundError", "401",
    ),
    "no such file": ("api.hf_hub_download(name, 'none.txt')", "RemoteEntryNotFoundError", "Entry Not Found"),
    "no such revision": ("api.hf_hub_download(name, 'a.txt', revision='v9')", "RevisionNotFoundError", "Revision Not"),
    "a wrong token": ("huggingface_hub.HfApi(token='hf_wrong').whoami()", "HfHubHTTPError", "Invalid user token"),
    "a read token writes": (
        "huggingface_hub.HfApi(token=read).upload_file(path_or_fileobj=b'', path_in_repo='x', repo_id=name)",
        "HfHubHTTPError", "role 'write'",
    ),
    "a read token creates": ("huggingface_hub.HfApi(token=read).create_repo(me + '/new')", "HfHubHTTPError", "403"),
    "somebody else's repository": (
        "huggingface_hub.HfApi(token=stranger).upload_file(path_or_fileobj=b'', path_in_repo='x', repo_id=name)",
        "HfHubHTTPError", "belongs to",
    ),
    "somebody else's private repository": (
        "huggingface_hub.HfApi(token=stranger).model_info(private)", "RepositoryNotFoundError", "404",
    ),
    "somebody else's namespace": (
        "huggingface_hub.HfApi(token=stranger).create_repo(me + '/new')", "HfHubHTTPError", "rights to create",
    ),
    "the name is taken": ("api.create_repo(name)", "HfHubHTTPError", "already created"),
    "the branch is there": ("api.create_branch(name, branch='main')", "HfHubHTTPError", "already exists"),
    "main is deleted": ("api.delete_branch(name, branch='main')", "HfHubHTTPError", "Cannot delete refs/heads/main"),
    "a file that is not there is deleted": ("api.delete_file('none', name)", "HfHubHTTPError", "404"),
    "a license that nobody knows": (
        "api.upload_file(path_or_fileobj=b'---\\nlicense: mine\\n---\\n', path_in_repo='README.md', repo_id=name)",
        "ValueError", "must be one of",
    ),
    "the branch has moved": (
        "api.create_commit(name, [huggingface_hub.CommitOperationAdd('x', b'')], commit_message='m', "
        "parent_commit='0' * 40)", "HfHubHTTPError", "412",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def mistaken(hub: LocalHub, python_client) -> dict[str, str]:
    """Ada, her public and private repositories, her read token, and another person's token."""
    ada, eve = hub.create_user("ada-mistaken"), hub.create_user("eve-mistaken")
    names = {
        "me": ada.name, "name": f"{ada.name}/public", "private": f"{ada.name}/private", "token": ada.token,
        "read": hub.create_token(ada.name, role="read"), "stranger": eve.token,
    }  # fmt: skip
    python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.create_repo(private, private=True)
        api.upload_file(path_or_fileobj=b"a", path_in_repo="a.txt", repo_id=name)
        """,
        **names,
    )
    return names


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_raises_the_clients_exception(hub, mistaken, python_client, client_error, mistake: str) -> None:
    code, kind, words = MISTAKES[mistake]
    before = hub.repository(mistaken["name"]).head()
    with pytest.raises(client_error) as raised:
        python_client.run(f"api = huggingface_hub.HfApi(token=token)\n{code}", **mistaken)
    assert kind in raised.value.kinds
    assert words in raised.value.message
    assert hub.repository(mistaken["name"]).head() == before


def ask(hub: LocalHub, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one raw request."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in headers)
    for name, value in ({"Content_Length": str(len(body))} | headers).items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200), ("127.0.0.1:1", 200), ("localhost:8960", 200), ("hub.localhost", 200), ("192.168.1.5", 200),
        ("[::1]:80", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example", 421),
        ("", 421),
    ],
)  # fmt: skip
def test_unknown_host_header_is_rejected(hub: LocalHub, host: str, status: int) -> None:
    """DNS rebinding: an attacker's name that resolves to 127.0.0.1 must not reach the Hub."""
    assert ask(hub, "GET", "/healthz", Host=host)[0] == status


def test_configured_host_names_are_accepted() -> None:
    with LocalHub(hosts=("hub.class.example",)) as hub:
        assert ask(hub, "GET", "/healthz", Host="HUB.class.example:80")[0] == 200
        assert ask(hub, "GET", "/healthz", Host="class.example")[0] == 421


def test_every_response_has_the_request_id(hub: LocalHub) -> None:
    assert ask(hub, "GET", "/healthz", X_Request_Id="my-id")[1]["x-request-id"] == "my-id"
    assert "Root=1-abc" in ask(hub, "GET", "/healthz", X_Amzn_Trace_Id="Root=1-abc")[1]["x-request-id"]
    assert ask(hub, "GET", "/healthz", X_Request_Id="x" * 500)[1]["x-request-id"] != "x" * 500
    first, second = (ask(hub, "GET", "/healthz")[1]["x-request-id"] for __ in range(2))
    assert first != second


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff", b'{"name": 1}', b'{"name": "a", "type": 3}', b"[" * 100_000,
     b'{"name": "a", "organization": 5}', b'{"name": "x/y/z"}', b'{"name": "\\ud800"}', b'{"name": "a\\u0000"}'],
)  # fmt: skip
def test_malformed_requests_are_rejected(hub: LocalHub, ada: Account, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}
    for path in ("/api/repos/create", "/api/repos/move", "/api/validate-yaml"):
        status, __, answer = ask(hub, "POST", path, body, **headers)
        assert status < 500, (path, answer)
        assert isinstance(json.loads(answer), dict)


def test_too_large_body_is_rejected_before_it_is_read(hub: LocalHub, ada: Account) -> None:
    limit = hub.hub.config.limits.json_body
    status, __, answer = ask(
        hub, "POST", "/api/repos/create", b"{}", Content_Length=str(limit + 1), Authorization=f"Bearer {ada.token}"
    )
    assert status == 413
    assert f"{limit:,}" in json.loads(answer)["error"]


def test_chunked_body_beyond_the_limit_is_rejected(hub: LocalHub, ada: Account) -> None:
    """Without a Content-Length the Hub counts the received bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=20)
    chunk = b" " * (1 << 20)
    pieces = (chunk for __ in range(hub.hub.config.limits.json_body // len(chunk) + 2))
    connection.request(
        "POST", "/api/repos/create", pieces, {"Authorization": f"Bearer {ada.token}"}, encode_chunked=True
    )
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    ("given", "status", "expected"),
    [
        ("bytes=0-3", 206, "0123"), ("bytes=5-", 206, "56789"), ("bytes=-2", 206, "89"), ("bytes=8-100", 206, "89"),
        ("bytes=10-", 416, None), ("bytes=3-1", 200, "0123456789"), ("lines=1-2", 200, "0123456789"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("large", [False, True])
def test_range_requests(
    hub, mistaken, python_client, given: str, status: int, expected: str | None, large: bool
) -> None:
    path = "digits.bin" if large else "digits.txt"
    if path not in hub.repository(mistaken["name"]).files():
        python_client.run(
            "huggingface_hub.HfApi(token=token).upload_file("
            "path_or_fileobj=b'0123456789', path_in_repo=path, repo_id=name)",
            path=path,
            **mistaken,
        )
    answered, headers, body = ask(hub, "GET", f"/{mistaken['name']}/resolve/main/{path}", Range=given)
    assert answered == status
    if expected is not None:
        assert body.decode() == expected
        assert headers["content-length"] == str(len(expected))
        assert headers["x-repo-commit"] == hub.repository(mistaken["name"]).head()


def test_uploaded_html_is_not_served_as_a_page(hub, mistaken, python_client) -> None:
    python_client.run(
        "huggingface_hub.HfApi(token=token).upload_file(path_or_fileobj=b'<script>alert(1)</script>',"
        " path_in_repo='evil.html', repo_id=name)",
        **mistaken,
    )
    for kind in ("resolve", "raw"):
        __, headers, ___ = ask(hub, "GET", f"/{mistaken['name']}/{kind}/main/evil.html")
        assert headers["content-type"].startswith("text/plain")
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]


def test_api_ignores_the_session_cookie(hub: LocalHub, new_name: Callable[[str], str]) -> None:
    """Pages on other ports of this machine can send a learner's cookie; the API must ignore it."""
    from autograde.hub.people import accounts
    from autograde.hub.web.admission import cookie_name

    user = hub._user(hub.create_user(new_name("ada")).name)
    cookie = f"{cookie_name(hub.hub)}={accounts.open_session(hub.hub, user)}"
    assert ask(hub, "GET", "/settings/tokens", Cookie=cookie)[0] == 200
    assert ask(hub, "GET", "/api/whoami-v2", Cookie=cookie)[0] == 401
    assert ask(hub, "POST", "/api/repos/create", b'{"name": "m"}', Cookie=cookie)[0] == 401
    assert not hub.repository(f"{user.name}/m").exists


def test_missing_and_private_repositories_give_the_same_response(hub: LocalHub, mistaken: dict[str, str]) -> None:
    """For the API, downloads, git and LFS; without a log-in, with another person's token, and with their git."""
    missing = mistaken["private"] + "-not"
    batch = json.dumps({"operation": "download", "objects": []}).encode()
    basic = {"Authorization": f"Bearer {mistaken['stranger']}"}
    for headers in ({}, basic, {**basic, "User_Agent": "git/2.39"}):
        for method, path, body in [
            ("GET", "/api/models/{}", b""), ("GET", "/api/models/{}/tree/main", b""),
            ("GET", "/api/models/{}/refs", b""), ("GET", "/{}/raw/main/a", b""),
            ("GET", "/{}/resolve/main/a.txt", b""), ("HEAD", "/{}/resolve/main/a.txt", b""),
            ("GET", "/{}.git/info/refs?service=git-upload-pack", b""),
            ("GET", "/{}.git/info/refs?service=git-receive-pack", b""),
            ("POST", "/{}.git/info/lfs/objects/batch", batch), ("GET", "/api/models/{}/xet-write-token/main", b""),
            ("POST", "/api/models/{}/commit/main", b"{}"), ("PUT", "/api/models/{}/settings", b"{}"),
        ]:  # fmt: skip
            answers = []
            for name in (mistaken["private"], missing):
                status, answered, text = ask(hub, method, path.format(name), body, **headers)
                for changing in ("x-request-id", "date"):
                    answered.pop(changing, None)
                answers.append((status, answered, text.decode().replace(name, "NAME")))
            assert answers[0] == answers[1], (method, path)
            assert answers[0][0] in (401, 404)
