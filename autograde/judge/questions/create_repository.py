"""2.3: a model repository made by a program, that may run twice."""

from __future__ import annotations

import random

from autograde.judge.acts import Act, Setting, replaced
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe, shorten
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import Case, Misconception, Question, RubricItem, entry
from autograde.judge.verdict import Finding

LICENSE = "apache-2.0"

#: Names that people copy from a tutorial: on the Hub of a case they belong to somebody else.
TAKEN = ("ada", "xxx")


def _case(name: str, account: str, model: str) -> Case:
    about = _("the case of the account {account} and the name {model}", account=account, model=model)
    setting = Setting(account=account, taken=TAKEN, role="write", name=model, times=2)
    return Case(name, "names", about, (model,), setting=setting)


VISIBLE = (_case("first", "mei", "mymodel04"), _case("second", "jonas", "sentiment-bert"))


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    return tuple(
        _case(f"hidden-{place}", account, f"{model}-{rng.randint(2, 99)}")
        for place, (account, model) in enumerate(zip(accounts, models, strict=True))
    )


def _full_name(case: Case) -> str:
    assert case.setting is not None
    return f"{case.setting.account}/{case.setting.name}"


def _answer(made: str, visibility: str, license: str, returned: Observation, again: str) -> Mapping:
    return Mapping(
        (("made", made), ("visibility", visibility), ("license", license), ("returned", returned), ("again", again))
    )


def _oracle(case: Case) -> Observation:
    name = _full_name(case)
    return _answer(f"model {name}", "private", LICENSE, name, "no harm")


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, made = report.get("returned"), seen.get("repositories")
    assert isinstance(calls, Sequence)
    assert isinstance(made, Mapping)
    first, last = calls.items[0], calls.items[-1]
    outline = made.items[0][1] if made.items else None
    visibility = license = "none"
    if isinstance(outline, Mapping):
        visibility, license = str(outline.get("visibility")), str(outline.get("license"))
    again = "no harm"
    if not made.items:
        again = "nothing was made"
    elif isinstance(last, Raised):
        again = f"raised {last.type}" if len(calls.items) > 1 else "the first call raised"
    elif last != first:
        again = "returned something else"
    if isinstance(first, str) and first.startswith("http") and first.endswith(f"/{_full_name(case)}"):
        first = "the address"
    return _answer(", ".join(name for name, _outline in made.items), visibility, license, first, again)


def _words(case: Case, difference: Difference) -> Message:
    expected, got = difference.expected, difference.got
    name = _full_name(case)
    match difference.path[:1]:
        case ("made",):
            return _("asked for was the model repository {name}; {seen}", name=name, seen=_made(got))
        case ("visibility",) if got == "none":
            return _("there is no repository whose visibility could be looked at")
        case ("visibility",):
            return _("the repository is public; asked for was a private one")
        case ("license",) if got == "no card":
            return _("the repository has no model card (README.md) that names a license")
        case ("license",) if got == "not in the metadata":
            return _("the model card has no `license` in the metadata at its top")
        case ("license",):
            return _("the license is {got}; asked for was {expected}", got=str(got), expected=str(expected))
        case ("returned",):
            return _("asked for was the name {name}; the function returned {got}", name=name, got=_returned(got))
        case ("again",) if str(got).startswith("raised "):
            return _("the second call raised {name}", name=shorten(str(got).removeprefix("raised ")))
        case ("again",):
            return _("the second call did not end like the first one")
    return _("the function returned {got}", got=describe(got))


def _made(got: Observation) -> Message:
    return _("made was {made}", made=shorten(str(got))) if got else _("no repository was made")


def _returned(got: Observation) -> Message:
    return _("the repository's address") if got == "the address" else describe(got)


def _seen(_case: Case, answer: Observation) -> Message:
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {name}, {visibility}, license {license}.",
        name=str(answer.get("returned")),
        visibility=_("private") if answer.get("visibility") == "private" else _("public"),
        license=str(answer.get("license")),
    )


def _findings(_case: Case, expected: Observation, got: Observation) -> tuple[Finding, ...]:
    if not isinstance(got, Mapping):
        return ()
    assert isinstance(expected, Mapping)
    names = {"made": _("repository"), "visibility": _("visibility"), "license": _("license"), "again": _("second call")}

    def plain(value: Observation) -> Message:
        return {
            "private": _("private"), "public": _("public"), "no harm": _("no harm"), "none": verbatim("—"),
            "no card": _("no model card"), "not in the metadata": _("not in the metadata"),
            "nothing was made": verbatim("—"), "the first call raised": verbatim("—"),
            "returned something else": _("another result"),
            "": verbatim("—"),
        }.get(str(value), verbatim(shorten(str(value))))  # fmt: skip

    return tuple(
        Finding(what, plain(expected.get(name)), plain(got.get(name)), expected.get(name) == got.get(name))
        for name, what in names.items()
    )


