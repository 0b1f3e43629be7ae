"""The English–Chinese tokenizer: whole words, no ``[UNK]`` in a Chinese sentence, and a ``[SEP]`` that is not 102."""

from __future__ import annotations

import pytest

from autograde.models import english_chinese_tokenizer


@pytest.mark.parametrize(
    ("pair", "tokens"),
    [
        (
            ("Talk is cheap", "Please show me your code!"),
            "[CLS] talk is cheap [SEP] please show me your code ! [SEP]",
        ),
        (("空谈没有用", "请给我看代码！"), "[CLS] 空 谈 没 有 用 [SEP] 请 给 我 看 代 码 ！ [SEP]"),
    ],
)
def test_sentences_in_both_languages_have_no_unknown_tokens(pair: tuple[str, str], tokens: str) -> None:
    assert english_chinese_tokenizer()(*pair).tokens() == tokens.split()


def test_102_is_cls_and_sep_is_103() -> None:
    tokenizer = english_chinese_tokenizer()
    assert tokenizer.sep_token_id == 103
    assert tokenizer.convert_ids_to_tokens([102, 103]) == ["[CLS]", "[SEP]"]
