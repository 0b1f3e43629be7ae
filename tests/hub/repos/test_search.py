"""Lists of repositories: filters, visibility, order and pagination."""

from __future__ import annotations

from autograde.hub import LocalHub
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.hub.repos import repositories
from autograde.hub.repos.search import Search, count, search
from tests.hub.clients import Connect


def fill(hub: Hub) -> tuple[accounts.User, accounts.User]:
    """Create 250 public models and a private one of ada, and a gated model and a dataset of bob."""
    ada, bob = accounts.create_user(hub, "Ada"), accounts.create_user(hub, "bob")
    for number in range(250):
        repositories.create_repository(hub, ada, f"Model-{number:03}")
    repositories.create_repository(hub, ada, "hidden", private=True)
    gated = repositories.create_repository(hub, bob, "gate")
    repositories.change_settings(hub, gated, gated="manual")
    repositories.create_repository(hub, bob, "rows", type="dataset")
    for number in range(250):
        hub.database.execute(
            "UPDATE repositories SET updated_at = ?, downloads = ? WHERE name = ?",
            (1000 + number, number % 7, f"Model-{number:03}"),
        )
    return ada, bob


def names(hub: Hub, **wanted: object) -> list[str]:
    return [r.name for r in search(hub, Search(type="model", **wanted))]  # type: ignore[arg-type]


def test_list_is_complete_and_sorted_and_hides_private_repositories(store: Hub) -> None:
    ada, bob = fill(store)
    everything = names(store)
    assert everything[0] == "gate"
    assert everything[1:] == [f"Model-{number:03}" for number in reversed(range(250))]
    assert count(store, Search(type="model")) == 251
    assert "hidden" in names(store, viewer=(ada.id,))
    assert "hidden" not in names(store, viewer=(bob.id,))
    found = search(store, Search(type="model"), order="downloads", descending=False)
    downloads = [repository.downloads for repository in found]
    assert downloads == sorted(downloads)


def test_list_is_filtered_by_author_text_and_gated(store: Hub) -> None:
    fill(store)
    assert names(store, text="MODEL-24") == [f"Model-{number}" for number in reversed(range(240, 250))]
    assert names(store, text="ada/model-001") == ["Model-001"]
    assert names(store, text="%") == []
    assert names(store, text="' OR 1=1 --") == []
    assert len(names(store, author="ADA")) == 250
    assert names(store, gated=True) == ["gate"]
    assert "gate" not in names(store, gated=False)


def test_client_reads_every_page_of_a_list(connect: Connect) -> None:
    with LocalHub() as hub:
        owner = accounts.create_user(hub.hub, "many")
        for number in range(25):
            repositories.create_repository(hub.hub, owner, f"m{number}")
        code = """
api = huggingface_hub.HfApi(token=False)
result = [len(list(api.list_models(author=owner))), len(list(api.list_models(author=owner, limit=7))),
          [m.id for m in api.list_models(author=owner, search="m2", sort="createdAt")]]
"""
        everything, some, found = connect(hub).run(code, owner=owner.name)
    assert (everything, some) == (25, 7)
    assert sorted(found) == sorted(f"many/{name}" for name in ("m2", "m20", "m21", "m22", "m23", "m24"))
