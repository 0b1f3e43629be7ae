"""Joining sentences with or without a space, depending on the language."""

from __future__ import annotations

import pytest

from autograde.i18n.translation import sentences


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        (("It is here.", "Open it."), "It is here. Open it."),
        (("它在这里。", "请打开它。"), "它在这里。请打开它。"),
        (("常用页面：", "首页"), "常用页面：首页"),
        (("Its pages:", "Home"), "Its pages: Home"),
        (("It is here.", "", ""), "It is here."),
    ],
)
def test_only_english_sentences_are_joined_with_a_space(parts: tuple[str, ...], joined: str) -> None:
    assert sentences(*parts) == joined
