"""Lists of repositories: filters, order, pages and the limit on their size."""

from __future__ import annotations

import json
import struct

import pytest

from autograde.hub import Account, LocalHub
from autograde.hub.api import lists
from tests.hub.clients import JsonClient

CARD = b"---\nlicense: mit\nlanguage: zh\ntags: [first]\n---\n# A model\n"


@pytest.fixture
def query(hub: LocalHub, ada: Account) -> str:
    """The query that lists ada's three models, of which the last one has a card."""
    for name, files in (("one", {}), ("two", {}), ("three", {"README.md": CARD})):
        hub.create_repository(f"{ada.name}/{name}", files=files)
    return f"/api/models?author={ada.name}"


def names(answer: list[dict[str, object]]) -> list[str]:
    return [str(each["id"]).partition("/")[2] for each in answer]


def test_filter_matches_tags_and_names(api: JsonClient, query: str, ada: Account) -> None:
    for wanted in ("license:mit", "zh", "first,zh", f"{ada.name}/three"):
        assert names(api("GET", f"{query}&filter={wanted}").json) == ["three"]
    assert api("GET", f"{query}&filter=zh&filter=no-such-tag").json == []
    assert names(api("GET", f"{query}&language=zh").json) == ["three"]


def test_next_link_leads_to_the_rest_of_the_list(api: JsonClient, query: str) -> None:
    first = api("GET", f"{query}&sort=createdAt&limit=2&direction=1")
    assert len(first.json) == 2
    next_page = first.headers["link"].partition(">")[0].removeprefix("<").partition("/api/")[2]
    second = api("GET", f"/api/{next_page}")
    assert sorted(names(first.json) + names(second.json)) == ["one", "three", "two"]
    assert "link" not in second.headers


def test_unknown_sort_order_is_rejected(api: JsonClient, query: str) -> None:
    answer = api("GET", f"{query}&sort=beauty")
    assert (answer.status, "createdAt" in answer.json["error"]) == (400, True)


def test_models_are_filtered_by_their_number_of_parameters(
    hub: LocalHub, api: JsonClient, query: str, ada: Account
) -> None:
    for name, size in (("small", 1500), ("large", 3_000_000)):
        header = json.dumps({"w": {"dtype": "F32", "shape": [size], "data_offsets": [0, 4 * size]}}).encode()
        weights = struct.pack("<Q", len(header)) + header + bytes(4 * size)
        hub.create_repository(f"{ada.name}/{name}", files={"model.safetensors": weights})
    for bounds, wanted in (
        ("min:1k", {"small", "large"}), ("min:1.6K", {"large"}), ("max:2M", {"small"}), ("min:2K,max:1M", set()),
        ("min:2000,max:1B", {"large"}), ("min:0", {"small", "large"}),
    ):  # fmt: skip
        assert set(names(api("GET", f"{query}&num_parameters={bounds}").json)) == wanted
    for wrong in ("6B", "min:many", "min:6Q", "min:-1"):
        assert api("GET", f"{query}&num_parameters={wrong}").status == 400


@pytest.mark.parametrize("asked", ["inference=warm", "inference_provider=all"])
def test_no_model_is_served_for_inference(api: JsonClient, query: str, asked: str) -> None:
    assert api("GET", f"{query}&{asked}").json == []


def test_card_metadata_and_files_are_listed_only_on_request(api: JsonClient, query: str) -> None:
    plain, full = (api("GET", f"{query}&filter=zh{more}").json[0] for more in ("", "&cardData=true"))
    assert "cardData" not in plain
    assert full["cardData"]["license"] == "mit"
    assert {each["rfilename"] for each in api("GET", f"{query}&filter=zh&full=true").json[0]["siblings"]} == {
        ".gitattributes", "README.md",
    }  # fmt: skip


def test_entries_beyond_the_size_limit_of_a_list_have_only_an_error(
    api: JsonClient, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    length = len(api("GET", f"{query}&limit=1").body)
    monkeypatch.setattr(lists, "_MAX_LENGTH", length + 200)
    found = api("GET", query).json
    assert len(found) == 3
    assert ["error" in each for each in found] == [False, True, True]
