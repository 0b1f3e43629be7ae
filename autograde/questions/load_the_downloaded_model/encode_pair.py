"""2.6: two sentences become one list of ids, and the separator's id is read from the vocabulary."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from autograde.judge.beliefs import returns_nothing
from autograde.judge.describing import call
from autograde.judge.examples import right, wrong
from autograde.judge.forms import dictionary, not_computed_yet
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Other, Raised, Sequence, listed, tensor, tupled
from autograde.judge.question import (
    Case,
    FirstArgument,
    Misconception,
    Presentation,
    Question,
    RubricItem,
    Teaching,
    part,
)
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
from autograde.judge.tiny import Vocabulary

_SIZE = 124
_SPECIAL = (PAD, UNK, CLS, SEP, "[MASK]")
#: Ends of words, which the vocabularies have as tokens of their own.
_ENDS = ("##ward", "##ful")
#: Lower-case words with blanks between all tokens, and sentences as people write them.
_PLAIN, _WRITTEN = "plain", "written"


def _vocabulary(rng: random.Random, separator: int) -> Vocabulary:
    """A vocabulary of all words of the cases in a random order, with ``[SEP]`` at the place ``separator``."""
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
    _case("tutorial", _WRITTEN, _("the tutorial's pair"), Sentences(TALK, SHOW), _vocabulary(_fixed, 102)),
    _case(
        "scibert", _PLAIN, _OTHER, Sentences(("birds", "sing"), ("we", "read", "books", ".")), _vocabulary(_fixed, 103)
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


SMALLER = (_small(_PLAIN, Sentences(("yes",), ("no",))), _small(_WRITTEN, Sentences(("yes", "!"), ("no",))))


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    separators = [102, *rng.sample(range(3, 100), 5)]
    a, b, c, d, e, f, g = words(rng, 7, {word: 0 for word in ENGLISH if word.isalpha()})
    vocabularies = [_vocabulary(rng, separator) for separator in separators]
    return (
        _case("english", _PLAIN, _ABOUT, unequal_pair(rng, ENGLISH, longer_first=True), vocabularies[0]),
        _case("other", _PLAIN, _OTHER, unequal_pair(rng, ENGLISH, longer_first=False), vocabularies[1]),
        _case("chinese", _WRITTEN, _CHINESE, unequal_pair(rng, CHINESE, longer_first=True), vocabularies[2]),
        _case("longer", _WRITTEN, _CHINESE, unequal_pair(rng, CHINESE, longer_first=False), vocabularies[3]),
        _case(
            "typed", _PLAIN, _("a pair with [SEP] typed into the text"), typed_separator(rng, in_first=True),
            vocabularies[4],
        ),
        _case(
            "written", _WRITTEN, _("two sentences with a capital, a full stop, a rare word and a word in two pieces"),
            Sentences((a, b, _ENDS[0], UNK, c, "."), (d, UNK, e, _ENDS[1], f, "?", g, "!")),
            vocabularies[5],
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


def _run_together(case: Case) -> list[Observation]:
    """The two texts with nothing between them: the words at the seam become one that no vocabulary has."""
    vocabulary = Vocabulary.read(case.arguments[0])
    first, second, cls, sep = _pieces(case)
    seam = case.tokens[len(first)], case.tokens[len(first) + 2]
    if all(word.isascii() and word.isalpha() for word in seam):
        return [cls, *first[:-1], vocabulary.id("[UNK]"), *second[1:], sep]
    return [cls, *first, *second, sep]


def _turned_round(case: Case) -> list[Observation]:
    first, second, cls, sep = _pieces(case)
    return [cls, *second, sep, *first, sep]


def _as_a_batch(case: Case) -> Observation:
    first, second, cls, sep = _pieces(case)
    return tupled(listed(listed(cls, *first, sep), listed(cls, *second, sep)), sep)


def _split(case: Case, known: Callable[[Vocabulary, str], Observation], lower: bool) -> Observation:
    """Split the texts at blanks and look up each piece, with a special token between the sentences."""
    vocabulary = Vocabulary.read(case.arguments[0])
    _first, _second, cls, sep = _pieces(case)
    index: list[Observation] = [cls]
    for text in case.arguments[1:3]:
        pieces = str(text).lower() if lower else str(text)
        index += [known(vocabulary, piece) for piece in pieces.split()]
        index.append(sep)
    wrong = next((found for found in index if isinstance(found, Raised)), None)
    return wrong or _answer(index, sep)


def _or_error(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece) if piece in vocabulary.tokens else Raised("KeyError")


def _or_unknown(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece if piece in vocabulary.tokens else UNK)


def _or_nothing(vocabulary: Vocabulary, piece: str) -> Observation:
    return vocabulary.id(piece) if piece in vocabulary.tokens else None


def _as_tensor(case: Case, library: str, batch: int) -> Observation:
    ids = [number for number in _index(case) if isinstance(number, int)]
    return tupled(tensor([ids] if batch else ids, "int64", library=library), _sep(case))


def _with_mark_of(case: Case, token: str) -> Observation:
    return _answer(_index(case), Vocabulary.read(case.arguments[0]).id(token))


def _holds_the_encoding(_case: Case, got: Observation) -> bool:
    found = got.items[0] if isinstance(got, Sequence) and got.items else got
    return isinstance(found, Other) and found.type == "BatchEncoding"


def _bare(case: Case) -> list[Observation]:
    first, second, _cls, _sep = _pieces(case)
    return [*first, *second]


MISCONCEPTIONS = (
    Misconception(
        "hard-coded-102",
        _("The ids are right, but 102 is written down as the separator. Other vocabularies give [SEP] another id."),
        _("Read the id from the tokenizer: it knows its own sep_token_id."),
        (lambda case: _answer(_index(case), 102),),
        examples=(wrong("mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second), 102
        """),),
    ),
    Misconception(
        "joined-text",
        _("Both sentences went in as one text, so there is no [SEP] between them and the model sees a single "
          "sentence."),
        _("Give the tokenizer the two sentences as two arguments."),
        (
            lambda case: _answer(_joined(case), _sep(case)),
            lambda case: _answer(_run_together(case), _sep(case)),
        ),
        examples=(
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    return tokenizer.encode(first + " " + second), tokenizer.sep_token_id
            """),
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    return tokenizer.encode(first + second), tokenizer.sep_token_id
            """),
        ),
    ),
    Misconception(
        "second-forgotten",
        _("Only the first sentence was encoded: the second one is nowhere in the list."),
        _("Give the tokenizer the second sentence as its second argument."),
        (lambda case: _answer([_pieces(case)[2], *_pieces(case)[0], _sep(case)], _sep(case)),),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first), tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "sentences-swapped",
        _("The sentences are in the wrong order: sentence A comes first, sentence B after it."),
        _("Give the tokenizer `first` before `second`."),
        (lambda case: _answer(_turned_round(case), _sep(case)),),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(second, first), tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "batch-of-two",
        _(
            "The sentences went in as a list, and a list is a batch: each one was encoded by itself. A pair is one "
            "input with both sentences in it."
        ),
        _("Give the tokenizer the two sentences as two arguments, without square brackets."),
        (_as_a_batch,),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer([first, second])["input_ids"], tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "encoded-apart",
        _("Each sentence was encoded by itself and the lists were glued, so a second [CLS] stands in the middle."),
        _("Give the tokenizer both sentences in one call."),
        (lambda case: _answer(_glued(case), _sep(case)),),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first) + tokenizer.encode(second), tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "split-at-blanks",
        _(
            "The texts were cut at their blanks and each piece looked up. A tokenizer does more: it handles capitals, "
            "punctuation, words in several pieces, unknown words, and languages without blanks."
        ),
        _("Give both sentences to the tokenizer as they are."),
        tuple(
            partial(_split, known=known, lower=lower)
            for known in (_or_error, _or_unknown, _or_nothing)
            for lower in (False, True)
        ),
        examples=(
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    vocab = tokenizer.get_vocab()
                    index = [vocab["[CLS]"]] + [vocab[w] for w in first.split()] + [vocab["[SEP]"]]
                    index += [vocab[w] for w in second.split()] + [vocab["[SEP]"]]
                    return index, vocab["[SEP]"]
            """),
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    words = ["[CLS]", *first.lower().split(), "[SEP]", *second.lower().split(), "[SEP]"]
                    return tokenizer.convert_tokens_to_ids(words), tokenizer.sep_token_id
            """),
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    words = ["[CLS]", *first.split(), "[SEP]", *second.split(), "[SEP]"]
                    return [tokenizer.vocab.get(word) for word in words], tokenizer.sep_token_id
            """),
        ),
    ),
    Misconception(
        "no-special-tokens",
        _("[CLS] and [SEP] are missing: BERT was trained with them, and without [SEP] no boundary can be found."),
        _("Use encode, which adds them, not tokenize or convert_tokens_to_ids."),
        (lambda case: _answer(_bare(case), _sep(case)),),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                index = tokenizer.encode(first, second, add_special_tokens=False)
                return index, tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "tokens-for-ids",
        _("The tokens came as texts. The model looks rows up by their number, so each token has an id."),
        _("Use encode instead of tokenize, or hand the tokens on to convert_tokens_to_ids."),
        (
            lambda case: _answer(list(case.tokens), _sep(case)),
            lambda case: _answer([token for token in case.tokens if token not in (CLS, SEP)], _sep(case)),
        ),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.tokenize(first, second, add_special_tokens=True), tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "whole-encoding",
        _("The function returned the tokenizer's whole result. The list of ids is one entry of it."),
        _("Take its entry input_ids, or use encode, which gives the list alone."),
        form=_holds_the_encoding,
        examples=(
            wrong("index", """
                def encode_pair(tokenizer, first, second):
                    return tokenizer(first, second), tokenizer.sep_token_id
            """),
            wrong("index mark", """
                def encode_pair(tokenizer, first, second):
                    return tokenizer(first, second)
            """),
        ),
    ),
    Misconception(
        "tensor-for-list",
        _("The ids came as a tensor or array. Return a plain list here; the tensors are made in a later step."),
        _("Leave return_tensors out."),
        tuple(partial(_as_tensor, library=library, batch=batch) for library in ("torch", "numpy") for batch in (1, 0)),
        examples=(wrong("index", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second, return_tensors="pt"), tokenizer.sep_token_id
        """),),
    ),
    Misconception(
        "mark-of-another-token",
        _("The ids are right, and the second value is the id of another special token than [SEP]."),
        _("Take sep_token_id: sep stands for separator."),
        (partial(_with_mark_of, token=CLS), partial(_with_mark_of, token=PAD)),
        examples=(wrong("mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second), tokenizer.cls_token_id
        """),),
    ),
    Misconception(
        "mark-is-none",
        _(
            "The second value is None: BERT's tokenizers have no token of this name, such as eos_token or bos_token, "
            "and so no id for it."
        ),
        _("Take sep_token_id: BERT separates sentences with [SEP]."),
        (lambda case: _answer(_index(case), None),),
        examples=(wrong("mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second), tokenizer.eos_token_id
        """),),
    ),
    Misconception(
        "mark-as-text",
        _("The separator came as the text [SEP]. The list holds ids, so the separator must be an id too."),
        _("Take sep_token_id instead of sep_token."),
        (lambda case: _answer(_index(case), SEP),),
        examples=(wrong("mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second), tokenizer.sep_token
        """),),
    ),
    Misconception(
        "mark-as-position",
        _("The position of the first [SEP] came instead of its id."),
        _("Return the id that stands there; finding its position is the next step."),
        (lambda case: _answer(_index(case), _index(case).index(_sep(case))),),
        examples=(wrong("mark", """
            def encode_pair(tokenizer, first, second):
                index = tokenizer.encode(first, second)
                return index, index.index(tokenizer.sep_token_id)
        """),),
    ),
    Misconception(
        "only-the-ids",
        _("The function returned only the list of ids. Return the separator's id as well."),
        _("Return both: the list, and the separator's id."),
        (lambda case: listed(*_index(case)),),
        examples=(wrong("index mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.encode(first, second)
        """),),
    ),
    Misconception(
        "swapped",
        _("The two results are in the wrong order: first the list of ids, then the separator's id."),
        _("Return the list first."),
        (lambda case: tupled(_sep(case), listed(*_index(case))),),
        examples=(wrong("index mark", """
            def encode_pair(tokenizer, first, second):
                return tokenizer.sep_token_id, tokenizer.encode(first, second)
        """),),
    ),
    dictionary(
        _("the list of ids, the separator's id"), _("Return them with a comma between them."),
        examples=(wrong("index mark", """
        def encode_pair(tokenizer, first, second):
            return {"index": tokenizer.encode(first, second), "mark": tokenizer.sep_token_id}
    """),)),
    not_computed_yet(_("Return both values themselves, with a comma between them."), examples=(wrong("index mark", """
        def encode_pair(tokenizer, first, second):
            yield tokenizer.encode(first, second)
            yield tokenizer.sep_token_id
    """),)),
    returns_nothing(_("both results"), examples=(wrong("index mark", """
        def encode_pair(tokenizer, first, second):
            index = tokenizer.encode(first, second)
    """),)),
)  # fmt: skip

