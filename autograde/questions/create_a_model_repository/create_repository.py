"""2.3: a model repository made by a program, that may run twice."""

from __future__ import annotations

import random

from autograde.judge import beliefs
from autograde.judge.acts import Act, PlannedFile, Setting
from autograde.judge.describing import describe, raised, shorten
from autograde.judge.examples import RightAnswer, WrongAnswer, function, right, wrong
from autograde.judge.facets import Facet, Facets, Item, State
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.people import ACCOUNTS, MODELS
from autograde.judge.question import (
    Case,
    Misconception,
    Question,
    Teaching,
    WrongModel,
)

_IMPORTS = """\
import tempfile
from pathlib import Path

from huggingface_hub import HfApi, ModelCard, create_repo, metadata_update

"""

#: Lines of example answers.
_CREATE = "url = create_repo(name, private=True, exist_ok=True)"
_CARD = 'card = b"---\\nlicense: apache-2.0\\n---\\n# A model\\n"'
_UPLOAD = 'HfApi().upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id'
_OVERWRITES = f"{_CARD}; {_UPLOAD})"
_LICENSE = 'metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)'
_RETURN = "return url.repo_id"


_ALL = "repository visibility license returned again"


def _code(*lines: str) -> str:
    return function("create_repository(name)", *lines, imports=_IMPORTS)


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


LICENSE = "apache-2.0"

#: Names that people copy from a tutorial. On the Hub of a case they belong to other people.
TAKEN = ("ada", "xxx")

#: The group whose computer it is: git's user.name there is no account, and the account may write to the group.
GROUP = "reading-group"

#: Uploaded by another person between the two calls. An answer that deletes the repository destroys it.
MEANWHILE = (PlannedFile("config.json", text='{"model_type": "bert"}\n'),)

#: Written into the card by another person between the two calls.
ADDITION = "Trained on the news of one week. Do not use it for anything else."


def _case(name: str, account: str, model: str, card_form: str = "") -> Case:
    about = _("the case of the account {account} and the name {model}", account=account, model=model)
    setting = Setting(
        account=account, organization=GROUP, taken=TAKEN, role="write", name=model, times=2,
        meanwhile=MEANWHILE, card_addition=ADDITION, card_form=card_form,
    )  # fmt: skip
    return Case(name, "names", about, (model,), setting=setting)


VISIBLE = (_case("first", "mei", "mymodel04"), _case("second", "jonas", "sentiment-bert"))


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    accounts, models = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    return tuple(
        _case(f"hidden-{place}", account, f"{model}-{rng.randint(2, 99)}", form)
        for place, (account, model, form) in enumerate(zip(accounts, models, ("crlf", "bom"), strict=True))
    )


def _full_name(case: Case) -> str:
    assert case.setting is not None
    return f"{case.setting.account}/{case.setting.name}"


def _returned(case: Case, what: Message) -> Message:
    return _("expected the name {name}, but the function returned {got}", name=_full_name(case), got=what)


def _raised_again(_case: Case, got: Observation) -> Message:
    assert isinstance(got, Raised)
    return _("the second call: {what}", what=raised(got))


def _made(case: Case, got: Observation) -> Message:
    seen = _("found {made}", made=shorten(str(got))) if got else _("no repository was made")
    return _("expected the model repository {name}; {seen}", name=_full_name(case), seen=seen)


_NOTHING, _NO_REPOSITORY = verbatim("—"), _("no repository was made that a second call could harm")

