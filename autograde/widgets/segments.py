"""Compute and explain segment ids, and show them as a table (tutorial, 2.6). Contains no widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from autograde.i18n.translation import messages
from autograde.widgets.tables import table as html_table

if TYPE_CHECKING:
    from autograde.exercises.common_causes import CommonCause

_ = messages("widgets")

#: Colours of sentence A, sentence B and padding, as in the lesson's picture. Each also has its own line style, and the
#: number is always written next to it.
COLOURS = {"A": "#1a8a6c", "B": "#c77700", "": "#6e7781"}
LINES = {"A": "solid", "B": "double", "": "dotted"}


@dataclass(frozen=True)
class Encoded:
    """A sentence, or a pair of sentences, as a tokenizer encodes it.

    Attributes:
        tokens: the tokens, including special ones.
        ids: each token's id; as long as ``tokens``.
        segments: the tokenizer's own ``token_type_ids``; as long as ``tokens``.
        attention: the attention mask, 0 for padding; as long as ``tokens``.
        separator: id of ``[SEP]`` in this vocabulary.
        unknown: the pieces of text without a token in the vocabulary, in order.
    """

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    segments: tuple[int, ...]
    attention: tuple[int, ...]
    separator: int
    unknown: tuple[str, ...] = ()

    @property
    def length(self) -> int:
        """The number of tokens without padding."""
        return sum(self.attention)

    @property
    def boundary(self) -> int:
        """The position of the last token of sentence A, its ``[SEP]``."""
        return self.segments[: self.length].count(0) - 1

    def sentence(self, position: int) -> str:
        """``"A"``, ``"B"``, or an empty text for padding."""
        return "" if not self.attention[position] else "AB"[self.segments[position]]


@dataclass(frozen=True)
class Step:
    """One step of the tutorial's rule.

    Attributes:
        sentence: a sentence.
        positions: positions of its tokens.
    """

    sentence: str
    positions: tuple[int, ...] = ()


def encode(tokenizer: Any, first: str, second: str = "", padding: int = 0) -> Encoded:
    """Encode one or two sentences, with ``padding`` padding tokens at the end."""
    # Leave out an empty second sentence, because it would get a [SEP].
    pair = (first, second) if second else (first,)
    options: dict[str, Any] = {"return_token_type_ids": True, "return_offsets_mapping": True}
    found = tokenizer(*pair, **options)
    if padding:
        length = len(found["input_ids"]) + padding
        found = tokenizer(*pair, **options, padding="max_length", max_length=length)
    ids = tuple(int(each) for each in found["input_ids"])
    unknown = tuple(
        pair[sentence][begin:end]
        for number, sentence, (begin, end) in zip(ids, found.sequence_ids(), found["offset_mapping"], strict=True)
        if sentence is not None and number == tokenizer.unk_token_id
    )
    return Encoded(
        tokens=tuple(tokenizer.convert_ids_to_tokens(list(ids))),
        ids=ids,
        segments=tuple(int(each) for each in found["token_type_ids"]),
        attention=tuple(int(each) for each in found["attention_mask"]),
        separator=int(tokenizer.sep_token_id),
        unknown=unknown,
    )


def segment_ids(ids: Sequence[int], separator: int) -> list[int]:
    """Apply the tutorial's rule: 0 up to and including the first separator, 1 after it.

    Raises:
        ValueError: ``ids`` contains no separator.
    """
    # Imported here because importing the judge takes a second, and every lesson imports the widgets.
    from autograde.judge.sentences import segments

    return list(segments(ids, separator))


def cause(encoded: Encoded, mine: Sequence[int]) -> CommonCause | None:
    """Return the misconception that explains a wrong prediction; None for a right one or without an explanation."""
    # Imported here because only checking a prediction needs it.
    from autograde.exercises.common_causes import common_cause

    real, count = encoded.length, len(encoded.ids)
    ids = list(encoded.ids[:real])
    if any(mine[real:]):
        arguments = (ids, list(encoded.segments[:real]), count, 0)
        padded = (ids + [0] * (count - real), list(mine), list(encoded.attention))
        return common_cause("2.6", "pad_pair", arguments, padded)
    return common_cause("2.6", "segment_ids", (ids, encoded.separator), list(mine[:real]))


def first_difference(mine: Sequence[int], theirs: Sequence[int]) -> int | None:
    """Return the first position at which the two differ or one ends; None if they are equal."""
    for position, (left, right) in enumerate(zip(mine, theirs, strict=False)):
        if left != right:
            return position
    return None if len(mine) == len(theirs) else min(len(mine), len(theirs))


def explain(encoded: Encoded, position: int) -> str:
    """Explain in one sentence why the token at ``position`` has its segment; the token is between backticks."""
    k = encoded.boundary
    token = encoded.tokens[position]
    if not encoded.attention[position]:
        sentence = _("{token} at position {position} is padding: the model does not look at it, and it gets a 0.")
    elif position == k:
        sentence = _("{token} at position {position} closes sentence A, so it still belongs to A: 0.")
    elif position == 0:
        sentence = _("{token} opens the whole input and is counted with sentence A: 0.")
    elif position < k:
        sentence = _("{token} at position {position} comes before the [SEP] that closes sentence A: 0.")
    elif position == encoded.length - 1:
        sentence = _("{token} at position {position} closes sentence B, so it belongs to B: 1.")
    else:
        sentence = _("{token} at position {position} comes after the [SEP] that closes sentence A, so it is in B: 1.")
    return sentence.format(token=f"`{token}`", position=position)


def steps(encoded: Encoded) -> list[Step]:
    """Apply the tutorial's rule to this input, step by step."""
    ids = encoded.ids[: encoded.length]
    k = ids.index(encoded.separator)
    first, second = tuple(range(k + 1)), tuple(range(k + 1, len(ids)))
    rule = segment_ids(ids, encoded.separator)
    found = [
        Step(_("Look for the id {separator}, which is [SEP], from the left.").format(separator=encoded.separator)),
        Step(_("The first one is at position k = {k}.").format(k=k), (k,)),
        Step(
            _("Positions 0 to k are {count} places, one more than k, because counting starts at 0.").format(
                count=k + 1
            ),
            first,
        ),
        Step(_("They get a 0: [0] * (k + 1) = {zeros}").format(zeros=[0] * (k + 1)), first),
        Step(
            _("After them, len(index) - k - 1 = {count} places are left. They get a 1: {ones}").format(
                count=len(second), ones=[1] * len(second)
            ),
            second,
        ),
        Step(_("Both lists together: {ids}").format(ids=rule)),
    ]
    if rule != list(encoded.segments[: encoded.length]):
        found.append(
            Step(
                _(
                    "The tokenizer says {ids}: it knows where sentence A ends. The rule sees only ids, "
                    "and takes the [SEP] that you typed for the end."
                ).format(ids=list(encoded.segments[: encoded.length])),
                (k, encoded.boundary),
            )
        )
    if padding := tuple(range(encoded.length, len(encoded.ids))):
        found.append(
            Step(_("The {count} padding tokens are added at the end and get a 0.").format(count=len(padding)), padding)
        )
    return found


