"""2.5: the repositories to clone, and the clone to repair."""

from __future__ import annotations

import random
from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, MODELS
from autograde.judge.hub_state import FileStatus
from autograde.judge.initial_state import InitialState, PlannedFile, PlannedRepository
from autograde.judge.messages import _
from autograde.judge.observation import Mapping, Observation

SECONDS = 20.0
WEIGHTS = "model.safetensors"
NOTES = "my-notes.txt"
ATTRIBUTES = ".gitattributes"

#: The content of the file NOTES.
OWN = "not on the Hub\n"

#: What is wrong with a script that wrote to the Hub.
CHANGED_THE_HUB = _(
    "The script changed the Hub: it pushed files, or changed the repository in another way. Other people can see what "
    "is on the Hub."
)


def case_of(
    name: str, account: str, model: str, seed: str, *, clone: bool, others: tuple[str, ...] = ("eval/results.json",),
    weights: str = WEIGHTS,
) -> Case:  # fmt: skip
    """Return a case; with ``clone``, it starts with a clone that lacks its weights."""
    files = (
        PlannedFile("README.md", text=f"# {model}\n"),
        PlannedFile("config.json", text=f'{{"note": "{seed}"}}\n'),
        *(PlannedFile(other, text=f'{{"accuracy": 0.9, "note": "{seed}"}}\n') for other in others),
        PlannedFile(weights, size=3_000, seed=seed),
    )
    initial = InitialState(
        account=account,
        taken=("xxx",),
        role="write",
        repositories=(PlannedRepository(account, model, private=True, files=files),),
        name=model,
        files=(PlannedFile(f"{model}/{NOTES}", text=OWN),) if clone else (),
        clone=clone,
    )
    about = _("the case of the private model {name}", name=f"{account}/{model}")
    return Case(name, "clones", about, (account, model), initial=initial)


def drawn(rng: random.Random, *, clone: bool) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    others = ("metrics/2/all.json", "training log.txt", ".info.json", "说明.txt")
    account, model = rng.choice(ACCOUNTS), f"{rng.choice(MODELS)}-{rng.randint(2, 99)}"
    # The task of the repair names the file.
    weights = WEIGHTS if clone else rng.choice(("pytorch_model.bin", "tf_model.h5", "model.onnx"))
    return (case_of("hidden", account, model, str(rng.random()), clone=clone, others=others, weights=weights),)


def files_of(case: Case) -> tuple[PlannedFile, ...]:
    """Return the files of the repository."""
    return case.initial.repositories[0].files


def weights_of(case: Case) -> str:
    """Return the path of the weights in the repository."""
    return files_of(case)[-1].path


def small_files(status: Callable[[str], FileStatus]) -> Callable[[Case], Mapping]:
    """Return the function that gives the status of every file of a case except the weights.

    Args:
        status: the status of the file with this path; :data:`ATTRIBUTES`, which the Hub writes, is the last one.
    """

    def files(case: Case) -> Mapping:
        paths = [*(file.path for file in files_of(case) if file.path != weights_of(case)), ATTRIBUTES]
        return Mapping(tuple((path, status(path)) for path in paths))

    return files


def status_of_attributes(report: Mapping, seen: Mapping, name: str) -> FileStatus:
    """Return the status of .gitattributes in the folder ``name``."""
    here = report.mapping("files").get(f"{name}/{ATTRIBUTES}")
    if here is None:
        return FileStatus.MISSING
    same = here == seen.mapping("target").get("attributes_fingerprint")
    return FileStatus.SAME if same else FileStatus.DIFFERENT


def clone_of(report: Mapping, name: str) -> Mapping:
    """Return the report on the clone in the folder ``name``; an empty one if there is none."""
    return report.mapping("clones").mapping(name)


def head_of(seen: Mapping) -> Observation:
    """Return the last commit on the Hub."""
    return seen.mapping("target").get("head")
