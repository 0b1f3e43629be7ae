"""The API's description of one repository."""

from __future__ import annotations

import json

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import JsonClient


@pytest.mark.parametrize(
    ("type", "card", "expected"),
    [
        ("model", "pipeline_tag: fill-mask", {"pipeline_tag": "fill-mask", "modelId": "{me}/it", "inference": None}),
        ("dataset", "license: mit", {"description": "A card.", "paperswithcode_id": None}),
        ("space", "sdk: gradio", {"sdk": "gradio", "subdomain": "{me}-it", "models": []}),
    ],
)
def test_each_type_has_its_own_fields(
    api: JsonClient, hub: LocalHub, ada: Account, type: str, card: str, expected: dict[str, object]
) -> None:
    hub.create_repository(f"{ada.name}/it", type=type, files={"README.md": f"---\n{card}\n---\nA card.\n".encode()})
    found = api("GET", f"/api/{type}s/{ada.name}/it").json
    wanted = {
        key: value.format(me=ada.name.lower()) if isinstance(value, str) else value for key, value in expected.items()
    }
    assert {key: found[key] for key in expected} == wanted


def test_expand_returns_only_the_requested_fields(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    hub.create_repository(f"{ada.name}/it")
    found = api("GET", f"/api/models/{ada.name}/it?expand=likes&expand[]=author").json
    assert found == {"_id": found["_id"], "id": f"{ada.name}/it", "likes": 0, "author": ada.name}


def test_file_sizes_are_included_on_request(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    hub.create_repository(f"{ada.name}/it", files={"a.txt": b"abc", "w.safetensors": b"w" * 20_000})
    path = f"/api/models/{ada.name}/it"
    assert {"rfilename": "a.txt"} in api("GET", path).json["siblings"]
    files = {each["rfilename"]: each for each in api("GET", f"{path}?blobs=true").json["siblings"]}
    assert files["a.txt"]["size"] == 3
    assert "lfs" not in files["a.txt"]
    assert files["w.safetensors"]["lfs"]["size"] == files["w.safetensors"]["size"] == 20_000


def test_only_a_summary_of_the_configuration_is_included(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    config = {"model_type": "bert", "architectures": ["BertModel"] * 5_000, "hidden_size": 8}
    hub.create_repository(f"{ada.name}/it", files={"config.json": json.dumps(config).encode()})
    assert api("GET", f"/api/models/{ada.name}/it").json["config"] == {"model_type": "bert"}
    hub.add_files(f"{ada.name}/it", {"config.json": b"[]"})
    assert api("GET", f"/api/models/{ada.name}/it").json["config"] is None


def test_unknown_revision_is_not_found(api: JsonClient, hub: LocalHub, ada: Account) -> None:
    hub.create_repository(f"{ada.name}/it")
    answer = api("GET", f"/api/models/{ada.name}/it/revision/nowhere")
    assert (answer.status, answer.headers["x-error-code"]) == (404, "RevisionNotFound")
