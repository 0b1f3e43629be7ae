"""An in-memory tokenizer for English and Chinese, for lessons that change the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from autograde.models.vocabularies import small_vocabulary

#: Ids of the special tokens as in SciBERT: 102 is ``[CLS]``, not ``[SEP]``.
ENGLISH_CHINESE_IDS: Mapping[str, int] = {"[PAD]": 0, "[UNK]": 101, "[CLS]": 102, "[SEP]": 103, "[MASK]": 104}

#: Enough to include every word of the tutorial's sentences.
ENGLISH_WORDS = 9000


@lru_cache(maxsize=1)
def english_chinese_tokenizer() -> Any:
    """Return a ``BertTokenizer`` with 9000 English words and the 3755 most frequent Chinese characters.

    Its ``[SEP]`` is 103.
    """
    from transformers import BertTokenizer

    tokens = small_vocabulary(ENGLISH_CHINESE_IDS, ENGLISH_WORDS)
    return BertTokenizer(vocab={token: place for place, token in enumerate(tokens)})
