"""Weights generated from a seed: exact numbers in a file that safetensors reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file

from autograde.models.weights import CHUNK, BertShape, uniform, write_weights

SMALL = BertShape(vocab_size=11, hidden_size=6, num_hidden_layers=2, num_attention_heads=3, intermediate_size=5)


def test_safetensors_reads_every_weight_back(tmp_path: Path) -> None:
    write_weights(tmp_path / "model.safetensors", SMALL, seed=1)
    weights = load_file(tmp_path / "model.safetensors")
    assert {name: weight.shape for name, weight in weights.items()} == SMALL.tensors()
    assert all(weight.dtype == np.float32 for weight in weights.values())


def test_norms_start_as_identity_and_biases_at_zero(tmp_path: Path) -> None:
    write_weights(tmp_path / "model.safetensors", SMALL, seed=1)
    for name, weight in load_file(tmp_path / "model.safetensors").items():
        if name.endswith("bias"):
            assert not weight.any(), name
        elif "LayerNorm" in name:
            assert (weight == 1).all(), name
        else:
            assert weight.any(), name


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    for seed in (0, 1):
        write_weights(tmp_path / f"{seed}.safetensors", SMALL, seed=seed)
    assert (tmp_path / "0.safetensors").read_bytes() != (tmp_path / "1.safetensors").read_bytes()


def test_header_length_is_a_multiple_of_eight_bytes(tmp_path: Path) -> None:
    write_weights(tmp_path / "model.safetensors", SMALL, seed=1)
    assert int.from_bytes((tmp_path / "model.safetensors").read_bytes()[:8], "little") % 8 == 0


@given(st.integers(0, 1000))
def test_uniform_gives_the_requested_count_within_the_interval(count: int) -> None:
    numbers = np.frombuffer(b"".join(uniform(np.random.PCG64(0), count)), "<f4")
    assert numbers.shape == (count,)
    assert ((numbers >= -1 / 32) & (numbers < 1 / 32)).all()


def test_numbers_are_spread_evenly_across_chunks() -> None:
    numbers = np.frombuffer(b"".join(uniform(np.random.PCG64(0), CHUNK + 1001)), "<f4")
    assert len(numbers) == CHUNK + 1001
    expected = (1 / 16) / 12**0.5
    assert numbers.mean() == pytest.approx(0, abs=1e-4)
    assert numbers.std() == pytest.approx(expected, rel=1e-2)
    counts, _ = np.histogram(numbers, bins=16, range=(-1 / 32, 1 / 32))
    assert counts.min() > 0.98 * len(numbers) / 16


def test_heads_must_divide_the_hidden_size() -> None:
    with pytest.raises(ValueError, match="not a multiple"):
        BertShape(vocab_size=11, hidden_size=10, num_hidden_layers=1, num_attention_heads=3, intermediate_size=4)
