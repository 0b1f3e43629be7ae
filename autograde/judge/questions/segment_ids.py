"""2.6: which sentence each token belongs to, by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from autograde.judge.beliefs import returns_nothing
from autograde.judge.comparison import STRICT, first_difference
from autograde.judge.describing import call
from autograde.judge.forms import not_computed_yet
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation, Raised, Sequence, listed, tensor, tupled
from autograde.judge.question import CALLED_TOKENIZER, Case, Misconception, Question, RubricItem
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

PAIRS, VOCABULARIES, EDGES = "pairs", "vocabularies", "edges"

#: bert-base-uncased's separator, and what is not it: SciBERT's, and those of other vocabularies.
MARK = 102
OTHER_MARKS = (103, 3, 2, 5, 203)


def _case(name: str, group: str, about: Message, sentences: Sentences, mark: int = MARK) -> Case:
    """A case in bert-base-uncased's ids, or in those of a vocabulary with another separator.

    The other vocabulary gives the id 102 to an ordinary word of the text, so that a written-down 102 is noticed.
    """
    changed = {}
    if mark != MARK:
        decoys = [word for word in sentences.tokens if word not in ("[CLS]", SEP)]
        changed = {SEP: mark, "[CLS]": mark - 1, decoys[len(decoys) // 2]: MARK}
    index = sentences.ids(changed)
    return Case(name, group, about, (listed(*index), mark), sentences.tokens)


_UNEQUAL = _("a pair of sentences of different lengths")
_CHINESE = _("a pair of Chinese sentences")
_VOCABULARY = _("a pair in a vocabulary whose [SEP] has another id")
_SINGLE = _("a single sentence")
_ONE_TOKEN = _("a pair of sentences of one token each")
_TYPED = _("a pair with [SEP] typed into the text")
_CUT = _("a pair that was cut off before its last [SEP]")

VISIBLE = (
    _case("tutorial", PAIRS, _("the tutorial's pair"), Sentences(TALK, SHOW)),
    _case("longer-first", PAIRS, _UNEQUAL, Sentences(("she", "writes", "music", "at", "night"), ("good", "."))),
    _case("scibert", VOCABULARIES, _VOCABULARY, Sentences(("birds", "sing"), ("the", "cat", "sleeps", ".")), 103),
    _case("single", EDGES, _SINGLE, Sentences(("rain", "falls", "."))),
    _case("typed", EDGES, _TYPED, Sentences(("we", "read"), ("books", SEP, "yes", "!"))),
    _case("cut", EDGES, _CUT, Sentences(("dogs", "run"), ("we", "wait", "."), closed=False)),
)


def _small(sentences: Sentences, mark: int = MARK) -> Case:
    case = _case(f"{'-'.join(sentences.tokens)}-{mark}", EDGES, _TYPED, sentences, mark)
    return replace(case, about=verbatim(call("segment_ids", *case.arguments)))


SMALLER = (
    _small(Sentences(("yes",), ("no",))),
    _small(Sentences(("yes",), ("no", "!"))),
    _small(Sentences(("yes", "!"), ("no",))),
    _small(Sentences(("yes",), ("no",)), 103),
    _small(Sentences(("yes",))),
    _small(Sentences(("yes",), ("no",), closed=False)),
    _small(Sentences(("yes",), (SEP, "no"))),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    cases = [
        _case(f"unequal-{place}", PAIRS, _UNEQUAL, unequal_pair(rng, ENGLISH, longer_first=place % 2 == 0))
        for place in range(4)
    ]
    cases += [
        _case(f"chinese-{place}", PAIRS, _CHINESE, unequal_pair(rng, CHINESE, longer_first=place % 2 == 0))
        for place in range(2)
    ]
    cases += [
        _case(f"vocabulary-{mark}", VOCABULARIES, _VOCABULARY, unequal_pair(rng, kind, longer_first=longer), mark)
        for mark, kind, longer in zip(
            rng.sample(OTHER_MARKS, 4), (ENGLISH, CHINESE, ENGLISH, ENGLISH), (True, False, False, True), strict=True
        )
    ]
    pair = unequal_pair(rng, ENGLISH, longer_first=False)
    cases += [
        _case("single-english", EDGES, _SINGLE, Sentences(words(rng, rng.randint(2, 7), ENGLISH))),
        _case("single-chinese", EDGES, _SINGLE, Sentences(words(rng, rng.randint(2, 7), CHINESE))),
        _case("one-token", EDGES, _ONE_TOKEN, Sentences(words(rng, 1, ENGLISH), words(rng, 1, ENGLISH))),
        _case("typed-first", EDGES, _TYPED, typed_separator(rng, in_first=True)),
        _case("typed-second", EDGES, _TYPED, typed_separator(rng, in_first=False)),
        _case("cut", EDGES, _CUT, Sentences(pair.first, pair.second, closed=False)),
    ]
    return tuple(cases)


def _input(case: Case) -> tuple[list[int], int]:
    index, mark = case.arguments
    assert isinstance(index, Sequence)
    assert isinstance(mark, int)
    return [token for token in index.items if isinstance(token, int)], mark


def _right(case: Case) -> list[int]:
    index, mark = _input(case)
    return list(segments(index, mark))


def _first(case: Case) -> int:
    index, mark = _input(case)
    return index.index(mark)


def _last(case: Case) -> int:
    index, mark = _input(case)
    return len(index) - 1 - index[::-1].index(mark)


def _length(case: Case) -> int:
    return len(_input(case)[0])


def _split(zeros: int, ones: int) -> Sequence:
    """Zeros, then ones, as Python multiplies lists: a negative count is none."""
    return listed(*[0] * zeros, *[1] * ones)


def _at_every_separator(case: Case, *, after: int) -> Sequence:
    """One segment more at every separator, or after it."""
    index, mark = _input(case)
    places = range(len(index))
    return listed(*(sum(index[other] == mark for other in range(place + 1 - after)) for place in places))


def _toggled(case: Case, *, after: int) -> Sequence:
    """From 0 to 1 and back at every separator, or after it."""
    return listed(*(int(part) % 2 for part in _at_every_separator(case, after=after).items if isinstance(part, int)))


def _each(case: Case, rule: Callable[[int, int], object]) -> Sequence:
    """A segment id for each token from its id and the separator's alone, wherever it stands."""
    index, mark = _input(case)
    return listed(*(int(bool(rule(token, mark))) for token in index))


