"""3: misconceptions about the repository, its files, and the source of the model."""

from __future__ import annotations

from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.example_names import TUTORIAL_ACCOUNTS
from autograde.judge.hub_facets import full_name
from autograde.judge.hub_state import FileStatus, Storage
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.judge.question import WrongModel, misconception
from autograde.questions._new_repositories import (
    ANOTHER_TYPE,
    FIXED_NAME,
    FIXED_OWNER,
    NOT_THE_FULL_NAME,
    OWNER_FROM_ANOTHER_ENTRY,
    owned_by,
    tutorials_name,
)
from autograde.questions.summary.publish_and_load.cases import shape_of
from autograde.questions.summary.publish_and_load.facets import ELSEWHERE, FACETS
from autograde.questions.summary.publish_and_load.solutions import (
    ALL,
    CREATE,
    FROM_FOLDER,
    LOAD,
    RETURN,
    TOKENIZER_FROM_FOLDER,
    UPLOAD,
    wrong_step,
)


def stops(error: str, *places: str, **changes: Observation) -> WrongModel:
    """Return the wrong model that raises ``error``, so that the facets ``places`` are missing."""
    raised = Raised(error)
    return FACETS.wrong(**dict.fromkeys((*places, "name", "shape"), raised), **changes)


def _fixed_name(returned: Callable[[Case], str]) -> WrongModel:
    return FACETS.wrong(
        made=lambda case: f"model {tutorials_name(case)}", files=FileStatus.MISSING, storage=Storage.NOWHERE,
        name=returned,
    )  # fmt: skip


def _fixed_size(ran: str, tokens: int | None) -> WrongModel:
    return FACETS.wrong(ran=ran, shape=lambda case: shape_of(case, tokens=tokens, size=768))


def _another_model(case: Case, got: Observation) -> bool:
    found = [got.get(name) for name in ("tokenizer", "model")] if isinstance(got, Mapping) else []
    names = [each.message.partition(" is not a local folder") for each in found if isinstance(each, Raised)]
    own = (case.initial.name, full_name(case))
    return any(after and name not in own for name, after, _rest in names)


