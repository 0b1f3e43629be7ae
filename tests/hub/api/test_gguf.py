"""The first request of llama.cpp's option ``-hf``."""

from __future__ import annotations

import pytest

from autograde.hub import Account, LocalHub
from tests.hub.clients import JsonClient

FILES = (
    "m-F16.gguf",
    "m-Q4_K.gguf",
    "m-Q4_K_M.gguf",
    "mmproj-m-F16.gguf",
    "m_IQ2_M.gguf",
    "q8/m-Q8_0-00001-of-00002.gguf",
    "q8/m-Q8_0-00002-of-00002.gguf",
)


@pytest.fixture
def name(hub: LocalHub, ada: Account) -> str:
    """A model in several quantizations."""
    hub.create_repository(f"{ada.name}/m", files={path: path.encode() for path in FILES} | {"README.md": b"# m\n"})
    return f"{ada.name}/m"


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("latest", "m-Q4_K_M.gguf"),
        ("Q4_K", "m-Q4_K.gguf"),
        ("f16", "m-F16.gguf"),
        ("iq2_m", "m_IQ2_M.gguf"),
        ("Q8_0", "q8/m-Q8_0-00001-of-00002.gguf"),
        ("m-F16.gguf", "m-F16.gguf"),
    ],
)
def test_manifest_names_the_file_of_a_quantization(api: JsonClient, name: str, tag: str, wanted: str) -> None:
    answer = api("GET", f"/v2/{name}/manifests/{tag}").json
    assert answer["ggufFile"]["rfilename"] == wanted
    assert answer["ggufFile"]["size"] == len(wanted)
    assert answer["mmprojFile"]["rfilename"] == "mmproj-m-F16.gguf"


def test_manifest_of_something_else_is_refused_with_a_reason(
    api: JsonClient, name: str, hub: LocalHub, ada: Account
) -> None:
    assert "quantization" in api("GET", f"/v2/{name}/manifests/Q2").json["error"]
    hub.create_repository(f"{ada.name}/none")
    assert "GGUF" in api("GET", f"/v2/{ada.name}/none/manifests/latest").json["error"]
    assert api("GET", f"/v2/{ada.name}/missing/manifests/latest").headers["x-error-code"] == "RepoNotFound"


def test_manifest_of_a_private_repository_is_hidden(hub: LocalHub, bob: Account, api: JsonClient) -> None:
    hub.create_repository(f"{bob.name}/hidden", private=True, files={"m.gguf": b"x"})
    assert api("GET", f"/v2/{bob.name}/hidden/manifests/latest").status == 404


def test_manifest_under_a_former_name_redirects(api: JsonClient, name: str, ada: Account) -> None:
    api("POST", "/api/repos/move", {"fromRepo": name, "toRepo": f"{ada.name}/new"})
    answer = api("GET", f"/v2/{name}/manifests/latest")
    assert (answer.status, answer.headers["location"]) == (307, f"/v2/{ada.name}/new/manifests/latest")
