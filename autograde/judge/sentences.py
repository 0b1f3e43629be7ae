"""English and Chinese sentences for cases, as tokens and as their ids in bert-base-uncased."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

CLS, SEP, PAD, UNK = "[CLS]", "[SEP]", "[PAD]", "[UNK]"
PUNCTUATION = frozenset("!.?。")
#: A word that is not in any case's vocabulary.
UNKNOWN_WORD = "quixotry"

#: Tokens of bert-base-uncased with their ids; a test compares them with the real vocabulary.
SPECIAL = {PAD: 0, CLS: 101, SEP: 102}
ENGLISH = {
    "talk": 2831, "is": 2003, "cheap": 10036, "please": 3531, "show": 2265, "me": 2033, "your": 2115, "code": 3642,
    "the": 1996, "cat": 4937, "sleeps": 25126, "dogs": 6077, "run": 2448, "fast": 3435, "we": 2057, "read": 3191,
    "books": 2808, "rain": 4542, "falls": 4212, "she": 2016, "writes": 7009, "music": 2189, "birds": 5055,
    "sing": 6170, "at": 2012, "night": 2305, "yes": 2748, "no": 2053, "wait": 3524, "good": 2204, "models": 4275,
    "learn": 4553, "!": 999, ".": 1012, "?": 1029,
}  # fmt: skip
CHINESE = {
    "我": 1855, "学": 1817, "天": 1811, "中": 1746, "文": 1861, "人": 1756, "大": 1810, "水": 1893, "山": 1831,
    "不": 1744, "小": 1829, "月": 1872, "日": 1864, "上": 1742, "下": 1743, "有": 1873, "一": 1740, "三": 1741,
    "国": 1799, "。": 1636,
}  # fmt: skip

#: The tutorial's example pair.
TALK = ("talk", "is", "cheap")
SHOW = ("please", "show", "me", "your", "code", "!")


@dataclass(frozen=True)
class Sentences:
    """One sentence or a pair, as a BERT tokenizer arranges it.

    Attributes:
        first: the words of sentence A.
        second: the words of sentence B; None for a single sentence.
        closed: False if the list is cut off before the last ``[SEP]``.
    """

    first: tuple[str, ...]
    second: tuple[str, ...] | None = None
    closed: bool = True

    @property
    def tokens(self) -> tuple[str, ...]:
        """``[CLS] A [SEP]`` or ``[CLS] A [SEP] B [SEP]``."""
        pieces = (CLS, *self.first, SEP)
        if self.second is not None:
            pieces = (*pieces, *self.second, SEP)
        return pieces if self.closed else pieces[:-1]

    def ids(self, mark: int = SPECIAL[SEP]) -> tuple[int, ...]:
        """Return the tokens' ids in bert-base-uncased, or in a vocabulary with another separator ``mark``.

        In the other vocabulary 102 is the id of a word of the sentences, to detect answers with a hard-coded 102.
        """
        ids = SPECIAL | ENGLISH | CHINESE
        if mark != SPECIAL[SEP]:
            decoys = [word for word in self.tokens if word not in (CLS, SEP)]
            ids |= {SEP: mark, CLS: mark - 1, decoys[len(decoys) // 2]: SPECIAL[SEP]}
        return tuple(ids[token] for token in self.tokens)

    @property
    def text(self) -> tuple[str, str]:
        """Both sentences with a space between any two tokens."""
        return " ".join(self.first), " ".join(self.second or ())

    @property
    def written(self) -> tuple[str, str]:
        """Both sentences in normal spelling; see :func:`as_written`."""
        return as_written(self.first), as_written(self.second or ())


def as_written(tokens: Sequence[str]) -> str:
    """Return the sentence of the tokens in normal spelling.

    It starts with a capital, has no space before a full stop, within a word or between Chinese characters, and has an
    unknown word in place of ``[UNK]``.
    """
    text = ""
    for token in tokens:
        word = UNKNOWN_WORD if token == UNK else token.removeprefix("##")
        glued = not text or token.startswith("##") or token in PUNCTUATION or (token in CHINESE and text[-1] in CHINESE)
        text += word if glued else f" {word}"
    return text[:1].upper() + text[1:]


def words(rng: random.Random, count: int, kind: dict[str, int]) -> tuple[str, ...]:
    """Return ``count`` different words of :data:`ENGLISH` or :data:`CHINESE`."""
    return tuple(rng.sample(sorted(kind), count))


def unequal_pair(rng: random.Random, kind: dict[str, int], *, longer_first: bool) -> Sentences:
    """Return a pair of sentences whose lengths differ by at least two words."""
    short = rng.randint(2, 4)
    long = rng.randint(short + 2, 9)
    lengths = (long, short) if longer_first else (short, long)
    return Sentences(words(rng, lengths[0], kind), words(rng, lengths[1], kind))


def typed_separator(rng: random.Random, *, in_first: bool) -> Sentences:
    """Return a pair with a literal ``[SEP]`` in the text of one sentence."""
    first, second = words(rng, rng.randint(3, 5), ENGLISH), words(rng, rng.randint(2, 4), ENGLISH)
    if in_first:
        return Sentences((*first[:2], SEP, *first[2:]), second)
    return Sentences(first, (*second[:1], SEP, *second[1:]))


def segments(tokens: Sequence[object], mark: object) -> tuple[int, ...]:
    """Return segment ids by the tutorial's rule (2.6): 0 up to and including the first ``mark``, 1 after it."""
    first = list(tokens).index(mark)
    return (0,) * (first + 1) + (1,) * (len(tokens) - first - 1)
