"""The tags by which repositories can be filtered."""

from __future__ import annotations

from autograde.hub import Account, LocalHub
from tests.hub.clients import JsonClient


def test_tags_by_type_include_licences_and_tags_of_public_cards(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    card = b"---\nlicense: mit\npipeline_tag: fill-mask\nlanguage: [en, zh]\ndatasets: [squad]\n---\n"
    hub.create_repository(f"{ada.name}/tagged", files={"README.md": card})
    hub.create_repository(f"{ada.name}/hidden", private=True, files={"README.md": b"---\ntags: [secret-tag]\n---\n"})
    found = api("GET", "/api/models-tags-by-type").json
    ids = {kind: {tag["id"] for tag in tags} for kind, tags in found.items()}
    assert {"license:mit", "license:apache-2.0"} <= ids["license"]
    assert "fill-mask" in ids["pipeline_tag"]
    assert {"en", "zh"} <= ids["language"]
    assert "dataset:squad" in ids["dataset"]
    assert "secret-tag" not in str(api("GET", "/api/models-tags-by-type", Authorization="").json)
    assert api("GET", "/api/datasets-tags-by-type").status == 200
