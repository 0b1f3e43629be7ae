"""2.6, tensors: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function

#: All rubric items.
ALL = "tokens segments"

_ANSWER = function("to_tensors(index, segments_ids)")

right, wrong = _ANSWER.right, _ANSWER.wrong

SOLUTION = """\
def to_tensors(index, segments_ids):
    tokens_tensor = torch.tensor([index])
    segments_tensors = torch.tensor([segments_ids])
    return tokens_tensor, segments_tensors
"""

RIGHT = (
    right(
        "unsqueeze, a list", "return [torch.LongTensor(index).unsqueeze(0), torch.LongTensor(segments_ids)[None, :]]",
    ),
    right(
        "from NumPy", "import numpy",
        "return tuple(torch.from_numpy(numpy.array(values)[None]) for values in (index, segments_ids))",
    ),
    right(
        "filled in a loop, noisy", "import warnings", 'warnings.warn("slow")',
        "tensors = torch.zeros(2, 1, len(index), dtype=torch.long)",
        "for row, values in enumerate((index, segments_ids)):", "    for place, value in enumerate(values):",
        "        tensors[row, 0, place] = value", "print(tensors)", "return tensors.unbind()",
    ),
    right("int32", "both = torch.tensor([[index], [segments_ids]], dtype=torch.int32)", "return both[0], both[1]"),
)  # fmt: skip
