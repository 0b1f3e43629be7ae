"""2.6, tensors: the cases and their right answers."""

from __future__ import annotations

import random
from dataclasses import replace

from autograde.judge.cases import Case
from autograde.judge.messages import Message
from autograde.judge.observation import Observation, listed, tensor, tupled, whole_numbers
from autograde.judge.sentences import (
    CHINESE,
    ENGLISH,
    PAD,
    SEP,
    SHOW,
    TALK,
    Sentences,
    segments,
    unequal_pair,
    words,
)
from autograde.questions.load_the_downloaded_model import _pairs


def _case(name: str, about: Message, sentences: Sentences, mark: int = 102) -> Case:
    tokens = sentences.tokens
    return Case(name, "pairs", about, (listed(*sentences.ids(mark)), listed(*segments(tokens, SEP))), tokens)


def _padded(sentences: Sentences, more: int) -> Case:
    """Return a pair with padding at the end, where the segment ids are 0 again."""
    case = _case("padded", _pairs.PADDED, sentences)
    index, ids = lists(case)
    filling = [0] * more
    return replace(
        case, arguments=(listed(*index, *filling), listed(*ids, *filling)), tokens=(*case.tokens, *(PAD,) * more)
    )


VISIBLE = (
    _case("tutorial", _pairs.TUTORIAL, Sentences(TALK, SHOW)),
    _case("short", _pairs.UNEQUAL, Sentences(("birds", "sing"), ("yes",))),
    _case("vocabulary", _pairs.OTHER_MARK, Sentences(("birds", "sing"), ("we", "read", "books", ".")), 103),
)


def _small(sentences: Sentences, mark: int = 102) -> Case:
    return _pairs.as_call(_case(f"{'-'.join(sentences.tokens)}-{mark}", _pairs.UNEQUAL, sentences, mark), "to_tensors")


SMALLER = (
    _small(Sentences(("yes",))),
    _small(Sentences(("yes",), ("no",))),
    _small(Sentences(("yes",), ("no",)), 103),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    return (
        _case("longer-first", _pairs.UNEQUAL, unequal_pair(rng, ENGLISH, longer_first=True)),
        _case("longer-second", _pairs.UNEQUAL, unequal_pair(rng, ENGLISH, longer_first=False)),
        _case("chinese", _pairs.CHINESE, unequal_pair(rng, CHINESE, longer_first=True)),
        # Longer than the tutorial's example, and than any fixed length to which a learner may truncate.
        _case("long", _pairs.UNEQUAL, Sentences(words(rng, 11, ENGLISH), words(rng, 9, ENGLISH))),
        _padded(unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 4)),
        _case("single", _pairs.SINGLE, Sentences(words(rng, rng.randint(2, 6), ENGLISH))),
        _case("one-token", _pairs.ONE_TOKEN_EACH, Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH))),
        _case(
            "vocabulary", _pairs.OTHER_MARK, unequal_pair(rng, ENGLISH, longer_first=False),
            rng.choice((103, 3, 203)),
        ),
    )  # fmt: skip


def lists(case: Case) -> tuple[list[int], list[int]]:
    """Return the ids and the segment ids."""
    index, segments_ids = map(whole_numbers, case.arguments)
    return index, segments_ids


def pair_of(case: Case, library: str = "torch") -> Observation:
    """Return both lists as tensors with a batch axis."""
    index, ids = lists(case)
    return tupled(tensor([index], "int64", library=library), tensor([ids], "int64", library=library))
