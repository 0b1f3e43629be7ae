"""Unmodified clients in their own processes; their uploads are checked in the Hub's git repositories and database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograde.hub import Account, LocalHub

HF = str(Path(sys.executable).with_name("hf"))


@pytest.fixture
def run(hub: LocalHub, ada: Account, tmp_path: Path) -> Callable[..., str]:
    """Run a program in a fresh folder, logged in as ada by the environment; returns what it printed."""
    environment = hub.environment(tmp_path / "home") | {"HF_TOKEN": ada.token, "NO_COLOR": "1"}
    environment["HF_DATASETS_CACHE"] = str(tmp_path / "datasets")

    def run(*command: str, check: bool = True) -> str:
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout if check else done.stdout + done.stderr

    return run


DATASETS = """
import sys
import datasets
name, rows = sys.argv[1], {"text": ["a", "长", "c"], "label": [0, 1, 0]}
datasets.Dataset.from_dict(rows).push_to_hub(name)
datasets.Dataset.from_dict({"n": [1, 2]}).push_to_hub(name, "numbers", split="test")
assert datasets.load_dataset(name)["train"].to_dict() == rows
assert datasets.load_dataset(name, "numbers")["test"].to_dict() == {"n": [1, 2]}
assert datasets.get_dataset_config_names(name) == ["default", "numbers"]
streamed = datasets.load_dataset(name, streaming=True)["train"]
assert [row["text"] for row in streamed] == rows["text"]
"""


def test_datasets_pushes_and_loads(hub: LocalHub, ada: Account, run: Callable[..., str]) -> None:
    run(sys.executable, "-c", DATASETS, f"{ada.name}/set")
    repository = hub.repository(f"{ada.name}/set", type="dataset")
    shards = [path for path in repository.files() if path.endswith(".parquet")]
    assert len(shards) == 2
    assert set(shards) == set(repository.lfs_paths())


TRAINER = """
import sys
from pathlib import Path
import torch
from transformers import AutoModel, AutoTokenizer, BertConfig, BertForSequenceClassification, Trainer, TrainingArguments
from autograde.models import tiny_folder
owner = sys.argv[1]
made = tiny_folder(Path("tiny"), hidden_size=32, num_hidden_layers=1, num_attention_heads=2)
tokenizer = AutoTokenizer.from_pretrained(made)
size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
model = BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), **size))
model.push_to_hub(f"{owner}/pushed")
tokenizer.push_to_hub(f"{owner}/pushed")
again = AutoModel.from_pretrained(f"{owner}/pushed")
assert torch.equal(again.embeddings.word_embeddings.weight, model.bert.embeddings.word_embeddings.weight)
assert AutoTokenizer.from_pretrained(f"{owner}/pushed").get_vocab() == tokenizer.get_vocab()

class Rows(torch.utils.data.Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, index):
        return {"input_ids": torch.tensor([1, 2, 3]), "labels": torch.tensor(index % 2)}

arguments = TrainingArguments("out", push_to_hub=True, hub_model_id=f"{owner}/trained", max_steps=2, save_steps=1,
                              save_strategy="steps", report_to=[], use_cpu=True, disable_tqdm=True)
trainer = Trainer(model, arguments, train_dataset=Rows())
trainer.train()
trainer.push_to_hub(commit_message="done")
"""


def test_transformers_pushes_models_tokenizers_and_training_runs(
    hub: LocalHub, ada: Account, run: Callable[..., str]
) -> None:
    run(sys.executable, "-c", TRAINER, ada.name)
    pushed, trained = hub.repository(f"{ada.name}/pushed"), hub.repository(f"{ada.name}/trained")
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= set(pushed.files())
    assert pushed.lfs_paths() == ["model.safetensors"]
    assert trained.commits()[0].title == "done"
    assert json.loads(trained.files()["config.json"])["hidden_size"] == 32


FILE_SYSTEM = """
import sys
from huggingface_hub import HfFileSystem
files, root = HfFileSystem(), sys.argv[1]
files.write_text(root + "/notes/a.txt", "hello")
with files.open(root + "/w.bin", "wb") as stream:
    stream.write(bytes(range(256)) * 5000)
with files.open(root + "/w.bin", "rb") as stream:
    stream.seek(256 * 3000 + 7)
    assert stream.read(3) == bytes([7, 8, 9])
files.cp_file(root + "/notes/a.txt", root + "/notes/b.txt")
files.rm(root + "/notes/a.txt")
assert sorted(name.removeprefix(root) for name in files.find(root)) == ["/.gitattributes", "/notes/b.txt", "/w.bin"]
"""


def test_hf_file_system_reads_and_writes(hub: LocalHub, ada: Account, run: Callable[..., str]) -> None:
    run(HF, "repos", "create", f"{ada.name}/disk")
    run(sys.executable, "-c", FILE_SYSTEM, f"{ada.name}/disk")
    files = hub.repository(f"{ada.name}/disk").files()
    assert files["notes/b.txt"] == b"hello"
    assert files["w.bin"] == bytes(range(256)) * 5000


def test_hf_command_creates_uploads_merges_downloads_and_deletes(
    hub: LocalHub, ada: Account, run: Callable[..., str], tmp_path: Path
) -> None:
    name = f"{ada.name}/shelf"
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Shelf\n")
    (folder / "sub" / "w.safetensors").write_bytes(os.urandom(300_000))
    assert ada.name in run(HF, "auth", "whoami")
    run(HF, "repos", "create", name, "--private")
    assert hub.repository(name).private
    run(HF, "upload", name, "model")
    assert hub.repository(name).files()["sub/w.safetensors"] == (folder / "sub" / "w.safetensors").read_bytes()
    run(HF, "upload", name, "model/README.md", "NOTES.md", "--create-pr", "--commit-message", "notes")
    assert "notes" in run(HF, "discussions", "list", name, "--kind", "pull_request")
    assert "NOTES.md" not in hub.repository(name).files()
    run(HF, "discussions", "merge", name, "1", "--yes")
    assert "NOTES.md" in hub.repository(name).files()
    run(HF, "download", name, "--local-dir", "copy")
    assert (tmp_path / "copy/sub/w.safetensors").read_bytes() == (folder / "sub" / "w.safetensors").read_bytes()
    run(HF, "download", name, "README.md")
    assert "shelf" in run(HF, "cache", "list")
    run(HF, "repos", "tag", "create", name, "v1")
    assert hub.repository(name).head("v1") == hub.repository(name).head()
    run(HF, "repos", "delete", name, "--yes")
    assert not hub.repository(name).exists
    assert "not found" in run(HF, "download", name, "other.bin", check=False).lower()