#: "late": right after the second call, but not after the first. "none": there is no repository.
FACETS = Facets(
    (
        Item("repository", _("a model repository of the given name, in your own namespace"), 3, (
            Facet(
                "made", lambda case: f"model {_full_name(case)}", (State("", _NOTHING),), _("repository"), clause=_made,
            ),
        )),
        Item("visibility", _("it is private"), 2, (
            Facet("visibility", "private", (
                State("private", _("private")),
                State("public", _("public"), _("the repository is public; expected a private one")),
                State("none", _NOTHING, _("there is no repository, and so no visibility")),
                State(
                    "late", _("only after the second call"),
                    _("after the first call the repository was public; only the second call made it private"),
                ),
            ), _("visibility")),
        )),
        Item("license", _("its model card names the license"), 2, (
            Facet("license", LICENSE, (
                State(
                    "no-card", _("no model card"),
                    _("the repository has no model card (README.md) that names a license"),
                ),
                State(
                    "not-in-metadata", _("not in the metadata"),
                    _("the model card has no `license` in the metadata at its top"),
                ),
                State("none", _NOTHING, _("there is no repository, and so no license")),
                State(
                    "late", _("only after the second call"),
                    _("after the first call the card did not name the license; only the second call wrote it"),
                ),
            ), _("license"), clause=lambda _case, got: _(
                "the license is {got}; expected {expected}", got=str(got), expected=LICENSE,
            )),
        )),
        Item("returned", _("the function returns the full name"), 1, (
            Facet("returned", _full_name, (
                State("$address", _NOTHING, lambda case, _got: _returned(case, _("the repository's address"))),
            ), clause=lambda case, got: _returned(case, describe(got))),
        )),
        Item("again", _("calling it twice does no harm"), 2, (
            Facet("again", "harmless", (
                State("harmless", _("no harm")),
                State("nothing-made", _NOTHING, _NO_REPOSITORY),
                State(
                    "not-reached", _NOTHING,
                    _("there was no second call, because the first one raised an exception"),
                ),
                State("lost", _("what was there is gone"), _(
                    "between the two calls, another person uploaded {file}; after the second call it was gone",
                    file=MEANWHILE[0].path,
                )),
                State("card-lost", _("the card was overwritten"), _(
                    "between the two calls, another person added a sentence to README.md; after the second call it was "
                    "gone"
                )),
                State("another-result", _("another result"), _("the second call did not end like the first one")),
            ), _("second call"), clause=_raised_again, may_raise=True),
        )),
    ),
    otherwise=lambda got: _("the function returned {got}", got=describe(got)),
)  # fmt: skip


def _join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    calls, made = report.get("returned"), seen.get("repositories")
    assert isinstance(calls, Sequence)
    assert isinstance(made, Mapping)
    first, last = calls.items[0], calls.items[-1]
    again: Observation = "harmless"
    if not made.items:
        again = "nothing-made"
    elif isinstance(first, Raised):
        again = "not-reached"
    elif isinstance(last, Raised):
        again = last
    elif seen.get("kept") is False:
        again = "lost"
    elif seen.get("kept") == "card":
        again = "card-lost"
    elif last != first:
        again = "another-result"
    license = _after_both(seen, "license", LICENSE)
    license = {"no card": "no-card", "not in the metadata": "not-in-metadata"}.get(str(license), license)
    if isinstance(first, Raised) and license in ("no-card", "not-in-metadata"):
        license = first
    names = ", ".join(name for name, _outline in made.items)
    # One mistake costs its points once: the full name of a repository in the wrong place is a full name.
    returned = _full_name(case) if isinstance(first, str) and names == f"model {first}" else first
    if isinstance(first, str) and first.startswith("http") and first.endswith(f"/{_full_name(case)}"):
        returned = "$address"
    return FACETS.answer(
        case, made=names, visibility=_after_both(seen, "visibility", "private"), license=license, returned=returned,
        again=again,
    )  # fmt: skip


def _after_both(seen: Mapping, name: str, right: str) -> Observation:
    """What the first repository's outline says under ``name``, after the first call as well as after the second."""
    after = _outlined(seen.get("repositories"), name)
    before = _outlined(seen.get("meanwhile"), name)
    return "late" if after == right and before not in (None, right) else after or "none"


def _outlined(repositories: Observation, name: str) -> Observation:
    outline = repositories.items[0][1] if isinstance(repositories, Mapping) and repositories.items else None
    return outline.get(name) if isinstance(outline, Mapping) else None


def _achieved(_case: Case, answer: Observation) -> Message:
    assert isinstance(answer, Mapping)
    return _(
        "Seen on the Hub: {name}, {visibility}, license {license}.",
        name=str(answer.get("returned")),
        visibility=_("private") if answer.get("visibility") == "private" else _("public"),
        license=str(answer.get("license")),
    )


