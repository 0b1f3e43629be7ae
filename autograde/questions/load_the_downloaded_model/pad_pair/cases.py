"""2.6, padding: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, listed, tupled, whole_numbers
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


def _case(name: str, about: Message, sentences: Sentences, more: int, pad: int) -> Case:
    tokens = sentences.tokens
    # A vocabulary with a different [PAD] also has a different [SEP].
    ids = sentences.ids(pad + 103) if pad else sentences.ids()
    arguments = (listed(*ids), listed(*segments(tokens, SEP)), len(tokens) + more, pad)
    return Case(name, "pairs", about, arguments, (*tokens, *(PAD,) * more))


_FULL = _("a pair that has the length already")

_OTHER = _("a vocabulary whose [PAD] is not 0")

VISIBLE = (
    _case("tutorial", _pairs.TUTORIAL, Sentences(TALK, SHOW), 4, 0),
    _case("other", _OTHER, Sentences(("birds", "sing"), ("yes",)), 3, 1),
    _case("full", _FULL, Sentences(("rain", "falls"), ("we", "wait", ".")), 0, 0),
)


def _small(sentences: Sentences, pad: int) -> Case:
    return _pairs.as_call(_case(f"{'-'.join(sentences.tokens)}-{pad}", _OTHER, sentences, 1, pad), "pad_pair")


SMALLER = (
    _small(Sentences(("yes",)), 0),
    _small(Sentences(("yes",)), 1),
    _small(Sentences(("yes",), ("no",)), 0),
)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    padded = _pairs.PADDED
    return (
        _case("longer-first", padded, unequal_pair(rng, ENGLISH, longer_first=True), rng.randint(2, 6), 0),
        _case("longer-second", padded, unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 6), 0),
        _case("chinese", padded, unequal_pair(rng, CHINESE, longer_first=True), rng.randint(2, 6), 0),
        _case("other", _OTHER, unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 6), rng.randint(1, 90)),
        _case("single", _("a single sentence, padded"), Sentences(words(rng, 4, ENGLISH)), rng.randint(2, 6), 0),
        _case("full", _FULL, unequal_pair(rng, ENGLISH, longer_first=True), 0, 0),
    )


def input_of(case: Case) -> tuple[list[int], list[int], int, int]:
    """Return the ids, the segment ids, the number of positions to fill, and the id of ``[PAD]``."""
    index, parts = map(whole_numbers, case.arguments[:2])
    length, pad = whole_numbers(listed(*case.arguments[2:]))
    return index, parts, length - len(index), pad


def answer(case: Case, *, pad: int | None = None, segment: int = 0, real: int = 1, filled: int = 0) -> Observation:
    """Return the right answer, or one in which the padding has another id, segment or mask."""
    index, parts, more, own = input_of(case)
    filling = own if pad is None else pad
    mask = [real] * len(index) + [filled] * more
    return tupled(listed(*index, *[filling] * more), listed(*parts, *[segment] * more), listed(*mask))