SOLUTION = """\
def encode_pair(tokenizer, first, second):
    index = tokenizer.encode(first, second)
    mark = tokenizer.sep_token_id
    return index, mark
"""

RIGHT = (
    right("by tokens, piece by piece", """
        def encode_pair(tokenizer, first, second):
            sep = tokenizer.sep_token
            tokens = [tokenizer.cls_token, *tokenizer.tokenize(first), sep, *tokenizer.tokenize(second), sep]
            index = tokenizer.convert_tokens_to_ids(tokens)
            index.append(0)
            index.pop()
            return index, tokenizer.convert_tokens_to_ids(sep)
    """),
    right("by hand, noisy", """
        def encode_pair(tokenizer, first, second):
            import logging, warnings
            from tqdm import tqdm
            warnings.warn("a deprecated thing")
            pieces = [tokenizer.tokenize(text) for text in tqdm([first, second])]
            tokens = ["[CLS]", *pieces[0], "[SEP]", *pieces[1], "[SEP]"]
            logging.getLogger("transformers").warning("these are %d tokens", len(tokens))
            return tokenizer.convert_tokens_to_ids(tokens), tokenizer.vocab["[SEP]"]
    """),
    right("by call", """
        def encode_pair(tokenizer, first, second):
            found = tokenizer(first, second)
            return [found["input_ids"], tokenizer.convert_tokens_to_ids("[SEP]")]
    """),
)  # fmt: skip

QUESTION = Question(
    id="2.6/encode_pair",
    number=1,
    first=FirstArgument.TOKENIZER,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=lambda case: _answer(_index(case), _sep(case)),
    rubric=(
        RubricItem("index", _("the list of ids"), 2, aspect=part(0)),
        RubricItem("mark", _("the id of the separator"), 1, (_PLAIN,), aspect=part(1)),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    presentation=Presentation(parts=("index", "mark")),
    teaching=Teaching(
        title=_("Two sentences become one list of ids"),
        hints=(
            _("How does the tokenizer learn that there are two sentences, and not one long one?"),
            _(
                "encode takes the second sentence as its second argument; the tokenizer's attributes name its "
                "special tokens."
            ),
        ),
        solution=SOLUTION,
        expectation=_("a list of ids and the id of the separator"),
        advice=_("Turn your ids back into tokens with `tokenizer.convert_ids_to_tokens(...)` and read them."),
        right=RIGHT,
    ),
)
