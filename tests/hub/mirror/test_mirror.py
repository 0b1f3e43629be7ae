"""Copy repositories from one Hub to another, over a real socket."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from autograde import settings
from autograde.errors import HubRefused, HubUnreachable
from autograde.hub import Account, LocalHub
from autograde.hub.mirror.copying import Copied, copy
from autograde.hub.mirror.source import Source, listed, wanted
from tests.hub.clients import PythonClient
from tests.hub.mirror.opening import opened

CARD = b"---\nlicense: mit\n---\n# m\n"
WEIGHTS = hashlib.shake_128(b"mirror").digest(3_000_000)
FILES = {"README.md": CARD, "w.safetensors": WEIGHTS, "sub/\u957f 1.txt": "长".encode(), "empty.txt": b""}


@pytest.fixture(scope="module")
def school() -> Iterator[LocalHub]:
    """The Hub to copy from."""
    with LocalHub() as hub:
        yield hub


@pytest.fixture
def owner(school: LocalHub, new_name: Callable[[str], str]) -> Account:
    return school.create_user(new_name("owner"))


@pytest.fixture
def name(school: LocalHub, owner: Account) -> str:
    school.create_repository(f"{owner.name}/m", files=FILES)
    return f"{owner.name}/m"


def copied(school: LocalHub, data: Path, name: str, *, history: bool = False, token: str = "") -> Copied:
    source = Source(school.endpoint, token, pause=lambda seconds: None)
    with opened(data) as hub:
        return copy(hub, source, source.describe(wanted(name)), history=history, report=lambda path, size: None)


def call(school: LocalHub, account: Account, method: str, path: str, body: Any) -> None:
    headers = {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"}
    request = urllib.request.Request(school.endpoint + path, json.dumps(body).encode(), headers, method=method)
    urllib.request.urlopen(request, timeout=20).close()


def test_copy_has_the_files_card_and_licence_in_one_commit(school: LocalHub, name: str, tmp_path: Path) -> None:
    done = copied(school, tmp_path / "data", name)
    assert (done.new, done.licence, done.files) == (True, "mit", len(FILES) + 1)
    assert any("history" in text for text in done.skipped)
    with LocalHub(data=tmp_path / "data") as hub:
        target = hub.repository(name)
        assert target.files() == school.repository(name).files()
        assert target.lfs_paths() == ["w.safetensors"]
        assert len(target.commits()) == 1


def test_second_copy_changes_nothing_until_the_source_changes(
    school: LocalHub, owner: Account, name: str, tmp_path: Path, python_client: PythonClient
) -> None:
    copied(school, tmp_path / "data", name)
    assert not copied(school, tmp_path / "data", name).new
    call(school, owner, "DELETE", "/api/repos/delete", {"name": "m"})
    school.create_repository(name, files={"README.md": CARD, "new.txt": b"new"})
    assert copied(school, tmp_path / "data", name).new
    with LocalHub(data=tmp_path / "data") as hub:
        assert set(hub.repository(name).files()) == {".gitattributes", "README.md", "new.txt"}
        assert len(hub.repository(name).commits()) == 2


def test_copy_with_history_has_every_commit_branch_tag_and_large_file(
    school: LocalHub, owner: Account, name: str, tmp_path: Path
) -> None:
    call(school, owner, "POST", f"/api/models/{name}/tag/main", {"tag": "v1"})
    school.add_files(name, {"w.safetensors": WEIGHTS[::-1]})
    call(school, owner, "POST", f"/api/models/{name}/branch/side", {})
    theirs = school.repository(name)
    strange = b"refs/heads/a\xe2\x80\xa8b\xff"  # a line separator of Unicode, and a byte that is not UTF-8
    school.hub.git.run(theirs._found().id, "update-ref", os.fsdecode(strange), str(theirs.head()))
    copied(school, tmp_path / "data", name, history=True)
    with LocalHub(data=tmp_path / "data") as hub:
        ours = hub.repository(name)
        assert [commit.oid for commit in ours.commits()] == [commit.oid for commit in theirs.commits()]
        assert ours.head("v1") == theirs.head("v1")
        assert ours.head("side") == theirs.head("side")
        assert ours.head(os.fsdecode(strange)) == theirs.head()
        assert ours.files("v1")["w.safetensors"] == WEIGHTS
        assert ours.files()["w.safetensors"] == WEIGHTS[::-1]


def test_gated_and_private_repositories_need_a_token_that_may_read_them(
    school: LocalHub, owner: Account, name: str, tmp_path: Path, new_name: Callable[[str], str]
) -> None:
    call(school, owner, "PUT", f"/api/models/{name}/settings", {"gated": "manual"})
    with pytest.raises(HubRefused, match="is gated"):
        copied(school, tmp_path / "data", name)
    stranger = school.create_user(new_name("stranger"))
    with pytest.raises(HubRefused, match="is gated"):
        copied(school, tmp_path / "data", name, token=stranger.token)
    assert copied(school, tmp_path / "data", name, token=owner.token).gated == "manual"
    school.create_repository(f"{owner.name}/hidden", private=True, files={"a.txt": b"a"})
    with pytest.raises(HubRefused, match="or it is private"):
        copied(school, tmp_path / "data", f"{owner.name}/hidden")
    copied(school, tmp_path / "data", f"{owner.name}/hidden", token=owner.token)
    copied(school, tmp_path / "data", f"{owner.name}/hidden", token=owner.token, history=True)
    with LocalHub(data=tmp_path / "data") as hub:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{hub.endpoint}/{name}/resolve/main/w.safetensors")
        assert caught.value.headers["X-Error-Code"] == "GatedRepo"
        caught.value.close()
        with pytest.raises(urllib.error.HTTPError) as hidden:
            urllib.request.urlopen(f"{hub.endpoint}/api/models/{owner.name}/hidden")
        hidden.value.close()


def test_token_is_not_sent_to_another_address(school: LocalHub, owner: Account) -> None:
    source = Source(school.endpoint, owner.token)
    sent: list[bool] = []

    class Opener:
        def open(self, request: urllib.request.Request, timeout: float) -> Any:
            sent.append(request.has_header("Authorization") or "Authorization" in request.unredirected_hdrs)
            raise OSError("not needed")

    source._opener = Opener()  # type: ignore[assignment]
    for url in (f"{school.endpoint}/api/x", "http://127.0.0.1:9/x", f"{school.endpoint}0/x"):
        with pytest.raises(OSError, match="not needed"), source._open(url):
            pass
    assert sent == [True, False, False]
    with pytest.raises(HubRefused, match="file:///etc/passwd"), source._open("file:///etc/passwd"):
        pass


def test_interrupted_download_is_continued(
    school: LocalHub, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, ranges = Source(school.endpoint, pause=lambda seconds: None), list[str]()
    original = source._open

    @contextmanager
    def interrupted(url: str, body: Any = None, **headers: str) -> Iterator[Any]:
        with original(url, body, **headers) as answer:
            if "w.safetensors" in url:
                ranges.append(headers.get("Range", ""))
                if len(ranges) < 3:
                    first = answer.read(1_000_000)

                    class Broken:
                        status = answer.status
                        pieces: ClassVar[list[bytes]] = [first]

                        def read(self, size: int) -> bytes:
                            if not self.pieces:
                                raise ConnectionResetError
                            return self.pieces.pop()

                    yield Broken()
                    return
            yield answer

    monkeypatch.setattr(source, "_open", interrupted)
    with opened(tmp_path / "data") as data:
        copy(data, source, source.describe(wanted(name)), report=lambda path, size: None)
        assert not list((data.data / "mirror").iterdir())
    assert ranges == ["", "bytes=1000000-", "bytes=2000000-"]
    with LocalHub(data=tmp_path / "data") as hub:
        assert hub.repository(name).files()["w.safetensors"] == WEIGHTS


def test_damaged_bytes_are_refused_and_the_next_copy_succeeds(school: LocalHub, name: str, tmp_path: Path) -> None:
    partial = tmp_path / "data" / "mirror" / hashlib.sha256(WEIGHTS).hexdigest()
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"x" * 1000)
    with pytest.raises(HubRefused, match="arrived damaged"):
        copied(school, tmp_path / "data", name)
    assert copied(school, tmp_path / "data", name).new
    with LocalHub(data=tmp_path / "data") as hub:
        assert hub.repository(name).files()["w.safetensors"] == WEIGHTS


def test_repository_of_a_learner_is_never_replaced(school: LocalHub, name: str, tmp_path: Path) -> None:
    with LocalHub(data=tmp_path / "data") as hub:
        hub.create_user(name.partition("/")[0])
        hub.create_repository(name, files={"mine.txt": b"mine"})
    with pytest.raises(HubRefused, match="that is not a copy"):
        copied(school, tmp_path / "data", name)
    with LocalHub(data=tmp_path / "data") as hub:
        assert hub.repository(name).files()["mine.txt"] == b"mine"


def test_duplicate_of_a_copy_is_not_a_copy(school: LocalHub, name: str, tmp_path: Path) -> None:
    """The next mirror overwrote it, or took a learner's files for those of the other Hub."""
    copied(school, tmp_path / "data", name)
    with LocalHub(data=tmp_path / "data") as hub:
        eve = hub.create_user("eve")
        call(hub, eve, "POST", f"/api/models/{name}/duplicate", {"repository": "eve/m"})
    school.create_user("eve")
    school.create_repository("eve/m", files={"a.txt": b"another\n"})
    with pytest.raises(HubRefused, match="not a copy"):
        copied(school, tmp_path / "data", "eve/m")


