"""2.6, calling the model: the solution, right answers in other styles, and the builder of wrong ones."""

from __future__ import annotations

from autograde.judge.examples import function

#: The rubric items of the result, and all.
VALUES = "last_hidden_state pooler_output"
ALL = f"{VALUES} no_grad"

#: Lines of example answers.
NO_GRAD = "with torch.no_grad():"
CALL = "model(tokens_tensor, token_type_ids=segments_tensors)"

SIGNATURE = "run_model(model, tokens_tensor, segments_tensors)"

_ANSWER = function(SIGNATURE)

right, wrong = _ANSWER.right, _ANSWER.wrong

SOLUTION = """\
def run_model(model, tokens_tensor, segments_tensors):
    with torch.no_grad():
        result = model(tokens_tensor, token_type_ids=segments_tensors)
    return result
"""

RIGHT = (
    right(
        "inference mode, all by name", "model.eval()", "with torch.inference_mode():",
        "    return model(input_ids=tokens_tensor, token_type_ids=segments_tensors)",
    ),
    right(
        "tuple", "with torch.no_grad():",
        "    return model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)",
    ),
    function(SIGNATURE, "@torch.no_grad()\n").right(
        "decorated, noisy, as a dictionary", "import logging, sys", "from tqdm import tqdm",
        "for _ in tqdm(range(3)):", "    result = model.forward(tokens_tensor, None, segments_tensors)",
        'logging.warning("done")', "print(result[0].shape, file=sys.stderr)", "return dict(result)",
    ),
    right(
        "detached as well, with a mask", "mask = torch.ones_like(tokens_tensor)", "with torch.set_grad_enabled(False):",
        "    result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)",
        "return [output.detach() for output in result.to_tuple()]",
    ),
    right(
        "three outputs in a tuple", "with torch.no_grad():", "    return model(",
        "        tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True, return_dict=False", "    )",
    ),
    right(
        "hidden states, with gradients switched off and on", "torch.set_grad_enabled(False)",
        "result = model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)",
        "torch.set_grad_enabled(True)", "return result",
    ),
)  # fmt: skip
