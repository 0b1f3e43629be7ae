"""3: the whole path in one function: create, upload, load from the Hub, run."""

from __future__ import annotations

import random

from autograde.judge import replays
from autograde.judge.acts import Act, PlannedModel, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe, shorten
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence, listed
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding

SECONDS = 25.0

#: Words that are one token each in the tiny models' vocabulary.
_ENGLISH = "talk is show me your the run we books she music at night yes no good".split()
_CHINESE = "我 学 天 中 文 人 大 水 山 不 小 月 日 上 下 有 一 三 国".split()


def _case(name: str, account: str, model: str, planned: PlannedModel, first: list[str], second: list[str]) -> Case:
    setting = Setting(
        account=account, taken=("ada", "xxx"), role="write", name=model, folder=f"{model}-finetuned", model=planned
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
            ("loaded", "from the Hub"),
            ("name", name),
            ("shape", _shape(case)),
        )
    )


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, made, target, downloads = (seen_or.get(name) for seen_or, name in (
        (report, "returned"), (seen, "repositories"), (seen, "target"), (seen, "downloads")
    ))  # fmt: skip
    assert isinstance(calls, Sequence)
    assert isinstance(made, Mapping)
    assert isinstance(downloads, Sequence)
    name, shape = _parts(calls.items[-1])
    files: Observation = "missing"
    if isinstance(target, Mapping):
        statuses = target.get("files")
        assert isinstance(statuses, Mapping)
        wrong = [status for _path, status in statuses.items if status not in ("same", "extra")]
        files = wrong[0] if wrong else "same"
        if any(path.endswith("/config.json") and status == "extra" for path, status in statuses.items):
            files = "in a folder"
    loaded = {"git", "model.safetensors"} & set(map(str, downloads.items))
    return Mapping(
        (
            ("made", ", ".join(name for name, _outline in made.items)),
            ("files", files),
            ("storage", target.get("storage") if isinstance(target, Mapping) else "nowhere"),
            ("loaded", "from the Hub" if loaded else "not from the Hub"),
            ("name", name),
            ("shape", shape),
        )
    )


def _parts(returned: Observation) -> tuple[Observation, Observation]:
    """The name and the shape of what came back; a thing that is not two is all shape."""
    if isinstance(returned, Sequence) and len(returned.items) == 2:
        name, shape = returned.items
        # What create_repo returns is the repository's address, and a text.
        if isinstance(name, str) and name.startswith("http"):
            name = "the address"
        return name, listed(*shape.items) if isinstance(shape, Sequence) else shape
    return None, listed(*returned.items) if isinstance(returned, Sequence) else returned


def _text(value: Observation) -> Message:
    if isinstance(value, Sequence) and len(value.items) <= 4:
        return verbatim(str(list(value.items)))
    return verbatim(shorten(value)) if isinstance(value, str) else describe(value)


def _words(case: Case, difference: Difference) -> Message:
    got = difference.got
    match difference.path[:1]:
        case ("made",) if got:
            return _("asked for was the model repository {name}; made was {made}",
                     name=_full_name(case), made=shorten(str(got)))  # fmt: skip
        case ("made",):
            return _("asked for was the model repository {name}; no repository was made", name=_full_name(case))
        case ("files",) if got == "in a folder":
            return _("the files lie in a folder inside the repository, and not at its top")
        case ("files",):
            return _("not all files of the folder are in the repository")
        case ("storage",):
            return _("the weights do not lie in LFS")
        case ("loaded",):
            return _("the weights were not downloaded from the Hub")
        case ("name",):
            return _(
                "asked for was the name {name}; the function returned {got}", name=_full_name(case), got=_text(got)
            )
        case ("shape",):
            return _("asked for was the shape {shape}; the function returned {got}",
                     shape=_text(_shape(case)), got=_text(got))  # fmt: skip
    return describe(got)


def _seen(case: Case, _answer: Observation) -> Message:
    return _(
        "Seen on the Hub: {name} was made and filled, and its weights were downloaded again; the result has the shape "
        "{shape}.",
        name=_full_name(case),
        shape=_text(_shape(case)),
    )


