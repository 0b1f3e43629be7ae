"""Lists of commits, and squashing them, by the unmodified client."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import ClientError, PythonClient


def test_commits_of_a_branch_are_listed_newest_first(
    hub: LocalHub, ada: Account, python_client: PythonClient, history: str
) -> None:
    listed = python_client.run(
        "commits = huggingface_hub.HfApi(token=token).list_repo_commits(name, revision='side')\n"
        "result = [[commit.commit_id, commit.title] for commit in commits]",
        token=ada.token,
        name=history,
    )
    expected = hub.repository(history).commits("side")
    assert listed == [[commit.oid, commit.title] for commit in expected]
    assert len(listed) == 5


def test_squashed_branch_has_one_commit_with_the_same_files(
    hub: LocalHub, ada: Account, python_client: PythonClient, history: str
) -> None:
    repository = hub.repository(history)
    files, side = repository.files(), repository.commits("side")
    python_client.run("huggingface_hub.HfApi(token=token).super_squash_history(name)", token=ada.token, name=history)
    assert repository.files() == files
    (only,) = repository.commits()
    assert only.parents == ()
    assert repository.commits("side") == side


def test_other_users_cannot_rewrite_history(
    bob: Account, python_client: PythonClient, client_error: type[ClientError], history: str
) -> None:
    for action in ("super_squash_history(name)", "list_lfs_files(name).__next__()"):
        with pytest.raises(client_error, match="403"):
            python_client.run(f"huggingface_hub.HfApi(token=token).{action}", token=bob.token, name=history)