def _dataset(case: Case) -> Observation:
    return FACETS.answer(case, made=f"dataset {_full_name(case)}")


def _fixed_name(case: Case) -> Observation:
    assert case.setting is not None
    return FACETS.answer(case, made=f"model {case.setting.account}/mymodel04")


def _another_owner(owner: str) -> WrongModel:
    return lambda case: FACETS.answer(case, returned=f"{owner}/{case.arguments[0]}")


def _stopped_at_the_license(error: str) -> WrongModel:
    return FACETS.wrong(license=Raised(error), returned=Raised(error), again="not-reached")


NOT_FOUND = ("RepositoryNotFoundError", "HFValidationError")

MISCONCEPTIONS = (
    beliefs.fixed_owner(*map(_another_owner, TAKEN), examples=(
        _wrong(_ALL, _CREATE.replace("name", '"xxx/" + name'), _LICENSE, _RETURN),
        _wrong(_ALL, _CREATE.replace("name", 'f"ada/{name}"'), _LICENSE, _RETURN),
        _wrong("returned", _CREATE, _LICENSE, 'return f"ada/{name}"'),
    )),
    Misconception(
        "owner-from-git",
        _(
            "The owner is git's `user.name`. That name is written into commits and need not be an account: here it is "
            "a group's, and the repository was made there."
        ),
        _("Leave the owner out: create_repo takes the account that is logged in."),
        (lambda case: FACETS.answer(case, made=f"model {GROUP}/{case.arguments[0]}"),),
        examples=(_wrong(
            "repository", "import subprocess",
            'done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=True)',
            'name = done.stdout.strip() + "/" + name', _CREATE, _LICENSE, _RETURN,
        ),),
    ),
    beliefs.fixed_name(_fixed_name, examples=(
        _wrong("repository", _CREATE.replace("name", '"mymodel04"'), _LICENSE, _RETURN),
        _wrong(
            "repository", _CREATE.replace("name", '"mymodel04"'), _LICENSE,
            'return HfApi().whoami()["name"] + "/" + name',
        ),
    )),
    beliefs.not_the_full_name(*map(_stopped_at_the_license, NOT_FOUND), examples=(
        _wrong(
            "license returned again", _CREATE, 'metadata_update(name, {"license": "apache-2.0"}, overwrite=True)',
            _RETURN,
        ),
        _wrong(
            "license returned again", _CREATE,
            'metadata_update("ada/" + name, {"license": "apache-2.0"}, overwrite=True)', _RETURN,
        ),
    )),
    Misconception(
        "not-twice",
        _("The second call fails because the repository is there already. A program that makes things is run again."),
        _("Tell create_repo that an existing repository is fine: it has a parameter for that."),
        (FACETS.wrong(again=Raised("HfHubHTTPError")),),
        examples=(
            _wrong("again", "url = create_repo(name, private=True)", _LICENSE, _RETURN),
            wrong(
                "again",
                _IMPORTS + "from functools import lru_cache\n\n@lru_cache\n"
                "def create_repository(name):\n    url = create_repo(name, private=True)\n"
                f"    {_LICENSE}\n    {_RETURN}\n",
            ),
            wrong(
                "again",
                _IMPORTS + "made = {}\n\ndef create_repository(name):\n    if name not in made:\n"
                "        url = made[name] = create_repo(name, private=True)\n"
                f"        {_LICENSE}\n    return made[name].repo_id\n",
            ),
        ),
    ),
    Misconception(
        "deletes",
        _(
            "The second call deletes the repository and makes another one: whatever was uploaded into the first one is "
            "lost for good."
        ),
        _("Delete nothing. Tell create_repo that an existing repository is fine: it has a parameter for that."),
        (FACETS.wrong(again="lost"),),
        examples=(
            _wrong(
                "again", 'repo_id = HfApi().whoami()["name"] + "/" + name',
                "HfApi().delete_repo(repo_id, missing_ok=True)", "url = create_repo(name, private=True)", _LICENSE,
                _RETURN,
            ),
            _wrong(
                "again", _CREATE, "with tempfile.TemporaryDirectory() as folder:",
                '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
                '    HfApi().upload_folder(repo_id=url.repo_id, folder_path=folder, delete_patterns="*")', _RETURN,
            ),
        ),
    ),
    Misconception(
        "overwrites-the-card",
        _("Every call writes README.md anew. What others have written into the model card by then is lost."),
        _("Change the metadata alone, with metadata_update, or write README.md only when there is none."),
        (
            FACETS.wrong(again="card-lost"),
            FACETS.wrong(license="not-in-metadata", again="card-lost"),
        ),
        examples=(
            _wrong("again", _CREATE, _OVERWRITES, _RETURN),
            _wrong(
                "again", _CREATE, 'ModelCard("---\\nlicense: apache-2.0\\n---\\n# A model").push_to_hub(url.repo_id)',
                _RETURN,
            ),
            _wrong(
                "again", "import subprocess", _CREATE, "with tempfile.TemporaryDirectory() as folder:",
                '    subprocess.run(["git", "clone", str(url), folder], check=True)',
                '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
                '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
                "                   shell=True, check=True, cwd=folder)", _RETURN,
            ),
            _wrong(
                "license again", _CREATE,
                'ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)', _RETURN,
            ),
        ),
    ),
    Misconception(
        "needs-two-calls",
        _("The first call doesn't finish the work; only the second call adds what is missing."),
        _("Do all the steps in every call, whether the repository is new or not."),
        (
            FACETS.wrong(license="late"),
            FACETS.wrong(visibility="late"),
            FACETS.wrong(visibility="late", license="late"),
        ),
        examples=(
            _wrong(
                "license", 'repo_id = HfApi().whoami()["name"] + "/" + name', "try:",
                "    create_repo(name, private=True)", "except Exception:",
                '    metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)', "return repo_id",
            ),
            _wrong(
                "visibility", 'repo_id = HfApi().whoami()["name"] + "/" + name', "if HfApi().repo_exists(repo_id):",
                "    HfApi().update_repo_settings(repo_id, private=True)", "url = create_repo(name, exist_ok=True)",
                _LICENSE, _RETURN,
            ),
        ),
    ),
    Misconception(
        "public",
        _("The repository is public: that is the default of create_repo."),
        _("Ask create_repo for a private repository."),
        (FACETS.wrong(visibility="public"),),
        examples=(_wrong("visibility", "url = create_repo(name, exist_ok=True)", _LICENSE, _RETURN),),
    ),
    Misconception(
        "dataset",
        _(
            "A dataset repository was made. Models and datasets are two kinds of repository with addresses of their "
            "own."
        ),
        _("Leave repo_type out: a model is what create_repo makes by itself."),
        (_dataset,),
        examples=(_wrong(
            "repository", 'url = create_repo(name, repo_type="dataset", private=True, exist_ok=True)',
            f'{_CARD}; {_UPLOAD}, repo_type="dataset")', _RETURN,
        ),),
    ),
    Misconception(
        "no-license",
        _("Without a license, others may not use the model: the repository has no model card that names one."),
        _("Write a README.md whose metadata have the line `license: apache-2.0`; metadata_update does it in one call."),
        (FACETS.wrong(license="no-card"),),
        examples=(
            _wrong("license", _CREATE, _RETURN),
            _wrong(
                "license", _CREATE,
                'HfApi().upload_file(path_or_fileobj=b"Apache 2.0", path_in_repo="LICENSE", repo_id=url.repo_id)',
                _RETURN,
            ),
        ),
    ),
    Misconception(
        "license-in-the-text",
        _("The license is in the card's text. The Hub reads the metadata at the top, between two lines `---`."),
        _("Put `license: apache-2.0` between two lines `---` at the top of README.md."),
        (FACETS.wrong(license="not-in-metadata"),),
        examples=(_wrong(
            "license", _CREATE, "if not HfApi().file_exists(url.repo_id, 'README.md'):",
            '    ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)', _RETURN,
        ),),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return the full name; what create_repo returns has it as `repo_id`."),
        (FACETS.wrong(returned=None),),
        examples=(_wrong("returned", _CREATE, _LICENSE),),
    ),
    beliefs.returns_the_address(FACETS.wrong(returned="$address"), examples=(
        _wrong("returned", _CREATE, _LICENSE, "return url"),
    )),
    beliefs.returns_the_short_name(lambda case: FACETS.answer(case, returned=case.arguments[0]), examples=(
        _wrong("returned", _CREATE, _LICENSE, "return name"),
    )),
)  # fmt: skip

