"""The model folders: they load without warnings, are reproducible byte for byte, and are never incomplete."""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import yaml

from autograde.errors import FolderUnusable
from autograde.models import FINETUNED, FINETUNED_SHA256, finetuned_folder, minilm_folder, tiny_folder

TWELVE = [101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_file_has_its_pinned_checksum(cache: Path) -> None:
    folder = finetuned_folder(cache)
    assert folder.name == FINETUNED
    assert {path.name: sha256(path) for path in folder.iterdir()} == FINETUNED_SHA256
    assert (folder / "model.safetensors").stat().st_size > 10 * 2**20, "the weights are too small to need LFS"


def test_concurrent_processes_get_one_complete_folder(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        folders = set(pool.map(finetuned_folder, [tmp_path] * 3))
    (folder,) = folders
    assert {path.name: sha256(path) for path in folder.iterdir()} == FINETUNED_SHA256
    assert list(folder.parent.iterdir()) == [folder], "temporary folders were left behind"


def test_incomplete_folder_is_created_again(cache: Path, tmp_path: Path) -> None:
    folder = finetuned_folder(tmp_path)
    (folder / "config.json").unlink()
    assert sha256(finetuned_folder(tmp_path) / "config.json") == FINETUNED_SHA256["config.json"]


def test_unwritable_cache_gives_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(FolderUnusable, match="cannot be written") as caught:
        finetuned_folder(tmp_path / "file")
    assert "AUTOGRADE_CACHE" in caught.value.fix


def test_tutorials_sentences_give_its_ids_and_shape(cache: Path) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = finetuned_folder(cache)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.encode("Talk is cheap", "Please show me your code!") == TWELVE
    model, report = AutoModel.from_pretrained(folder, output_loading_info=True)
    assert {name: keys for name, keys in report.items() if keys} == {}, "transformers would print a load report"
    with torch.no_grad():
        result = model(torch.tensor([TWELVE]), token_type_ids=torch.tensor([[0] * 5 + [1] * 7]))
    assert result[0].shape == torch.Size([1, 12, 768])
    assert result[1].shape == torch.Size([1, 768])
    assert result[0].std() > 0.1


def test_card_has_metadata_and_says_that_the_weights_are_random(cache: Path) -> None:
    _, metadata, text = (finetuned_folder(cache) / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    from huggingface_hub import ModelCardData

    card = ModelCardData(**yaml.safe_load(metadata))
    assert (card.license, card.language, card.library_name) == ("apache-2.0", ["en"], "transformers")
    assert "random numbers" in text


@pytest.mark.parametrize(
    ("hidden_size", "num_hidden_layers", "num_attention_heads", "sep_id"),
    [(8, 1, 1, 103), (24, 3, 4, 102), (36, 2, 6, 7)],
)
def test_tiny_model_has_the_requested_sizes_and_ids(
    tmp_path: Path, hidden_size: int, num_hidden_layers: int, num_attention_heads: int, sep_id: int
) -> None:
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = tiny_folder(
        tmp_path / "tiny",
        hidden_size=hidden_size,
        num_hidden_layers=num_hidden_layers,
        num_attention_heads=num_attention_heads,
        sep_id=sep_id,
    )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.sep_token_id == sep_id
    assert len({*tokenizer.all_special_ids}) == 5
    for pair in [("Talk is cheap", "Please show me your code!"), ("空谈很容易", "请把你的代码给我看！")]:
        inputs = tokenizer(*pair, return_tensors="pt")
        ids = inputs["input_ids"][0].tolist()
        first = ids.index(sep_id)
        assert ids.count(sep_id) == 2
        assert tokenizer.unk_token_id not in ids
        assert inputs["token_type_ids"][0].tolist() == [0] * (first + 1) + [1] * (len(ids) - first - 1)
        model, report = AutoModel.from_pretrained(folder, output_loading_info=True)
        assert {name: keys for name, keys in report.items() if keys} == {}
        with torch.no_grad():
            assert model(**inputs).last_hidden_state.shape == (1, len(ids), hidden_size)
        assert model.config.num_hidden_layers == num_hidden_layers


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    one, two, other = (tiny_folder(tmp_path / name, seed=seed) for name, seed in [("one", 3), ("two", 3), ("other", 4)])
    assert {path.name: path.read_bytes() for path in one.iterdir()} == {
        path.name: path.read_bytes() for path in two.iterdir()
    }
    assert (one / "model.safetensors").read_bytes() != (other / "model.safetensors").read_bytes()


def test_a_tiny_model_never_overwrites_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match="exists already"):
        tiny_folder(tmp_path)


def test_minilm_is_real_and_its_hidden_size_is_not_768() -> None:
    from transformers import AutoModel

    model = AutoModel.from_pretrained(minilm_folder())
    assert model.config.hidden_size == 384
