"""3: what goes wrong on the way from a folder to the answer of the model from the Hub."""

from __future__ import annotations

from autograde.judge import beliefs
from autograde.judge.acts import replaced
from autograde.judge.examples import WrongAnswer, wrong
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised, listed
from autograde.judge.question import Case, Misconception, WrongModel
from autograde.questions.summary.publish_and_load._code import (
    CALL,
    CREATE,
    FROM_FOLDER,
    LOAD,
    RETURN,
    TOKENIZER_FROM_FOLDER,
    UPLOAD,
    code,
)
from autograde.questions.summary.publish_and_load.cases import TAKEN, full_name_of, setting_of, shape_of
from autograde.questions.summary.publish_and_load.facets import (
    ADDRESS,
    ELSEWHERE,
    FACETS,
    HUB,
    NO_SEGMENTS,
    OTHER_WEIGHTS,
    TENSOR,
)
from autograde.questions.summary.publish_and_load.outcome import broken_off

PAIR = "first, second, return"


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, code(*lines))


def _stops(error: str, *places: str, **changes: Observation) -> WrongModel:
    """Raises, and did not come to these places."""
    raised = Raised(error)
    return lambda case: FACETS.answer(case, **dict.fromkeys((*places, "name", "shape"), raised), **changes)


def _fixed_name(case: Case) -> Observation:
    name = f"{setting_of(case).account}/mymodel04"
    return FACETS.answer(case, made=f"model {name}", files="missing", storage="nowhere", name=name)


def _fixed_owner(owner: str) -> WrongModel:
    return lambda case: FACETS.answer(case, name=f"{owner}/{setting_of(case).name}")


def _fixed_size(ran: str, tokens: int | None) -> WrongModel:
    return lambda case: FACETS.answer(case, ran=ran, shape=shape_of(case, tokens=tokens, size=768))


