"""A Hub's limits as they are written on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from autograde.errors import HubRefused
from autograde.hub import LocalHub
from autograde.hub.config import Limits
from autograde.session.hub_limits import changed_limits


def test_limits_can_be_changed_and_are_enforced(tmp_path: Path) -> None:
    assert changed_limits(["owner_storage=2GB", "failed_logins=300"]) == replace(
        Limits(), owner_storage=2 * 10**9, failed_logins=300
    )
    with LocalHub(tmp_path, durable=False, limits=changed_limits(["owner_storage=3kb"])) as hub:
        token = hub.create_user("ada").token
        hub.create_repository("ada/m")
        with pytest.raises(HfHubHTTPError, match="do not fit"):
            HfApi(hub.endpoint, token=token).upload_file(
                path_or_fileobj=b"word " * 1000, path_in_repo="a.txt", repo_id="ada/m"
            )


@pytest.mark.parametrize("number", ["0", "-1", "9" * 5000, "9" * 19, "10000000TB", "1e9", "five", ""])
def test_limit_that_is_no_usable_number_is_rejected(number: str) -> None:
    """5000 digits raised a ValueError, and 19 digits are more than the database can compare."""
    with pytest.raises(HubRefused, match="is not a limit"):
        changed_limits([f"owner_storage={number}"])
