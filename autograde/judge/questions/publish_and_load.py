"""3: the whole path in one function: create, upload, load from the Hub, run."""

from __future__ import annotations

import random

from autograde.judge import beliefs, replays
from autograde.judge.acts import Act, PlannedModel, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe, raised, shorten
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence, Tensor, listed
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import Case, Misconception, Question, RubricItem, WrongModel, entry
from autograde.judge.verdict import Finding

SECONDS = 25.0

#: Files of a tokenizer: whoever loads it from the Hub downloads at least one of them.
_TOKENIZER = frozenset({"tokenizer.json", "tokenizer_config.json", "vocab.txt"})

#: The shape of what the model answered, whatever that was.
_OF_THE_RESULT = "that of the result"

#: The model was called, and could do nothing with what it was called with.
_BROKEN_OFF = "broken off"

#: The result itself, where its shape is asked for.
_TENSOR = "the tensor"

_HUB, _ELSEWHERE = "from the Hub", "not from the Hub"

#: Names that people copy from a tutorial: on the Hub of a case they belong to somebody else.
TAKEN = ("ada", "xxx")

#: Words that are one token each in the tiny models' vocabulary.
_ENGLISH = "talk is show me your the run we books she music at night yes no good".split()
_CHINESE = "我 学 天 中 文 人 大 水 山 不 小 月 日 上 下 有 一 三 国".split()


def _case(name: str, account: str, model: str, planned: PlannedModel, first: list[str], second: list[str]) -> Case:
    setting = Setting(
        account=account, taken=TAKEN, role="write", name=model, folder=f"{model}-finetuned", model=planned
    )
    about = _("the case of a model with the hidden size {size}", size=planned.hidden_size)
    joint = "" if first[0] in _CHINESE else " "
    arguments = ("$MODEL_FOLDER", model, joint.join(first), joint.join(second))
    return Case(name, "paths", about, arguments, facts=listed(len(first), len(second)), setting=setting)


VISIBLE = (
    _case(
        "visible", "mei", "sentence-bert", PlannedModel(hidden_size=24, layers=1, heads=2, seed=1),
        "talk is good".split(), "show me your music !".split(),
    ),
)  # fmt: skip


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    (one, two), (first, second) = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    sizes = rng.sample((20, 28, 36, 44), 2)
    return (
        _case(
            "english", one, first, PlannedModel(sizes[0], layers=2, heads=2, seed=rng.randint(2, 999)),
            rng.sample(_ENGLISH, 5), rng.sample(_ENGLISH, 2),
        ),
        _case(
            "chinese", two, second, PlannedModel(sizes[1], layers=1, heads=4, seed=rng.randint(2, 999)),
            rng.sample(_CHINESE, 3), rng.sample(_CHINESE, 7),
        ),
    )  # fmt: skip


def _setting(case: Case) -> Setting:
    assert case.setting is not None
    return case.setting


def _full_name(case: Case) -> str:
    return f"{_setting(case).account}/{_setting(case).name}"


def _lengths(case: Case) -> tuple[int, int]:
    assert isinstance(case.facts, Sequence)
    first, second = (length for length in case.facts.items if isinstance(length, int))
    return first, second


def _shape(case: Case, tokens: int | None = None, size: int | None = None) -> Sequence:
    model = _setting(case).model
    assert model is not None
    return listed(1, tokens or sum(_lengths(case)) + 3, size or model.hidden_size)


