"""The storage quota of a namespace applies to every upload protocol. Also: limits on wrong passwords."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from autograde.errors import HubRefused
from autograde.hub import LocalHub
from autograde.hub.config import HubConfig, Limits
from autograde.hub.environment import client_environment
from autograde.hub.people import access_tokens, accounts
from autograde.hub.refusals import Refusal
from autograde.hub.repos import quota
from autograde.hub.repos.repositories import create_repository
from autograde.hub.server import RunningHub
from autograde.models import gallery
from autograde.session.seeding import seed
from tests.hub.clients import JsonClient
from tests.local_requests import OPENER

UPLOAD = """
import sys
from huggingface_hub import HfApi
api = HfApi(token=sys.argv[1])
api.create_repo("m", exist_ok=True)
api.upload_file(repo_id="ada/m", path_in_repo=sys.argv[2], path_or_fileobj=sys.argv[2])
"""


@pytest.mark.parametrize("variables", [{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])
def test_upload_over_quota_is_refused_and_smaller_one_accepted(variables: dict[str, str], tmp_path: Path) -> None:
    limits = Limits(owner_storage=1_000_000)
    running = RunningHub(HubConfig(data=tmp_path / "data", durable=False, password_cost=16, limits=limits))
    running.start()
    try:
        ada = accounts.create_user(running.hub, "ada")
        token = access_tokens.create_token(running.hub, ada)
        environment = client_environment(f"http://127.0.0.1:{running.port}", tmp_path / "home") | variables
        sizes = {"first.bin": 700_000, "second.bin": 400_000, "third.bin": 200_000, "retrained.bin": 700_000}
        for name, size in sizes.items():
            (tmp_path / name).write_bytes(os.urandom(size))

        def upload(name: str) -> str:
            command = [sys.executable, "-c", UPLOAD, token, name]
            done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
            return done.stderr if done.returncode else ""

        assert upload("first.bin") == ""
        # hf_xet itself would show only the number 413. The commits' own bytes count too.
        assert re.search(r"70\d,\d{3} of 1,000,000 bytes", upload("second.bin"))
        # Before the upload, it could be another copy of the first file.
        assert re.search(r"70\d,\d{3} of 1,000,000 bytes", upload("retrained.bin"))
        assert upload("third.bin") == ""
        # Uploading the same file again uses no more space.
        assert upload("first.bin") == ""
        assert 900_000 < quota.used(running.hub, ada.id) < 910_000
    finally:
        running.stop()


def test_sizes_are_checked_before_an_upload_but_files_that_are_there_need_no_room(tmp_path: Path) -> None:
    with LocalHub(tmp_path, durable=False, limits=Limits(owner_storage=1_000_000)) as hub:
        token = hub.create_user("ada").token
        hub.create_repository("ada/m")
        api = HfApi(hub.endpoint, token=token)
        api.upload_file(repo_id="ada/m", path_in_repo="a.bin", path_or_fileobj=os.urandom(700_000))

        def status(*sizes: int) -> int:
            sample = base64.b64encode(b"\0\1").decode()
            files = [{"path": f"{number}.bin", "size": size, "sample": sample} for number, size in enumerate(sizes)]
            request = urllib.request.Request(
                f"{hub.endpoint}/api/models/ada/m/preupload/main",
                data=json.dumps({"files": files}).encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            try:
                with OPENER.open(request, timeout=10) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as refused:
                with refused:
                    return refused.code

        # A copy of a.bin under other names; two files that may be identical; and numbers that no file has.
        assert status(700_000, 700_000) == 200
        assert status(200_000, 200_000) == 200
        assert status(200_000, 200_001) == 413
        assert status(10**15, 10**15 + 1) == 413
        assert status(-1) == 200


@pytest.fixture
def small() -> Iterator[LocalHub]:
    """A Hub where every namespace may have two repositories; ada has two."""
    with LocalHub(limits=Limits(repositories=2)) as hub:
        hub.create_user("ada")
        hub.create_repository("ada/m")
        hub.create_repository("ada/n")
        yield hub


@pytest.mark.parametrize("variables", [{}, {"HF_HUB_DISABLE_XET": "1"}], ids=["xet", "lfs"])
def test_number_of_large_files_is_limited_however_small_they_are(variables: dict[str, str], tmp_path: Path) -> None:
    """Each takes an inode of the disk, and of these there is a limited number."""
    with LocalHub(tmp_path / "data", limits=Limits(large_files=2)) as hub:
        ada = hub.create_user("ada")
        outputs = list[str]()
        for name in ("a.bin", "b.bin", "c.bin", "note.txt"):
            (tmp_path / name).write_text(f"content of {name}")
            command = [sys.executable, "-c", UPLOAD, ada.token, name]
            variables = hub.environment() | variables
            done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
            outputs.append(done.stderr if done.returncode else "")
        assert [bool(output) for output in outputs] == [False, False, True, False]
        if "HF_HUB_DISABLE_XET" in variables:
            assert "ada has 2 large files on this Hub, and at most 2 are allowed" in outputs[2]
        assert hub.repository("ada/m").lfs_paths() == ["a.bin", "b.bin"]
        JsonClient(hub, ada.token)("POST", "/api/repos/create", {"name": "more"})
        moved = {"repository": "ada/n"}
        assert JsonClient(hub, ada.token)("POST", "/api/models/ada/m/duplicate", moved).status == 413


def test_uploads_work_at_the_limit_of_repositories(small: LocalHub, tmp_path: Path) -> None:
    """``push_to_hub`` first creates the repository with ``exist_ok``."""
    token = small.create_token("ada", role="write")
    (tmp_path / "a.txt").write_text("a")
    environment = client_environment(small.endpoint, tmp_path / "home")
    subprocess.run([sys.executable, "-c", UPLOAD, token, "a.txt"], env=environment, cwd=tmp_path, check=True)
    assert "a.txt" in small.repository("ada/m").files()
    ask = JsonClient(small, token)
    assert ask("POST", "/api/repos/create", {"name": "n"}).status == 409
    assert ask("POST", "/api/models/ada/m/duplicate", {"repository": "ada/n"}).status == 409
    refused = ask("POST", "/api/repos/create", {"name": "x"})
    assert refused.status == 413
    assert "no more repositories; the limit is 2" in refused.json["error"]
    assert not small.repository("ada/x").exists


def test_repositories_beyond_the_limit_cannot_be_moved_to_an_organisation(small: LocalHub) -> None:
    small.create_organization("team", members={"ada": "admin"})
    api = HfApi(small.endpoint, token=small.create_token("ada", role="write"))
    for name in ("m", "n"):
        api.move_repo(f"ada/{name}", f"team/{name}")
    small.create_repository("ada/x")
    with pytest.raises(HfHubHTTPError, match="allows team no more repositories"):
        api.move_repo("ada/x", "team/x")
    api.move_repo("ada/x", "ada/y")
    api.move_repo("team/m", "team/z")
    assert sorted(each.full_name for each in small.repositories()) == ["ada/y", "team/n", "team/z"]


def test_concurrent_requests_cannot_exceed_the_limit_of_repositories(small: LocalHub) -> None:
    bob = accounts.create_user(small.hub, "bob")
    together = Barrier(6)

    def create(number: int) -> bool:
        together.wait(20)
        try:
            create_repository(small.hub, bob, f"m{number}")
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        assert sum(threads.map(create, range(6))) == 2


def test_person_who_runs_the_hub_may_add_more_repositories(small: LocalHub) -> None:
    """Otherwise a Hub that allows learners a few would not start with the models of the course."""
    small.create_repository("ada/x")
    assert seed(small) == list(gallery.NAMES)


def test_too_many_wrong_passwords_are_refused() -> None:
    with LocalHub() as hub:
        hub.create_user("ada", password="correct horse")
        hub.create_user("bob", password="battery staple")
        tries = hub.hub.config.limits.failed_logins
        for number in range(tries):
            assert accounts.check_password(hub.hub, "ADA", f"wrong {number}") is None
        with pytest.raises(HubRefused, match="Too many wrong passwords"):
            accounts.check_password(hub.hub, "ada", "correct horse")
        assert accounts.check_password(hub.hub, "bob", "battery staple")
        hub.hub.database.execute("UPDATE login_failures SET at = at - ?", (hub.hub.config.limits.login_window * 1000,))
        assert accounts.check_password(hub.hub, "ada", "correct horse")


def test_right_password_resets_the_count_of_wrong_ones() -> None:
    with LocalHub() as hub:
        hub.create_user("ada", password="correct horse")
        for __ in range(3):
            for number in range(hub.hub.config.limits.failed_logins - 1):
                assert accounts.check_password(hub.hub, "ada", f"wrong {number}") is None
            assert accounts.check_password(hub.hub, "ada", "correct horse")
