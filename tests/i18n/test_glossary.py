"""Chinese texts use the glossary's word for each term, and no other translation of it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from autograde import notebooks
from autograde.i18n import catalogues
from autograde.i18n.glossary import TERMS, GlossaryTerm, paragraphs, unlike
from autograde.i18n.translation import LOCALE
from autograde.settings import KIT

CATALOGUES = sorted((LOCALE / "zh" / "LC_MESSAGES").glob("*.po"))
NOTEBOOKS = list(notebooks.files([KIT / "course", KIT / "source"]))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_uses_the_glossarys_words(path: Path) -> None:
    messages = [(str(each.id), str(each.string)) for each in catalogues.catalogue(path) if each.id and each.string]
    assert messages
    assert {english: found for english, chinese in messages if (found := unlike(english, chinese))} == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_pair_of_cells_uses_the_glossarys_words(path: Path) -> None:
    pairs = [
        (left.id, *pair)
        for left, right in itertools.pairwise(notebooks.read(path).cells)
        if notebooks.language_of(left) == "en" and left.cell_type == "markdown"
        for pair in paragraphs(left.source, right.source)
    ]
    assert pairs
    assert {(name, *unlike(left, right)) for name, left, right in pairs if unlike(left, right)} == set()


def test_glossary_has_no_duplicate_or_contradictory_terms() -> None:
    forms = [form for term in TERMS for form in term.english]
    assert len(set(forms)) == len(forms)
    agreed = {word for term in TERMS for word in term.chinese}
    for term in TERMS:
        assert term.chinese[0]
        # A forbidden word must not be part of an agreed one.
        assert [word for word in term.never if any(word in other for other in agreed)] == []
        assert all(CHINESE.search(word) for word in term.never)


def test_longer_terms_come_before_shorter_ones_in_them() -> None:
    forms = [(place, form) for place, term in enumerate(TERMS) for form in term.english]
    for (before, short), (after, long) in itertools.permutations(forms, 2):
        if before < after:
            assert not re.search(rf"\b{re.escape(short)}\b", long), f"{long!r} is never found: {short!r} comes first"


@pytest.mark.parametrize(
    ("english", "chinese", "found"),
    [
        ("Make an access token.", "创建一个访问令牌。", 0),
        ("Make an access token.", "创建一个词元。", 1),
        ("Every token has its id.", "每个词元都有 id。", 0),
        ("Every token has its id.", "每个标记都有 id。", 1),
        ("Two repositories and the segment ids", "两个仓库和片段编号", 0),
        ("Two repositories and the segment ids", "两个存储库和分段编号", 4),
        ("The `token` and {token}", "它们", 0),
        ("```\na token\n```", "一段代码", 0),
        ("A Token.", "词元", 0),
        ("tokenizer", "分词器", 0),
        ("an unaccountable thing", "一件怪事", 0),
        ("batch-axis", "批次轴", 0),
        ("Your account has a name.", "你的账号有一个名字。", 0),
        ("Your account has a name.", "你的账户有一个名字。", 2),
        ("A name.", "账户的名字。", 1),
        ("not attempted", "尚未作答", 0),
        ("not attempted", "还没有作答", 2),
        ("There is no answer yet.", "还没有作答。", 1),
    ],
)
def test_other_words_for_a_term_are_found(english: str, chinese: str, found: int) -> None:
    assert len(unlike(english, chinese)) == found


def test_paragraphs_are_paired_if_their_numbers_are_equal() -> None:
    assert paragraphs("a\n\nb", "甲\n\n乙") == [("a", "甲"), ("b", "乙")]
    assert paragraphs("a\n\nb", "甲") == [("a\n\nb", "甲")]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.english[0])
def test_pattern_of_a_term_finds_its_forms(term: GlossaryTerm) -> None:
    for form in term.english:
        assert term.pattern().search(f"the {form}, of course")
        assert term.pattern().search(f"{form.capitalize()}")