def _oracle(case: Case) -> Observation:
    name = _full_name(case)
    return Mapping(
        (
            ("made", f"model {name}"),
            ("files", "same"),
            ("storage", "LFS"),
            ("model", "from the Hub"),
            ("tokenizer", "from the Hub"),
            ("ran", "the pair"),
            ("name", name),
            ("shape", _OF_THE_RESULT),
        )
    )


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, made, target = report.get("returned"), seen.get("repositories"), seen.get("target")
    assert isinstance(calls, Sequence)
    assert isinstance(made, Mapping)
    returned = calls.items[-1]
    files, storage = _files(target)
    runs = _runs(report)
    model, tokenizer = _loaded(seen, runs)
    ran, shape_of_result = _ran(case, runs)
    name, shape = _parts(returned)
    if shape == shape_of_result:
        shape = _OF_THE_RESULT
    elif isinstance(shape, Tensor) and listed(*shape.shape) == shape_of_result:
        shape = _TENSOR
    answer = Mapping(
        (
            ("made", ", ".join(name for name, _outline in made.items)),
            ("files", files),
            ("storage", storage),
            ("model", model),
            ("tokenizer", tokenizer),
            ("ran", ran),
            ("name", name),
            ("shape", shape),
        )
    )
    return _stopped(answer, returned) if isinstance(returned, Raised) else answer


def _stopped(answer: Mapping, error: Raised) -> Mapping:
    """The answer of a function that raised: what it did not come to says why."""
    missing = {"files": "missing", "storage": "nowhere", "model": _ELSEWHERE, "tokenizer": _ELSEWHERE, "ran": "nothing"}
    late: dict[str, Observation] = {name: error for name, what in missing.items() if answer.get(name) == what}
    if answer.get("ran") == _BROKEN_OFF:
        late["ran"] = _broken_off(error)
    return replaced(answer, **late, name=error, shape=error)


def _broken_off(error: Raised) -> Mapping:
    return Mapping(((_BROKEN_OFF, error),))


def _files(target: Observation) -> tuple[str, Observation]:
    """What became of the folder's files, and where the weights are."""
    if not isinstance(target, Mapping):
        return "missing", "nowhere"
    statuses = target.get("files")
    assert isinstance(statuses, Mapping)
    if any(path.endswith("/config.json") and status == "extra" for path, status in statuses.items):
        return "in a folder", target.get("storage")
    wrong = [str(status) for _path, status in statuses.items if status not in ("same", "extra")]
    # A file that was written anew says more than one that is not there.
    return min(wrong, key=("different", "pointer", "missing").index, default="same"), target.get("storage")


def _loaded(seen: Mapping, runs: tuple[Mapping, ...]) -> tuple[str, str]:
    """Where the model and the tokenizer came from: a run tells of the folder, all else the Hub's diary."""
    downloads = seen.get("downloads")
    assert isinstance(downloads, Sequence)
    fetched = set(map(str, downloads.items))
    from_folder = bool(runs) and all(run.get("folder") is True for run in runs)
    return (
        _HUB if fetched & {"git", "model.safetensors"} and not from_folder else _ELSEWHERE,
        _HUB if fetched & {"git", *_TOKENIZER} else _ELSEWHERE,
    )


def _runs(report: Mapping) -> tuple[Mapping, ...]:
    ran = report.get("ran")
    return tuple(run for run in ran.items if isinstance(run, Mapping)) if isinstance(ran, Sequence) else ()


def _ran(case: Case, every_run: tuple[Mapping, ...]) -> tuple[str, Sequence]:
    """What the model ran on, and the shape that goes with it; of several runs the right one counts, else the last.

    A model with a head answers something else first: only a shape that ends with the hidden size is believed.
    """
    runs = [run for run in every_run if run.get("ended") is True]
    if not runs:
        return _BROKEN_OFF if every_run else "nothing", _shape(case)
    told = [(_input(case, run.get("ids")), run.get("shape")) for run in runs]
    ran, shape = next((each for each in told if each[0] == "the pair"), told[-1])
    believed = ran != "the pair" and isinstance(shape, Sequence) and shape.items[2:] == _shape(case).items[2:]
    return ran, shape if believed and isinstance(shape, Sequence) else _shape(case)


