"""2.6: the call itself, under ``no_grad``, with the segment ids by name."""

from __future__ import annotations

from autograde.judge.evidence import FROZE_MODEL, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.examples import function
from autograde.judge.messages import _
from autograde.judge.question import FirstArgument, Question, RubricItem, Teaching
from autograde.questions.load_the_downloaded_model.run_model.cases import (
    LAST,
    POOLER,
    SMALLER,
    VISIBLE,
    hidden,
    right_of,
)
from autograde.questions.load_the_downloaded_model.run_model.example_code import SIGNATURE, right
from autograde.questions.load_the_downloaded_model.run_model.facets import RULES, Output, both_outputs, no_gradient
from autograde.questions.load_the_downloaded_model.run_model.misconceptions import MISCONCEPTIONS

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
        "attentions and hidden states", "torch.set_grad_enabled(False)",
        "return model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)",
    ),
)  # fmt: skip


_POOLER = _("Only pooler_output is wrong. Return the one in the model's result.")

QUESTION = Question(
    id="2.6/run_model",
    number=4,
    first=FirstArgument.MODEL,
    visible=VISIBLE,
    hidden=hidden,
    oracle=right_of,
    rubric=(
        RubricItem(
            LAST, _("last_hidden_state, with the segment ids used"), 2, aspect=Output(LAST), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            POOLER, _("pooler_output, with the segment ids used"), 1, aspect=Output(POOLER), effects=(LEFT_TRAINING,)
        ),
        RubricItem(
            "no_grad",
            _("the call runs without gradient tracking"),
            2,
            aspect=no_gradient,
            effects=(FROZE_MODEL, RECORDED_GRADIENTS),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    smaller=SMALLER,
    rules=RULES,
    normal=both_outputs,
    teaching=Teaching(
        title=_("Call the model"),
        hints=(
            _("What is the model's second parameter? See help(model.forward)."),
            _("Pass the segment ids by name, and call the model without gradient tracking."),
        ),
        solution=SOLUTION,
        expectation=_("the model's result with its two outputs"),
        advice_on=lambda difference: _POOLER if difference.path[:1] == (POOLER,) else None,
        advice=_("Look at help(model.forward): which parameter does each of your arguments go to?"),
        right=RIGHT,
    ),
)
