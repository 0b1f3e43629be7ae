"""Likes, by the unmodified client and by a raw request."""

from __future__ import annotations

import urllib.request

from autograde.hub import Account, LocalHub
from tests.hub.clients import PythonClient

API = "api = huggingface_hub.HfApi(token=token)\n"


def test_like_counts_once_and_can_be_removed(
    hub: LocalHub, ada: Account, bob: Account, python_client: PythonClient
) -> None:
    python_client.run(API + "api.create_repo('liked')", token=ada.token)
    name = f"{ada.name}/liked"
    for __ in range(2):
        request = urllib.request.Request(
            f"{hub.endpoint}/api/models/{name}/like", b"", {"Authorization": f"Bearer {bob.token}"}, method="POST"
        )
        urllib.request.urlopen(request).close()
    read_likes = (
        API
        + "result = [api.model_info(name).likes, [u.username for u in api.list_repo_likers(name)],"
        + " api.list_liked_repos().models]"
    )
    assert python_client.run(read_likes, token=bob.token, name=name) == [1, [bob.name], [name]]
    python_client.run(API + "api.unlike(name)", token=bob.token, name=name)
    assert python_client.run(read_likes, token=bob.token, name=name) == [0, [], []]
