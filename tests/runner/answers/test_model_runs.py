"""Which runs of a model are recorded, and with which details."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModel, BertForMaskedLM

from autograde.judge.observation import Mapping, listed, tensor
from autograde.models import tiny_folder
from autograde.runner.answers.model_runs import watched

IDS = [[101, 7, 8, 102]]
SHAPE = listed(1, 4, 16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_folder(tmp_path_factory.mktemp("models") / "model", hidden_size=16, num_hidden_layers=1)


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    return AutoModel.from_pretrained(folder)


def recorded_runs(call: Callable[[], object], folder: Path | str | None) -> list[Mapping]:
    with watched(None if folder is None else str(folder)) as runs:
        call()
        assert runs == []
    return runs


def run(ids: object = None, shape: object = None, folder: bool = True, ended: bool = True, **more: object) -> Mapping:
    details: dict[str, object] = {
        "ids": ids,
        "segments": None,
        "mask": None,
        "shape": shape,
        "folder": folder,
        "weights": True,
    }
    return Mapping(tuple((details | {"ended": ended} | more).items()))  # type: ignore[arg-type]


def test_run_is_recorded_with_ids_and_shape_of_the_result(model: Any, folder: Path) -> None:
    ids = torch.tensor(IDS)
    seen = run(tensor(IDS, "int64"), SHAPE, folder=True)
    for call in (
        lambda: model(ids),
        lambda: model(input_ids=ids, return_dict=False),
        lambda: model(**{"input_ids": ids}),
    ):
        assert recorded_runs(call, folder) == [seen]
    assert recorded_runs(lambda: model(ids), f"{folder}/../{folder.name}") == [seen]


def test_run_that_raises_is_recorded_as_not_ended(model: Any, folder: Path) -> None:
    def call() -> None:
        with pytest.raises(AttributeError):
            model(IDS)

    assert recorded_runs(call, folder) == [run(folder=True, ended=False)]


def test_ids_are_unknown_for_inputs_embeds_and_found_for_a_forward_call(model: Any, folder: Path) -> None:
    assert recorded_runs(lambda: model(inputs_embeds=torch.zeros(1, 4, 16)), folder) == [run(None, SHAPE, folder=True)]
    past_the_model = run(tensor(IDS, "int64"), SHAPE, folder=False)
    assert recorded_runs(lambda: model.forward(torch.tensor(IDS)), folder) == [past_the_model]


def test_segment_ids_are_recorded_by_name_and_by_position(model: Any, folder: Path) -> None:
    ids, segments = torch.tensor(IDS), torch.tensor([[0, 0, 1, 1]])
    for call in (
        lambda: model(ids, token_type_ids=segments),
        lambda: model(ids, None, segments),
        lambda: model.forward(ids, None, segments),
    ):
        (found,) = recorded_runs(call, folder)
        assert found.get("segments") == tensor([[0, 0, 1, 1]], "int64")


def test_attention_mask_is_recorded_by_name_and_by_position(model: Any, folder: Path) -> None:
    ids, mask = torch.tensor(IDS), torch.tensor([[1, 0, 0, 1]])
    for call in (lambda: model(ids, attention_mask=mask), lambda: model(ids, mask)):
        (found,) = recorded_runs(call, folder)
        assert found.get("mask") == tensor([[1, 0, 0, 1]], "int64")


def test_model_with_other_weights_is_distinguished_from_the_folders_model(model: Any, folder: Path) -> None:
    ids = torch.tensor(IDS)
    random = type(model)(model.config)
    assert [each.get("weights") for each in recorded_runs(lambda: random(ids), folder)] == [False]
    assert [each.get("weights") for each in recorded_runs(lambda: model.half().float()(ids), folder)] == [True]
    masked_lm = BertForMaskedLM.from_pretrained(folder)
    assert [each.get("weights") for each in recorded_runs(lambda: masked_lm(ids), folder)] == [True, True]


def test_downloaded_folder_does_not_count_as_the_local_one(folder: Path, tmp_path: Path) -> None:
    ids = torch.tensor(IDS)
    for name, made, alone in (("copy", "", True), ("down", ".cache/huggingface", False), ("clone", ".git", False)):
        there = shutil.copytree(folder, tmp_path / name / "model")
        (there / made).mkdir(parents=True, exist_ok=True)
        loaded = AutoModel.from_pretrained(there)
        assert [each.get("folder") for each in recorded_runs(lambda loaded=loaded: loaded(ids), folder)] == [alone]  # type: ignore[misc]


def test_model_inside_another_one_is_recorded_separately(folder: Path) -> None:
    masked_lm = BertForMaskedLM.from_pretrained(folder)
    runs = recorded_runs(lambda: masked_lm(torch.tensor(IDS)), folder)
    assert [each.get("ended") for each in runs] == [True, True]
    assert [each.get("shape") for each in runs] == [listed(1, 4, masked_lm.config.vocab_size), SHAPE]


def test_only_the_last_runs_of_models_are_reported(model: Any, folder: Path) -> None:
    def many() -> None:
        for length in range(1, 21):
            model(torch.ones(1, length, dtype=torch.int64))

    assert [each.get("shape") for each in recorded_runs(many, folder)] == [
        listed(1, length, 16) for length in range(13, 21)
    ]
    assert recorded_runs(lambda: torch.nn.Linear(2, 2)(torch.zeros(2)), folder) == []


def test_nothing_is_recorded_without_a_folder_or_after_the_block(model: Any, folder: Path) -> None:
    assert recorded_runs(lambda: model(torch.tensor(IDS)), None) == []
    runs = recorded_runs(lambda: None, folder)
    model(torch.tensor(IDS))
    assert runs == []
