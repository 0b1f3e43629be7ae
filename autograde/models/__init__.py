"""BERT models that work offline: generated from a fixed seed or taken from an installed package, never downloaded."""

from __future__ import annotations

from autograde.models.folders import (
    FINETUNED,
    FINETUNED_SHA256,
    finetuned_folder,
    minilm_folder,
    tiny_folder,
)
from autograde.models.tokenizers import english_chinese_tokenizer
from autograde.models.vocabularies import vocabulary

__all__ = [
    "FINETUNED",
    "FINETUNED_SHA256",
    "english_chinese_tokenizer",
    "finetuned_folder",
    "minilm_folder",
    "tiny_folder",
    "vocabulary",
]
