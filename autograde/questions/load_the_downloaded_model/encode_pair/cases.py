"""2.6, two sentences as ids: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.describing import call
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Sequence, listed, tupled
from autograde.judge.sentences import (
    CHINESE,
    CLS,
    ENGLISH,
    PAD,
    SEP,
    SHOW,
    TALK,
    UNK,
    Sentences,
    typed_separator,
    unequal_pair,
    words,
)
from autograde.judge.tiny_bert import Vocabulary
from autograde.questions.load_the_downloaded_model import _pairs

_SIZE = 124

_SPECIAL = (PAD, UNK, CLS, SEP, "[MASK]")

#: Word endings that are separate tokens in the vocabularies.
_ENDS = ("##ward", "##ful")

#: Lower-case words with spaces between all tokens, and sentences in normal spelling.
PLAIN, _WRITTEN = "plain", "written"


def _vocabulary(rng: random.Random, separator: int) -> Vocabulary:
    """Return a vocabulary of all words of the cases in a random order, with ``[SEP]`` at the position ``separator``."""
    rest = [*(token for token in _SPECIAL if token != SEP), *_ENDS, *ENGLISH, *CHINESE]
    rest += [f"[unused{place}]" for place in range(_SIZE - 1 - len(rest))]
    rng.shuffle(rest)
    return Vocabulary((*rest[:separator], SEP, *rest[separator:]))


def _case(name: str, group: str, about: Message, sentences: Sentences, vocabulary: Vocabulary) -> Case:
    first, second = sentences.written if group == _WRITTEN else sentences.text
    facts = listed(
        listed(*(vocabulary.id(token) for token in sentences.first)),
        listed(*(vocabulary.id(token) for token in sentences.second or ())),
    )
    return Case(name, group, about, (vocabulary.observation(), first, second), sentences.tokens, facts)


_ABOUT = _("two English sentences")

_CHINESE = _("two Chinese sentences")

_OTHER = _("a vocabulary whose [SEP] is not 102")

_fixed = random.Random("encode_pair")  # noqa: S311 - the visible vocabularies, the same for ever

VISIBLE = (
    _case("tutorial", _WRITTEN, _pairs.TUTORIAL, Sentences(TALK, SHOW), _vocabulary(_fixed, 102)),
    _case(
        "scibert", PLAIN, _OTHER, Sentences(("birds", "sing"), ("we", "read", "books", ".")), _vocabulary(_fixed, 103)
    ),
    _case("chinese", _WRITTEN, _CHINESE, Sentences(("我", "学", "中", "文"), ("山", "水")), _vocabulary(_fixed, 7)),
)


def _small(group: str, sentences: Sentences) -> Case:
    texts = sentences.written if group == _WRITTEN else sentences.text
    about = _(
        "{call}, with a tokenizer that gives [SEP] the id {mark}",
        call=call("encode_pair", "tokenizer", *map(repr, texts)), mark=7,
    )  # fmt: skip
    return _case(group, group, about, sentences, _vocabulary(_fixed, 7))


SMALLER = (_small(PLAIN, Sentences(("yes",), ("no",))), _small(_WRITTEN, Sentences(("yes", "!"), ("no",))))


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    separators = [102, *rng.sample(range(3, 100), 5)]
    a, b, c, d, e, f, g = words(rng, 7, {word: 0 for word in ENGLISH if word.isalpha()})
    vocabularies = [_vocabulary(rng, separator) for separator in separators]
    return (
        # Longer than the lengths to which learners truncate.
        _case("long", PLAIN, _ABOUT, Sentences(words(rng, 20, ENGLISH), words(rng, 12, ENGLISH)), vocabularies[0]),
        _case("other", PLAIN, _OTHER, unequal_pair(rng, ENGLISH, longer_first=False), vocabularies[1]),
        _case("chinese", _WRITTEN, _CHINESE, unequal_pair(rng, CHINESE, longer_first=True), vocabularies[2]),
        _case("longer", _WRITTEN, _CHINESE, unequal_pair(rng, CHINESE, longer_first=False), vocabularies[3]),
        _case(
            "typed", PLAIN, _("a pair with [SEP] typed into the text"), typed_separator(rng, in_first=True),
            vocabularies[4],
        ),
        _case(
            "written", _WRITTEN, _(
                "two sentences with capitals, punctuation, an unknown word and a word of two tokens"
            ),
            Sentences((a, b, _ENDS[0], UNK, c, "."), (d, UNK, e, _ENDS[1], f, "?", g, "!")),
            vocabularies[5],
        ),
    )  # fmt: skip


def pieces_of(case: Case) -> tuple[list[Observation], list[Observation], int, int]:
    """Return the ids of sentence A, the ids of sentence B, the id of ``[CLS]`` and the id of ``[SEP]``."""
    vocabulary = Vocabulary.read(case.arguments[0])
    assert isinstance(case.facts, Sequence)
    first, second = case.facts.items
    assert isinstance(first, Sequence)
    assert isinstance(second, Sequence)
    return list(first.items), list(second.items), vocabulary.id(CLS), vocabulary.id(SEP)


def answer_of(index: list[Observation], mark: Observation) -> Observation:
    """Return the two results of the function as an answer."""
    return tupled(listed(*index), mark)


def index_of(case: Case) -> list[Observation]:
    """Return the right list of ids."""
    first, second, cls, sep = pieces_of(case)
    return [cls, *first, sep, *second, sep]


def sep_of(case: Case) -> int:
    """Return the id of ``[SEP]``."""
    return pieces_of(case)[3]