WRONG_UPLOADS = (
    OWNER_FROM_ANOTHER_ENTRY.shown_by(
        wrong_step(
            ALL, 'owner = HfApi().whoami()["email"].partition("@")[0]',
            create=CREATE.replace("name", 'f"{owner}/{name}"', 1),
        ),
    ),
    FIXED_OWNER.shown_by(
        wrong_step(ALL, create='repo_id = create_repo("xxx/" + name, exist_ok=True).repo_id'),
        wrong_step("returned", end='return "ada/" + name, result[0].shape'),
        models=tuple(FACETS.wrong(name=owned_by(owner)) for owner in TUTORIAL_ACCOUNTS),
    ),
    FIXED_NAME.shown_by(
        wrong_step("repository files returned", create=CREATE.replace("name", '"mymodel04"')),
        models=(_fixed_name(tutorials_name), _fixed_name(full_name)),
    ),
    ANOTHER_TYPE.shown_by(
        wrong_step(
            ALL, create=CREATE.replace("exist", 'repo_type="dataset", exist'),
            upload=UPLOAD.replace(")", ', repo_type="dataset")'),
        ),
    ),
    misconception(
        "not-created",
        _("The upload failed because the repository doesn't exist yet: an upload doesn't create it."),
        _("Call create_repo before the upload, and use the `repo_id` of what it returns."),
        wrong_step(ALL, create='repo_id = HfApi().whoami()["name"] + "/" + name'),
        refusal="Creating a commit assumes that the repo already exists",
    ),
    misconception(
        "another-model",
        _(
            "The function loads a model by a hard-coded name, such as bert-base-uncased. That is not the model that "
            "was uploaded."
        ),
        _("Pass the repository's full name to from_pretrained."),
        wrong_step("loaded ran returned", load=LOAD.replace("repo_id", '"bert-base-uncased"')),
        form=_another_model,
    ),
    NOT_THE_FULL_NAME.shown_by(
        wrong_step("files loaded ran returned", upload=UPLOAD.replace("=repo_id", "=name")),
        wrong_step("loaded ran returned", load=LOAD.replace("repo_id", "name")),
        wrong_step(
            "loaded ran returned",
            load=LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(name)"),
        ),
        models=(
            *(
                stops(error, "files", "storage", "model", "tokenizer", "ran")
                for error in ("RepositoryNotFoundError", "HFValidationError")
            ),
            *(
                stops("OSError", *places)
                for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"))
            ),
        ),
    ),
    misconception(
        "not-uploaded",
        _("The branch main is empty: nothing was uploaded, or to another branch or a pull request."),
        _("Upload the folder to main, before you load by the repository's full name."),
        wrong_step("files loaded", upload=(), load=FROM_FOLDER),
        wrong_step("files loaded ran returned", upload=()),
        wrong_step("files loaded ran returned", upload=UPLOAD.replace(")", ", create_pr=True)")),
        models=(
            FACETS.wrong(files=FileStatus.MISSING, storage=Storage.NOWHERE, model=ELSEWHERE, tokenizer=ELSEWHERE),
            *(stops(error, "files", "storage", "model", "tokenizer", "ran") for error in ("OSError", "ValueError")),
        ),
    ),
    FACETS.misconception(
        "deleted-again",
        _("The repository was deleted after the model ran, so other people cannot load the model."),
        _("Leave the repository on the Hub."),
        wrong_step("repository files", end=("HfApi().delete_repo(repo_id)", RETURN)),
        made="", files=FileStatus.MISSING, storage=Storage.NOWHERE,
    ),
    misconception(
        "loaded-from-the-folder",
        _(
            "The model was loaded from the folder on this computer. That doesn't test the upload: load it by the full "
            "name, as everyone else will."
        ),
        _("Pass the full name to from_pretrained, instead of the folder."),
        wrong_step("loaded", load=FROM_FOLDER),
        wrong_step(
            "loaded", load=LOAD.replace("AutoModel.from_pretrained(repo_id)", "AutoModel.from_pretrained(folder)"),
        ),
        wrong_step("loaded", load=("snapshot_download(repo_id)", FROM_FOLDER)),
        wrong_step(
            "loaded", "import subprocess",
            upload=(
                'subprocess.run(["git", "clone", f"{HfApi().endpoint}/{repo_id}", "clone"], check=True)',
                "subprocess.run(f\"cp -r '{folder}/.' clone && cd clone && git add . && git commit -m x && "
                "git push\", shell=True, check=True)",
            ),
            load=LOAD.replace("repo_id", '"clone"'),
        ),
        wrong_step(
            "loaded", "import shutil", upload=(..., "snapshot_download(repo_id)", 'shutil.copytree(folder, "copy")'),
            load=LOAD.replace("repo_id", '"copy"'),
        ),
        models=(FACETS.wrong(model=ELSEWHERE), FACETS.wrong(model=ELSEWHERE, tokenizer=ELSEWHERE)),
    ),
    FACETS.misconception(
        "tokenizer-from-the-folder",
        _(
            "The tokenizer was loaded from the folder on this computer. That doesn't test whether model and tokenizer "
            "on the Hub work together."
        ),
        _("Pass the full name to AutoTokenizer.from_pretrained too, instead of the folder."),
        wrong_step("loaded", load=TOKENIZER_FROM_FOLDER),
        tokenizer=ELSEWHERE,
    ),
    misconception(
        "written-anew",
        _(
            "Files on the Hub differ from those of the folder: they were written anew, as push_to_hub, "
            "save_pretrained and metadata_update do, or overwritten after the upload."
        ),
        _("Upload the folder as it is, with upload_folder."),
        wrong_step("files", FROM_FOLDER, upload=("tokenizer.push_to_hub(repo_id)", "model.push_to_hub(repo_id)")),
        wrong_step(
            "files", "from huggingface_hub import metadata_update",
            upload=(..., 'metadata_update(repo_id, {"license": "apache-2.0"}, overwrite=True)'),
        ),
        form=FACETS.wrong_only(files=FileStatus.DIFFERENT),
    ),
    misconception(
        "not-all-files",
        _("Only some files of the folder were uploaded. Other people's programs may need the rest."),
        _("Upload the whole folder with upload_folder, without allow_patterns and ignore_patterns."),
        wrong_step("files", upload=UPLOAD.replace(")", ', allow_patterns=["*.json", "*.safetensors"])')),
        wrong_step("files", "import os", upload=(
            'names = "config.json model.safetensors tokenizer.json tokenizer_config.json vocab.txt README.md"',
            "for file in names.split():", "    if os.path.exists(os.path.join(folder, file)):",
            "        HfApi().upload_file(path_or_fileobj=f'{folder}/{file}', path_in_repo=file,"
            " repo_id=repo_id)",
        )),
        models=(FACETS.wrong(files="missing"), FACETS.wrong(files="missing", tokenizer=ELSEWHERE)),
    ),
    misconception(
        "in-a-folder",
        _(
            "The files were uploaded into a folder of the repository. from_pretrained looks for config.json at the "
            "top level."
        ),
        _("Leave path_in_repo out."),
        wrong_step("files loaded ran returned", upload=UPLOAD.replace(")", ', path_in_repo="model")')),
        models=tuple(
            stops(error, *places, files="folder")
            for error in ("OSError", "ValueError")
            for places in (("model", "tokenizer", "ran"), ("model", "ran"), ("tokenizer", "ran"), ("ran",))
        ),
    ),
    misconception(
        "hidden-size-written-down",
        _("The shape always ends with 768: the number is hard-coded. Other models have other hidden sizes."),
        _("Take the shape from the result."),
        wrong_step("ran returned", call=(), end="return repo_id, (1, len(tokenizer.encode(first, second)), 768)"),
        wrong_step("returned", end="return repo_id, [1, 12, 768]"),
        models=tuple(_fixed_size(ran, tokens) for ran in ("pair", "nothing") for tokens in (None, 12)),
    ),
)  # fmt: skip
