"""2.6, tensors: the cases and their right answers."""

from __future__ import annotations

import random
from dataclasses import replace

from autograde.judge.cases import Case
from autograde.judge.describing import call
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation, listed, tensor, tupled, whole_numbers
from autograde.judge.sentences import (
    CHINESE,
    ENGLISH,
    PAD,
    SEP,
    SHOW,
    SPECIAL,
    TALK,
    Sentences,
    in_another_vocabulary,
    segments,
    unequal_pair,
    words,
)


def _case(name: str, about: Message, sentences: Sentences, mark: int = 102) -> Case:
    tokens = sentences.tokens
    ids = sentences.ids() if mark == SPECIAL[SEP] else sentences.ids(in_another_vocabulary(sentences, mark))
    return Case(name, "pairs", about, (listed(*ids), listed(*segments(tokens, SEP))), tokens)


def _padded(sentences: Sentences, more: int) -> Case:
    """Return a pair with padding at the end, where the segment ids are 0 again."""
    case = _case("padded", _("a pair of sentences of different lengths, padded"), sentences)
    index, ids = lists(case)
    filling = [0] * more
    return replace(
        case, arguments=(listed(*index, *filling), listed(*ids, *filling)), tokens=(*case.tokens, *(PAD,) * more)
    )


_PAIR = _("a pair of sentences of different lengths")


_VOCABULARY = _("a pair in a vocabulary whose [SEP] has another id")


VISIBLE = (
    _case("tutorial", _("the tutorial's pair"), Sentences(TALK, SHOW)),
    _case("short", _PAIR, Sentences(("birds", "sing"), ("yes",))),
    _case("vocabulary", _VOCABULARY, Sentences(("birds", "sing"), ("we", "read", "books", ".")), 103),
)


def _small(sentences: Sentences, mark: int = 102) -> Case:
    case = _case(f"{'-'.join(sentences.tokens)}-{mark}", _PAIR, sentences, mark)
    return replace(case, about=verbatim(call("to_tensors", *case.arguments)))


SMALLER = (
    _small(Sentences(("yes",))),
    _small(Sentences(("yes",), ("no",))),
    _small(Sentences(("yes",), ("no",)), 103),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    return (
        _case("longer-first", _PAIR, unequal_pair(rng, ENGLISH, longer_first=True)),
        _case("longer-second", _PAIR, unequal_pair(rng, ENGLISH, longer_first=False)),
        _case("chinese", _("a pair of Chinese sentences"), unequal_pair(rng, CHINESE, longer_first=True)),
        # Longer than the tutorial's example, and than any fixed length to which a learner may truncate.
        _case("long", _PAIR, Sentences(words(rng, 11, ENGLISH), words(rng, 9, ENGLISH))),
        _padded(unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 4)),
        _case("single", _("a single sentence"), Sentences(words(rng, rng.randint(2, 6), ENGLISH))),
        _case(
            "one-token", _("a pair of sentences of one token each"),
            Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH)),
        ),
        _case(
            "vocabulary", _VOCABULARY,
            unequal_pair(rng, ENGLISH, longer_first=False), rng.choice((103, 3, 203)),
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
