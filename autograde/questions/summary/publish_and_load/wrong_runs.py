"""3: misconceptions about the model's input and the returned value."""

from __future__ import annotations

from autograde.judge.common_misconceptions import returns_nothing
from autograde.judge.facets import has
from autograde.judge.hub_facets import ADDRESS, full_name
from autograde.judge.hub_state import FileStatus
from autograde.judge.messages import _
from autograde.judge.observation import Raised, listed
from autograde.judge.question import misconception
from autograde.questions._new_repositories import RETURNS_THE_ADDRESS, RETURNS_THE_SHORT_NAME, short_name
from autograde.questions.summary.publish_and_load.cases import shape_of
from autograde.questions.summary.publish_and_load.facets import (
    FACETS,
    MASKED,
    NO_SEGMENTS,
    OTHER_WEIGHTS,
    TENSOR,
)
from autograde.questions.summary.publish_and_load.outcome import broken_off
from autograde.questions.summary.publish_and_load.solutions import CALL, CREATE, LOAD, UPLOAD, wrong_step
from autograde.questions.summary.publish_and_load.wrong_uploads import stops

PAIR = "first, second, return"

WRONG_RUNS = (
    misconception(
        "never-run",
        _(
            "The model never ran: the function only calculated the shape. That doesn't show whether the model on the "
            "Hub works."
        ),
        _("Call the model with the tokenizer's result for both sentences, and take the shape of what it returns."),
        wrong_step(
            "ran", call=(), end="return repo_id, (1, len(tokenizer.encode(first, second)), model.config.hidden_size)",
        ),
        wrong_step("loaded ran returned", load=(), call=(), end="return repo_id, torch.Size([1, 10, 24])"),
        wrong_step(
            "loaded ran", "import json, os",
            load=(
                'HfApi().hf_hub_download(repo_id, "model.safetensors")',
                'with open(os.path.join(folder, "config.json")) as file:',
                '    size = json.load(file)["hidden_size"]',
            ),
            call=(),
            end="return repo_id, (1, len(AutoTokenizer.from_pretrained(folder)(first, second)['input_ids']), size)",
        ),
        form=has(files=FileStatus.SAME, ran="nothing"),
    ),
    misconception(
        "no-tensors",
        _("The model was called with something it can't use: it needs tensors, each for its own parameter."),
        _(
            'Call the tokenizer with return_tensors="pt", and pass its result to the model with **, so that each '
            "tensor goes to its own parameter."
        ),
        wrong_step("ran returned", call=CALL.replace(', return_tensors="pt"', "")),
        wrong_step("ran returned", call=CALL.replace("**", "")),
        models=tuple(
            stops(error, ran=broken_off(Raised(error))) for error in ("AttributeError", "TypeError", "ValueError")
        ),
    ),
    FACETS.misconception(
        "random-weights",
        _(
            "A model with other weights than those on the Hub ran: from_config, for example, makes a model with random "
            "weights."
        ),
        _("Run the model that from_pretrained returns."),
        wrong_step(
            "loaded", "from transformers import AutoConfig",
            load=(..., "model = AutoModel.from_config(AutoConfig.from_pretrained(repo_id)).eval()"),
        ),
        wrong_step("loaded", "from transformers import AutoConfig", load=(
            "tokenizer = AutoTokenizer.from_pretrained(repo_id)",
            "model = AutoModel.from_config(AutoConfig.from_pretrained(repo_id)).eval()",
        )),
        wrong_step("loaded", load=(..., "model.init_weights() or model.pooler.dense.weight.data.zero_()")),
        model=OTHER_WEIGHTS,
    ),
    FACETS.misconception(
        "no-segment-ids",
        _(
            "The model got no segment ids, or the same one for all tokens, so it treats the second sentence as a part "
            "of the first (see exercise 2.6)."
        ),
        _(
            "Pass both sentences to the tokenizer, as two arguments, and everything that it returns to the model, with "
            "**, or token_type_ids by name."
        ),
        *(wrong_step("ran", call=call) for call in (
            'result = model(tokenizer.encode(first, second, return_tensors="pt"))',
            'result = model(tokenizer(first, second, return_tensors="pt")["input_ids"])',
            'result = model.forward(tokenizer.encode(first, second, return_tensors="pt"))',
            "ids = torch.tensor([tokenizer.encode(first, second)])\n"
            "    result = model(ids, token_type_ids=torch.zeros_like(ids))",
            CALL.replace(PAIR, 'f"{first} [SEP] {second}", return'),
        )),
        ran=NO_SEGMENTS,
    ),
    FACETS.misconception(
        "hidden-by-the-mask",
        _(
            "The attention mask has zeros, so the model ignores these tokens. A single pair has no padding, so no "
            "token may be hidden."
        ),
        _("Pass the attention mask as the tokenizer returns it, or none: then every token counts."),
        wrong_step("ran", call=(
            'pair = tokenizer(first, second, return_tensors="pt")', 'pair["attention_mask"] *= 0',
            "result = model(**pair)",
        )),
        wrong_step("ran", call=(
            'pair = tokenizer(first, second, return_tensors="pt")',
            'result = model(pair.input_ids, pair.token_type_ids, pair.token_type_ids)',
        )),
        ran=MASKED,
    ),
    FACETS.misconception(
        "pooler-output",
        _(
            "This is the shape of `pooler_output`, one vector for the whole input. Return the shape of "
            "`last_hidden_state`."
        ),
        _("The result's first output is `last_hidden_state`."),
        wrong_step("returned", end="return repo_id, result[1].shape"),
        shape=lambda case: listed(1, *shape_of(case).items[2:]),
    ),
    misconception(
        "one-sentence-only",
        _("Only one of the two sentences was given to the model."),
        _("Pass both sentences to the tokenizer, as two arguments."),
        wrong_step("ran", call=CALL.replace(PAIR, "first, return")),
        wrong_step("ran", call=CALL.replace(PAIR, "second, return")),
        models=(FACETS.wrong(ran="first"), FACETS.wrong(ran="second")),
    ),
    FACETS.misconception(
        "joined-into-one",
        _(
            "The sentences were joined into one text, so there is no [SEP] between them: the model sees a single "
            "sentence."
        ),
        _("Pass both sentences to the tokenizer, as two arguments: it puts [SEP] between them."),
        wrong_step("ran", call=CALL.replace(PAIR, "first + second, return")),
        wrong_step("ran", call=CALL.replace(PAIR, 'f"{first} {second}", return')),
        ran="joined",
    ),
    FACETS.misconception(
        "two-rows",
        _(
            "The sentences were given to the model as a batch of two inputs, because they were passed as a list. A "
            "pair is one input that contains both sentences."
        ),
        _("Pass the sentences to the tokenizer as two arguments, not as a list."),
        wrong_step("ran", call=CALL.replace(PAIR, "[first, second], padding=True, return")),
        ran="rows",
    ),
    FACETS.misconception(
        "sentences-swapped",
        _("The second sentence was given before the first. The model's result depends on the order."),
        _("Pass the sentences to the tokenizer in the order in which the function gets them."),
        wrong_step("ran", call=CALL.replace(PAIR, "second, first, return")),
        ran="swapped",
    ),
    FACETS.misconception(
        "results-swapped",
        _("The name and the shape are in the wrong order."),
        _("Return the full name first, then the shape."),
        wrong_step("returned", end="return result[0].shape, repo_id"),
        name=shape_of, shape=full_name,
    ),
    FACETS.misconception(
        "the-tensor",
        _("The function returns the tensor itself, not its shape."),
        _("A tensor has the attribute `shape`."),
        wrong_step("returned", end="return repo_id, result[0]"),
        shape=TENSOR,
    ),
    RETURNS_THE_ADDRESS.shown_by(
        wrong_step(
            "returned", create=CREATE.replace(".repo_id", ""), upload=UPLOAD.replace("=repo_id", "=repo_id.repo_id"),
            load=LOAD.replace("(repo_id)", "(repo_id.repo_id)"),
        ),
        models=(FACETS.wrong(name=ADDRESS),),
    ),
    RETURNS_THE_SHORT_NAME.shown_by(
        wrong_step("returned", end="return name, result[0].shape"),
        models=(FACETS.wrong(name=short_name),),
    ),
    FACETS.misconception(
        "only-the-shape",
        _("The function returns only the shape. Return the full name as well: it says where the model is now."),
        _("Return two things: the full name, and the shape."),
        wrong_step("returned", end="return result[0].shape"),
        name=None,
    ),
    FACETS.misconception(
        "only-the-name",
        _("The function returns only the name. Return the shape of the result as well."),
        _("Return two things: the full name, and the shape."),
        wrong_step("returned", end="return repo_id"),
        shape=None,
    ),
    returns_nothing(
        _("two things, the full name and the shape"),
        wrong_step("returned", end="print(result[0].shape)"),
        models=(FACETS.wrong(name=None, shape=None),),
    ),
)  # fmt: skip
