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
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from autograde.errors import HubRefused
from autograde.hub import LocalHub
from autograde.hub.config import HubConfig, Limits
from autograde.hub.environment import client_environment
from autograde.hub.people import access_tokens, accounts
from autograde.hub.repos import quota
from autograde.hub.server import RunningHub

OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

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
        for name, size in {"first.bin": 700_000, "second.bin": 400_000, "third.bin": 200_000}.items():
            (tmp_path / name).write_bytes(os.urandom(size))

        def upload(name: str) -> str:
            command = [sys.executable, "-c", UPLOAD, token, name]
            done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
            return done.stderr if done.returncode else ""

        assert upload("first.bin") == ""
        # hf_xet itself would show only the number 413. The commits' own bytes count too.
        assert re.search(r"70\d,\d{3} of 1,000,000 bytes", upload("second.bin"))
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