def _hard_coded(case: Case) -> Observation:
    index, _mark = _input(case)
    return listed(*segments(index, MARK)) if MARK in index else Raised("ValueError")


MISCONCEPTIONS = (
    Misconception(
        "calls-the-tokenizer",
        _(
            "The tokenizer was asked for the segment ids. It knows the answer, but here you are to write the "
            "rule yourself."
        ),
        _("Use only the list and the separator that the function is given."),
        effect=CALLED_TOKENIZER,
    ),
    Misconception(
        "separator-in-second",
        _(
            "The first [SEP] closes sentence A, so it belongs to segment 0; here it is counted with sentence B "
            "(k zeros)."
        ),
        _("Count the tokens up to and including the first [SEP]: if its position is k, they are k + 1."),
        (lambda case: _split(_first(case), _length(case) - _first(case)),),
    ),
    Misconception(
        "last-separator",
        _("The last [SEP] was taken for the boundary. A pair holds two of them; the first one ends sentence A."),
        _("Search from the left: list.index gives the first position."),
        (lambda case: _split(_last(case) + 1, _length(case) - _last(case) - 1),),
    ),
    Misconception(
        "every-separator-zero",
        _("Every [SEP] got a 0. The one that closes sentence B belongs to sentence B, so it is a 1."),
        _("After the first [SEP], everything is 1, the last [SEP] too."),
        (
            lambda case: listed(
                *(
                    0 if token == _input(case)[1] else part
                    for token, part in zip(_input(case)[0], _right(case), strict=True)
                )
            ),
        ),
    ),
    Misconception(
        "halves",
        _(
            "The list was cut in half. The boundary is where the first [SEP] stands, and sentences are rarely "
            "equally long."
        ),
        _("Try a pair whose sentences have very different lengths."),
        (
            lambda case: _split(_length(case) // 2, _length(case) - _length(case) // 2),
            lambda case: _split(_length(case) - _length(case) // 2, _length(case) // 2),
        ),
    ),
    Misconception(
        "only-the-example",
        _(
            "The answer fits the twelve tokens of the example and no other list: numbers of the example were "
            "written down."
        ),
        _("Compute the boundary from the list that the function is given."),
        (
            lambda _case: _split(5, 7),
            lambda case: _split(5, _length(case) - 5),
        ),
    ),
    Misconception(
        "constant",
        _("The answer is the same for every list: six zeros and six ones."),
        _("Compute the boundary from the list that the function is given."),
        (lambda _case: _split(6, 6),),
    ),
    Misconception(
        "third-segment",
        _(
            "Each [SEP] starts a new segment here. BERT knows two segments only: after the first [SEP], "
            "everything is 1."
        ),
        _("Stop counting after the first [SEP]."),
        (lambda case: _at_every_separator(case, after=1), lambda case: _at_every_separator(case, after=0)),
    ),
    Misconception(
        "toggles",
        _(
            "Each [SEP] turns 0 into 1 and 1 back into 0. After the first one everything is 1, whatever else is typed "
            "into the text."
        ),
        _("At a [SEP], set the number to 1 instead of turning it round."),
        (lambda case: _toggled(case, after=1), lambda case: _toggled(case, after=0)),
    ),
    Misconception(
        "one-token-late",
        _("The first token of sentence B still got a 0: the zeros go one token too far."),
        _("Count the tokens up to and including the first [SEP]: if its position is k, they are k + 1."),
        (lambda case: _split(_first(case) + 2, _length(case) - _first(case) - 2),),
    ),
    Misconception(
        "marks-the-separators",
        _("Only the separators stand out here. Every token has a segment id, and it says which sentence it is in."),
        _("Give all tokens up to the first [SEP] a 0, and all others a 1."),
        (lambda case: _each(case, lambda token, mark: token == mark), lambda case: _each(case, lambda t, m: t != m)),
    ),
    Misconception(
        "compares-the-ids",
        _("Ids were compared by their size. An id is a word's place in the vocabulary, not its place in the text."),
        _("Compare positions: where does the first [SEP] stand, and where does the token?"),
        (
            lambda case: _each(case, lambda token, mark: token > mark),
            lambda case: _each(case, lambda token, mark: token >= mark),
            lambda case: _each(case, lambda token, mark: token < mark),
        ),
    ),
    Misconception(
        "hard-coded-102",
        _("102 is written down. It is the id of [SEP] in bert-base-uncased; other vocabularies give it another one."),
        _("Search for mark, which the function is given, not for 102."),
        (
            _hard_coded,
            lambda case: listed(*_right(case)) if _input(case)[1] == MARK else listed(*[0] * _length(case)),
        ),
    ),
    Misconception(
        "batch-axis-length",
        _("The length was taken from the batch axis: a batch of one list has the length 1, the list itself has more."),
        _("Take len of the list of ids, not of a list or tensor that holds it."),
        (lambda case: _split(_first(case) + 1, 1 - _first(case) - 1),),
    ),
    Misconception(
        "floats",
        _(
            "The numbers are right but of the wrong kind: an embedding is looked up by whole numbers, not by "
            "decimal ones."
        ),
        _("Use 0 and 1 instead of 0.0 and 1.0."),
        (lambda case: listed(*map(float, _right(case))),),
    ),
    Misconception(
        "booleans",
        _(
            "True and False stand where 0 and 1 are asked for. A comparison gives truth values; segment ids are "
            "numbers."
        ),
        _("Turn each truth value into a whole number with int(...)."),
        (lambda case: listed(*map(bool, _right(case))),),
    ),
    Misconception(
        "swapped",
        _("0 and 1 are swapped: sentence A is segment 0, sentence B is segment 1."),
        _("Give the tokens of the first sentence 0."),
        (lambda case: listed(*(1 - part for part in _right(case))),),
    ),
    Misconception(
        "one-and-two",
        _("The sentences are counted 1 and 2. BERT counts segments from 0: sentence A is 0, sentence B is 1."),
        _("Begin with 0."),
        (lambda case: listed(*(1 + part for part in _right(case))),),
    ),
    Misconception(
        "texts",
        _("The digits are right but came as text: an embedding is looked up by whole numbers."),
        _("Leave the quotation marks out: 0 and 1, in a list."),
        (
            lambda case: listed(*map(str, _right(case))),
            lambda case: "".join(map(str, _right(case))),
        ),
    ),
    Misconception(
        "all-ones",
        _("Every token got a 1, as if there were no sentence A."),
        _("The tokens up to and including the first [SEP] belong to sentence A: give them 0."),
        (lambda case: _split(0, _length(case)),),
    ),
    Misconception(
        "all-zeros",
        _("Every token got a 0, as if there were only one sentence."),
        _("The tokens after the first [SEP] belong to sentence B: give them 1."),
        (lambda case: _split(_length(case), 0),),
    ),
    Misconception(
        "one-too-few",
        _("The list is one number too short: each token needs its segment id, [CLS] and both [SEP] too."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        (
            lambda case: listed(*_right(case)[:-1]),
            lambda case: listed(*_right(case)[1:]),
            lambda case: _split(_first(case) + 1, _length(case) - _first(case) - 2),
        ),
    ),
    Misconception(
        "one-too-many",
        _("The list is one number too long: there are more segment ids than tokens."),
        _("Check that the number of zeros and the number of ones add up to the length of the list."),
        (
            lambda case: listed(*_right(case), 1),
            lambda case: listed(*_right(case), 0),
            lambda case: _split(_first(case) + 2, _length(case) - _first(case) - 1),
            lambda case: _split(_first(case) + 1, _length(case) - _first(case)),
        ),
    ),
    Misconception(
        "tensor-for-list",
        _(
            "The numbers are right, but they came as a tensor or array. Here a plain list is asked for; tensors "
            "come next."
        ),
        _("Return the list, or call tolist() on the result."),
        (
            lambda case: tensor(_right(case), "int64"),
            lambda case: tensor([_right(case)], "int64"),
            lambda case: tensor(_right(case), "int64", library="numpy"),
        ),
    ),
    Misconception(
        "list-in-a-list",
        _("The list came inside another list. The batch axis is added in the next step, when the tensor is made."),
        _("Return the flat list of numbers."),
        (lambda case: listed(listed(*_right(case))),),
    ),
    Misconception(
        "two-lists",
        _("The zeros and the ones came as two lists. One list is asked for: a comma makes two, + makes one."),
        _("Join the two lists with + before you return them."),
        (lambda case: tupled(_split(_first(case) + 1, 0), _split(0, _length(case) - _first(case) - 1)),),
    ),
    Misconception(
        "only-the-position",
        _("The position of the first [SEP] came back. It is the right place to look at, and not yet the list."),
        _("Make the list from it: k + 1 zeros, and ones for all tokens that are left."),
        (_first, lambda case: _first(case) + 1),
    ),
    not_computed_yet(_("Put list(...) around it, or write square brackets instead of round ones.")),
    returns_nothing(_("the list")),
)


def belief(index: Sequence, mark: int, answer: Observation) -> Misconception | None:
    """The one known wrong answer that gives just this to one input; None when none does, or more than one.

    On one input two beliefs may look alike (a pair whose last ``[SEP]`` was taken for the first is all zeros), so this
    is for a widget, which says "looks like", and never for a verdict.

    Args:
        index: ids, the ``mark`` among them.
        mark: the id of the separator.
        answer: a list of segment ids.
    """
    case = Case("one", PAIRS, _UNEQUAL, (index, mark))
    if first_difference(listed(*_right(case)), answer) is None:
        return None
    fitting = [
        each
        for each in MISCONCEPTIONS
        if any(first_difference(model(case), answer, STRICT) is None for model in each.models)
    ]
    return fitting[0] if len(fitting) == 1 else None


SOLUTION = """\
def segment_ids(index, mark):
    boundary = index.index(mark)
    first_sentence = [0] * (boundary + 1)
    second_sentence = [1] * (len(index) - boundary - 1)
    return first_sentence + second_sentence
"""

QUESTION = Question(
    id="2.6/segment_ids",
    function="segment_ids",
    title=_("Segment ids by hand"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=lambda case: listed(*_right(case)),
    rubric=(
        RubricItem("pairs", _("pairs of English and Chinese sentences"), 5, (PAIRS,)),
        RubricItem("vocabularies", _("vocabularies whose [SEP] is not 102"), 2, (VOCABULARIES,)),
        RubricItem("edges", _("single, very short and cut-off input, and [SEP] in the text"), 3, (EDGES,)),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("To which sentence does the first [SEP] belong: to the one before it, or to the one after it?"),
        _("If the first [SEP] stands at position k, how many tokens are there from [CLS] up to and including it?"),
        _("For the ids [101, 7, 8, 102, 9, 102] and the mark 102, k is 3: four zeros, and as many ones as are left."),
    ),
    solution=SOLUTION,
    expectation=_("a list of whole numbers"),
    by_hand=True,
    advice=_("Write down a short list of ids, work its segment ids out by hand, and compare."),
    smaller=SMALLER,
)
