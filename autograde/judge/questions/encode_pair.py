"""2.6: two sentences become one list of ids, and the separator's id is read from the vocabulary."""

from __future__ import annotations

import random

from autograde.judge.beliefs import returns_nothing
from autograde.judge.describing import call
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Sequence, listed, tupled
from autograde.judge.question import Case, Misconception, Question, RubricItem, part
from autograde.judge.sentences import (
    CHINESE,
    CLS,
    ENGLISH,
    PAD,
    SEP,
    SHOW,
    TALK,
    Sentences,
    typed_separator,
    unequal_pair,
)
from autograde.judge.tiny import Vocabulary

_SIZE = 120
_SPECIAL = (PAD, "[UNK]", CLS, SEP, "[MASK]")


def _vocabulary(rng: random.Random, separator: int) -> Vocabulary:
    """A vocabulary of all words of the cases in a random order, with ``[SEP]`` at the place ``separator``."""
    rest = [*(token for token in _SPECIAL if token != SEP), *ENGLISH, *CHINESE]
    rest += [f"[unused{place}]" for place in range(_SIZE - 1 - len(rest))]
    rng.shuffle(rest)
    return Vocabulary((*rest[:separator], SEP, *rest[separator:]))


def _case(name: str, about: Message, sentences: Sentences, vocabulary: Vocabulary) -> Case:
    first, second = sentences.text
    facts = listed(
        listed(*(vocabulary.id(token) for token in sentences.first)),
        listed(*(vocabulary.id(token) for token in sentences.second or ())),
    )
    return Case(name, "pairs", about, (vocabulary.observation(), first, second), sentences.tokens, facts)


_ABOUT = _("two English sentences")
_CHINESE = _("two Chinese sentences")
_OTHER = _("a vocabulary whose [SEP] is not 102")

_fixed = random.Random("encode_pair")  # noqa: S311 - the visible vocabularies, the same for ever

VISIBLE = (
    _case("tutorial", _("the tutorial's pair"), Sentences(TALK, SHOW), _vocabulary(_fixed, 102)),
    _case("scibert", _OTHER, Sentences(("birds", "sing"), ("we", "read", "books", ".")), _vocabulary(_fixed, 103)),
    _case("chinese", _CHINESE, Sentences(("我", "学", "中", "文"), ("山", "水")), _vocabulary(_fixed, 7)),
)


SMALLER = (
    _case(
        "words",
        _(
            "{call}, with a tokenizer that gives [SEP] the id {mark}",
            call=call("encode_pair", "tokenizer", "'yes'", "'no'"),
            mark=7,
        ),
        Sentences(("yes",), ("no",)),
        _vocabulary(_fixed, 7),
    ),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    separators = [102, *rng.sample(range(3, 100), 4)]
    return (
        _case("english", _ABOUT, unequal_pair(rng, ENGLISH, longer_first=True), _vocabulary(rng, separators[0])),
        _case("other", _OTHER, unequal_pair(rng, ENGLISH, longer_first=False), _vocabulary(rng, separators[1])),
        _case("chinese", _CHINESE, unequal_pair(rng, CHINESE, longer_first=True), _vocabulary(rng, separators[2])),
        _case("longer", _CHINESE, unequal_pair(rng, CHINESE, longer_first=False), _vocabulary(rng, separators[3])),
        _case(
            "typed", _("a pair with [SEP] typed into the text"), typed_separator(rng, in_first=True),
            _vocabulary(rng, separators[4]),
        ),
    )  # fmt: skip


def _pieces(case: Case) -> tuple[list[Observation], list[Observation], int, int]:
    """Ids of sentence A, ids of sentence B, id of ``[CLS]``, id of ``[SEP]``."""
    vocabulary = Vocabulary.read(case.arguments[0])
    assert isinstance(case.facts, Sequence)
    first, second = case.facts.items
    assert isinstance(first, Sequence)
    assert isinstance(second, Sequence)
    return list(first.items), list(second.items), vocabulary.id(CLS), vocabulary.id(SEP)


def _answer(index: list[Observation], mark: Observation) -> Observation:
    return tupled(listed(*index), mark)


def _index(case: Case) -> list[Observation]:
    first, second, cls, sep = _pieces(case)
    return [cls, *first, sep, *second, sep]


def _sep(case: Case) -> int:
    return _pieces(case)[3]


def _joined(case: Case) -> list[Observation]:
    first, second, cls, sep = _pieces(case)
    return [cls, *first, *second, sep]


def _glued(case: Case) -> list[Observation]:
    first, second, cls, sep = _pieces(case)
    return [cls, *first, sep, cls, *second, sep]


def _bare(case: Case) -> list[Observation]:
    first, second, _cls, _sep = _pieces(case)
    return [*first, *second]


MISCONCEPTIONS = (
    Misconception(
        "hard-coded-102",
        _("The ids are right, but 102 is written down as the separator. Other vocabularies give [SEP] another id."),
        _("Read the id from the tokenizer: it knows its own sep_token_id."),
        (lambda case: _answer(_index(case), 102),),
    ),
    Misconception(
        "joined-text",
        _("Both sentences went in as one text, so no [SEP] stands between them and the model sees a single sentence."),
        _("Give the tokenizer the two sentences as two arguments."),
        (lambda case: _answer(_joined(case), _sep(case)),),
    ),
    Misconception(
        "encoded-apart",
        _("Each sentence was encoded by itself and the lists were glued, so a second [CLS] stands in the middle."),
        _("Give the tokenizer both sentences in one call."),
        (lambda case: _answer(_glued(case), _sep(case)),),
    ),
    Misconception(
        "no-special-tokens",
        _("[CLS] and [SEP] are missing: BERT was trained with them, and without [SEP] no boundary can be found."),
        _("Use encode, which adds them, not tokenize or convert_tokens_to_ids."),
        (lambda case: _answer(_bare(case), _sep(case)),),
    ),
    Misconception(
        "mark-as-text",
        _("The separator came as the text [SEP]. The list holds ids, so the separator must be an id too."),
        _("Take sep_token_id instead of sep_token."),
        (lambda case: _answer(_index(case), SEP),),
    ),
    Misconception(
        "mark-as-position",
        _("The position of the first [SEP] came instead of its id."),
        _("Return the id that stands there; finding its position is the next step."),
        (lambda case: _answer(_index(case), _index(case).index(_sep(case))),),
    ),
    Misconception(
        "only-the-ids",
        _("Only the list of ids came back. The separator's id is asked for as well."),
        _("Return both: the list, and the separator's id."),
        (lambda case: listed(*_index(case)),),
    ),
    returns_nothing(_("both results")),
)

SOLUTION = """\
def encode_pair(tokenizer, first, second):
    index = tokenizer.encode(first, second)
    mark = tokenizer.sep_token_id
    return index, mark
"""

QUESTION = Question(
    id="2.6/encode_pair",
    function="encode_pair",
    title=_("Two sentences become one list of ids"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=lambda case: _answer(_index(case), _sep(case)),
    rubric=(
        RubricItem("index", _("the list of ids"), 2, aspect=part(0)),
        RubricItem("mark", _("the id of the separator"), 1, aspect=part(1)),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("How does the tokenizer learn that there are two sentences, and not one long one?"),
        _(
            "encode takes the second sentence as its second argument; the tokenizer's attributes name its "
            "special tokens."
        ),
    ),
    solution=SOLUTION,
    expectation=_("a list of ids and the id of the separator"),
    parts=("index", "mark"),
    smaller=SMALLER,
)
