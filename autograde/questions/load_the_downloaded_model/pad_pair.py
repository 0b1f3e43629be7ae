"""2.6: a pair is brought to a given length, so that it fits into a batch."""

from __future__ import annotations

import random
from dataclasses import replace

from autograde.judge.beliefs import changes_its_arguments, returns_nothing
from autograde.judge.describing import call
from autograde.judge.examples import right, wrong
from autograde.judge.forms import dictionary, not_computed_yet
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Observation, Sequence, Tensor, listed, tupled
from autograde.judge.question import (
    CALLED_TOKENIZER,
    Case,
    Misconception,
    Presentation,
    Question,
    RubricItem,
    Teaching,
    part,
)
from autograde.judge.sentences import (
    CHINESE,
    ENGLISH,
    PAD,
    SEP,
    SHOW,
    TALK,
    Sentences,
    in_another_vocabulary,
    segments,
    unequal_pair,
    words,
)


def _case(name: str, about: Message, sentences: Sentences, more: int, pad: int) -> Case:
    tokens = sentences.tokens
    # A vocabulary with another [PAD] has another [SEP] as well.
    ids = sentences.ids(in_another_vocabulary(sentences, pad + 103)) if pad else sentences.ids()
    arguments = (listed(*ids), listed(*segments(tokens, SEP)), len(tokens) + more, pad)
    return Case(name, "pairs", about, arguments, (*tokens, *(PAD,) * more))


_FULL = _("a pair that has the length already")
_OTHER = _("a vocabulary whose [PAD] is not 0")

VISIBLE = (
    _case("tutorial", _("the tutorial's pair"), Sentences(TALK, SHOW), 4, 0),
    _case("other", _OTHER, Sentences(("birds", "sing"), ("yes",)), 3, 1),
    _case("full", _FULL, Sentences(("rain", "falls"), ("we", "wait", ".")), 0, 0),
)


def _small(sentences: Sentences, pad: int) -> Case:
    case = _case(f"{'-'.join(sentences.tokens)}-{pad}", _OTHER, sentences, 1, pad)
    return replace(case, about=verbatim(call("pad_pair", *case.arguments)))


SMALLER = (
    _small(Sentences(("yes",)), 0),
    _small(Sentences(("yes",)), 1),
    _small(Sentences(("yes",), ("no",)), 0),
)


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    padded = _("a pair of sentences of different lengths, padded")
    return (
        _case("longer-first", padded, unequal_pair(rng, ENGLISH, longer_first=True), rng.randint(2, 6), 0),
        _case("longer-second", padded, unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 6), 0),
        _case("chinese", padded, unequal_pair(rng, CHINESE, longer_first=True), rng.randint(2, 6), 0),
        _case("other", _OTHER, unequal_pair(rng, ENGLISH, longer_first=False), rng.randint(2, 6), rng.randint(1, 90)),
        _case("single", _("a single sentence, padded"), Sentences(words(rng, 4, ENGLISH)), rng.randint(2, 6), 0),
        _case("full", _FULL, unequal_pair(rng, ENGLISH, longer_first=True), 0, 0),
    )


def _input(case: Case) -> tuple[list[int], list[int], int, int]:
    """Ids, segment ids, places to fill, id of ``[PAD]``."""
    index, parts, length, pad = case.arguments
    assert isinstance(index, Sequence)
    assert isinstance(parts, Sequence)
    assert isinstance(length, int)
    assert isinstance(pad, int)
    numbers = [value for value in index.items if isinstance(value, int)]
    ids = [value for value in parts.items if isinstance(value, int)]
    return numbers, ids, length - len(numbers), pad


def _three(index: list[int], parts: list[int], mask: list[int]) -> Observation:
    return tupled(listed(*index), listed(*parts), listed(*mask))


def _answer(case: Case, *, pad: int | None = None, segment: int = 0, real: int = 1, filled: int = 0) -> Observation:
    """The right answer, or one in which padding has another id, segment or mask."""
    index, parts, more, own = _input(case)
    return _three(
        index + [own if pad is None else pad] * more, parts + [segment] * more, [real] * len(index) + [filled] * more
    )