MISCONCEPTIONS = (
    beliefs.fixed_owner(*map(_fixed_owner, TAKEN), examples=(
        _wrong(
            "repository files loaded ran returned", 'repo_id = create_repo("xxx/" + name, exist_ok=True).repo_id',
            UPLOAD, LOAD, CALL, RETURN,
        ),
        _wrong("returned", CREATE, UPLOAD, LOAD, CALL, 'return "ada/" + name, result[0].shape'),
    )),
    beliefs.fixed_name(_fixed_name, lambda case: replaced(_fixed_name(case), name=full_name_of(case)), examples=(
        _wrong("repository files returned", CREATE.replace("name", '"mymodel04"'), UPLOAD, LOAD, CALL, RETURN),
    )),
    beliefs.not_the_full_name(
        *(
            _stops(error, "files", "storage", "model", "tokenizer", "ran")
            for error in ("RepositoryNotFoundError", "HFValidationError")
        ),
        *(
            _stops("OSError", *places)
            for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"))
        ),
        examples=(
            _wrong("files loaded ran returned", CREATE, UPLOAD.replace("=repo_id", "=name"), LOAD, CALL, RETURN),
            _wrong("loaded ran returned", CREATE, UPLOAD, LOAD.replace("repo_id", "name"), CALL, RETURN),
            _wrong(
                "loaded ran returned", CREATE, UPLOAD,
                LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(name)"), CALL, RETURN,
            ),
        ),
    ),
    Misconception(
        "not-uploaded",
        _("Nothing was uploaded: the repository was made and stayed empty."),
        _("Upload the folder before you load by the repository's full name."),
        (
            FACETS.wrong(files="missing", storage="nowhere", model=ELSEWHERE, tokenizer=ELSEWHERE),
            *(_stops(error, "files", "storage", "model", "tokenizer", "ran") for error in ("OSError", "ValueError")),
        ),
        examples=(
            _wrong("files loaded", CREATE, FROM_FOLDER, CALL, RETURN),
            _wrong("files loaded ran returned", CREATE, LOAD, CALL, RETURN),
        ),
    ),
    Misconception(
        "loaded-from-the-folder",
        _(
            "The model was loaded from the folder on this machine. That says nothing about the upload: only who "
            "loads by the full name gets what everybody else will get."
        ),
        _("Hand the full name to from_pretrained, in place of the folder."),
        (FACETS.wrong(model=ELSEWHERE), FACETS.wrong(model=ELSEWHERE, tokenizer=ELSEWHERE)),
        examples=(
            _wrong("loaded", CREATE, UPLOAD, FROM_FOLDER, CALL, RETURN),
            _wrong(
                "loaded", CREATE, UPLOAD,
                LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(folder)"), CALL, RETURN,
            ),
            _wrong("loaded", CREATE, UPLOAD, "snapshot_download(repo_id)", FROM_FOLDER, CALL, RETURN),
            _wrong(
                "loaded", "import subprocess", CREATE,
                'subprocess.run(["git", "clone", f"{HfApi().endpoint}/{repo_id}", "clone"], check=True)',
                "subprocess.run(f\"cp -r '{folder}/.' clone && cd clone && git add . && git commit -m x && git push\","
                " shell=True, check=True)",
                LOAD.replace("repo_id", '"clone"'), CALL, RETURN,
            ),
            _wrong(
                "loaded", "import shutil", CREATE, UPLOAD, "snapshot_download(repo_id)",
                'shutil.copytree(folder, "copy")', LOAD.replace("repo_id", '"copy"'), CALL, RETURN,
            ),
        ),
    ),
    Misconception(
        "tokenizer-from-the-folder",
        _(
            "The tokenizer was loaded from the folder on this machine, and the model from the Hub. That "
            "doesn't show whether the two on the Hub work together."
        ),
        _("Hand the full name to AutoTokenizer.from_pretrained too, in place of the folder."),
        (FACETS.wrong(tokenizer=ELSEWHERE),),
        examples=(_wrong("loaded", CREATE, UPLOAD, TOKENIZER_FROM_FOLDER, CALL, RETURN),),
    ),
    Misconception(
        "written-anew",
        _(
            "The folder was not uploaded: the model was loaded and saved again, as push_to_hub and "
            "save_pretrained do. The files on the Hub differ from those of the folder."
        ),
        _("Upload the folder as it is, with upload_folder."),
        (FACETS.wrong(files="different"),),
        examples=(_wrong(
            "files", FROM_FOLDER, CREATE, "tokenizer.push_to_hub(repo_id)", "model.push_to_hub(repo_id)", LOAD, CALL,
            RETURN,
        ),),
    ),
    Misconception(
        "not-all-files",
        _("Only some files of the folder were uploaded. Other people's programs may need the rest."),
        _("Upload the whole folder: leave allow_patterns and ignore_patterns out."),
        (FACETS.wrong(files="missing"), FACETS.wrong(files="missing", tokenizer=ELSEWHERE)),
        examples=(
            _wrong(
                "files", CREATE, UPLOAD.replace(")", ', allow_patterns=["*.json", "*.safetensors"])'), LOAD, CALL,
                RETURN,
            ),
            _wrong(
                "files", "import os", CREATE,
                'names = "config.json model.safetensors tokenizer.json tokenizer_config.json vocab.txt README.md"',
                "for file in names.split():", "    if os.path.exists(os.path.join(folder, file)):",
                "        HfApi().upload_file(path_or_fileobj=f'{folder}/{file}', path_in_repo=file, repo_id=repo_id)",
                LOAD, CALL, RETURN,
            ),
        ),
    ),
    Misconception(
        "in-a-folder",
        _("The files were uploaded into a folder of the repository. from_pretrained looks for config.json at its top."),
        _("Leave path_in_repo out."),
        tuple(
            _stops(error, *places, files="folder")
            for error in ("OSError", "ValueError")
            for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"), ("ran",))
        ),
        examples=(_wrong(
            "files loaded ran returned", CREATE, UPLOAD.replace(")", ', path_in_repo="model")'), LOAD, CALL, RETURN,
        ),),
    ),
    Misconception(
        "hidden-size-written-down",
        _("The shape always ends with 768: the number is fixed in the code. Other models have other hidden sizes."),
        _("Take the shape from the result."),
        tuple(_fixed_size(ran, tokens) for ran in ("pair", "nothing") for tokens in (None, 12)),
        examples=(
            _wrong(
                "ran returned", CREATE, UPLOAD, LOAD, "return repo_id, (1, len(tokenizer.encode(first, second)), 768)",
            ),
            _wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return repo_id, [1, 12, 768]"),
        ),
    ),
    Misconception(
        "never-run",
        _(
            "The model never ran: the shape was put together from numbers that belong in it. Whether the model on the "
            "Hub works is not known then."
        ),
        _("Call the model with what the tokenizer made of both sentences, and take the shape from its result."),
        tuple(
            FACETS.wrong(ran="nothing", model=model, tokenizer=tokenizer)
            for model in (HUB, ELSEWHERE)
            for tokenizer in (HUB, ELSEWHERE)
        ),
        examples=(
            _wrong(
                "ran", CREATE, UPLOAD, LOAD,
                "return repo_id, (1, len(tokenizer.encode(first, second)), model.config.hidden_size)",
            ),
            _wrong(
                "loaded ran", "import json, os", CREATE, UPLOAD,
                'HfApi().hf_hub_download(repo_id, "model.safetensors")',
                'with open(os.path.join(folder, "config.json")) as file:', '    size = json.load(file)["hidden_size"]',
                "return repo_id, (1, len(AutoTokenizer.from_pretrained(folder)(first, second)['input_ids']), size)",
            ),
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
        examples=(
            _wrong("ran returned", CREATE, UPLOAD, LOAD, CALL.replace(', return_tensors="pt"', ""), RETURN),
            _wrong("ran returned", CREATE, UPLOAD, LOAD, CALL.replace("**", ""), RETURN),
        ),
    ),
    Misconception(
        "random-weights",
        _(
            "The weights were downloaded, but the model that ran has others: from_config builds a model of the right "
            "size with random weights."
        ),
        _("Run the model that from_pretrained returns."),
        (FACETS.wrong(model=OTHER_WEIGHTS),),
        examples=(
            _wrong(
                "loaded", "from transformers import AutoConfig", CREATE, UPLOAD, LOAD,
                "model = AutoModel.from_config(AutoConfig.from_pretrained(repo_id)).eval()", CALL, RETURN,
            ),
            _wrong(
                "loaded", CREATE, UPLOAD, LOAD, "model.init_weights() or model.pooler.dense.weight.data.zero_()", CALL,
                RETURN,
            ),
        ),
    ),
    Misconception(
        "no-segment-ids",
        _(
            "The model got the ids without the segment ids, so it takes the second sentence for a part of the first "
            "(exercise 2.6)."
        ),
        _("Give the model everything that the tokenizer returns, with ** before it, or token_type_ids by name."),
        (FACETS.wrong(ran=NO_SEGMENTS),),
        examples=(
            *(_wrong("ran", CREATE, UPLOAD, LOAD, call, RETURN) for call in (
            'result = model(tokenizer.encode(first, second, return_tensors="pt"))',
            'result = model(tokenizer(first, second, return_tensors="pt")["input_ids"])',
            'result = model.forward(tokenizer.encode(first, second, return_tensors="pt"))',
            "ids = torch.tensor([tokenizer.encode(first, second)])\n"
            "    result = model(ids, token_type_ids=torch.zeros_like(ids))",
        )),
        ),
    ),
    Misconception(
        "pooler-output",
        _(
            "This is the shape of `pooler_output`, one vector for the whole input. Return the shape of "
            "`last_hidden_state`."
        ),
        _("The result's first output is `last_hidden_state`."),
        (lambda case: FACETS.answer(case, shape=listed(1, *shape_of(case).items[2:])),),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return repo_id, result[1].shape"),),
    ),
    Misconception(
        "one-sentence-only",
        _("Only one of the two sentences reached the model: the second axis counts too few tokens."),
        _("Hand both sentences to the tokenizer, as two arguments."),
        (FACETS.wrong(ran="first"), FACETS.wrong(ran="second")),
        examples=(
            _wrong("ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, "first, return"), RETURN),
            _wrong("ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, "second, return"), RETURN),
        ),
    ),
    Misconception(
        "joined-into-one",
        _(
            "The sentences were joined into one text before the tokenizer saw them: there is no [SEP] between them, "
            "and the model takes them for one sentence."
        ),
        _("Hand both sentences to the tokenizer, as two arguments: it puts [SEP] between them."),
        (FACETS.wrong(ran="joined"),),
        examples=(
            _wrong("ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, "first + second, return"), RETURN),
            _wrong("ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, 'f"{first} {second}", return'), RETURN),
        ),
    ),
    Misconception(
        "two-rows",
        _(
            "The sentences went to the model as two inputs, one below the other: a list is a batch. A pair is one "
            "input with both sentences in it."
        ),
        _("Hand the sentences to the tokenizer as two arguments, and not as a list."),
        (FACETS.wrong(ran="rows"),),
        examples=(_wrong(
            "ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, "[first, second], padding=True, return"), RETURN,
        ),),
    ),
    Misconception(
        "sentences-swapped",
        _("The second sentence stands before the first: a model's answer depends on the order."),
        _("Hand the sentences to the tokenizer in the order in which the function gets them."),
        (FACETS.wrong(ran="swapped"),),
        examples=(_wrong("ran", CREATE, UPLOAD, LOAD, CALL.replace(PAIR, "second, first, return"), RETURN),),
    ),
    Misconception(
        "results-swapped",
        _("The shape comes first and the name second: the caller expects the name first."),
        _("Return the full name first, then the shape."),
        (lambda case: FACETS.answer(case, name=shape_of(case), shape=full_name_of(case)),),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return result[0].shape, repo_id"),),
    ),
    Misconception(
        "the-tensor",
        _("The function returns the numbers themselves, and not their shape."),
        _("A tensor knows its shape: it has the attribute `shape`."),
        (FACETS.wrong(shape=TENSOR),),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return repo_id, result[0]"),),
    ),
    beliefs.returns_the_address(FACETS.wrong(name=ADDRESS), examples=(_wrong(
        "returned", CREATE.replace(".repo_id", ""), UPLOAD.replace("=repo_id", "=repo_id.repo_id"),
        LOAD.replace("(repo_id)", "(repo_id.repo_id)"), CALL, RETURN,
    ),)),
    beliefs.returns_the_short_name(lambda case: FACETS.answer(case, name=setting_of(case).name), examples=(
        _wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return name, result[0].shape"),
    )),
    Misconception(
        "only-the-shape",
        _("The function returns only the shape. Return the full name as well: it says where the model is now."),
        _("Return two things: the full name, and the shape."),
        (FACETS.wrong(name=None),),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return result[0].shape"),),
    ),
    Misconception(
        "only-the-name",
        _("The function returns only the name. Return the shape of the result as well."),
        _("Return two things: the full name, and the shape."),
        (FACETS.wrong(shape=None),),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "return repo_id"),),
    ),
    beliefs.returns_nothing(
        _("two things, the full name and the shape"),
        FACETS.wrong(name=None, shape=None),
        examples=(_wrong("returned", CREATE, UPLOAD, LOAD, CALL, "print(result[0].shape)"),),
    ),
)  # fmt: skip
