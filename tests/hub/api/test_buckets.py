"""Buckets, written and read by the real client."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograde.hub import Account, LocalHub
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.repos import buckets, repositories
from autograde.hub.repos.buckets import BucketFile, BucketFolder
from autograde.hub.repos.paths import path_problem
from tests.hub.clients import PythonClient

FILL = """
api = huggingface_hub.HfApi(token=token)
bucket = api.create_bucket(name).bucket_id
api.batch_bucket_files(bucket, add=[(b"hello", "a.txt"), (b"x" * 300_000, "logs/deep/b.bin"), (b"", "empty")])
result = bucket
"""


def is_path(name: str) -> bool:
    return path_problem(name) is None


def ask(hub: LocalHub, path: str, *, token: str = "", method: str = "GET", body: bytes | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(hub.endpoint + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def refused(hub: LocalHub, path: str, **more: Any) -> int:
    with pytest.raises(urllib.error.HTTPError) as raised:
        ask(hub, path, **more)
    raised.value.close()
    return raised.value.code


@pytest.fixture
def bucket(python_client: PythonClient, ada: Account) -> str:
    name: str = python_client.run(FILL, token=ada.token, name=f"{ada.name}/things")
    return name


def test_uploaded_files_can_be_downloaded(
    python_client: PythonClient, bucket: str, ada: Account, tmp_path: Path
) -> None:
    listed, info = python_client.run(
        """
api = huggingface_hub.HfApi(token=token)
files = list(api.list_bucket_tree(bucket, recursive=True))
api.download_bucket_files(bucket, [(file, f"{target}/{file.path}") for file in files])
about = api.bucket_info(bucket)
result = [[file.path, file.size] for file in files], [about.id, about.size, about.total_files, about.private]
""",
        token=ada.token, bucket=bucket, target=str(tmp_path),
    )  # fmt: skip
    assert sorted(map(tuple, listed)) == [("a.txt", 5), ("empty", 0), ("logs/deep/b.bin", 300_000)]
    assert info == [bucket, 300_005, 3, False]
    assert (tmp_path / "a.txt").read_bytes() == b"hello"
    assert (tmp_path / "logs/deep/b.bin").read_bytes() == b"x" * 300_000
    assert (tmp_path / "empty").read_bytes() == b""


def test_listing_one_level_shows_folders(python_client: PythonClient, bucket: str, ada: Account) -> None:
    found = python_client.run(
        """
api = huggingface_hub.HfApi(token=token)
result = [sorted(item.path for item in api.list_bucket_tree(bucket, prefix=prefix, recursive=False))
          for prefix in (None, "logs/", "logs", "lo")]
""",
        token=ada.token, bucket=bucket,
    )  # fmt: skip
    assert found == [["a.txt", "empty", "logs"], ["logs/deep"], ["logs/deep"], ["logs"]]


def test_files_are_copied_between_buckets_and_deleted(python_client: PythonClient, bucket: str, ada: Account) -> None:
    found = python_client.run(
        """
