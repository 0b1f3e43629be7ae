"""Gated repositories: visible to all, but readable only with granted access."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from autograde.errors import HubRefused
from autograde.hub import Account, LocalHub, Visitor
from tests.hub.clients import ClientError, Git, JsonClient, PythonClient

READ = """
import tempfile
result = open(huggingface_hub.hf_hub_download(name, "secret.txt", token=token, cache_dir=tempfile.mkdtemp())).read()
"""


@pytest.fixture
def name(ada: Account, python_client: PythonClient, request: pytest.FixtureRequest) -> str:
    full_name = f"{ada.name}/gated"
    code = """
api = huggingface_hub.HfApi(token=token)
api.create_repo(name)
api.upload_file(repo_id=name, path_in_repo="secret.txt", path_or_fileobj=b"read me")
api.update_repo_settings(name, gated=mode)
"""
    python_client.run(code, token=ada.token, name=full_name, mode=getattr(request, "param", "manual"))
    return full_name


def ask(hub: LocalHub, name: str, token: str) -> None:
    """Request access, as the button on the page does."""
    headers = {"Authorization": f"Bearer {token}"}
    urllib.request.urlopen(
        urllib.request.Request(f"{hub.endpoint}/api/models/{name}/ask-access", b"{}", headers)
    ).close()


def test_manual_request_waits_for_the_author(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    with pytest.raises(client_error, match="restricted and you are not in the authorized list") as refused:
        python_client.run(READ, token=bob.token, name=name)
    assert "GatedRepoError" in refused.value.kinds
    info = "result = huggingface_hub.HfApi(token=token).model_info(name).gated"
    assert python_client.run(info, token=bob.token, name=name) == "manual"
    ask(hub, name, bob.token)
    with pytest.raises(client_error, match="restricted"):
        python_client.run(READ, token=bob.token, name=name)
    handle = """
api = huggingface_hub.HfApi(token=token)
result = [r.username for r in api.list_pending_access_requests(name)]
api.accept_access_request(name, user)
"""
    assert python_client.run(handle, token=ada.token, name=name, user=bob.name) == [bob.name]
    assert python_client.run(READ, token=bob.token, name=name) == "read me"
    reject = "huggingface_hub.HfApi(token=token).reject_access_request(name, user, rejection_reason='no')"
    python_client.run(reject, token=ada.token, name=name, user=bob.name)
    with pytest.raises(client_error, match="restricted"):
        python_client.run(READ, token=bob.token, name=name)


def test_second_request_and_grant_say_who_does_what_next(hub: LocalHub, ada: Account, bob: Account, name: str) -> None:
    """A person who asked twice was told to handle the request."""
    bobs, adas = JsonClient(hub, bob.token), JsonClient(hub, ada.token)
    answers = [bobs("POST", f"/api/models/{name}/ask-access", {}) for __ in range(2)]
    assert [answer.status for answer in answers] == [200, 400]
    assert answers[1].json["error"].startswith("You have asked for access already.")
    granted = adas("POST", f"/api/models/{name}/user-access-request/grant", {"user": bob.name})
    assert (granted.status, "handle that request" in granted.json["error"]) == (400, True)


@pytest.mark.parametrize("name", ["auto"], indirect=True)
def test_automatic_request_grants_access(
    hub: LocalHub, bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    with pytest.raises(client_error, match="restricted"):
        python_client.run(READ, token=bob.token, name=name)
    ask(hub, name, bob.token)
    assert python_client.run(READ, token=bob.token, name=name) == "read me"


def test_git_and_lfs_require_access_too(hub: LocalHub, bob: Account, name: str, git: Git) -> None:
    for path, status in (
        ("info/refs?service=git-upload-pack", 403),
        ("raw/main/secret.txt", 403),
        # Pages ignore tokens: here the visitor is not logged in.
        ("tree/main", 404),
        ("commits/main", 404),
        ("blob/main/secret.txt", 404),
    ):
        request = urllib.request.Request(
            f"{hub.endpoint}/{name}/{path}", headers={"Authorization": f"Bearer {bob.token}"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == status
        assert b"read me" not in refused.value.read()


def test_only_the_author_can_answer_requests(
    bob: Account, python_client: PythonClient, client_error: type[ClientError], name: str
) -> None:
    code = "huggingface_hub.HfApi(token=token).grant_access(name, user)"
    with pytest.raises(client_error, match="403"):
        python_client.run(code, token=bob.token, name=name, user=bob.name)


def test_access_requested_on_the_page_is_given_after_acceptance_only(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient, name: str
) -> None:
    visitor = Visitor(hub.endpoint)
    assert "read me" not in visitor.get(f"/{name}")
    visitor.log_in(bob.name, "correct horse")
    assert "You have asked for access" in visitor.submit(f"/{name}")
    with pytest.raises(HubRefused, match="request access from its authors"):
        visitor.get(f"/{name}/blob/main/secret.txt")
    accept = "huggingface_hub.HfApi(token=token).accept_access_request(name, user)"
    python_client.run(accept, token=ada.token, name=name, user=bob.name)
    assert "read me" in visitor.get(f"/{name}/blob/main/secret.txt")
