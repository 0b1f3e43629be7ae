"""Diagram of the tutorial's pair of sentences with tokens, ids and segment ids in two bands."""

from __future__ import annotations

from autograde.pictures.drawing import Drawing, Look
from autograde.pictures.translate import Translate

#: The tutorial's pair as bert-base-uncased splits it, and the tokens' ids.
TOKENS = ("[CLS]", "talk", "is", "cheap", "[SEP]", "please", "show", "me", "your", "code", "!", "[SEP]")
IDS = (101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102)

#: Number of tokens of the first sentence, up to and including the first [SEP].
FIRST = TOKENS.index("[SEP]") + 1

LEFT, COLUMN = 128, 76


def segments(_: Translate) -> Drawing:
    """Draw twelve columns with position, token, id and segment id; sentence A is plain, sentence B hatched."""
    drawing = Drawing(
        1060,
        330,
        _("Two sentences, two segments"),
        _(
            "A table of twelve columns. Tokens: {tokens}. Ids: {ids}. Segment ids: five times 0, then seven times 1."
            " The band of sentence A is plain and ends with the first [SEP], at position 4. The band of sentence B is"
            " hatched and ends with the last [SEP], at position 11."
        ).format(tokens=" ".join(TOKENS), ids=", ".join(map(str, IDS))),
    )
    bands = (
        (0, FIRST, _("Sentence A"), Look("tint", "accent", 2), "accent"),
        (FIRST, len(TOKENS), _("Sentence B"), Look("amber-tint", "amber", 2), "amber"),
    )
    for start, end, words, look, colour in bands:
        x, width = LEFT + start * COLUMN + 3, (end - start) * COLUMN - 6
        drawing.box(x, 54, width, 178, look)
        if start:
            drawing.hatching(x, 54, width, 178, colour)
        drawing.text(x + width / 2, 38, words, size=17, bold=True, fill=colour, anchor="middle")
    for y, words in ((82, _("position")), (118, _("token")), (158, _("id")), (207, _("segment id"))):
        drawing.text(LEFT - 14, y, words, size=14, fill="soft", anchor="end")
    for position, (token, number) in enumerate(zip(TOKENS, IDS, strict=True)):
        middle = LEFT + (position + 0.5) * COLUMN
        drawing.text(middle, 82, str(position), size=13, fill="soft", anchor="middle")
        special = token.startswith("[")
        drawing.text(middle, 118, token, size=15, mono=True, bold=special, anchor="middle")
        drawing.text(middle, 158, str(number), size=15, mono=True, anchor="middle")
        colour = "accent" if position < FIRST else "amber"
        drawing.box(middle - 18, 184, 36, 34, Look("paper", colour, 2), radius=6)
        drawing.text(
            middle, 207, str(int(position >= FIRST)), size=18, mono=True, bold=True, fill=colour, anchor="middle"
        )
    first_mark = LEFT + (FIRST - 0.5) * COLUMN
    drawing.arrow([(first_mark, 268), (first_mark, 222)], Look("none", "ink", 2))
    drawing.text(first_mark, 288, _("k = 4: the first [SEP] closes A, so it gets a 0"), anchor="middle")
    drawing.text(
        first_mark, 312, "[0] * (k + 1) + [1] * (len(index) - k - 1)", size=14, mono=True, anchor="middle", bold=True
    )
    return drawing
