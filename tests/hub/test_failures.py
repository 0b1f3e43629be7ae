"""Mistakes raise the exceptions that huggingface_hub has for them."""

from __future__ import annotations

import pytest

from autograde.hub import LocalHub
from tests.hub.clients import ClientError, PythonClient

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
def mistaken(hub: LocalHub, python_client: PythonClient) -> dict[str, str]:
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
