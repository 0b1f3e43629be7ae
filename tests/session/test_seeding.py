"""Adding lesson 1's models to a Hub: only once, without replacing a user's account, and after an interruption."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from huggingface_hub import HfApi

from autograde.hub import LocalHub
from autograde.models import gallery
from autograde.session.seeding import OWNER, lacks_models, seed


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as running:
        yield running


def test_all_models_are_found_with_their_licenses_and_languages(hub: LocalHub) -> None:
    assert seed(hub) == list(gallery.NAMES)
    api = HfApi(endpoint=hub.endpoint, token=False)
    assert {model.id for model in api.list_models()} == set(gallery.NAMES)
    assert {model.id for model in api.list_models(filter="zh")} == {
        "gallery/tiny-bert-bilingual",
        "gallery/tiny-bert-chinese",
    }
    assert [model.id for model in api.list_models(filter="license:mit")] == ["gallery/tiny-bert-chinese"]
    assert api.file_exists(gallery.MINILM, "model.safetensors")


def test_second_seeding_adds_nothing(hub: LocalHub) -> None:
    seed(hub)
    heads = [hub.repository(name).head() for name in gallery.NAMES]
    assert seed(hub) == []
    assert [hub.repository(name).head() for name in gallery.NAMES] == heads


def test_interrupted_seeding_is_completed(hub: LocalHub) -> None:
    hub.create_organization(gallery.OWNER)
    hub.create_repository(gallery.NAMES[0])
    assert gallery.NAMES[0] in seed(hub)
    assert "config.json" in hub.repository(gallery.NAMES[0]).files()


def test_existing_user_named_gallery_is_kept(hub: LocalHub) -> None:
    hub.create_user(gallery.OWNER)
    assert seed(hub) == [gallery.MINILM]


def test_a_hub_has_no_models_unless_it_is_seeded(hub: LocalHub) -> None:
    assert hub.repositories() == []


def test_lacks_models_is_true_until_the_models_are_added(hub: LocalHub) -> None:
    assert gallery.OWNER == OWNER
    hub.create_user("ada")
    hub.create_repository("ada/gallery")
    assert lacks_models(hub)
    seed(hub)
    assert not lacks_models(hub)
