"""A Hub in this process starts quickly, runs next to others and cleans up."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograde.errors import HubRefused, PortInUse
from autograde.hub import Account, LocalHub
from autograde.hub.server import RunningHub, open_socket
from tests.hub.clients import PythonClient


def ask(hub: LocalHub, path: str = "/healthz") -> dict[str, Any]:
    with urllib.request.urlopen(hub.endpoint + path, timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_hub_answers_from_start_until_stop() -> None:
    hub = LocalHub()
    with hub:
        health = ask(hub)
        endpoint, data = hub.endpoint, hub.hub.data
        assert health["status"] == "ok"
        assert health["service"] == "autograde-hub"
        assert health["instance"] == hub.hub.instance_id
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(endpoint + "/healthz", timeout=5)
    assert not data.exists()
    with pytest.raises(HubRefused, match="not running"):
        _ = hub.endpoint


def test_twenty_hubs_run_at_the_same_time_independently() -> None:
    with contextlib.ExitStack() as stack:
        hubs = [stack.enter_context(LocalHub()) for __ in range(20)]
        assert len({hub.port for hub in hubs}) == 20
        for hub in hubs[:3]:
            hub.create_user("ada")
        assert len({ask(hub)["instance"] for hub in hubs}) == 20
        hubs[3].create_user("ada")


def test_files_are_added_to_an_existing_repository() -> None:
    with LocalHub() as hub:
        hub.create_user("ada")
        view = hub.create_repository("ada/m", files={"a.txt": b"1"})
        hub.add_files("ada/m", {"a.txt": b"2", "b.bin": b"3"})
        files = view.files()
        assert (files["a.txt"], files["b.bin"], view.lfs_paths()) == (b"2", b"3", ["b.bin"])
        assert len(view.commits()) == 3
        with pytest.raises(HubRefused, match="no dataset repository called ada/m"):
            hub.add_files("ada/m", {"a.txt": b"3"}, type="dataset")


def test_start_and_stop_are_idempotent() -> None:
    hub = LocalHub()
    assert hub.start() is hub.start()
    hub.stop()
    hub.stop()
    with hub:  # a stopped Hub can be started again
        assert ask(hub)["status"] == "ok"


def test_given_data_folder_is_kept_and_reused(tmp_path: Path) -> None:
    with LocalHub(tmp_path / "data") as hub:
        ada = hub.create_user("ada", password="correct horse")
        instance = hub.hub.instance_id
    with LocalHub(tmp_path / "data") as hub:
        assert hub.hub.instance_id == instance
        request = urllib.request.Request(
            hub.endpoint + "/api/whoami-v2", headers={"Authorization": f"Bearer {ada.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer)["name"] == "ada"


def test_hub_on_a_given_socket_can_be_restored(tmp_path: Path) -> None:
    """The server closes the socket; the restored Hub opens the same port again."""
    with LocalHub(listening=open_socket("127.0.0.1", 0)) as hub:
        port = hub.port
        hub.restore(hub.snapshot(tmp_path / "snapshot"))
        assert hub.port == port
        assert ask(hub)["status"] == "ok"


def test_port_in_use_error_suggests_another_port() -> None:
    with LocalHub() as hub, pytest.raises(PortInUse, match=str(hub.port)) as refused:
        LocalHub(port=hub.port).start()
    assert "--port" in refused.value.fix


def test_failed_start_leaves_no_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortInUse):
            LocalHub(port=taken.getsockname()[1]).start()
    assert list(tmp_path.iterdir()) == []


def test_stopped_hub_leaves_no_threads_or_processes() -> None:
    before = set(threading.enumerate())
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        request = urllib.request.Request(
            hub.endpoint + "/api/repos/create",
            json.dumps({"name": "m"}).encode(),
            {"Authorization": f"Bearer {ada.token}"},
        )
        urllib.request.urlopen(request, timeout=10).close()
        assert hub.repository("ada/m").commits()
        data = hub.hub.data
    assert [t for t in set(threading.enumerate()) - before if t.name.startswith("hub:")] == []
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False
    ).stdout
    assert str(data) not in children


def test_stop_finishes_requests_in_progress(tmp_path: Path) -> None:
    """``stop()`` is called while a client has read only part of a large file."""
    content = b"x" * (64 << 20)
    with LocalHub() as hub:
        ada = hub.create_user("ada")
        headers = {"Authorization": f"Bearer {ada.token}"}
        body = json.dumps({"name": "m"}).encode()
        urllib.request.urlopen(urllib.request.Request(hub.endpoint + "/api/repos/create", body, headers)).close()
        with hub.hub.blobs.writer() as writer:
            writer.write(content)
            oid = writer.commit()
        from autograde.hub.repos.bindings import bind
        from autograde.hub.repos.commits import Author, WritePointer, write_commit
        from autograde.hub.repos.repositories import find_repository

        repository = find_repository(hub.hub, "model", "ada/m")
        assert repository
        bind(hub.hub, repository.id, oid, len(content))
        write_commit(hub.hub, repository, "main", [WritePointer("w.bin", oid)], author=Author("a", "a@b"), message="m")
        answer = urllib.request.urlopen(f"{hub.endpoint}/ada/m/resolve/main/w.bin", timeout=30)
        stopper = threading.Thread(target=hub.stop)
        first = answer.read(1 << 20)
        stopper.start()
        rest = answer.read()
        answer.close()
        stopper.join(15)
        assert not stopper.is_alive()
    assert first + rest == content


def test_repository_view_reads_git_and_database_without_the_api(
    hub: LocalHub, ada: Account, python_client: PythonClient
) -> None:
    python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name, private=True)
        api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=name, commit_message="one")
        api.upload_file(path_or_fileobj=bytes(1000), path_in_repo="w.bin", repo_id=name, commit_message="two")
        """,
        token=ada.token,
        name=f"{ada.name}/m",
    )
    view = hub.repository(f"{ada.name}/m")
    assert view.exists
    assert view.private
    assert view.files()["a.txt"] == b"hello"
    assert view.files()["w.bin"] == bytes(1000)
    assert view.lfs_paths() == ["w.bin"]
    assert [commit.title for commit in view.commits()] == ["two", "one", "initial commit"]
    assert view.head() == view.commits()[0].oid
    assert view.head("nope") is None


