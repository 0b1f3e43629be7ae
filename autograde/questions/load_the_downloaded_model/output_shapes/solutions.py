"""2.6, shapes: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function

#: All rubric items.
ALL = "last_hidden_state pooler_output"

#: The first line of most example answers.
SIZE = "size = model.config.hidden_size"

_ANSWER = function("output_shapes(model, index)")

right, wrong = _ANSWER.right, _ANSWER.wrong

SOLUTION = """\
def output_shapes(model, index):
    hidden_size = model.config.hidden_size
    last_hidden_state = (1, len(index), hidden_size)
    pooler_output = (1, hidden_size)
    return last_hidden_state, pooler_output
"""

RIGHT = (
    right(
        "by running", "result = model(torch.tensor([index]))",
        "return result.last_hidden_state.shape, result.pooler_output.shape",
    ),
    right(
        "torch.Size and NumPy's numbers", "import numpy", "size = numpy.int64(model.config.hidden_size)",
        "return torch.Size([1, len(index), int(size)]), numpy.array([[0] * size]).shape",
    ),
    right("lists", "size = model.get_input_embeddings().embedding_dim", "return [[1, len(index), size], [1, size]]"),
)  # fmt: skip
