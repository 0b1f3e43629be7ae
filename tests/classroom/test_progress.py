"""A learner's progress is derived from the requests of real clients, for every protocol."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from autograde.classroom.progress import ORDERS, STEPS, LearnerProgress, arranged, learners, reached
from autograde.hub import Account, LocalHub
from autograde.hub.core import Hub
from autograde.hub.events import Sender, record
from autograde.hub.people import accounts
from tests.hub.clients import Git, commit_body, file_line
from tests.local_requests import OPENER

WEIGHTS = bytes(range(256)) * 40


@pytest.fixture
def room() -> Iterator[LocalHub]:
    """Start a separate Hub, because the tests count all of its learners."""
    with LocalHub() as hub:
        yield hub


def learner(hub: LocalHub, name: str) -> LearnerProgress:
    (found,) = learners(hub.hub, name)
    assert [found] == [one for one in learners(hub.hub) if one.name == name], (
        "the learner alone differs from the learner in the class"
    )
    return found


def done(hub: LocalHub, name: str) -> list[str]:
    return [step for step, at in learner(hub, name).steps.items() if at is not None]


def send(hub: LocalHub, account: Account, path: str, body: bytes, kind: str = "application/json") -> None:
    request = urllib.request.Request(hub.endpoint + path, body)
    request.add_header("Authorization", f"Bearer {account.token}")
    request.add_header("Content-Type", kind)
    OPENER.open(request).close()


def fill(hub: LocalHub, account: Account, files: dict[str, bytes]) -> None:
    """Create the user's repository ``m`` with some files, as an HTTP client without LFS would."""
    send(hub, account, "/api/repos/create", json.dumps({"name": "m"}).encode())
    body = commit_body(*(file_line(path, content) for path, content in files.items()))
    send(hub, account, f"/api/models/{account.name}/m/commit/main", body, "application/x-ndjson")


def test_following_the_tutorial_with_git_completes_each_step(room: LocalHub, tmp_path: Path) -> None:
    """Each step is done when its commands have run, not before. A clone of the empty repository is not a download."""
    ada, home = room.create_user("ada"), tmp_path / "home"
    git = Git(room.environment(home), home)
    git.answer("ada", ada.token)
    assert done(room, "ada") == ["account", "login"]
    send(room, ada, "/api/repos/create", b'{"name": "mymodel04"}')
    assert done(room, "ada") == ["account", "login", "repository"]
    git("clone", f"{room.endpoint}/ada/mymodel04", tmp_path / "m")
    (tmp_path / "m" / "config.json").write_text("{}")
    git("add", ".", cwd=tmp_path / "m")
    git("commit", "-m", "no weights yet", cwd=tmp_path / "m")
    git("push", cwd=tmp_path / "m")
    assert done(room, "ada") == ["account", "login", "repository"]
    assert learner(room, "ada").pushed.size == 2
    (tmp_path / "m" / "model.safetensors").write_bytes(WEIGHTS)
    git("add", ".", cwd=tmp_path / "m")
    git("commit", "-m", "weights", cwd=tmp_path / "m")
    git("push", cwd=tmp_path / "m")
    assert done(room, "ada") == ["account", "login", "repository", "push"]
    assert learner(room, "ada").pushed.size == 2 + len(WEIGHTS)
    assert learner(room, "ada").pushed.ways == {"git", "LFS"}
    # git sends no user name when it clones a public repository.
    git("clone", f"{room.endpoint}/ada/mymodel04", tmp_path / "again")
    assert (tmp_path / "again" / "model.safetensors").read_bytes() == WEIGHTS
    found = learner(room, "ada")
    assert found.steps["download"] is not None
    assert found.unnamed == {"download"}
    assert found.downloaded.ways == {"git", "LFS"}
    assert found.downloaded.latest() == ["ada/mymodel04"]
    assert found.steps["load"] is None
    times = [at for at in found.steps.values() if at is not None]
    assert times == sorted(times)