def _input(case: Case, ids: Observation) -> str:
    """What the token ids are: judged by where the last one, which closes a sentence, stands; its number is nobody's
    business. A model that was given no ids, but vectors, is believed."""
    if not isinstance(ids, Tensor) or ids.data is None:
        return "the pair"
    if len(ids.shape) != 2 or ids.shape[0] != 1:
        return "two rows" if ids.shape[:1] == (2,) else "something else"
    numbers = ids.array()[0].tolist()
    lengths, length = [], 0
    for number in numbers[1:]:
        if number == numbers[-1]:
            lengths.append(length)
            length = 0
        else:
            length += 1
    first, second = _lengths(case)
    match lengths:
        case [one, two] if (one, two) == (first, second):
            return "the pair"
        case [one, two] if (one, two) == (second, first):
            return "the other order"
        case [one] if one == first:
            return "the first alone"
        case [one] if one == second:
            return "the second alone"
        case [one] if one >= max(first, second):
            return "one text"
    return "something else"


def _parts(returned: Observation) -> tuple[Observation, Observation]:
    """The name and the shape of what came back; a text or a thing that is not two is only one of them."""
    if isinstance(returned, str):
        return _name(returned), None
    if isinstance(returned, Sequence) and len(returned.items) == 2:
        name, shape = returned.items
        return _name(name), listed(*shape.items) if isinstance(shape, Sequence) else shape
    return None, listed(*returned.items) if isinstance(returned, Sequence) else returned


def _name(value: Observation) -> Observation:
    # What create_repo returns is the repository's address, and a text.
    if isinstance(value, str) and value.startswith("http"):
        return "the address"
    return listed(*value.items) if isinstance(value, Sequence) else value


def _text(value: Observation) -> Message:
    if isinstance(value, Sequence) and len(value.items) <= 4 and all(type(item) is int for item in value.items):
        return verbatim(str(list(value.items)))
    return _("the address") if value == "the address" else describe(value)


#: What the model ran on, in words.
_RAN: dict[Observation, Message] = {
    "the pair": _("the pair"),
    "nothing": _("it never ran"),
    _BROKEN_OFF: _("it could not run"),
    "the other order": _("the second sentence, then the first"),
    "the first alone": _("the first sentence alone"),
    "the second alone": _("the second sentence alone"),
    "one text": _("one text made of both sentences"),
    "two rows": _("two inputs, one for each sentence"),
    "something else": _("something else"),
}


def _words(case: Case, difference: Difference) -> Message:
    got, name, shape = difference.got, _full_name(case), _text(_shape(case))
    match difference.path[:1]:
        case ("made",) if got:
            return _("asked for was the model repository {name}; made was {made}", name=name, made=shorten(str(got)))
        case ("made",):
            return _("asked for was the model repository {name}; no repository was made", name=name)
        case ("files",) if got == "in a folder":
            return _("the files lie in a folder inside the repository, and not at its top")
        case ("files",) if got == "different":
            return _("files of the repository have other bytes than those of the folder")
        case ("files",):
            return _("not all files of the folder are in the repository")
        case ("storage",):
            return _("the weights do not lie in LFS")
        case ("model",):
            return _("the model that ran was not loaded from the Hub")
        case ("tokenizer",):
            return _("no file of the tokenizer was downloaded from the Hub")
        case ("ran",) if isinstance(got, Mapping) and isinstance(error := got.get(_BROKEN_OFF), Raised):
            return _("the model was called and could not run: {what}", what=raised(error))
        case ("ran",) if got == "nothing":
            return _("the model never ran")
        case ("ran",):
            return _("the model ran on {got}; asked for was the pair of sentences", got=_RAN.get(got, describe(got)))
        case ("name",) if got is None:
            return _("the function returned no name; asked for were two things, the name {name} and a shape", name=name)
        case ("name",):
            return _("asked for was the name {name}; the function returned {got}", name=name, got=_text(got))
        case ("shape",) if got is None:
            return _("the function returned no shape; asked for were two things, a name and the shape {shape}",
                     shape=shape)  # fmt: skip
        case ("shape",) if got == _TENSOR:
            return _("asked for was the shape {shape}; the function returned the numbers themselves", shape=shape)
        case ("shape",):
            return _("asked for was the shape {shape}; the function returned {got}", shape=shape, got=_text(got))
    return describe(got)