SOLUTION = """\
def create_repository(name):
    url = create_repo(name, private=True, exist_ok=True)
    metadata_update(url.repo_id, {"license": "apache-2.0"}, overwrite=True)
    return url.repo_id
"""

RIGHT = (
    _right(
        "an HfApi object, visibility as a word, the card as a file", "api = HfApi()", 'owner = api.whoami()["name"]',
        'repo_id = f"{owner}/{name}"', 'api.create_repo(repo_id, visibility="private", exist_ok=True)',
        'card = "---\\nlicense: apache-2.0\\n---\\n# A model\\n".encode()',
        'if "README.md" not in api.list_repo_files(repo_id):',
        '    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=repo_id)', "return repo_id",
    ),
    right(
        "an object that was made before, for another Hub",
        'from huggingface_hub import HfApi\n\napi = HfApi(endpoint="http://127.0.0.1:9")\n\n'
        "def create_repository(name):\n"
        "    url = api.create_repo(name, private=True, exist_ok=True)\n"
        '    if not api.file_exists(url.repo_id, "README.md"):\n'
        '        card = b"---\\nlicense: apache-2.0\\n---\\n"\n'
        '        api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=url.repo_id)\n'
        "    return url.repo_id\n",
    ),
    _right(
        "the license as a list of one", _CREATE, 'card = b"---\\nlicense:\\n- apache-2.0\\n---\\n"',
        'if not HfApi().file_exists(url.repo_id, "README.md"):', f"    {_UPLOAD})", _RETURN,
    ),
    _right(
        "the license with git, in a clone", "import subprocess", _CREATE,
        "with tempfile.TemporaryDirectory() as folder:",
        '    subprocess.run(["git", "clone", str(url), folder], check=True)',
        '    if not Path(folder, "README.md").exists():',
        '        Path(folder, "README.md").write_bytes("\\ufeff---\\r\\nlicense: apache-2.0\\r\\n---\\r\\n".encode())',
        '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
        "                   shell=True, check=True, cwd=folder)", _RETURN,
    ),
    _right(
        "a card that is loaded, changed and pushed", _CREATE, "try:", "    card = ModelCard.load(url.repo_id)",
        "except Exception:", '    card = ModelCard("---\\ntags:\\n- test\\n---\\n# A model\\n")',
        'card.data.license = "apache-2.0"', "card.push_to_hub(url.repo_id)", _RETURN,
    ),
    _right(
        "the command line, noise on stderr", "import subprocess, sys",
        'subprocess.run(["hf", "repos", "create", name, "--private", "--exist-ok"], check=True)',
        'print("made", file=sys.stderr)', 'repo_id = HfApi().whoami()["name"] + "/" + name',
        'metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)', "return repo_id",
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.3/create_repository",
    visible=VISIBLE,
    hidden=_hidden,
    oracle=FACETS.oracle,
    rubric=FACETS.rubric,
    misconceptions=MISCONCEPTIONS,
    act=Act("call", _join),
    presentation=FACETS.presentation(_achieved),
    teaching=Teaching(
        title=_("A model repository, made by a program"),
        hints=(
            _(
                "Which function of huggingface_hub made the repository in lesson 2.3, and what did it need to run "
                "twice?"
            ),
            _(
                "create_repo has the parameters `private` and `exist_ok`. It has no parameter for the license, which "
                "is in the metadata of README.md, and metadata_update writes them."
            ),
            _(
                "`url = create_repo(name, ...)` gives you the full name as `url.repo_id`. Call metadata_update with "
                "it, with a dictionary for the license, and with overwrite=True; then return the full name."
            ),
        ),
        solution=SOLUTION,
        expectation=_("the full name, owner/name"),
        right=RIGHT,
    ),
)
