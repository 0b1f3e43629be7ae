"""2.6, segment ids: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function

#: All rubric items.
ALL = "pairs vocabularies edges"

_ANSWER = function(
    "segment_ids(index, mark)",
    boundary="k = index.index(mark)",
    end="return [0] * (k + 1) + [1] * (len(index) - k - 1)",
)
right, wrong, wrong_step = _ANSWER.right, _ANSWER.wrong, _ANSWER.wrong_step

SOLUTION = """\
def segment_ids(index, mark):
    boundary = index.index(mark)
    first_sentence = [0] * (boundary + 1)
    second_sentence = [1] * (len(index) - boundary - 1)
    return first_sentence + second_sentence
"""

RIGHT = (
    right(
        "loop", "result, segment = [], 0", "for token in index:", "    result.append(segment)", "    if token == mark:",
        "        segment = 1", "return result",
    ),
    right("tuple", "k = index.index(mark)", "return tuple(int(position > k) for position in range(len(index)))"),
    right(
        "numpy", "import numpy", "ids = numpy.array(index)", "first = numpy.argmax(ids == mark)",
        "return list(numpy.where(numpy.arange(len(ids)) > first, 1, 0))",
    ),
    right(
        "torch.where", "places = torch.arange(len(index))", "first = torch.where(torch.tensor(index) == mark)[0][0]",
        "return torch.where(places > first, 1, 0).tolist()",
    ),
    right(
        "changes a copy", "index = list(index)", "result = []", "while index:", "    result.append(0)",
        "    if index.pop(0) == mark:", "        break", "return result + [1 for _ in index]",
    ),
    function("segment_ids(index: list[int], mark: int) -> list[int]").right(
        "noisy", "import logging, os, sys, warnings", "from tqdm import tqdm", 'warnings.warn("a deprecated thing")',
        'logging.getLogger("transformers").warning("some weights were newly initialized")',
        'logging.warning("the root logger")', 'os.write(2, b"straight to the descriptor")',
        'print("debugging", index, file=sys.stderr)', "k = index.index(mark)",
        'return [int(place > k) for place in tqdm(range(len(index)), desc="segments")]',
    ),
    right(
        "accumulate", "from itertools import accumulate",
        "seen = accumulate((token == mark for token in index[:-1]), lambda old, new: old or new, initial=False)",
        "return [int(each) for each in seen]",
    ),
    right(
        "cumulative sum, in NumPy's own integers", "import numpy as np", "hits = np.cumsum(np.array(index) == mark)",
        "return list(np.minimum(np.concatenate([[0], hits[:-1]]), 1))",
    ),
)  # fmt: skip