def _seen(case: Case, _answer: Observation) -> Message:
    return _(
        "Seen on the Hub: {name} was made and filled, and its weights and its tokenizer were downloaded again; the "
        "model ran, and its result has the shape {shape}.",
        name=_full_name(case),
        shape=_text(_shape(case)),
    )


def _findings(case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    # Of what ran instead, the shape may well be right.
    right = got.get("shape") != _OF_THE_RESULT or got.get("ran") in ("the pair", "nothing")
    words: dict[Observation, Message] = {
        **_RAN,
        "same": _("all of the folder"), "missing": _("not all"), "different": _("other bytes"),
        "pointer": _("an LFS pointer only"), "in a folder": _("in a folder"), _HUB: _("from the Hub"),
        _ELSEWHERE: _("not from the Hub"), "the address": _("the address"), _TENSOR: _("the numbers themselves"),
        _OF_THE_RESULT: _text(_shape(case)) if right else _("that of the result"),
    }  # fmt: skip
    lines = {
        "made": _("repository"), "files": _("files"), "model": _("model"), "tokenizer": _("tokenizer"),
        "ran": _("ran on"), "name": _("name"), "shape": _("shape"),
    }  # fmt: skip
    errors = replays.exceptions(got)

    def seen(name: str) -> dict[Observation, Message]:
        value = got.get(name)
        if name in errors:
            return words | {value: errors[name]}
        if isinstance(value, Mapping):
            return words | {value: _RAN[_BROKEN_OFF]}
        return words if value in words or isinstance(value, str) else words | {value: _text(value)}

    return tuple(replays.line(what, expected.get(name), got.get(name), seen(name)) for name, what in lines.items())


def _changed(**changes: Observation) -> WrongModel:
    return lambda case: replaced(_oracle(case), **changes)


def _stops(error: str, *places: str, **changes: Observation) -> WrongModel:
    """Raises, and did not come to these places."""
    raised = Raised(error)
    return lambda case: replaced(_oracle(case), **dict.fromkeys((*places, "name", "shape"), raised), **changes)


def _fixed_name(case: Case) -> Observation:
    name = f"{_setting(case).account}/mymodel04"
    return replaced(_oracle(case), made=f"model {name}", files="missing", storage="nowhere", name=name)


def _fixed_owner(owner: str) -> WrongModel:
    return lambda case: replaced(_oracle(case), name=f"{owner}/{_setting(case).name}")


def _fixed_size(ran: str, tokens: int | None) -> WrongModel:
    return lambda case: replaced(_oracle(case), ran=ran, shape=_shape(case, tokens=tokens, size=768))


MISCONCEPTIONS = (
    beliefs.fixed_owner(*map(_fixed_owner, TAKEN)),
    beliefs.fixed_name(_fixed_name, lambda case: replaced(_fixed_name(case), name=_full_name(case))),
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
            _changed(files="missing", storage="nowhere", model=_ELSEWHERE, tokenizer=_ELSEWHERE),
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
        (_changed(model=_ELSEWHERE), _changed(model=_ELSEWHERE, tokenizer=_ELSEWHERE)),
    ),
    Misconception(
        "tokenizer-from-the-folder",
        _(
            "The tokenizer was loaded from the folder on this machine, and the model from the Hub. Nobody knows then "
            "whether the two that everybody else will get belong together."
        ),
        _("Hand the full name to AutoTokenizer.from_pretrained too, in place of the folder."),
        (_changed(tokenizer=_ELSEWHERE),),
    ),
    Misconception(
        "written-anew",
        _(
            "The folder was not uploaded: the model was loaded and written anew, as push_to_hub and save_pretrained "
            "do. What is on the Hub now has other bytes than what was handed in."
        ),
        _("Upload the folder as it is, with upload_folder."),
        (_changed(files="different"),),
    ),
    Misconception(
        "not-all-files",
        _("Only some files of the folder were uploaded. The others may be what somebody else's program asks for."),
        _("Upload the whole folder: leave allow_patterns and ignore_patterns out."),
        (_changed(files="missing"), _changed(files="missing", tokenizer=_ELSEWHERE)),
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
        _("The shape ends with 768 whatever the model: it was written down. Other models have other hidden sizes."),
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
            for model in (_HUB, _ELSEWHERE)
            for tokenizer in (_HUB, _ELSEWHERE)
        ),
    ),
    Misconception(
        "no-tensors",
        _("The model was called, and could do nothing with what it got: it takes tensors, each under its own name."),
        _(
            'Ask the tokenizer for tensors, with return_tensors="pt", and put ** before what it returns: that hands on '
            "each tensor under its name."
        ),
        tuple(_stops(error, ran=_broken_off(Raised(error))) for error in ("AttributeError", "TypeError", "ValueError")),
    ),
    Misconception(
        "pooler-output",
        _("The shape is that of `pooler_output`, one vector for the whole input. Asked for is `last_hidden_state`."),
        _("The result's first output is `last_hidden_state`."),
        (lambda case: replaced(_oracle(case), shape=listed(1, *_shape(case).items[2:])),),
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
        _("The shape comes first and the name second: whoever unpacks the two gets each for the other."),
        _("Return the full name first, then the shape."),
        (lambda case: replaced(_oracle(case), name=_shape(case), shape=_full_name(case)),),
    ),
    Misconception(
        "the-tensor",
        _("The function returns the numbers themselves, and not their shape."),
        _("A tensor knows its shape: it has the attribute `shape`."),
        (_changed(shape=_TENSOR),),
    ),
    beliefs.returns_the_address(_changed(name="the address")),
    beliefs.returns_the_short_name(lambda case: replaced(_oracle(case), name=_setting(case).name)),
    Misconception(
        "only-the-shape",
        _("The function returns the shape alone. Whoever calls it also needs to know where the model is now."),
        _("Return two things: the full name, and the shape."),
        (_changed(name=None),),
    ),
    Misconception(
        "only-the-name",
        _("The function returns the name alone. Asked for is the shape of the result as well."),
        _("Return two things: the full name, and the shape."),
        (_changed(shape=None),),
    ),
    beliefs.returns_nothing(_("two things, the full name and the shape"), _changed(name=None, shape=None)),
)

