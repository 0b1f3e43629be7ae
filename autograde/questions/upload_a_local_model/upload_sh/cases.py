"""2.4: the cases with the models to upload, and the expected state of the Hub."""

from __future__ import annotations

import random
from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.example_names import ACCOUNTS, MODELS, TUTORIAL_ACCOUNTS
from autograde.judge.hub_state import FileStatus
from autograde.judge.initial_state import InitialState, PlannedFile, PlannedRepository
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping

#: Larger than the Hub's limit for a plain git file, 10 MiB.
LARGE = 11_000_000
SECONDS = 20.0

#: The files of the visible folder in addition to README.md and config.json: first the weights, a file in a folder, and
#: one whose name begins with a dot.
_VISIBLE_NAMES = ("model.safetensors", "onnx/model.onnx", "vocab.txt", ".training.json")


def _ends(name: str) -> str:
    return "\r\n" if name.endswith(".csv") else "\n"


def _case(
    name: str, about: Message, account: str, model: str, folder: str, seed: str, weights: int, names: tuple[str, ...]
) -> Case:
    large, inner, *others = names
    files = (
        PlannedFile("README.md", text=f"---\nlicense: apache-2.0\n---\n# {model}\n"),
        PlannedFile("config.json", text=f'{{"model_type": "bert", "note": "{seed}"}}\n'),
        PlannedFile(large, size=weights, seed=seed),
        PlannedFile(inner, size=2_500, seed=seed),
        # Git can be told to change line ends, and must not.
        *(PlannedFile(name, text=f"{name}\n{seed}\n".replace("\n", _ends(name))) for name in others),
    )
    initial = InitialState(
        account=account,
        taken=TUTORIAL_ACCOUNTS,
        role="write",
        repositories=(PlannedRepository(account, model),),
        name=model,
        folder=folder,
        files=files,
    )
    return Case(name, "uploads", about, (account, model, folder), initial=initial)


_SMALL = _("the case of a small model in the folder {folder}", folder="bert-finetuned")
VISIBLE = (_case("small", _SMALL, "mei", "mymodel04", "bert-finetuned", "visible", 3_000, _VISIBLE_NAMES),)


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    (first, second), (one, two) = rng.sample(ACCOUNTS, 2), rng.sample(MODELS, 2)
    seed = str(rng.random())
    # Everything a script might rely on differs from the visible case: types of weights, folders, dots, spaces, letters.
    small = (rng.choice(("pytorch_model.bin", "tf_model.h5", "rust_model.ot")), "export/fp16/model.onnx",
             "training log.txt", "1_Pooling/config.json", ".eval/scores 2.csv", ".info", "说明.txt")  # fmt: skip
    large = (rng.choice(("model-00001-of-00002.safetensors", "flax_model.msgpack")), "openvino/model.bin",
             "merges.txt", "spiece model.txt", ".runs/last.json",
             # Include the visible names, for scripts that handle a file of the visible case by name.
             *_VISIBLE_NAMES)  # fmt: skip
    return (
        _case("small", _("the case of a small model"), first, one, f"{one} {rng.randint(2, 99)}", seed, 3_000, small),
        _case(
            "large",
            _("the case of weights over 10 MiB"),
            second,
            two,
            f"{two}-{rng.randint(2, 99)}",
            seed,
            LARGE,
            large,
        ),
    )


def needs_lfs(case: Case) -> bool:
    """Return whether the Hub refuses a case's weights outside LFS, because they are too large or binary."""
    weights = [file for file in case.initial.files if file.size]
    return any(file.size == LARGE or b"\0" in file.content()[:512] for file in weights)


def all_files(status: Callable[[str], FileStatus]) -> Callable[[Case], Mapping]:
    """Return the function that gives the status of every planned file; ``status`` is called with its path."""
    return lambda case: Mapping(tuple((file.path, status(file.path)) for file in case.initial.files))