api = huggingface_hub.HfApi(token=token)
other = api.create_bucket(bucket + "-copy").bucket_id
api.copy_files(f"hf://buckets/{bucket}/logs", f"hf://buckets/{other}/kept/")
api.batch_bucket_files(bucket, delete=["a.txt"])
result = [sorted(file.path for file in api.list_bucket_tree(name, recursive=True)) for name in (other, bucket)]
api.delete_bucket(other)
""",
        token=ada.token, bucket=bucket,
    )  # fmt: skip
    assert found == [["kept/deep/b.bin"], ["empty", "logs/deep/b.bin"]]


def test_copying_from_a_private_repository_of_another_user_is_refused(
    hub: LocalHub, python_client: PythonClient, bucket: str, ada: Account, bob: Account
) -> None:
    (file,) = [each for each in ask(hub, f"/api/buckets/{bucket}/tree") if each["path"] == "a.txt"]
    ask(hub, f"/api/buckets/{bucket}/settings", token=ada.token, method="PUT", body=b'{"visibility": "private"}')
    ask(hub, f"/api/buckets/{bob.name}/own", token=bob.token, method="POST", body=b"{}")
    copy = {"type": "copyFile", "path": "stolen", "xetHash": file["xetHash"], "mtime": 0}
    for more in ({"sourceRepoType": "bucket", "sourceRepoId": bucket}, {"type": "addFile"}):
        line = json.dumps(copy | more).encode()
        path = f"/api/buckets/{bob.name}/own/batch"
        assert refused(hub, path, token=bob.token, method="POST", body=line) == 422
    assert ask(hub, f"/api/buckets/{bob.name}/own/tree", token=bob.token) == []
    assert refused(hub, f"/api/buckets/{bucket}", token=bob.token) == 404
    assert refused(hub, f"/buckets/{bucket}/resolve/a.txt") == 401
    assert refused(hub, f"/api/buckets/{bucket}/batch", token=bob.token, method="POST", body=b"") == 404


@pytest.mark.parametrize("path", ["../up", ".git/config", "/absolute", "a//b", ""])
def test_invalid_path_is_refused_and_other_files_are_added(hub: LocalHub, bucket: str, ada: Account, path: str) -> None:
    (file,) = [each for each in ask(hub, f"/api/buckets/{bucket}/tree") if each["path"] == "a.txt"]
    lines = [{"type": "addFile", "path": name, "xetHash": file["xetHash"]} for name in (path, "fine.txt")]
    body = b"\n".join(json.dumps(line).encode() for line in lines)
    answer = ask(hub, f"/api/buckets/{bucket}/batch", token=ada.token, method="POST", body=body)
    assert [failure["path"] for failure in answer["failed"]] == [path]
    assert "fine.txt" in [each["path"] for each in ask(hub, f"/api/buckets/{bucket}/tree")]


@pytest.mark.parametrize("body", [b"[]", b"{}", b"{", b'{"path": 3}', b'"x"'])
def test_invalid_operation_in_a_batch_changes_nothing(hub: LocalHub, bucket: str, ada: Account, body: bytes) -> None:
    before = ask(hub, f"/api/buckets/{bucket}/tree")
    delete = b'{"type": "deleteFile", "path": "a.txt"}\n'
    path = f"/api/buckets/{bucket}/batch"
    assert refused(hub, path, token=ada.token, method="POST", body=delete + body) == 400
    assert ask(hub, f"/api/buckets/{bucket}/tree") == before


def test_batch_may_exceed_the_size_limit_of_other_requests(hub: LocalHub, bucket: str, ada: Account) -> None:
    line = b'{"type": "deleteFile", "path": "a.txt"}'
    body = line.ljust(hub.hub.config.limits.json_body) + b"\n"
    assert ask(hub, f"/api/buckets/{bucket}/batch", token=ada.token, method="POST", body=body)["success"]
    assert "a.txt" not in [each["path"] for each in ask(hub, f"/api/buckets/{bucket}/tree")]


def test_bucket_is_not_on_profile_page_or_in_model_list(hub: LocalHub, bucket: str, ada: Account) -> None:
    assert bucket not in [each["id"] for each in ask(hub, f"/api/models?author={ada.name}")]
    with urllib.request.urlopen(f"{hub.endpoint}/{ada.name}", timeout=30) as page:
        assert "things" not in page.read().decode()


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.text("a/0.-", min_size=1, max_size=6).filter(is_path), unique=True, max_size=12),
    prefix=st.text("a/0", max_size=3),
)
def test_pages_of_one_level_together_equal_the_complete_level(store: Hub, names: list[str], prefix: str) -> None:
    owner = accounts.find_user(store, "ada") or accounts.create_user(store, "ada")
    bucket = repositories.create_repository(store, owner, f"b{store.new_id()}", type="bucket")
    for name in names:
        buckets.put(store, bucket, BucketFile(name, "0" * 64, 1, "f" * 64, 0, 0))
    complete = list(buckets.level(store, bucket, prefix))
    flat = list(buckets.files(store, bucket, prefix))
    assert sorted(file.path for file in flat) == sorted(name for name in names if name.startswith(prefix))
    found: list[BucketFile | BucketFolder] = []
    while step := next(iter(buckets.level(store, bucket, prefix, _name(found[-1]) if found else "")), None):
        found.append(step)
        assert len(found) <= len(complete)
    assert found == complete


def _name(item: BucketFile | BucketFolder) -> str:
    return item.path if isinstance(item, BucketFile) else f"{item.path}/"
