"""3: what goes wrong on the way from a folder to the answer of the model from the Hub."""

from __future__ import annotations

from autograde.judge import beliefs
from autograde.judge.acts import replaced
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised, listed
from autograde.judge.question import Case, Misconception, WrongModel
from autograde.questions.summary.publish_and_load.cases import (
    ELSEWHERE,
    HUB,
    NO_SEGMENTS,
    OTHER_WEIGHTS,
    TAKEN,
    TENSOR,
    full_name_of,
    oracle,
    setting_of,
    shape_of,
)
from autograde.questions.summary.publish_and_load.outcome import broken_off


def _changed(**changes: Observation) -> WrongModel:
    return lambda case: replaced(oracle(case), **changes)


def _stops(error: str, *places: str, **changes: Observation) -> WrongModel:
    """Raises, and did not come to these places."""
    raised = Raised(error)
    return lambda case: replaced(oracle(case), **dict.fromkeys((*places, "name", "shape"), raised), **changes)


def _fixed_name(case: Case) -> Observation:
    name = f"{setting_of(case).account}/mymodel04"
    return replaced(oracle(case), made=f"model {name}", files="missing", storage="nowhere", name=name)


def _fixed_owner(owner: str) -> WrongModel:
    return lambda case: replaced(oracle(case), name=f"{owner}/{setting_of(case).name}")


def _fixed_size(ran: str, tokens: int | None) -> WrongModel:
    return lambda case: replaced(oracle(case), ran=ran, shape=shape_of(case, tokens=tokens, size=768))