def test_error_names_the_hub_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(HubUnreachable, match=r"http://127\.0\.0\.1:9 does not answer"):
        Source("http://127.0.0.1:9").describe(wanted("a/b"))


def test_names_and_lists_accept_comments_prefixes_and_revisions() -> None:
    found = listed("\ufeff# the models of week 1\nada/m\n\ndatasets/ada/d@v1 # rows\r\nmodels/ada/n@refs/pr/1\n")
    assert [(f.type, f.name, f.revision) for f in found] == [
        ("model", "ada/m", "main"), ("dataset", "ada/d", "v1"), ("model", "ada/n", "refs/pr/1"),
    ]  # fmt: skip
    for bad in ("m", "https://huggingface.co/ada/m", "ada/m/x", "../m", ""):
        with pytest.raises(HubRefused, match="is not the name of a repository"):
            wanted(bad)


def test_command_copies_a_list_and_reports_failed_copies(
    school: LocalHub, owner: Account, name: str, tmp_path: Path
) -> None:
    school.create_repository(f"{owner.name}/rows", type="dataset", files={"a.csv": b"a\n"})
    (tmp_path / "models.txt").write_text(f"{name}\ndatasets/{owner.name}/rows  # rows\n{owner.name}/none\n", "utf-8")
    command = [sys.executable, "-m", "autograde", "hub", "mirror", "--list", str(tmp_path / "models.txt")]
    command += ["--from", school.endpoint, "--data", str(tmp_path / "data")]

    def run(*more: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = settings.environment() | {"AUTOGRADE_LANGUAGE": "en"} | variables
        return subprocess.run([*command, *more], env=environment, capture_output=True, text=True, check=False)

    done = run(HF_TOKEN="hf_never_read")
    assert done.returncode == 1, done.stderr
    assert "licence: mit" in done.stdout
    assert "not copied: its history" in done.stdout
    assert f"has no api/models/{owner.name}/none" in " ".join(done.stdout.split())
    again = run(AUTOGRADE_LANGUAGE="zh")
    assert again.stdout.count("已经有了") == 2
    missing = run("--token-env", "CLASS_TOKEN")
    assert (missing.returncode, "CLASS_TOKEN is not set" in missing.stderr) == (1, True)
    with LocalHub(data=tmp_path / "data") as hub:
        assert hub.repository(f"{owner.name}/rows", type="dataset").files()["a.csv"] == b"a\n"
        assert os.stat(tmp_path / "data").st_mode & 0o077 == 0
