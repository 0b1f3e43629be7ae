"""2.3, a model repository: common wrong answers."""

from __future__ import annotations

from autograde.judge.example_names import TUTORIAL_ACCOUNTS
from autograde.judge.examples import function
from autograde.judge.facets import error_with, has
from autograde.judge.hub_facets import ADDRESS
from autograde.judge.hub_state import LicenseMissing, Visibility
from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import WrongModel, misconception
from autograde.questions._new_repositories import (
    ANOTHER_TYPE,
    FIXED_NAME,
    FIXED_OWNER,
    NO_OWNER,
    NOT_THE_FULL_NAME,
    OWNER_FROM_ANOTHER_ENTRY,
    RETURNS_THE_ADDRESS,
    RETURNS_THE_SHORT_NAME,
    owned_by,
    short_name,
    tutorials_name,
)
from autograde.questions.create_a_model_repository.create_repository.cases import GROUP, LICENSE
from autograde.questions.create_a_model_repository.create_repository.facets import FACETS
from autograde.questions.create_a_model_repository.create_repository.solutions import (
    ADD_LICENSE,
    ALL,
    CREATE,
    IMPORTS,
    OVERWRITES,
    OWN_NAME,
    RETURN,
    SET_LICENSE,
    SIGNATURE,
    wrong,
    wrong_step,
)


def _is_another_license(found: Observation) -> bool:
    return isinstance(found, str) and found not in (LICENSE, *LicenseMissing, "late", "none")


def _stopped_at_the_license(error: str) -> WrongModel:
    return FACETS.wrong(license=Raised(error), returned=Raised(error), again="not-reached")


WRITE_LICENSE = _("Write `license: apache-2.0` into the metadata of README.md; metadata_update does it in one call.")

NOT_FOUND = ("RepositoryNotFoundError", "HFValidationError")

