"""Reading the headers of safetensors files."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from autograde.hub import Account, LocalHub
from autograde.hub.repos.tensors import Tensor, parameter_counts, tensors_in


def test_file_written_by_safetensors_is_read(tmp_path: Path) -> None:
    arrays = {"a": np.zeros((3, 4), np.float32), "b": np.zeros((5,), np.int64), "c": np.zeros((), np.float32)}
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
    assert found is None or all(isinstance(tensor, Tensor) for tensor in found)


def test_client_gets_the_same_parameter_count_from_server_and_from_file(
    hub: LocalHub, ada: Account, python_client, tmp_path: Path
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
