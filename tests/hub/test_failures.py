"""Mistakes raise the exceptions that huggingface_hub has for them."""

from __future__ import annotations

import pytest

from autograde.hub import LocalHub
from tests.hub.clients import ClientError, PythonClient

#: A mistake, with the client's exception class and message for it.
MISTAKES = {
    "no such repository": ("api.model_info(me + '/none')", "RepositoryNotFoundError", "404"),
    "no such repository, not logged in": (
        "huggingface_hub.HfApi(token=False).model_info(me + '/none')", "RepositoryNotFoundError", "401",
    ),
    "no such file": ("api.hf_hub_download(name, 'none.txt')", "RemoteEntryNotFoundError", "Entry Not Found"),
    "no such revision": ("api.hf_hub_download(name, 'a.txt', revision='v9')", "RevisionNotFoundError", "Revision Not"),
    "wrong token": ("huggingface_hub.HfApi(token='hf_wrong').whoami()", "HfHubHTTPError", "Invalid user token"),
    "write with a read token": (
        "huggingface_hub.HfApi(token=read).upload_file(path_or_fileobj=b'', path_in_repo='x', repo_id=name)",
        "HfHubHTTPError", "role 'write'",
    ),
    "create with a read token": ("huggingface_hub.HfApi(token=read).create_repo(me + '/new')", "HfHubHTTPError", "403"),
    "write to another user's repository": (
        "huggingface_hub.HfApi(token=stranger).upload_file(path_or_fileobj=b'', path_in_repo='x', repo_id=name)",
        "HfHubHTTPError", "belongs to",
    ),
    "read another user's private repository": (
        "huggingface_hub.HfApi(token=stranger).model_info(private)", "RepositoryNotFoundError", "404",
    ),
    "create in another user's namespace": (
        "huggingface_hub.HfApi(token=stranger).create_repo(me + '/new')", "HfHubHTTPError", "rights to create",
    ),
    "name already taken": ("api.create_repo(name)", "HfHubHTTPError", "already created"),
    "branch already exists": ("api.create_branch(name, branch='main')", "HfHubHTTPError", "already exists"),
    "delete main": ("api.delete_branch(name, branch='main')", "HfHubHTTPError", "Cannot delete refs/heads/main"),
    "delete a missing file": ("api.delete_file('none', name)", "HfHubHTTPError", "404"),
    "unknown license": (
        "api.upload_file(path_or_fileobj=b'---\\nlicense: mine\\n---\\n', path_in_repo='README.md', repo_id=name)",
        "ValueError", "must be one of",
    ),
    "branch has moved": (
        "api.create_commit(name, [huggingface_hub.CommitOperationAdd('x', b'')], commit_message='m', "
        "parent_commit='0' * 40)", "HfHubHTTPError", "412",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def mistaken(hub: LocalHub, python_client: PythonClient) -> dict[str, str]:
    """Ada, her public and private repositories, her read token, and another user's token."""
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
def test_mistake_raises_the_clients_exception(
    hub: LocalHub, mistaken: dict[str, str], python_client: PythonClient, client_error: type[ClientError], mistake: str
) -> None:
    code, kind, words = MISTAKES[mistake]
    before = hub.repository(mistaken["name"]).head()
    with pytest.raises(client_error) as raised:
        python_client.run(f"api = huggingface_hub.HfApi(token=token)\n{code}", **mistaken)
    assert kind in raised.value.kinds
    assert words in raised.value.message
    assert hub.repository(mistaken["name"]).head() == before
