"""The models on a new learner's Hub, which lesson 1 finds, filters, reads and loads.

Five are tiny BERTs with random weights, created here. One is a real pretrained model from an installed package, under
its name on huggingface.co, so that the lesson's code works there too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from autograde.models.folders import minilm_folder, tiny_folder

#: The organisation that owns the tiny models.
OWNER = "gallery"

#: The real pretrained model, hidden size 384.
MINILM = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True)
class TinyModel:
    """A tiny BERT of the gallery.

    Attributes:
        name: name without its owner; also the name of its card.
        card: whether it has a model card. One has none, like many models on huggingface.co.
        sizes: arguments for :func:`~autograde.models.tiny_folder`.
    """

    name: str
    sizes: Mapping[str, int]
    card: bool = True


TINY = (
    TinyModel("tiny-bert-english", {"hidden_size": 32, "seed": 1}),
    TinyModel("tiny-bert-chinese", {"hidden_size": 32, "seed": 2}),
    TinyModel("tiny-bert-bilingual", {"hidden_size": 48, "num_hidden_layers": 2, "seed": 3}),
    TinyModel("tiny-bert-wide", {"hidden_size": 128, "num_attention_heads": 4, "seed": 4}),
    TinyModel("tiny-bert-without-a-card", {"hidden_size": 32, "seed": 5}, card=False),
)

#: The full names of all models of the gallery.
NAMES = (*(f"{OWNER}/{each.name}" for each in TINY), MINILM)


def contents(name: str) -> dict[str, bytes]:
    """Return ``{path: content}`` of a gallery model; the same bytes on every machine.

    Args:
        name: one of :data:`NAMES`.

    Raises:
        KeyError: no model has this name.
        FolderUnusable: the temporary folder cannot be written to.
        MissingTool: the package that contains the pretrained model is not installed.
    """
    if name == MINILM:
        # Leave out the package's .gitattributes, which would replace the Hub's.
        return {path: content for path, content in _files(minilm_folder()).items() if path != ".gitattributes"}
    tiny = {f"{OWNER}/{each.name}": each for each in TINY}[name]
    with tempfile.TemporaryDirectory() as scratch:
        found = _files(tiny_folder(Path(scratch) / tiny.name, **tiny.sizes))
    if tiny.card:
        found["README.md"] = files("autograde.models").joinpath("cards", f"{tiny.name}.md").read_bytes()
    return found


def _files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