def test_missing_repository_is_reported(hub: LocalHub) -> None:
    assert not hub.repository("ada/none").exists
    with pytest.raises(HubRefused, match="no model repository called ada/none"):
        hub.repository("ada/none").files()


def test_repr_of_an_account_hides_its_token(hub: LocalHub, ada: Account) -> None:
    assert ada.token not in repr(ada)
    assert ada.name in repr(ada)


def test_users_and_organizations_are_created_for_tests(
    hub: LocalHub, ada: Account, bob: Account, new_name: Callable[[str], str]
) -> None:
    lab = hub.create_organization(new_name("lab"), members={ada.name: "admin", bob.name: "read"})
    assert lab.kind == "org"
    with pytest.raises(HubRefused, match="no user called"):
        hub.create_organization(new_name("lab"), members={"nobody": "read"})
    with pytest.raises(HubRefused, match="is taken"):
        hub.create_user(ada.name)


def test_import_of_the_hub_does_not_load_heavy_packages() -> None:
    heavy = "torch transformers huggingface_hub IPython numpy jinja2 markdown_it nh3 lz4 yaml uvicorn starlette"
    code = "import sys, autograde.hub; print(*sorted(set(sys.argv[1].split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_repositories_are_created_with_files_and_large_files_use_lfs(local_hub: LocalHub) -> None:
    local_hub.create_user("ada")
    weights = bytes(range(256)) * 10
    made = local_hub.create_repository(
        "ada/m", private=True, files={"config.json": b"{}", "model.safetensors": weights}
    )
    assert made.private
    assert made.lfs_paths() == ["model.safetensors"]
    assert made.files()["model.safetensors"] == weights
    assert [commit.message.strip() for commit in made.commits()] == ["Add files", "initial commit"]
    assert made.branches() == {"main": made.head()}
    local_hub.create_repository("ada/d", type="dataset")
    assert [(view.type, view.full_name) for view in local_hub.repositories()] == [
        ("dataset", "ada/d"),
        ("model", "ada/m"),
    ]
    with pytest.raises(HubRefused, match="already exists"):
        local_hub.create_repository("ada/m")


def test_token_records_whether_it_was_used(local_hub: LocalHub) -> None:
    ada = local_hub.create_user("ada")
    local_hub.create_token("ada", role="read", name="unused")
    request = urllib.request.Request(
        local_hub.endpoint + "/api/whoami-v2", headers={"Authorization": f"Bearer {ada.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["name"] == "ada"
    assert {token.name: token.last_used_at is not None for token in local_hub.tokens("ada")} == {
        "ada-write": True,
        "unused": False,
    }


def test_interrupted_start_leaves_no_running_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    start = RunningHub.start

    def interrupted(running: RunningHub) -> None:
        start(running)
        raise KeyboardInterrupt

    hub = LocalHub(tmp_path)
    before = set(threading.enumerate())
    with monkeypatch.context() as patch:
        patch.setattr(RunningHub, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            hub.start()
    assert not [each.name for each in set(threading.enumerate()) - before if each.name.startswith("hub:")]
    with hub:
        assert hub.create_user("ada").token


def test_only_allowed_origins_may_show_pages_in_a_frame() -> None:
    with LocalHub(frames=("http://127.0.0.1:8888/lab?token=x",)) as hub:
        hub.allow_frames("http://localhost:8889/lab")
        with urllib.request.urlopen(f"{hub.endpoint}/models") as answer:
            policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'self' http://127.0.0.1:8888 http://localhost:8889")
        with urllib.request.urlopen(f"{hub.endpoint}/login") as answer:
            assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        hub.stop()
        hub.start()
        with urllib.request.urlopen(f"{hub.endpoint}/models") as answer:
            assert answer.headers["Content-Security-Policy"] == policy
    with pytest.raises(HubRefused, match="is not the address of a page"), LocalHub(frames=("8888; script-src *",)):
        pass
