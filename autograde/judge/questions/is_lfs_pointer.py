"""2.5: tell an LFS pointer from any other file by its first line."""

from __future__ import annotations

import random

from autograde.judge.acts import Act, PlannedFile, Setting
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.question import Case, Misconception, Question, RubricItem

FIRST_LINE = "version https://git-lfs.github.com/spec/v1"


def _pointer(rng: random.Random) -> str:
    oid = "".join(rng.choice("0123456789abcdef") for _digit in range(64))
    return f"{FIRST_LINE}\noid sha256:{oid}\nsize {rng.randint(20_000, 900_000_000)}\n"


def _case(name: str, group: str, about: Message, file: PlannedFile, facts: str) -> Case:
    return Case(name, group, about, (file.path,), facts=facts, setting=Setting(files=(file,)))


def _cases(rng: random.Random, weights: str, folder: str) -> tuple[Case, ...]:
    about = "Large files of this repository are kept with git-lfs: what git holds is a small text instead of them.\n"
    mentions = f"Read https://git-lfs.com first. A pointer begins so:\n{FIRST_LINE}\n"
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
        _case("short", "edges", _("the case of a text as short as a pointer"),
              PlannedFile("notes.txt", text=about), "short"),
        _case("empty", "edges", _("the case of an empty file"), PlannedFile("vocab.txt"), "empty"),
        _case(
            "mentions", "edges", _("the case of a text that mentions pointers further down"),
            PlannedFile("README.md", text=mentions + "\n" + "Nothing else. " * 200), "mentions",
        ),
    )  # fmt: skip


VISIBLE = _cases(random.Random(1), "model.safetensors", "onnx")  # noqa: S311 - cases, not secrets


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    weights = rng.choice(("tf_model.h5", "model-00001-of-00002.safetensors", "rust_model.ot"))
    return _cases(rng, weights, rng.choice(("export", "quantized", "fp16")))


def _oracle(case: Case) -> Observation:
    return case.facts == "pointer"


def _join(_case: Case, report: Mapping, _seen: Mapping) -> Observation:
    calls = report.get("returned")
    assert isinstance(calls, Sequence)
    return calls.items[-1]


def _words(case: Case, difference: Difference) -> Message:
    if isinstance(difference.got, bool) and difference.got:
        return _("`{path}` is no pointer, and the function says that it is one", path=str(case.arguments[0]))
    if isinstance(difference.got, bool):
        return _("`{path}` is a pointer, and the function says that it is none", path=str(case.arguments[0]))
    return _("expected True or False, got {got}", got=describe(difference.got))


def _told(_case: Case, _answer: Observation) -> Message:
    return _("Pointers, real weights, short texts and an empty file were told apart.")


MISCONCEPTIONS = (
    Misconception(
        "by-size",
        _("A short file is taken for a pointer. Many files are short: configurations, notes, an empty file."),
        _("Look at what stands in the file: how does a pointer begin?"),
        (
            lambda case: case.facts in ("pointer", "short", "empty"),
            lambda case: case.facts in ("pointer", "short"),
        ),
    ),
    Misconception(
        "mentioned-anywhere",
        _("A file that only mentions git-lfs somewhere is taken for a pointer."),
        _("Compare the beginning of the file, and nothing further down."),
        (
            lambda case: case.facts in ("pointer", "mentions"),
            lambda case: case.facts in ("pointer", "mentions", "short"),
        ),
    ),
    Misconception(
        "reads-weights-as-text",
        _("Real weights are bytes and no text: reading them as text raises UnicodeDecodeError."),
        _('Open the file for bytes, mode "rb", and compare with bytes, b"...".'),
        (lambda case: Raised("UnicodeDecodeError") if case.facts == "binary" else case.facts == "pointer",),
    ),
    Misconception(
        "no-first-line",
        _("An empty file has no first line, and asking a list for its first item raises IndexError."),
        _("Ask for the first bytes of the file instead: of an empty file they are just none."),
        (lambda case: Raised("IndexError") if case.facts == "empty" else case.facts == "pointer",),
    ),
    Misconception(
        "the-other-way-round",
        _("The answers are the wrong way round: True means that the file is a pointer."),
        _("Turn the comparison round."),
        (lambda case: case.facts != "pointer",),
    ),
    Misconception(
        "always-the-same",
        _("The function gives the same answer for every file."),
        _("Open the file at `path`, and let the answer depend on what stands there."),
        (lambda _case: True, lambda _case: False),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return True or False."),
        (lambda _case: None,),
    ),
)

SOLUTION = """\
def is_lfs_pointer(path):
    with open(path, "rb") as file:
        return file.read(100).startswith(b"version https://git-lfs.github.com/spec/v1\\n")
"""

QUESTION = Question(
    id="2.5/is_lfs_pointer",
    function="is_lfs_pointer",
    title=_("Is this file a pointer?"),
    visible=VISIBLE,
    hidden=_hidden,
    oracle=_oracle,
    rubric=(
        RubricItem("plain", _("pointers, weights and configurations are told apart"), 2, ("plain",)),
        RubricItem("edges", _("also in folders, and from short and empty files"), 1, ("edges",)),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("What is the first line of the pointer that you read in lesson 2.5?"),
        _('Weights are no text: open(path, "rb") reads bytes, and bytes have a method `startswith`.'),
        _(
            '`file.read(100)` reads the first hundred bytes; compare them with b"version https://git-lfs..." by '
            "startswith."
        ),
    ),
    solution=SOLUTION,
    expectation=_("True or False"),
    words=_words,
    act=Act("call", _join, _told, seconds=5.0),
)
