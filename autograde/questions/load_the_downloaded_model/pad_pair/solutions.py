"""2.6, padding: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import WrongAnswer, function

#: All rubric items.
ALL = "index segments attention_mask"

_ANSWER = function("pad_pair(index, segments_ids, length, pad)")

right, wrong = _ANSWER.right, _ANSWER.wrong


def wrong_list(
    lost: str,
    index: str = "index + [pad] * more",
    segments: str = "segments_ids + [0] * more",
    mask: str = "[1] * len(index) + [0] * more",
) -> WrongAnswer:
    """Return a wrong answer that differs from a right one in some of the three lists; ``lost`` as for ``wrong``."""
    return wrong(lost, "more = length - len(index)", f"return {index}, {segments}, {mask}")


SOLUTION = """\
def pad_pair(index, segments_ids, length, pad):
    missing = length - len(index)
    padded_index = index + [pad] * missing
    padded_segments = segments_ids + [0] * missing
    attention_mask = [1] * len(index) + [0] * missing
    return padded_index, padded_segments, attention_mask
"""

RIGHT = (
    right(
        "grows copies", "index, segments_ids, mask = index.copy(), segments_ids[:], [1] * len(index)",
        "while len(index) < length:", "    index.append(pad)", "    segments_ids += [0]", "    mask.append(0)",
        "return index, segments_ids, mask",
    ),
    right(
        "NumPy", "import numpy as np", "behind = (0, length - len(index))",
        "mask = np.where(np.arange(length) < len(index), 1, 0)",
        "return np.pad(index, behind, constant_values=pad).tolist(), list(np.pad(segments_ids, behind)), list(mask)",
    ),
    right(
        "loop", "index, segments = list(index), list(segments_ids)", "mask = [1 for _ in index]",
        "while len(index) < length:", "    index.append(pad)", "    segments.append(0)", "    mask.append(0)",
        "return index, segments, mask",
    ),
)  # fmt: skip
