"""2.6, segment ids: the cases with their sentences and vocabularies, and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.messages import Message, _
from autograde.judge.observation import listed, whole_numbers
from autograde.judge.sentences import (
    CHINESE,
    ENGLISH,
    SEP,
    SHOW,
    TALK,
    Sentences,
    segments,
    typed_separator,
    unequal_pair,
    words,
)
from autograde.questions.load_the_downloaded_model import _pairs

PAIRS, VOCABULARIES, EDGES = "pairs", "vocabularies", "edges"

#: bert-base-uncased's separator, and those of SciBERT and other vocabularies.
MARK = 102
OTHER_MARKS = (103, 3, 2, 5, 203)
#: A separator in a large vocabulary, to detect ``is`` in place of ``==``: Python caches the numbers up to 256, for
#: which both work.
LARGE_MARK = 50256


def _case(name: str, group: str, about: Message, sentences: Sentences, mark: int = MARK) -> Case:
    return Case(name, group, about, (listed(*sentences.ids(mark)), mark), sentences.tokens)


_TYPED = _("a pair with [SEP] typed into the text")
_CUT = _("a pair that was cut off before its last [SEP]")

VISIBLE = (
    _case("tutorial", PAIRS, _pairs.TUTORIAL, Sentences(TALK, SHOW)),
    _case("longer-first", PAIRS, _pairs.UNEQUAL, Sentences(("she", "writes", "music", "at", "night"), ("good", "."))),
    _case("scibert", VOCABULARIES, _pairs.OTHER_MARK, Sentences(("birds", "sing"), ("the", "cat", "sleeps", ".")), 103),
    _case("single", EDGES, _pairs.SINGLE, Sentences(("rain", "falls", "."))),
    _case("typed", EDGES, _TYPED, Sentences(("we", "read"), ("books", SEP, "yes", "!"))),
    _case("cut", EDGES, _CUT, Sentences(("dogs", "run"), ("we", "wait", "."), closed=False)),
)


def _small(sentences: Sentences, mark: int = MARK) -> Case:
    return _pairs.as_call(_case(f"{'-'.join(sentences.tokens)}-{mark}", EDGES, _TYPED, sentences, mark), "segment_ids")


SMALLER = (
    _small(Sentences(("yes",), ("no",))),
    _small(Sentences(("yes",), ("no", "!"))),
    _small(Sentences(("yes", "!"), ("no",))),
    _small(Sentences(("yes",), ("no",)), 103),
    _small(Sentences(("yes",))),
    _small(Sentences(("yes",), ("no",), closed=False)),
    _small(Sentences(("yes",), (SEP, "no"))),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    cases = [
        _case(f"unequal-{place}", PAIRS, _pairs.UNEQUAL, unequal_pair(rng, ENGLISH, longer_first=place % 2 == 0))
        for place in range(4)
    ]
    cases += [
        _case(f"chinese-{place}", PAIRS, _pairs.CHINESE, unequal_pair(rng, CHINESE, longer_first=place % 2 == 0))
        for place in range(2)
    ]
    cases += [
        _case(f"vocabulary-{mark}", VOCABULARIES, _pairs.OTHER_MARK, unequal_pair(rng, kind, longer_first=longer), mark)
        for mark, kind, longer in zip(
            (LARGE_MARK, *rng.sample(OTHER_MARKS, 3)),
            (ENGLISH, CHINESE, ENGLISH, ENGLISH),
            (True, False, False, True),
            strict=True,
        )
    ]
    pair = unequal_pair(rng, ENGLISH, longer_first=False)
    cases += [
        _case("single-english", EDGES, _pairs.SINGLE, Sentences(words(rng, rng.randint(2, 7), ENGLISH))),
        _case("single-chinese", EDGES, _pairs.SINGLE, Sentences(words(rng, rng.randint(2, 7), CHINESE))),
        _case("one-token", EDGES, _pairs.ONE_TOKEN_EACH, Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH))),
        _case("typed-first", EDGES, _TYPED, typed_separator(rng, in_first=True)),
        _case("typed-second", EDGES, _TYPED, typed_separator(rng, in_first=False)),
        _case("cut", EDGES, _CUT, Sentences(pair.first, pair.second, closed=False)),
        _case("cut-short", EDGES, _CUT, Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH), closed=False)),
    ]
    return tuple(cases)


def input_of(case: Case) -> tuple[list[int], int]:
    """Return a case's ids and its id of [SEP]."""
    index, mark = case.arguments
    assert isinstance(mark, int)
    return whole_numbers(index), mark


def right_of(case: Case) -> list[int]:
    """Return the right segment ids."""
    index, mark = input_of(case)
    return list(segments(index, mark))


def first_of(case: Case) -> int:
    """Return the position of the first [SEP]."""
    index, mark = input_of(case)
    return index.index(mark)


def last_of(case: Case) -> int:
    """Return the position of the last [SEP]."""
    index, mark = input_of(case)
    return len(index) - 1 - index[::-1].index(mark)


def length_of(case: Case) -> int:
    """Return the number of ids."""
    return len(input_of(case)[0])