def about_unknown(encoded: Encoded) -> str:
    """Explain ``[UNK]`` for this input; empty if every piece of the text has a token."""
    if not encoded.unknown:
        return ""
    shown = _(", ").join(dict.fromkeys(encoded.unknown))
    text = _("This vocabulary has no token for “{pieces}”: [UNK], unknown, is written instead.").format(pieces=shown)
    if len(set(encoded.unknown)) > 1:
        text += _(" All of them get the same id, so the model cannot tell them apart.")
    return text + _(" Try the other vocabulary.")


def table(
    encoded: Encoded,
    mine: Sequence[int] | None = None,
    *,
    answer: bool = True,
    marked: Sequence[int] = (),
) -> str:
    """Return the input as an HTML table with a row for each token.

    Args:
        encoded: the input.
        mine: a learner's segment ids for an additional column, or None.
        answer: whether to show the model's segment ids and the attention mask.
        marked: positions to mark with an arrow.
    """
    columns = [_("position"), _("token"), _("id")]
    columns += [_("your segment")] if mine is not None else []
    columns += [_("model's segment"), _("attention mask")] if answer else []
    columns += [_("right?")] if mine is not None and answer else []
    rows = []
    for position, token in enumerate(encoded.tokens):
        arrow = "▸ " if position in marked else ""
        cells = [f"{arrow}{position}", f"<code>{escape(token)}</code>", str(encoded.ids[position])]
        own = mine[position] if mine is not None and position < len(mine) else None
        cells += (
            ["–" if own is None else band("AB"[own] if own in (0, 1) else "", str(own))] if mine is not None else []
        )
        if answer:
            sentence = encoded.sentence(position)
            cells += [band(sentence, str(encoded.segments[position])), str(encoded.attention[position])]
        if mine is not None and answer:
            cells.append(_("✓ yes") if own == encoded.segments[position] else _("✗ no"))
        rows.append(cells)
    count = len(encoded.tokens)
    caption = _("{count} tokens, from position 0 to {last}").format(count=count, last=count - 1)
    return html_table(caption, columns, rows, other={1})


def band(sentence: str, text: str) -> str:
    """Return a number with the coloured band and the letter of its sentence, as HTML."""
    letter = {"A": "A", "B": "B", "": _("padding")}[sentence]
    style = f"border-left: 8px {LINES[sentence]} {COLOURS[sentence]}; padding-left: 6px"
    return f'<span style="{style}">{escape(text)} · {escape(letter)}</span>'


def as_text(encoded: Encoded) -> str:
    """Return the input as plain text, for places without widgets and HTML."""
    lines = [_("position, token, id, segment, attention mask")]
    lines += [
        f"{position:>3}  {token:<12} {number:>6}  {segment}  {seen}"
        for position, (token, number, segment, seen) in enumerate(
            zip(encoded.tokens, encoded.ids, encoded.segments, encoded.attention, strict=True)
        )
    ]
    return "\n".join(lines)
