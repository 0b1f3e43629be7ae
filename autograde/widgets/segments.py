"""Segment ids as a table: which token belongs to which sentence (the tutorial, 2.6). Nothing here draws a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from autograde.i18n.translation import messages
from autograde.judge.sentences import segments
from autograde.widgets.tables import table as html_table

if TYPE_CHECKING:
    from autograde.judge import Misconception

_ = messages("widgets")


@dataclass(frozen=True)
class Encoded:
    """A sentence, or a pair of sentences, as a tokenizer encodes it.

    Attributes:
        tokens: the tokens, special ones included.
        ids: each token's id; as long as ``tokens``.
        segments: the tokenizer's own ``token_type_ids``; as long as ``tokens``.
        attention: the attention mask, 0 where there is padding; as long as ``tokens``.
        separator: id of ``[SEP]`` in this vocabulary.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    attention: tuple[int, ...]
    separator: int


def encode(tokenizer: Any, first: str, second: str = "", padding: int = 0) -> Encoded:
    """What ``tokenizer`` makes of one sentence, or of two, with ``padding`` empty places behind them."""
    # The second sentence must be left out, not empty: an empty one still gets a [SEP] of its own.
    pair = (first, second) if second else (first,)
    found = tokenizer(*pair, return_token_type_ids=True)
    if padding:
        length = len(found["input_ids"]) + padding
        found = tokenizer(*pair, return_token_type_ids=True, padding="max_length", max_length=length)
    ids = tuple(int(each) for each in found["input_ids"])
    return Encoded(
        tokens=tuple(tokenizer.convert_ids_to_tokens(list(ids))),
        ids=ids,
        segments=tuple(int(each) for each in found["token_type_ids"]),
        attention=tuple(int(each) for each in found["attention_mask"]),
        separator=int(tokenizer.sep_token_id),
    )


def segment_ids(ids: Sequence[int], separator: int) -> list[int]:
    """The tutorial's rule: 0 up to and with the first separator, 1 behind it.

    Raises:
        ValueError: there is no separator among ``ids``.
    """
    return list(segments(ids, separator))


def belief(encoded: Encoded, mine: Sequence[int]) -> Misconception | None:
    """The judge's misconception that a prediction looks like; None for a right one, and for an unknown one."""
    # Only people who look at the questions need them.
    from autograde.judge.observation import listed
    from autograde.judge.questions import pad_pair, segment_ids

    real = sum(encoded.attention)
    if any(mine[real:]):
        padding = next(each for each in pad_pair.MISCONCEPTIONS if each.id == "padding-in-second")
        all_of_it = list(mine) == list(encoded.segments[:real]) + [1] * (len(mine) - real)
        return padding if all_of_it else None
    return segment_ids.belief(listed(*encoded.ids[:real]), encoded.separator, listed(*mine[:real]))


def first_difference(mine: Sequence[int], theirs: Sequence[int]) -> int | None:
    """The first position at which the two differ, or at which one has ended; None when they are the same."""
    for position, (left, right) in enumerate(zip(mine, theirs, strict=False)):
        if left != right:
            return position
    return None if len(mine) == len(theirs) else min(len(mine), len(theirs))


def explain(encoded: Encoded, position: int) -> str:
    """Why the token at ``position`` has its segment, in one sentence."""
    k = encoded.ids.index(encoded.separator)
    token = encoded.tokens[position]
    if not encoded.attention[position]:
        said = _("{token} at position {position} is padding: the model does not look at it, and it gets a 0.")
    elif position == k:
        said = _("{token} at position {position} closes sentence A, so it still belongs to A: 0.")
    elif position == 0:
        said = _("{token} opens the whole input and is counted with sentence A: 0.")
    elif position < k:
        said = _("{token} at position {position} stands before the first [SEP], in sentence A: 0.")
    elif encoded.ids[position] == encoded.separator:
        said = _("{token} at position {position} closes sentence B, so it belongs to B: 1.")
    else:
        said = _("{token} at position {position} stands behind the first [SEP], in sentence B: 1.")
    return said.format(token=token, position=position)


def steps(encoded: Encoded) -> list[str]:
    """The tutorial's rule, applied to this input one step at a time."""
    k = encoded.ids.index(encoded.separator)
    behind = len(encoded.ids) - k - 1
    return [
        _("Look for the id {separator}, which is [SEP], from the left.").format(separator=encoded.separator),
        _("It is found first at position k = {k}.").format(k=k),
        _("Positions 0 to k are {count} places, one more than k, because counting starts at 0.").format(count=k + 1),
        _("They get a 0: [0] * (k + 1) = {zeros}").format(zeros=[0] * (k + 1)),
        _("Behind them, len(index) - k - 1 = {count} places are left. They get a 1: {ones}").format(
            count=behind, ones=[1] * behind
        ),
        _("Both lists together: {ids}").format(ids=segment_ids(encoded.ids, encoded.separator)),
    ]


def table(encoded: Encoded, mine: Sequence[int] | None = None, *, answer: bool = True) -> str:
    """The input as an HTML table that needs no JavaScript: a row for each token.

    Args:
        encoded: the input.
        mine: a learner's segment ids, shown in a column of their own; None for no such column.
        answer: whether the tokenizer's segment ids and the attention mask are shown.
    """
    columns = [_("position"), _("token"), _("id")]
    columns += [_("your segment")] if mine is not None else []
    columns += [_("tokenizer's segment"), _("attention mask")] if answer else []
    columns += [_("right?")] if mine is not None and answer else []
    rows = []
    for position, token in enumerate(encoded.tokens):
        cells = [str(position), f"<code>{escape(token)}</code>", str(encoded.ids[position])]
        own = mine[position] if mine is not None and position < len(mine) else None
        cells += ["–" if own is None else str(own)] if mine is not None else []
        cells += [str(encoded.segments[position]), str(encoded.attention[position])] if answer else []
        if mine is not None and answer:
            cells.append(_("✓ yes") if own == encoded.segments[position] else _("✗ no"))
        rows.append(cells)
    count = len(encoded.tokens)
    caption = _("{count} tokens, from position 0 to {last}").format(count=count, last=count - 1)
    return html_table(caption, columns, rows)
