"""Create model folders: the one that the tutorial uploads, and tiny ones for test cases."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from autograde import settings
from autograde.errors import FolderUnusable
from autograde.models.vocabularies import (
    SPECIAL_IDS,
    json_text,
    minilm_folder,
    small_vocabulary,
    tokenizer_files,
    vocabulary,
)
from autograde.models.weights import BertShape, write_weights

#: Name of the folder that learners upload (tutorial, 2.4).
FINETUNED = "bert-base-uncased-finetuned"

#: The folder's files and their SHA-256: the same on every machine.
FINETUNED_SHA256 = {
    "README.md": "7879830f15418fcabd736adaaa33a84ca6be9fc24dd45f70be7619bb1ed693c7",
    "config.json": "041348eb85cc95629d3e59cfb95adfb27591d5c6aa2a62a29af1577cab36d5ed",
    "model.safetensors": "62f6f5e2f48a9d4ee4e8aa177e0a1d350456185603b30ff50485fcfc22915f05",
    "tokenizer.json": "8c44811352cd5a8d7afd7ab03898c4b3f30246527fb15c51efab6a9f8901391e",
    "tokenizer_config.json": "ca3b851a364f83484f6de04f2bb124560061f969ab72ff14740a6e481c241a09",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}

#: The tutorial model's shape: hidden size 768 and twelve heads as in bert-base; the rest is small.
FINETUNED_SHAPE = BertShape(
    vocab_size=30522, hidden_size=768, num_hidden_layers=2, num_attention_heads=12, intermediate_size=512
)

#: Seed of its weights: the date of the tutorial's screenshots.
FINETUNED_SEED = 20211223

__all__ = ["FINETUNED", "FINETUNED_SHA256", "finetuned_folder", "minilm_folder", "tiny_folder"]


def finetuned_folder(cache: Path | None = None) -> Path:
    """Return the folder ``bert-base-uncased-finetuned``; create it on first use, which takes a second or two.

    Safe to call from several processes: each creates the folder under a temporary name and renames it, so that an
    incomplete folder is never visible.

    Args:
        cache: the parent of model folders; None means the kit's cache folder.

    Returns:
        The folder, which ``AutoModel`` and ``AutoTokenizer`` can load.

    Raises:
        FolderUnusable: the cache cannot be written to, or its disk is full.
        MissingTool: the package that contains the vocabulary is not installed.
    """
    # A checksum in the path gives each version of the kit its own folder.
    recipe = FINETUNED_SHA256["model.safetensors"][:8]
    folder = (cache or settings.cache_folder()) / "models" / recipe / FINETUNED
    if not all((folder / name).is_file() for name in FINETUNED_SHA256):
        card = files("autograde.models").joinpath("finetuned-card.md").read_text(encoding="utf-8")
        _make_folder(folder, FINETUNED_SHAPE, FINETUNED_SEED, vocabulary(), card)
    return folder


def tiny_folder(
    destination: Path,
    *,
    hidden_size: int = 32,
    num_hidden_layers: int = 1,
    num_attention_heads: int = 2,
    intermediate_size: int | None = None,
    sep_id: int = 102,
    cls_id: int = 101,
    pad_id: int = 0,
    max_position_embeddings: int = 512,
    type_vocab_size: int = 2,
    seed: int = 0,
) -> Path:
    """Create a tiny BERT in ``destination`` with an English and Chinese tokenizer. Equal arguments give equal bytes.

    Args:
        destination: the folder to create; it must not exist yet.
        hidden_size: length of a token's vector; a multiple of ``num_attention_heads``.
        num_hidden_layers: encoder layers.
        num_attention_heads: attention heads in each layer.
        intermediate_size: width of the feed-forward layers; None means twice the hidden size.
        sep_id: id of ``[SEP]``; a special token that usually has this id gets the next free one.
        cls_id: id of ``[CLS]``.
        pad_id: id of ``[PAD]``.
        max_position_embeddings: longest input, in tokens.
        type_vocab_size: number of segment ids.
        seed: seed of the weights.

    Returns:
        ``destination``, which ``AutoModel`` and ``AutoTokenizer`` can load.

    Raises:
        ValueError: the sizes or ids are invalid for a BERT.
        FolderUnusable: ``destination`` exists, cannot be written to, or its disk is full.
    """
    if destination.exists():
        raise FolderUnusable(f"{destination} exists already.", "Choose a folder that does not exist yet.")
    special = {"[PAD]": pad_id, "[CLS]": cls_id, "[SEP]": sep_id}
    for token in ("[UNK]", "[MASK]"):
        free = SPECIAL_IDS[token]
        while free in special.values():
            free += 1
        special[token] = free
    tokens = list(_small_vocabulary(tuple(special.items())))
    shape = BertShape(
        vocab_size=len(tokens),
        hidden_size=hidden_size,
        num_hidden_layers=num_hidden_layers,
        num_attention_heads=num_attention_heads,
        intermediate_size=intermediate_size or 2 * hidden_size,
        max_position_embeddings=max_position_embeddings,
        type_vocab_size=type_vocab_size,
    )
    _make_folder(destination, shape, seed, tokens, None)
    return destination


def model_config(shape: BertShape, pad_id: int) -> dict[str, object]:
    """Return the content of ``config.json`` that transformers 5 writes for a ``BertModel``."""
    return {
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": shape.hidden_size,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate_size,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": shape.max_position_embeddings,
        "model_type": "bert",
        "num_attention_heads": shape.num_attention_heads,
        "num_hidden_layers": shape.num_hidden_layers,
        "pad_token_id": pad_id,
        "type_vocab_size": shape.type_vocab_size,
        "use_cache": True,
        "vocab_size": shape.vocab_size,
    }


def _make_folder(folder: Path, shape: BertShape, seed: int, tokens: list[str], card: str | None) -> None:
    """Write a model folder under a temporary name, then rename it."""
    texts = {"config.json": json_text(model_config(shape, tokens.index("[PAD]"))), **_tokenizer_texts(tuple(tokens))}
    if card is not None:
        texts["README.md"] = card
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            for name, text in texts.items():
                (made / name).write_bytes(text.encode())
            write_weights(made / "model.safetensors", shape, seed)
            _put(made, folder, Path(scratch) / "broken")
    except OSError as error:
        raise FolderUnusable(
            f"The model folder {folder} cannot be written: {error.strerror or error}.",
            "Free some disk space (200 MB are enough), or set AUTOGRADE_CACHE to a folder that you may write to.",
        ) from error


@lru_cache(maxsize=2)
def _small_vocabulary(special: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
    return tuple(small_vocabulary(dict(special)))


@lru_cache(maxsize=2)
def _tokenizer_texts(tokens: tuple[str, ...]) -> dict[str, str]:
    """Return the tokenizer's files, cached because they take longer than a tiny model's weights."""
    return tokenizer_files(tokens)


def _put(made: Path, folder: Path, aside: Path) -> None:
    """Rename ``made`` to ``folder``, unless another process was faster; a broken folder is moved ``aside`` first."""

    def is_there() -> bool:
        return all(
            (folder / file.name).is_file() and (folder / file.name).stat().st_size == file.stat().st_size
            for file in made.iterdir()
        )

    if is_there():
        return
    if folder.exists():
        folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if not is_there():
            raise
