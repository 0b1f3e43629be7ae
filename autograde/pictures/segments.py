"""Diagram of the tutorial's pair of sentences with tokens, ids and segment ids in two bands."""

from __future__ import annotations

from autograde.pictures.drawing import SMALL, Drawing, Look, wrapped
from autograde.pictures.translate import Translate

#: The tutorial's pair as bert-base-uncased splits it, and the tokens' ids.
TOKENS = ("[CLS]", "talk", "is", "cheap", "[SEP]", "please", "show", "me", "your", "code", "!", "[SEP]")
IDS = (101, 2831, 2003, 10036, 102, 3531, 2265, 2033, 2115, 3642, 999, 102)

#: Number of tokens of the first sentence, up to and including the first [SEP].
FIRST = TOKENS.index("[SEP]") + 1

#: Left edge of the bands, width of a column and height of a band.
LEFT, COLUMN, BAND = 118, 88, 152


def segments(_: Translate) -> Drawing:
    """Draw a band for each sentence with position, token, id and segment id; A is plain, B hatched."""
    drawing = Drawing(
        760,
        452,
        _("Two sentences, two segments"),
        _(
            "Two bands, one below the other, with twelve tokens. Tokens: {tokens}. Ids: {ids}. Segment ids: five times"
            " 0, then seven times 1. The band of sentence A is plain and ends with the first [SEP], at position 4. The"
            " band of sentence B is hatched and ends with the last [SEP], at position 11."
        ).format(tokens=" ".join(TOKENS), ids=", ".join(map(str, IDS))),
    )
    bands = (
        (48, 0, FIRST, _("Sentence A"), Look("tint", "accent", 2), "accent"),
        (250, FIRST, len(TOKENS), _("Sentence B"), Look("amber-tint", "amber", 2), "amber"),
    )
    for top, start, end, words, look, colour in bands:
        width = (end - start) * COLUMN
        drawing.box(LEFT, top, width, BAND, look)
        if start:
            drawing.hatching(LEFT, top, width, BAND, colour)
        drawing.text(LEFT, top - 14, words, size=17, bold=True, fill=colour)
        for y, name in ((28, _("position")), (60, _("token")), (90, _("id")), (127, _("segment id"))):
            drawing.text(LEFT - 14, top + y, name, size=SMALL, fill="soft", anchor="end")
        for position in range(start, end):
            middle = LEFT + (position - start + 0.5) * COLUMN
            token, number = TOKENS[position], IDS[position]
            drawing.text(middle, top + 28, str(position), size=SMALL, fill="soft", anchor="middle")
            drawing.text(middle, top + 60, token, size=17, mono=True, bold=token.startswith("["), anchor="middle")
            drawing.text(middle, top + 90, str(number), size=16, mono=True, anchor="middle")
            drawing.box(middle - 20, top + 104, 40, 34, Look("paper", colour, 2), radius=6)
            drawing.text(
                middle, top + 127, str(int(start > 0)), size=18, mono=True, bold=True, fill=colour, anchor="middle"
            )
    edge, y = LEFT + FIRST * COLUMN, 48 + 121
    drawing.arrow([(edge + 26, y), (edge - COLUMN / 2 + 24, y)], Look("none", "ink", 2))
    note = wrapped(_("k = 4: the first [SEP] closes A, so it gets a 0"), 172, SMALL)
    drawing.lines(edge + 34, y + 6 - (len(note) - 1) * SMALL * 0.7, note, size=SMALL)
    formula = "[0] * (k + 1) + [1] * (len(index) - k - 1)"
    drawing.text(380, 433, formula, size=17, mono=True, anchor="middle", bold=True)
    return drawing
