"""2.5, pointers: the cases and their right answers."""

from __future__ import annotations

import random

from autograde.judge.cases import Case
from autograde.judge.initial_state import InitialState, PlannedFile
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation

ADDRESS = "https://git-lfs.github.com/spec/v1"

FIRST_LINE = f"version {ADDRESS}"

#: Replaces the returned value if the function has changed or removed the file that it should only read.
CHANGED = "$changed"


def _pointer(rng: random.Random, between: str = "", first: str = FIRST_LINE) -> str:
    oid = "".join(rng.choice("0123456789abcdef") for _digit in range(64))
    return f"{first}\n{between}oid sha256:{oid}\nsize {rng.randint(20_000, 900_000_000)}\n"


def _as_long_as_a_pointer(text: str) -> str:
    """Pad the text to 132 bytes with a last line, so that a pointer cannot be recognised by its length."""
    return text.ljust(131, ".") + "\n"


def _case(name: str, group: str, about: Message, file: PlannedFile, facts: str) -> Case:
    return Case(name, group, about, (file.path,), facts=facts, initial=InitialState(files=(file,)))


def _cases(rng: random.Random, weights: str, folder: str, other: str) -> tuple[Case, ...]:
    about = "Large files of this repository are kept with git-lfs: what git holds is a small text instead of them.\n"
    mentions = f"Read https://git-lfs.com first. A pointer begins so:\n{FIRST_LINE}\n"
    # Files whose first line resembles that of a pointer. Files with a pointer's first line that otherwise violate
    # git-lfs's specification (docs/spec.md) are not included, because the task does not mention them.
    longer = _pointer(rng, first=f"{FIRST_LINE}.{rng.randint(1, 9)}-draft")
    version = f"version {rng.randint(2, 9)}\nlayers 12\nheads 12\n"
    quoted = f"The first line of a pointer is {FIRST_LINE}\nThe second line names the content.\n"
    inside = f"# git\n{_pointer(rng)}"
    return (
        _case("pointer", "plain", _("the case of a pointer"), PlannedFile(weights, text=_pointer(rng)), "pointer"),
        _case(
            "weights", "plain", _("the case of real weights"),
            PlannedFile("pytorch_model.bin", size=rng.randint(2_000, 3_000), seed=str(rng.random())), "binary",
        ),
        _case(
            "config", "plain", _("the case of a configuration"),
            PlannedFile("config.json", text='{"version": 1, "model_type": "bert"}\n' + " " * 2_000), "text",
        ),
        _case(
            "in-a-folder", "edges", _("the case of a pointer in a folder"),
            PlannedFile(f"{folder}/model.onnx", text=_pointer(rng)), "pointer",
        ),
        _case(
            "same-kind-of-name", "plain", _("the case of real weights in a folder"),
            PlannedFile(f"{folder}/model.safetensors", size=rng.randint(2_000, 3_000), seed=str(rng.random())),
            "binary",
        ),
        _case("short", "edges", _("the case of a text as short as a pointer"),
              PlannedFile("notes.txt", text=_as_long_as_a_pointer(about)), "short"),
        _case("empty", "edges", _("the case of an empty file"), PlannedFile("vocab.txt"), "empty"),
        _case(
            "mentions", "edges", _("the case of a text that mentions pointers further down"),
            PlannedFile("README.md", text=mentions + "\n" + "Nothing else. " * 200), "mentions",
        ),
        _case("another-version", "edges", _("the case of a first line with another version"),
              PlannedFile("shapes.txt", text=_as_long_as_a_pointer(version)), "version"),
        _case("next-version", "edges", _("the case of a pointer of another version"),
              PlannedFile("next.safetensors", text=_pointer(rng, first=f"{FIRST_LINE}{rng.randint(0, 9)}")), "version"),
        _case("longer-line", "edges", _("the case of a first line that begins like a pointer's and goes on"),
              PlannedFile("model.future", text=longer), "longer"),
        _case("in-the-first-line", "edges", _("the case of a first line that ends like a pointer's"),
              PlannedFile("about.txt", text=_as_long_as_a_pointer(quoted)), "quoted"),
        _case("second-line", "edges", _("the case of a text with a pointer in its middle"),
              PlannedFile("pointer.md", text=inside), "inside"),
        _case("another-name", "plain", _("the case of a pointer that isn't named like weights"),
              PlannedFile(other, text=_pointer(rng)), "pointer"),
        _case("small-weights", "plain", _("the case of very small real weights"),
              PlannedFile("adapter.safetensors", size=150, seed=str(rng.random())), "binary"),
        _case("extension", "edges", _("the case of a pointer with an additional line"),
              PlannedFile("training.log", text=_pointer(rng, f"ext-0-shrunk sha256:{rng.getrandbits(255):064x}\n")),
              "pointer"),
        _case("second-word", "edges", _("the case of a first line whose second word is a pointer's"),
              PlannedFile("links.txt", text=_as_long_as_a_pointer(f"see {ADDRESS}\nfor more\n")), "text"),
        _case("blank-lines", "edges", _("the case of empty lines followed by a pointer"),
              PlannedFile("draft.txt", text="\n" * 40 + _pointer(rng)), "text"),
        _case("two-blanks", "edges", _("the case of a first line with two spaces between its words"),
              PlannedFile("spaces.txt", text=_pointer(rng, first=FIRST_LINE.replace(" ", "  "))), "text"),
        _case("capitals", "edges", _("the case of a pointer in capital letters"),
              PlannedFile("LOUD.txt", text=_pointer(rng).upper()), "text"),
    )  # fmt: skip


VISIBLE = _cases(random.Random(1), "model.safetensors", "onnx", "merges.txt")  # noqa: S311 - cases, not secrets


def hidden(rng: random.Random) -> tuple[Case, ...]:
    """Generate hidden cases with ``rng``."""
    weights = rng.choice(("tf_model.h5", "model-00001-of-00002.safetensors", "rust_model.ot"))
    other = rng.choice(("tokenizer.json", "spiece model", "vocab.txt"))
    return _cases(rng, weights, rng.choice(("export", "quantized", "fp 16")), other)


def oracle(case: Case) -> Observation:
    """Return whether the file is a pointer."""
    return case.facts == "pointer"
