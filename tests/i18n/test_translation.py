"""Sentences are joined as each language joins them."""

from __future__ import annotations

import pytest

from autograde.i18n.translation import sentences


@pytest.mark.parametrize(
    ("said", "joined"),
    [
        (("It is here.", "Open it."), "It is here. Open it."),
        (("它在这里。", "请打开它。"), "它在这里。请打开它。"),
        (("常用页面：", "首页"), "常用页面：首页"),
        (("Its pages:", "Home"), "Its pages: Home"),
        (("It is here.", "", ""), "It is here."),
    ],
)
def test_a_space_is_between_english_sentences_only(said: tuple[str, ...], joined: str) -> None:
    assert sentences(*said) == joined