MISCONCEPTIONS = (
    OWNER_FROM_ANOTHER_ENTRY.shown_by(
        *(wrong_step(ALL, f"owner = HfApi().whoami(){entry}", create=CREATE.replace("name", 'f"{owner}/{name}"', 1))
          for entry in ('["email"].partition("@")[0]', '["fullname"]', '["fullname"].lower()')),
    ),
    FIXED_OWNER.shown_by(
        wrong_step(ALL, create=CREATE.replace("name", '"xxx/" + name')),
        wrong_step(ALL, create=CREATE.replace("name", 'f"ada/{name}"')),
        wrong_step("returned", end='return f"ada/{name}"'),
        # The account of the task's example, and of the first visible case.
        wrong_step(ALL, create=CREATE.replace("name", 'f"mei/{name}"')),
        models=tuple(FACETS.wrong(returned=owned_by(owner)) for owner in TUTORIAL_ACCOUNTS),
    ),
    FACETS.misconception(
        "owner-from-git",
        _(
            "The repository was created in the namespace of a group. The group's name was taken from git's "
            "`user.name`, which names authors of commits and no account, or from the groups in what whoami() returns."
        ),
        NO_OWNER,
        wrong_step(
            "repository", "import subprocess",
            'done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=True)',
            'name = done.stdout.strip() + "/" + name',
        ),
        wrong_step("repository", 'name = HfApi().whoami()["orgs"][0]["name"] + "/" + name'),
        made=lambda case: f"model {GROUP}/{case.initial.name}",
    ),
    FIXED_NAME.shown_by(
        wrong_step("repository", create=CREATE.replace("name", '"mymodel04"')),
        wrong_step(
            "repository", create=CREATE.replace("name", '"mymodel04"'),
            end='return HfApi().whoami()["name"] + "/" + name',
        ),
        models=(FACETS.wrong(made=lambda case: f"model {tutorials_name(case)}"),),
    ),
    NOT_THE_FULL_NAME.shown_by(
        wrong_step("license returned again", license=ADD_LICENSE.replace("url.repo_id", "name")),
        wrong_step("license returned again", license=ADD_LICENSE.replace("url.repo_id", '"ada/" + name')),
        models=tuple(map(_stopped_at_the_license, NOT_FOUND)),
    ),
    misconception(
        "not-twice",
        _("The second call fails because the repository exists already. Programs are often run more than once."),
        _("create_repo has a parameter that allows an existing repository: use it."),
        wrong_step("again", create="url = create_repo(name, private=True)"),
        function(SIGNATURE, f"{IMPORTS}from functools import lru_cache\n\n@lru_cache\n").wrong(
            "again", "url = create_repo(name, private=True)", ADD_LICENSE, RETURN,
        ),
        function(SIGNATURE, f"{IMPORTS}made = {{}}\n\n").wrong(
            "again", "if name not in made:", "    url = made[name] = create_repo(name, private=True)",
            f"    {ADD_LICENSE}", "return made[name].repo_id",
        ),
        form=FACETS.wrong_only(again=error_with("You already created")),
    ),
    FACETS.misconception(
        "deletes",
        _(
            "The second call deletes or overwrites files, or deletes the whole repository: what was uploaded after the "
            "first call is lost for good."
        ),
        _("Don't delete or overwrite anything. create_repo has a parameter that allows an existing repository."),
        wrong_step("again", create=(
            OWN_NAME, "HfApi().delete_repo(repo_id, missing_ok=True)",
            "url = create_repo(name, private=True)",
        )),
        wrong_step("again", license=(
            "with tempfile.TemporaryDirectory() as folder:",
            '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
            '    HfApi().upload_folder(repo_id=url.repo_id, folder_path=folder, delete_patterns="*")',
        )),
        again="lost",
    ),
    misconception(
        "overwrites-the-card",
        _("Every call overwrites README.md: what other people have added to the model card is lost."),
        _("Change only the license, with metadata_update, or write README.md only if it doesn't exist."),
        wrong_step("again", license=OVERWRITES),
        wrong_step("again", license=(
            "there = HfApi().file_exists(url.repo_id, 'README.md')",
            'text = ModelCard.load(url.repo_id).text if there else ""',
            'ModelCard("---\\nlicense: apache-2.0\\n---\\n" + text).push_to_hub(url.repo_id)',
        )),
        wrong_step(
            "again", license='ModelCard("---\\nlicense: apache-2.0\\n---\\n# A model").push_to_hub(url.repo_id)',
        ),
        wrong_step("again", "import subprocess", license=(
            "with tempfile.TemporaryDirectory() as folder:",
            '    subprocess.run(["git", "clone", str(url), folder], check=True)',
            '    Path(folder, "README.md").write_text("---\\nlicense: apache-2.0\\n---\\n")',
            '    subprocess.run("git add . && (git diff --cached --quiet || git commit -m card && git push)",',
            "                   shell=True, check=True, cwd=folder)",
        )),
        wrong_step(
            "license again", license='ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)',
        ),
        models=tuple(
            FACETS.wrong(license=found, again="card-lost") for found in (LICENSE, LicenseMissing.NOT_IN_METADATA)
        ),
    ),
    misconception(
        "needs-two-calls",
        _("The first call doesn't do everything; the rest is done only by the second call."),
        _("Do all steps in every call, whether the repository is new or not."),
        wrong(
            "license", OWN_NAME, "try:", "    create_repo(name, private=True)", "except Exception:",
            f"    {SET_LICENSE}", "return repo_id",
        ),
        wrong_step("visibility", create=(
            OWN_NAME, "if HfApi().repo_exists(repo_id):",
            "    HfApi().update_repo_settings(repo_id, private=True)", "url = create_repo(name, exist_ok=True)",
        )),
        models=(
            FACETS.wrong(license="late"),
            FACETS.wrong(visibility="late"),
            FACETS.wrong(visibility="late", license="late"),
        ),
    ),
    FACETS.misconception(
        "public",
        _("The repository is public: create_repo makes public repositories by default."),
        _("Pass private=True to create_repo."),
        wrong_step("visibility", create="url = create_repo(name, exist_ok=True)"),
        visibility=Visibility.PUBLIC,
    ),
    ANOTHER_TYPE.shown_by(
        *(
            wrong_step(
                "repository", create=f"url = create_repo(name, {kind}{more}, private=True, exist_ok=True)",
                license=ADD_LICENSE.replace(", overwrite", f", {kind}, overwrite"),
            )
            for kind, more in (('repo_type="dataset"', ""), ('repo_type="space"', ', space_sdk="static"'))
        ),
    ),
    misconception(
        "license-as-parameter",
        _("create_repo has no parameter for the license: a model's license is in the metadata of its model card."),
        WRITE_LICENSE,
        wrong_step(ALL, create=CREATE.replace("private", 'license="apache-2.0", private'), license=()),
        refusal="unexpected keyword argument 'license'",
    ),
    misconception(
        "card-not-there",
        _("A new repository has no README.md, so there is no model card that could be loaded or downloaded."),
        _(
            "Write the license with metadata_update, which makes the card if there is none, or load the card only "
            "if it exists."
        ),
        wrong_step("license returned again", license=(
            "card = ModelCard.load(url.repo_id)", 'card.data.license = "apache-2.0"',
            "card.push_to_hub(url.repo_id)",
        )),
        form=has(license=error_with("Entry not found: README.md")),
    ),
    FACETS.misconception(
        "no-license",
        _(
            "The repository has no model card that names a license. Without a license, other people are not allowed "
            "to use the model."
        ),
        WRITE_LICENSE,
        wrong_step("license", license=()),
        wrong_step(
            "license",
            license='HfApi().upload_file(path_or_fileobj=b"Apache 2.0", path_in_repo="LICENSE",'
            ' repo_id=url.repo_id)',
        ),
        license=LicenseMissing.NO_CARD,
    ),
    FACETS.misconception(
        "license-in-the-text",
        _(
            "The card's metadata has no entry `license`. The license is only in the text, or the metadata is not at "
            "the very top of the card, or the entry is spelt otherwise, such as `licence`."
        ),
        _("Put `license: apache-2.0` between two lines of three hyphens at the top of README.md."),
        wrong_step("license", license=(
            "if not HfApi().file_exists(url.repo_id, 'README.md'):",
            '    ModelCard("The license of this model is apache-2.0.").push_to_hub(url.repo_id)',
        )),
        wrong_step("license", license=ADD_LICENSE.replace('"license"', '"licence"')),
        license=LicenseMissing.NOT_IN_METADATA,
    ),
    misconception(
        "another-license",
        _("The license is another one, or there are several. Its name on the Hub is `apache-2.0`."),
        _('Write `"license": "apache-2.0"`: lower case, with the hyphen, and no other license beside it.'),
        wrong_step("license", license=ADD_LICENSE.replace("apache-2.0", "mit")),
        wrong_step("license", license=ADD_LICENSE.replace('"apache-2.0"', '["apache-2.0", "mit"]')),
        form=has(license=_is_another_license),
    ),
    misconception(
        "license-before-the-repository",
        _("The license was written before the repository existed: only create_repo makes the repository."),
        _("Call create_repo first, then write the license."),
        wrong(ALL, OWN_NAME, SET_LICENSE, "create_repo(repo_id, private=True, exist_ok=True)", "return repo_id"),
        refusal="Repository Not Found for url",
    ),
    misconception(
        "license-misspelt",
        _("The Hub doesn't know the license by this name, and huggingface_hub refuses to write it."),
        _('Write `"license": "apache-2.0"`: lower case, with the hyphen.'),
        wrong_step("license returned again", license=ADD_LICENSE.replace("apache-2.0", "Apache 2.0")),
        form=has(license=error_with('"license" must be one of')),
    ),
    FACETS.misconception(
        "another-result",
        _(
            "The second call returns something else than the first one: for example nothing, because an exception was "
            "caught, or the name of another repository."
        ),
        _("Return the same full name in every call, whether the repository is new or not."),
        wrong(
            "again", "try:", "    url = create_repo(name, private=True)", f"    {ADD_LICENSE}",
            "    return url.repo_id", "except Exception:", "    return None",
        ),
        again="another-result",
    ),
    FACETS.misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return the full name: it is the `repo_id` of what create_repo returns."),
        wrong_step("returned", end=()),
        returned=None,
    ),
    RETURNS_THE_ADDRESS.shown_by(wrong_step("returned", end="return url"), models=(FACETS.wrong(returned=ADDRESS),)),
    RETURNS_THE_SHORT_NAME.shown_by(
        wrong_step("returned", end="return name"),
        models=(FACETS.wrong(returned=short_name),),
    ),
)  # fmt: skip