SOLUTION = """\
def publish_and_load(folder, name, first, second):
    repo_id = create_repo(name, exist_ok=True).repo_id
    upload_folder(repo_id=repo_id, folder_path=folder, commit_message="Upload the model")
    tokenizer = AutoTokenizer.from_pretrained(repo_id)
    model = AutoModel.from_pretrained(repo_id)
    with torch.no_grad():
        result = model(**tokenizer(first, second, return_tensors="pt"))
    return repo_id, result.last_hidden_state.shape
"""

QUESTION = Question(
    id="3/publish_and_load",
    function="publish_and_load",
    title=_("The whole path in one function"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem(
            "repository", _("a model repository of the given name, in your own namespace"), 2, aspect=entry("made")
        ),
        RubricItem(
            "files", _("every file of the folder is there, the weights in LFS"), 2, aspect=entry("files", "storage")
        ),
        RubricItem(
            "loaded", _("the model and its tokenizer were loaded from the Hub"), 2, aspect=entry("model", "tokenizer")
        ),
        RubricItem("ran", _("the model ran on the pair of sentences"), 2, aspect=entry("ran")),
        RubricItem("returned", _("the full name, and the shape of the result"), 2, aspect=entry("name", "shape")),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which four of the six steps are left when an account exists and is logged in? One line for each."),
        _("create_repo, upload_folder, from_pretrained twice, and the call of the model, with torch.no_grad()."),
        _(
            "`create_repo(name, exist_ok=True).repo_id` is the full name; hand it on to all the others. The "
            'tokenizer makes tensors when it is called with both sentences and return_tensors="pt".'
        ),
    ),
    solution=SOLUTION,
    expectation=_("the full name and a shape"),
    words=_words,
    act=Act("call", _join, _seen, _findings, seconds=SECONDS),
)