def _findings(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    words: dict[Observation, Message] = {
        "same": _("all of the folder"), "missing": _("not all"), "different": _("other bytes"),
        "in a folder": _("in a folder"), "from the Hub": _("from the Hub"), "not from the Hub": _("not from the Hub"),
    }  # fmt: skip
    return (
        replays.line(_("repository"), expected.get("made"), got.get("made"), {}),
        replays.line(_("files"), expected.get("files"), got.get("files"), words),
        replays.line(_("loaded"), expected.get("loaded"), got.get("loaded"), words),
        Finding(
            _("shape"), _text(expected.get("shape")), _text(got.get("shape")), expected.get("shape") == got.get("shape")
        ),
    )


def _without_upload(case: Case) -> Observation:
    return replaced(_oracle(case), files="missing", storage="nowhere", loaded="not from the Hub")


def _fixed_name(case: Case) -> Observation:
    name = f"{_setting(case).account}/mymodel04"
    return replaced(_oracle(case), made=f"model {name}", files="missing", storage="nowhere", name=name)


MISCONCEPTIONS = (
    Misconception(
        "fixed-owner",
        _(
            "The owner stands in the code. The Hub lets you create in your own namespace only, and whoever runs the "
            "function next has another name."
        ),
        _("Leave the owner out: create_repo takes the account that is logged in."),
        refusal=r"under the namespace|namespace",
    ),
    Misconception(
        "fixed-name",
        _("The repository is called mymodel04 whatever name the function is given: the tutorial's name stands in it."),
        _("Use the parameter `name`."),
        (_fixed_name,),
    ),
    Misconception(
        "not-uploaded",
        _("The repository was made and stayed empty: the model was loaded from the folder on this machine."),
        _("Upload the folder, and load by the repository's full name."),
        (_without_upload,),
    ),
    Misconception(
        "loaded-from-the-folder",
        _(
            "The model was loaded from the folder on this machine. That says nothing about the upload: only who "
            "loads by "
            "the full name gets what everybody else will get."
        ),
        _("Hand the full name to from_pretrained, in place of the folder."),
        (lambda case: replaced(_oracle(case), loaded="not from the Hub"),),
    ),
    Misconception(
        "in-a-folder",
        _("The files were uploaded into a folder of the repository. from_pretrained looks for config.json at its top."),
        _("Leave path_in_repo out."),
        tuple(
            lambda case, error=error, loaded=loaded: replaced(  # type: ignore[misc]
                _oracle(case), files="in a folder", loaded=loaded, name=None, shape=Raised(error)
            )
            for error in ("OSError", "ValueError")
            for loaded in ("not from the Hub", "from the Hub")
        ),
    ),
    Misconception(
        "hidden-size-written-down",
        _("The shape ends with 768 whatever the model: it was written down. Other models have other hidden sizes."),
        _("Take the shape from the result."),
        (
            lambda case: replaced(_oracle(case), shape=_shape(case, size=768)),
            lambda case: replaced(_oracle(case), shape=_shape(case, tokens=12, size=768)),
        ),
    ),
    Misconception(
        "pooler-output",
        _("The shape is that of `pooler_output`, one vector for the whole input. Asked for is `last_hidden_state`."),
        _("The result's first output is `last_hidden_state`."),
        (lambda case: replaced(_oracle(case), shape=listed(1, *_shape(case).items[2:])),),
    ),
    Misconception(
        "first-sentence-only",
        _("Only the first sentence reached the model: the second axis counts too few tokens."),
        _("Hand both sentences to the tokenizer, as two arguments."),
        (lambda case: replaced(_oracle(case), shape=_shape(case, tokens=_lengths(case)[0] + 2)),),
    ),
    Misconception(
        "only-the-shape",
        _("The function returns the shape alone. Whoever calls it also needs to know where the model is now."),
        _("Return two things: the full name, and the shape."),
        (lambda case: replaced(_oracle(case), name=None),),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return two things: the full name, and the shape."),
        (lambda case: replaced(_oracle(case), name=None, shape=None),),
    ),
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
            "files", _("every file of the folder is there, the weights in LFS"), 3, aspect=entry("files", "storage")
        ),
        RubricItem("loaded", _("the model was loaded from the Hub"), 2, aspect=entry("loaded")),
        RubricItem("returned", _("the full name, and the shape for both sentences"), 3, aspect=entry("name", "shape")),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which four of the six steps are left when an account exists and is logged in? One line for each."),
        _("create_repo, upload_folder, from_pretrained twice, and the call of the model, with torch.no_grad()."),
        _(
            "`create_repo(name, exist_ok=True).repo_id` is the full name; hand it on to all the others. The "
            "tokenizer makes "
            'tensors when it is called with both sentences and return_tensors="pt".'
        ),
    ),
    solution=SOLUTION,
    expectation=_("the full name and a shape"),
    words=_words,
    act=Act("call", _join, _seen, _findings, seconds=SECONDS),
)