def _dataset(case: Case) -> Observation:
    return replaced(_oracle(case), made=f"dataset {_full_name(case)}")


def _fixed_name(case: Case) -> Observation:
    assert case.setting is not None
    name = f"{case.setting.account}/mymodel04"
    return replaced(_oracle(case), made=f"model {name}", returned=name)


MISCONCEPTIONS = (
    Misconception(
        "fixed-owner",
        _(
            "The owner stands in the code. The Hub lets you create in your own namespace only, and whoever runs the "
            "function next has another name."
        ),
        _("Leave the owner out: create_repo takes the account that is logged in."),
        refusal=r"under the namespace|[Nn]amespace .* (does not|doesn't) exist|Repository not found|404|no user",
    ),
    Misconception(
        "fixed-name",
        _("The repository is called mymodel04 whatever name the function is given: the tutorial's name stands in it."),
        _("Use the parameter `name`."),
        (
            _fixed_name,
            lambda case: replaced(_fixed_name(case), returned=_full_name(case)),
        ),
    ),
    Misconception(
        "not-twice",
        _("The second call fails because the repository is there already. A program that makes things is run again."),
        _("Tell create_repo that an existing repository is fine: it has a parameter for that."),
        (lambda case: replaced(_oracle(case), again="raised HfHubHTTPError"),),
    ),
    Misconception(
        "public",
        _("The repository is public: that is what create_repo makes when nobody says anything."),
        _("Ask create_repo for a private repository."),
        (lambda case: replaced(_oracle(case), visibility="public"),),
    ),
    Misconception(
        "dataset",
        _(
            "A dataset repository was made. Models and datasets are two kinds of repository with addresses of their "
            "own."
        ),
        _("Leave repo_type out: a model is what create_repo makes by itself."),
        (_dataset,),
    ),
    Misconception(
        "no-license",
        _("Nobody may use a model without a license: the repository has no model card that names one."),
        _("Write a README.md whose metadata have the line `license: apache-2.0`; metadata_update does it in one call."),
        (lambda case: replaced(_oracle(case), license="no card"),),
    ),
    Misconception(
        "license-in-the-text",
        _(
            "The license stands in the card's text. The Hub reads the metadata at the very top, between two lines "
            "`---`."
        ),
        _("Put `license: apache-2.0` between two lines `---` at the top of README.md."),
        (lambda case: replaced(_oracle(case), license="not in the metadata"),),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return the full name; what create_repo returns has it as `repo_id`."),
        (lambda case: replaced(_oracle(case), returned=None),),
    ),
    Misconception(
        "returns-the-address",
        _("The function returns the repository's address. Programs name a repository by its full name, owner/name."),
        _("What create_repo returns is an address that knows more: look at its `repo_id`."),
        (lambda case: replaced(_oracle(case), returned="the address"),),
    ),
    Misconception(
        "returns-the-short-name",
        _("The function returns the name without its owner: `owner/name` is what others need to find the repository."),
        _("What create_repo returns knows the owner: look at its `repo_id`."),
        (lambda case: replaced(_oracle(case), returned=case.arguments[0]),),
    ),
)

SOLUTION = """\
def create_repository(name):
    url = create_repo(name, private=True, exist_ok=True)
    metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)
    return url.repo_id
"""

QUESTION = Question(
    id="2.3/create_repository",
    function="create_repository",
    title=_("A model repository, made by a program"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem(
            "repository", _("a model repository of the given name, in your own namespace"), 3, aspect=entry("made")
        ),
        RubricItem("visibility", _("it is private"), 2, aspect=entry("visibility")),
        RubricItem("license", _("its model card names the license"), 2, aspect=entry("license")),
        RubricItem("returned", _("the function returns the full name"), 1, aspect=entry("returned")),
        RubricItem("again", _("calling it twice does no harm"), 2, aspect=entry("again")),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("Which function of huggingface_hub made the repository in lesson 2.3, and what did it need to run twice?"),
        _(
            "create_repo has the parameters `private` and `exist_ok`. The license is no parameter of it: it stands "
            "in the "
            "metadata of README.md, and metadata_update writes them."
        ),
        _(
            "`url = create_repo(name, ...)` gives you the full name as `url.repo_id`. Call metadata_update with it, "
            "with a "
            "dictionary for the license, and with overwrite=True; then return the full name."
        ),
    ),
    solution=SOLUTION,
    expectation=_("the full name, owner/name"),
    words=_words,
    act=Act("call", _join, _seen, _findings),
)
