"""The real BERT vocabulary, and a small one for English and Chinese."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from autograde.models.vocabularies import (
    SPECIAL_IDS,
    common_chinese_characters,
    minilm_folder,
    small_vocabulary,
    tokenizer_files,
    vocabulary,
)


def test_the_real_vocabulary_is_bert_base_uncased() -> None:
    tokens = vocabulary()
    assert len(tokens) == len(set(tokens)) == 30522
    assert {token: tokens.index(token) for token in SPECIAL_IDS} == dict(SPECIAL_IDS)
    assert [tokens[number] for number in (2831, 2003, 10036)] == ["talk", "is", "cheap"]


def test_changing_a_returned_vocabulary_does_not_affect_later_calls() -> None:
    vocabulary().clear()
    assert len(vocabulary()) == 30522


def test_tokenizer_agrees_with_the_published_one() -> None:
    published = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    published.no_padding()
    published.no_truncation()
    ours = Tokenizer.from_str(tokenizer_files(vocabulary())["tokenizer.json"])
    for text in (
        "Talk is cheap",
        "Café déjà-vu, naïve!",
        "我爱自然语言处理",
        "[SEP] typed in",
        "",
        "antidisestablishment",
    ):
        mine, theirs = (
            ours.encode(text, "Please show me your code!"),
            published.encode(text, "Please show me your code!"),
        )
        assert (mine.ids, mine.type_ids, mine.attention_mask) == (theirs.ids, theirs.type_ids, theirs.attention_mask)


def test_the_common_characters_are_those_of_level_one() -> None:
    characters = common_chinese_characters()
    assert len(characters) == len(set(characters)) == 3755
    assert (characters[0], characters[-1]) == ("啊", "座")


@given(st.permutations(sorted(SPECIAL_IDS)), st.lists(st.integers(0, 4000), min_size=5, max_size=5, unique=True))
def test_special_tokens_get_the_given_ids(names: list[str], ids: list[int]) -> None:
    wanted = dict(zip(names, ids, strict=True))
    tokens = small_vocabulary(wanted)
    assert len(tokens) == len(set(tokens))
    assert {name: tokens.index(name) for name in names} == wanted


def test_duplicate_or_impossible_ids_are_rejected() -> None:
    with pytest.raises(ValueError, match="share an id"):
        small_vocabulary({**SPECIAL_IDS, "[SEP]": 101})
    with pytest.raises(ValueError, match="outside the vocabulary"):
        small_vocabulary({**SPECIAL_IDS, "[SEP]": 10**6})


def test_small_vocabulary_has_no_unknown_tokens_in_english_or_chinese() -> None:
    tokenizer = Tokenizer.from_str(tokenizer_files(small_vocabulary(SPECIAL_IDS))["tokenizer.json"])
    for text in ("Talk is cheap", "Supercalifragilistic 2026!", "空谈很容易，请把你的代码给我看！"):
        assert "[UNK]" not in tokenizer.encode(text).tokens


def test_the_tokenizer_file_names_every_special_token() -> None:
    content = json.loads(tokenizer_files(vocabulary())["tokenizer.json"])
    assert {entry["content"]: entry["id"] for entry in content["added_tokens"]} == dict(SPECIAL_IDS)