@pytest.mark.parametrize("way", ["Xet", "LFS"])
def test_uploading_and_downloading_with_python_completes_the_steps(room: LocalHub, tmp_path: Path, way: str) -> None:
    ada, bob = room.create_user("ada"), room.create_user("bob")
    variables = room.environment(tmp_path / "home") | ({"HF_HUB_DISABLE_XET": "1"} if way == "LFS" else {})

    def client(code: str, token: str) -> None:
        program = f"import huggingface_hub\ntoken, folder = {token!r}, {str(tmp_path)!r}\n{textwrap.dedent(code)}"
        subprocess.run([sys.executable, "-c", program], env=variables, check=True, capture_output=True)

    client(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo("ada/m")
        api.upload_file(path_or_fileobj=bytes(range(256)) * 40, path_in_repo="model.safetensors", repo_id="ada/m")
        """
        if way == "LFS"
        else """
        import pathlib
        api = huggingface_hub.HfApi(token=token)
        api.create_repo("ada/m")
        path = pathlib.Path(folder, "w.safetensors")
        path.write_bytes(bytes(range(256)) * 40)
        api.upload_file(path_or_fileobj=path, path_in_repo="model.safetensors", repo_id="ada/m")
        """,
        ada.token,
    )
    found = learner(room, "ada")
    assert done(room, "ada") == ["account", "login", "repository", "push"]
    assert (found.pushed.size, found.pushed.ways) == (len(WEIGHTS), {"HTTP", way})
    client('huggingface_hub.snapshot_download("ada/m", token=token)', bob.token)
    found = learner(room, "bob")
    assert done(room, "bob") == ["account", "login", "download"]
    assert not found.unnamed
    assert found.downloaded.latest() == ["ada/m"]
    assert "HTTP" in found.downloaded.ways
    assert way == "LFS" or "Xet" in found.downloaded.ways
    assert found.downloaded.size >= len(WEIGHTS)
    assert done(room, "ada") == ["account", "login", "repository", "push"], "bob's download was counted for ada"


@pytest.mark.parametrize(
    ("method", "path", "agent", "loaded"),
    [
        ("HEAD", "/ada/m/resolve/main/model.safetensors", "unknown/None; hf_hub/2.4.0; transformers/5.23.0", True),
        ("GET", "/api/models/ada/m", "transformers/5.23.0; hf_hub/2.4.0", True),
        ("HEAD", "/ada/m/resolve/main/README.md", "unknown/None; hf_hub/2.4.0; transformers/5.23.0", False),
        ("GET", "/api/models/ada/m", "huggingface-cli/None; hf_hub/2.4.0", False),
        ("HEAD", "/ada/m/resolve/main/model.safetensors", "curl/8.0", False),
    ],
)
def test_loading_is_recognised_from_the_requests_of_transformers(
    room: LocalHub, method: str, path: str, agent: str, loaded: bool
) -> None:
    """Requests of transformers 5.23 with an empty and a full cache; tests/test_tutorial.py runs transformers itself."""
    ada = room.create_user("ada")
    fill(room, ada, {"README.md": b"# m", "model.safetensors": WEIGHTS[1:256]})
    request = urllib.request.Request(room.endpoint + path, method=method)
    request.add_header("User-Agent", agent)
    OPENER.open(request).close()
    assert ("load" in done(room, "ada")) is loaded
    assert ("load" in learner(room, "ada").unnamed) is loaded


def test_activity_equals_the_totals_of_the_events(room: LocalHub) -> None:
    for name in ("ada", "bob"):
        fill(room, room.create_user(name), {"a.txt": b"abc", "b.txt": b"d", "model.safetensors": WEIGHTS[1:256]})
    with OPENER.open(f"{room.endpoint}/ada/m/resolve/main/a.txt") as answer:
        assert answer.read() == b"abc"
    expected: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in room.hub.database.all("SELECT * FROM events"):
        detail = json.loads(row["detail"])
        sums = expected[row["user_id"] or "", row["repository_id"] or "", row["kind"]]
        for place, number in enumerate((1, detail.get("files", 0), detail.get("size", 0))):
            sums[place] += number
    found = {
        (row["user_id"], row["repository_id"], row["kind"]): [row["times"], row["files"], row["size"]]
        for row in room.hub.database.all("SELECT * FROM activity")
    }
    assert found == dict(expected)
    assert any(sums[2] for sums in found.values())


def test_teachers_and_organisations_are_not_learners(store: Hub) -> None:
    accounts.create_user(store, "tina", administrator=True)
    accounts.create_user(store, "class", kind="org")
    ada = accounts.create_user(store, "ada")
    assert [one.name for one in learners(store)] == ["ada"]
    accounts.set_administrator(store, ada)
    assert learners(store) == []


def test_table_is_sorted_and_filtered(store: Hub) -> None:
    for number, name in enumerate(("cleo", "ada", "bob")):
        user = accounts.create_user(store, name, email=f"{name}@example.org", fullname=f"{name.title()} Péréz")
        for __ in range(number):
            record(store, "git.pushed", Sender(user_id=user.id, user_name=name), detail={"size": 5, "weights": True})
    everyone = learners(store)
    assert [one.name for one in arranged(everyone)] == ["ada", "bob", "cleo"]
    assert [one.name for one in arranged(everyone, order="-name")] == ["cleo", "bob", "ada"]
    assert [one.name for one in arranged(everyone, order="-pushed")] == ["bob", "ada", "cleo"]
    assert [one.name for one in arranged(everyone, order="nonsense")] == ["ada", "bob", "cleo"]
    assert [one.name for one in arranged(everyone, text="CLEO p")] == ["cleo"]
    assert [one.name for one in arranged(everyone, text="bob@")] == ["bob"]
    assert [one.name for one in arranged(everyone, lacking="push")] == ["cleo"]
    assert reached(everyone) == dict(zip(STEPS, (3, 0, 0, 2, 0, 0), strict=True))
    for order in ORDERS:
        up, down = arranged(everyone, order=order), arranged(everyone, order=f"-{order}")
        assert {one.name for one in up} == {one.name for one in down} == {"ada", "bob", "cleo"}


def test_steps_remain_after_repository_is_deleted(store: Hub) -> None:
    user = accounts.create_user(store, "ada")
    for kind, detail in (("repository.created", {}), ("git.pushed", {"weights": True}), ("git.fetched", {})):
        record(
            store,
            kind,
            Sender(user_id=user.id, user_name="ada"),
            repository_id="gone",
            repository_name="ada/m",
            detail=detail,
        )
    (found,) = learners(store)
    assert found.pushed.latest() == ["ada/m"]
    assert [step for step, at in found.steps.items() if at is None] == ["login", "load"]
    assert all(a <= b for a, b in pairwise(at for at in found.steps.values() if at))
