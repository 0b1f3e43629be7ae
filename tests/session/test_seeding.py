"""Adding lesson 1's models to a Hub: only once, without replacing a user's account, and after an interruption."""

from __future__ import annotations

from huggingface_hub import HfApi

from autograde.hub import LocalHub
from autograde.models import gallery
from autograde.session.seeding import OWNER, lacks_models, seed


def test_all_models_are_found_with_their_licenses_and_languages(local_hub: LocalHub) -> None:
    assert seed(local_hub) == list(gallery.NAMES)
    api = HfApi(endpoint=local_hub.endpoint, token=False)
    assert {model.id for model in api.list_models()} == set(gallery.NAMES)
    assert {model.id for model in api.list_models(filter="zh")} == {
        "gallery/tiny-bert-bilingual",
        "gallery/tiny-bert-chinese",
    }
    assert [model.id for model in api.list_models(filter="license:mit")] == ["gallery/tiny-bert-chinese"]
    assert api.file_exists(gallery.MINILM, "model.safetensors")


def test_second_seeding_adds_nothing(local_hub: LocalHub) -> None:
    seed(local_hub)
    heads = [local_hub.repository(name).head() for name in gallery.NAMES]
    assert seed(local_hub) == []
    assert [local_hub.repository(name).head() for name in gallery.NAMES] == heads


def test_interrupted_seeding_is_completed(local_hub: LocalHub) -> None:
    local_hub.create_organization(gallery.OWNER)
    local_hub.create_repository(gallery.NAMES[0])
    assert gallery.NAMES[0] in seed(local_hub)
    assert "config.json" in local_hub.repository(gallery.NAMES[0]).files()


def test_existing_user_named_gallery_is_kept(local_hub: LocalHub) -> None:
    local_hub.create_user(gallery.OWNER)
    assert seed(local_hub) == [gallery.MINILM]


def test_a_hub_has_no_models_unless_it_is_seeded(local_hub: LocalHub) -> None:
    assert local_hub.repositories() == []


def test_lacks_models_is_true_until_the_models_are_added(local_hub: LocalHub) -> None:
    assert gallery.OWNER == OWNER
    local_hub.create_user("ada")
    local_hub.create_repository("ada/gallery")
    assert lacks_models(local_hub)
    seed(local_hub)
    assert not lacks_models(local_hub)