MISCONCEPTIONS = (
    beliefs.fixed_owner(*map(_fixed_owner, TAKEN)),
    beliefs.fixed_name(_fixed_name, lambda case: replaced(_fixed_name(case), name=full_name_of(case))),
    beliefs.not_the_full_name(
        *(
            _stops(error, "files", "storage", "model", "tokenizer", "ran")
            for error in ("RepositoryNotFoundError", "HFValidationError")
        ),
        *(
            _stops("OSError", *places)
            for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"))
        ),
    ),
    Misconception(
        "not-uploaded",
        _("Nothing was uploaded: the repository was made and stayed empty."),
        _("Upload the folder before you load by the repository's full name."),
        (
            _changed(files="missing", storage="nowhere", model=ELSEWHERE, tokenizer=ELSEWHERE),
            *(_stops(error, "files", "storage", "model", "tokenizer", "ran") for error in ("OSError", "ValueError")),
        ),
    ),
    Misconception(
        "loaded-from-the-folder",
        _(
            "The model was loaded from the folder on this machine. That says nothing about the upload: only who "
            "loads by the full name gets what everybody else will get."
        ),
        _("Hand the full name to from_pretrained, in place of the folder."),
        (_changed(model=ELSEWHERE), _changed(model=ELSEWHERE, tokenizer=ELSEWHERE)),
    ),
    Misconception(
        "tokenizer-from-the-folder",
        _(
            "The tokenizer was loaded from the folder on this machine, and the model from the Hub. That "
            "doesn't show whether the two on the Hub work together."
        ),
        _("Hand the full name to AutoTokenizer.from_pretrained too, in place of the folder."),
        (_changed(tokenizer=ELSEWHERE),),
    ),
    Misconception(
        "written-anew",
        _(
            "The folder was not uploaded: the model was loaded and saved again, as push_to_hub and "
            "save_pretrained do. The files on the Hub differ from those of the folder."
        ),
        _("Upload the folder as it is, with upload_folder."),
        (_changed(files="different"),),
    ),
    Misconception(
        "not-all-files",
        _("Only some files of the folder were uploaded. Other people's programs may need the rest."),
        _("Upload the whole folder: leave allow_patterns and ignore_patterns out."),
        (_changed(files="missing"), _changed(files="missing", tokenizer=ELSEWHERE)),
    ),
    Misconception(
        "in-a-folder",
        _("The files were uploaded into a folder of the repository. from_pretrained looks for config.json at its top."),
        _("Leave path_in_repo out."),
        tuple(
            _stops(error, *places, files="in a folder")
            for error in ("OSError", "ValueError")
            for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"), ("ran",))
        ),
    ),
    Misconception(
        "hidden-size-written-down",
        _("The shape always ends with 768: the number is fixed in the code. Other models have other hidden sizes."),
        _("Take the shape from the result."),
        tuple(_fixed_size(ran, tokens) for ran in ("the pair", "nothing") for tokens in (None, 12)),
    ),
    Misconception(
        "never-run",
        _(
            "The model never ran: the shape was put together from numbers that belong in it. Whether the model on the "
            "Hub works is not known then."
        ),
        _("Call the model with what the tokenizer made of both sentences, and take the shape from its result."),
        tuple(
            _changed(ran="nothing", model=model, tokenizer=tokenizer)
            for model in (HUB, ELSEWHERE)
            for tokenizer in (HUB, ELSEWHERE)
        ),
    ),
    Misconception(
        "no-tensors",
        _("The model was called, and could do nothing with what it got: it takes tensors, each under its own name."),
        _(
            'Ask the tokenizer for tensors, with return_tensors="pt", and put ** before what it returns: that hands on '
            "each tensor under its name."
        ),
        tuple(_stops(error, ran=broken_off(Raised(error))) for error in ("AttributeError", "TypeError", "ValueError")),
    ),
    Misconception(
        "random-weights",
        _(
            "The weights were downloaded, but the model that ran has others: from_config builds a model of the right "
            "size with random weights."
        ),
        _("Run the model that from_pretrained returns."),
        (_changed(model=OTHER_WEIGHTS),),
    ),
    Misconception(
        "no-segment-ids",
        _(
            "The model got the ids without the segment ids, so it takes the second sentence for a part of the first "
            "(exercise 2.6)."
        ),
        _("Give the model everything that the tokenizer returns, with ** before it, or token_type_ids by name."),
        (_changed(ran=NO_SEGMENTS),),
    ),
    Misconception(
        "pooler-output",
        _(
            "This is the shape of `pooler_output`, one vector for the whole input. Return the shape of "
            "`last_hidden_state`."
        ),
        _("The result's first output is `last_hidden_state`."),
        (lambda case: replaced(oracle(case), shape=listed(1, *shape_of(case).items[2:])),),
    ),
    Misconception(
        "one-sentence-only",
        _("Only one of the two sentences reached the model: the second axis counts too few tokens."),
        _("Hand both sentences to the tokenizer, as two arguments."),
        (_changed(ran="the first alone"), _changed(ran="the second alone")),
    ),
    Misconception(
        "joined-into-one",
        _(
            "The sentences were joined into one text before the tokenizer saw them: no [SEP] stands between them, and "
            "the model takes them for one sentence."
        ),
        _("Hand both sentences to the tokenizer, as two arguments: it puts [SEP] between them."),
        (_changed(ran="one text"),),
    ),
    Misconception(
        "two-rows",
        _(
            "The sentences went to the model as two inputs, one below the other: a list is a batch. A pair is one "
            "input with both sentences in it."
        ),
        _("Hand the sentences to the tokenizer as two arguments, and not as a list."),
        (_changed(ran="two rows"),),
    ),
    Misconception(
        "sentences-swapped",
        _("The second sentence stands before the first: a model's answer depends on the order."),
        _("Hand the sentences to the tokenizer in the order in which the function gets them."),
        (_changed(ran="the other order"),),
    ),
    Misconception(
        "results-swapped",
        _("The shape comes first and the name second: the caller expects the name first."),
        _("Return the full name first, then the shape."),
        (lambda case: replaced(oracle(case), name=shape_of(case), shape=full_name_of(case)),),
    ),
    Misconception(
        "the-tensor",
        _("The function returns the numbers themselves, and not their shape."),
        _("A tensor knows its shape: it has the attribute `shape`."),
        (_changed(shape=TENSOR),),
    ),
    beliefs.returns_the_address(_changed(name="the address")),
    beliefs.returns_the_short_name(lambda case: replaced(oracle(case), name=setting_of(case).name)),
    Misconception(
        "only-the-shape",
        _("The function returns only the shape. Return the full name as well: it says where the model is now."),
        _("Return two things: the full name, and the shape."),
        (_changed(name=None),),
    ),
    Misconception(
        "only-the-name",
        _("The function returns only the name. Return the shape of the result as well."),
        _("Return two things: the full name, and the shape."),
        (_changed(shape=None),),
    ),
    beliefs.returns_nothing(_("two things, the full name and the shape"), _changed(name=None, shape=None)),
)
