"""Reading the headers of safetensors files."""

from __future__ import annotations

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from autograde.hub import Account, LocalHub
from autograde.hub.repos.tensors import TensorInfo, parameter_counts, tensors_in
from tests.hub.clients import PythonClient


def test_file_written_by_safetensors_is_read(tmp_path: Path) -> None:
    arrays: dict[str, np.ndarray] = {
        "a": np.zeros((3, 4), np.float32),
        "b": np.zeros((5,), np.int64),
        "c": np.zeros((), np.float32),
    }
    save_file(arrays, tmp_path / "m.safetensors", {"format": "pt"})
    with (tmp_path / "m.safetensors").open("rb") as stream:
        found = tensors_in(stream)
    assert found
    assert {t.name: (t.dtype, t.shape) for t in found} == {"a": ("F32", (3, 4)), "b": ("I64", (5,)), "c": ("F32", ())}
    assert parameter_counts(found) == {"F32": 13, "I64": 5}


@given(st.binary(max_size=200), st.booleans())
def test_invalid_file_returns_none(tmp_path_factory: pytest.TempPathFactory, content: bytes, framed: bool) -> None:
    path = tmp_path_factory.mktemp("x") / "m.safetensors"
    path.write_bytes(struct.pack("<Q", len(content)) + content if framed else content)
    with path.open("rb") as stream:
        found = tensors_in(stream)
    assert not found, "at most an empty header, which has no tensors"


TENSORS = st.dictionaries(
    st.text(max_size=5),
    st.fixed_dictionaries(
        {"dtype": st.sampled_from(["F32", "I64", "F8_E4M3"]), "shape": st.lists(st.integers(0, 9), max_size=4)}
    ),
    max_size=3,
)
INVALID_TENSORS = st.one_of(
    st.none(), st.integers(), st.just([]), st.just({}), st.just({"dtype": "F32"}),
    st.fixed_dictionaries({"dtype": st.sampled_from(["f32", "", "F 32", None]), "shape": st.just([1])}),
    st.fixed_dictionaries({
        "dtype": st.just("F32"), "shape": st.sampled_from([[-1], [True], ["1"], [1.0], "1", None, [1] * 65, [2**63]]),
    }),
)  # fmt: skip


@given(TENSORS, st.text(max_size=5), INVALID_TENSORS)
def test_one_wrong_tensor_makes_the_file_invalid(
    tensors: dict[str, dict[str, object]], name: str, wrong: object
) -> None:
    def read(header: dict[str, object]) -> list[TensorInfo] | None:
        content = json.dumps(header).encode()
        return tensors_in(io.BytesIO(struct.pack("<Q", len(content)) + content))

    found = read(dict(tensors))
    assert found is not None
    assert {each.name: {"dtype": each.dtype, "shape": list(each.shape)} for each in found} == tensors
    assert read({**tensors, name: wrong}) is None


def test_client_gets_the_same_parameter_count_from_server_and_from_file(
    hub: LocalHub, ada: Account, python_client: PythonClient, tmp_path: Path
) -> None:
    save_file({"w": np.zeros((300, 200), np.float16)}, tmp_path / "model.safetensors")
    counts = python_client.run(
        """
        api = huggingface_hub.HfApi(token=token)
        api.create_repo(name)
        api.upload_file(repo_id=name, path_in_repo="model.safetensors", path_or_fileobj=path)
        info = api.model_info(name, expand=["safetensors"]).safetensors
        result = [info.parameters, info.total, api.get_safetensors_metadata(name).parameter_count]
        """,
        token=ada.token,
        name=f"{ada.name}/tensors",
        path=str(tmp_path / "model.safetensors"),
    )
    assert counts == [{"F16": 60_000}, 60_000, {"F16": 60_000}]
