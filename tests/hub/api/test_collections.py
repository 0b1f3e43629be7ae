"""Collections, with the real client."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import ClientError, JsonClient, PythonClient

API = "api = huggingface_hub.HfApi(token=token)\n"


def test_collection_keeps_its_order_notes_and_old_slug(ada: Account, python_client: PythonClient) -> None:
    found = python_client.run(
        API
        + """
for name in ("a", "b", "c"):
    api.create_repo(name)
made = api.create_collection("My 第一 list!", description="d")
for name in ("a", "b", "c"):
    api.add_collection_item(made.slug, f"{owner}/{name}", "model", note=f"note {name}")
items = api.get_collection(made.slug).items
api.update_collection_item(made.slug, items[2].item_object_id, position=0, note="first now")
api.delete_collection_item(made.slug, items[0].item_object_id)
renamed = api.update_collection_metadata(made.slug, title="Renamed")
again = api.get_collection(made.slug)
listed = list(api.list_collections(owner=owner))
result = [[(i.item_id, i.note) for i in again.items], again.slug == renamed.slug != made.slug, [c.slug for c in
listed] == [again.slug]]
""",
        token=ada.token,
        owner=ada.name,
    )
    assert found == [[[f"{ada.name}/c", "first now"], [f"{ada.name}/b", "note b"]], True, True]


def test_private_collection_is_hidden_and_public_one_cannot_be_deleted_by_others(
    ada: Account, bob: Account, python_client: PythonClient, client_error: type[ClientError]
) -> None:
    private, public = python_client.run(
        API + "result = [api.create_collection('p', private=True).slug, api.create_collection('q').slug]",
        token=ada.token,
    )
    with pytest.raises(client_error, match="404"):
        python_client.run(API + "api.get_collection(slug)", token=bob.token, slug=private)
    with pytest.raises(client_error, match="403"):
        python_client.run(API + "api.delete_collection(slug)", token=bob.token, slug=public)


def test_collection_whose_first_item_is_refused_is_not_created(hub: LocalHub, ada: Account) -> None:
    client = JsonClient(hub, ada.token)
    item = {"type": "model", "id": f"{ada.name}/missing"}
    assert client("POST", "/api/collections", {"title": "mine", "item": item}).status == 404
    assert client("GET", f"/api/collections?owner={ada.name}").json == []