def _in_front(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    return _three([pad] * more + index, [0] * more + parts, [0] * more + [1] * len(index))


def _filled(case: Case, filling: list[Observation]) -> Observation:
    """The right lists, but for what fills the ids up."""
    index, parts, more, _pad = _input(case)
    mask = [1] * len(index) + [0] * more
    return tupled(listed(*index, *filling), listed(*parts, *[0] * more), listed(*mask))


def _masked(case: Case, mask: list[int]) -> Observation:
    index, parts, more, pad = _input(case)
    return _three(index + [pad] * more, parts + [0] * more, mask)


def _mask_after_padding(case: Case) -> Observation:
    index, _parts, more, _pad = _input(case)
    return _masked(case, [1] * (len(index) + more) + [0] * more)


def _by_the_length(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    length = len(index) + more
    return _three(index + [pad] * length, parts + [0] * length, [1] * len(index) + [0] * length)


def _unpadded(case: Case) -> Observation:
    index, parts, _more, _pad = _input(case)
    return _three(index, parts, [1] * len(index))


def _in_another_order(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    return _three(index + [pad] * more, [1] * len(index) + [0] * more, parts + [0] * more)


def _booleans(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    mask = [True] * len(index) + [False] * more
    return tupled(listed(*index, *[pad] * more), listed(*parts, *[0] * more), listed(*mask))


def _is_tensors(_case: Case, got: Observation) -> bool:
    return isinstance(got, Sequence) and len(got.items) == 3 and all(isinstance(each, Tensor) for each in got.items)


def _pad_in_segments(case: Case) -> Observation:
    return _answer(case, segment=_input(case)[3])


def _two_lists(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    return tupled(listed(*index, *[pad] * more), listed(*parts, *[0] * more))


def _segments_as_mask(case: Case) -> Observation:
    index, parts, more, pad = _input(case)
    return _three(index + [pad] * more, parts + [0] * more, parts + [0] * more)


MISCONCEPTIONS = (
    Misconception(
        "calls-the-tokenizer",
        _("The function called the tokenizer to pad. Here you make the three lists yourself."),
        _("Use only the lists and numbers that the function is given."),
        effect=CALLED_TOKENIZER,
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                from transformers import BertTokenizer
                tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})
                one = {"input_ids": index, "token_type_ids": segments_ids}
                padded = tokenizer.pad(one, padding="max_length", max_length=length)
                return padded["input_ids"], padded["token_type_ids"], padded["attention_mask"]
        """),),
    ),
    Misconception(
        "padding-in-second",
        _("Padding was counted as sentence B. It belongs to no sentence, and its segment id is 0."),
        _("Fill the segment ids with 0."),
        (lambda case: _answer(case, segment=1),),
        examples=(wrong("segments", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [1] * more, [1] * len(index) + [0] * more
        """),),
    ),
    Misconception(
        "pad-in-segments",
        _("The segment ids were filled with the padding id. Segment ids are 0 or 1, and padding gets a 0."),
        _("Fill the segment ids with 0."),
        (_pad_in_segments,),
        examples=(wrong("segments", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [pad] * more, [1] * len(index) + [0] * more
        """),),
    ),
    Misconception(
        "mask-all-ones",
        _("The attention mask is 1 everywhere, so the model would read the padding as if it were text."),
        _("Give the mask a 0 wherever padding was added."),
        (lambda case: _answer(case, filled=1),),
        examples=(wrong("attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [0] * more, [1] * length
        """),),
    ),
    Misconception(
        "mask-swapped",
        _("The attention mask is the wrong way round: 1 is a token to look at, 0 is padding."),
        _("Swap 0 and 1 in the mask."),
        (lambda case: _answer(case, real=0, filled=1),),
        examples=(wrong("attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [0] * more, [0] * len(index) + [1] * more
        """),),
    ),
    Misconception(
        "segments-as-mask",
        _("The segment ids were used as the attention mask, so sentence A would be hidden."),
        _("Make the mask by itself: 1 for each token of both sentences, 0 for padding."),
        (_segments_as_mask,),
        examples=(wrong("attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                padded = segments_ids + [0] * more
                return index + [pad] * more, padded, padded
        """),),
    ),
    Misconception(
        "padding-in-front",
        _("Padding was added in front. BERT counts positions from the left, so its padding stands at the end."),
        _("Append the padding after the last [SEP]."),
        (_in_front,),
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return [pad] * more + index, [0] * more + segments_ids, [0] * more + [1] * len(index)
        """),),
    ),
    Misconception(
        "hard-coded-0",
        _("0 is written down as the padding id. Other vocabularies give [PAD] another id."),
        _("Fill with pad, which the function is given."),
        (lambda case: _answer(case, pad=0),),
        examples=(wrong("index", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [0] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
        """),),
    ),
    Misconception(
        "mask-after-padding",
        _(
            "The mask was made when the list had grown already, so padding counts as tokens and the mask is too long. "
            "append and += change the list itself."
        ),
        _("Make the mask before you add the padding, or remember the length first."),
        (_mask_after_padding,),
        examples=(
            wrong("index segments attention_mask", """
                def pad_pair(index, segments_ids, length, pad):
                    more = length - len(index)
                    index += [pad] * more
                    segments_ids += [0] * more
                    return index, segments_ids, [1] * len(index) + [0] * more
            """),
            wrong("attention_mask", """
                def pad_pair(index, segments_ids, length, pad):
                    more = length - len(index)
                    index = index + [pad] * more
                    return index, segments_ids + [0] * more, [1] * len(index) + [0] * more
            """),
        ),
    ),
    Misconception(
        "length-times-padding",
        _("As many places were added as the lists are to have in the end. Only those that are missing are needed."),
        _("Add length - len(index) places."),
        (_by_the_length,),
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                return index + [pad] * length, segments_ids + [0] * length, [1] * len(index) + [0] * length
        """),),
    ),
    Misconception(
        "nothing-padded",
        _("Nothing was added: the lists are as long as before."),
        _("Add length - len(index) places to each list."),
        (_unpadded,),
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                return index, segments_ids, [1] * len(index)
        """),),
    ),
    Misconception(
        "pad-as-text",
        _("The ids were filled with the text [PAD]. The list holds ids, so padding is an id too."),
        _("Fill with pad, which the function is given."),
        (lambda case: _filled(case, [PAD] * _input(case)[2]),),
        examples=(wrong("index", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + ["[PAD]"] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
        """),),
    ),
    Misconception(
        "booleans",
        _("The mask holds True and False instead of 1 and 0."),
        _("Turn each truth value into a whole number with int(...)."),
        (_booleans,),
        examples=(wrong("attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [0] * more, [place < len(index) for place in range(length)]
        """),),
    ),
    Misconception(
        "order",
        _("The mask and the segment ids changed places: return the mask as the third list."),
        _("Return the ids, the segment ids and the mask, in this order."),
        (_in_another_order,),
        examples=(wrong("segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, [1] * len(index) + [0] * more, segments_ids + [0] * more
        """),),
    ),
    Misconception(
        "tensors-for-lists",
        _("The function returned tensors or arrays. Return plain lists here; they become tensors later."),
        _("Return the lists, or call tolist() on the results."),
        form=_is_tensors,
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                lists = index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
                return tuple(map(torch.tensor, lists))
        """),),
    ),
    dictionary(
        _("the ids, the segment ids, the attention mask"), _("Return them with commas between them."),
        examples=(wrong("index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            ids, segments = index + [pad] * more, segments_ids + [0] * more
            return {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(index) + [0] * more}
    """),)),
    Misconception(
        "no-mask",
        _("The function returned only two lists. Without an attention mask, the model cannot tell padding from text."),
        _("Return the attention mask as the third list."),
        (_two_lists,),
        examples=(wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                more = length - len(index)
                return index + [pad] * more, segments_ids + [0] * more
        """),),
    ),
    not_computed_yet(
        _("Return the three lists themselves, with commas between them."),
        examples=(wrong("index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            yield from (index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more)
    """),)),
    returns_nothing(_("the three lists"), examples=(wrong("index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            index += [pad] * (length - len(index))
    """),)),
    changes_its_arguments((
        wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                mask = [1] * len(index)
                while len(index) < length:
                    index.append(pad)
                    segments_ids.append(0)
                    mask.append(0)
                return index, segments_ids, mask
        """),
        wrong("index segments attention_mask", """
            def pad_pair(index, segments_ids, length, pad):
                mask = [1] * len(index) + [0] * (length - len(index))
                index.extend([pad] * (length - len(index)))
                return index, segments_ids + [0] * (length - len(segments_ids)), mask
        """),
    )),
)  # fmt: skip

SOLUTION = """\
def pad_pair(index, segments_ids, length, pad):
    missing = length - len(index)
    padded_index = index + [pad] * missing
    padded_segments = segments_ids + [0] * missing
    attention_mask = [1] * len(index) + [0] * missing
    return padded_index, padded_segments, attention_mask
"""

RIGHT = (
    right("grows copies", """
        def pad_pair(index, segments_ids, length, pad):
            index, segments_ids, mask = index.copy(), segments_ids[:], [1] * len(index)
            while len(index) < length:
                index.append(pad)
                segments_ids += [0]
                mask.append(0)
            return index, segments_ids, mask
    """),
    right("NumPy", """
        def pad_pair(index, segments_ids, length, pad):
            import numpy as np
            behind = (0, length - len(index))
            mask = np.where(np.arange(length) < len(index), 1, 0)
            return np.pad(index, behind, constant_values=pad).tolist(), list(np.pad(segments_ids, behind)), list(mask)
    """),
    right("loop", """
        def pad_pair(index, segments_ids, length, pad):
            index, segments = list(index), list(segments_ids)
            mask = [1 for _ in index]
            while len(index) < length:
                index.append(pad)
                segments.append(0)
                mask.append(0)
            return index, segments, mask
    """),
)  # fmt: skip

QUESTION = Question(
    id="2.6/pad_pair",
    number=6,
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_answer,
    rubric=(
        RubricItem("index", _("the ids, filled up with padding"), 1, aspect=part(0)),
        RubricItem("segments", _("the segment ids of padding"), 1, aspect=part(1)),
        RubricItem("attention_mask", _("the attention mask"), 1, aspect=part(2)),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    by_hand=True,
    presentation=Presentation(parts=("index", "segments_ids", "attention_mask")),
    teaching=Teaching(
        title=_("Padding to a given length"),
        hints=(
            _("Does padding belong to sentence A, to sentence B, or to neither? And should the model look at it?"),
            _("All three lists must have the asked length: how many places are missing?"),
            _("For the ids [101, 7, 102], the length 5 and the padding id 0, the mask is [1, 1, 1, 0, 0]."),
        ),
        solution=SOLUTION,
        expectation=_("three lists of the asked length"),
        advice=_("Work the three lists out by hand for a short pair, and compare."),
        right=RIGHT,
    ),
)
