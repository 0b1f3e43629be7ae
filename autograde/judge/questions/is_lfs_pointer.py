"""2.5: tell an LFS pointer from any other file by its first line."""

from __future__ import annotations

import random

from autograde.judge.acts import Act, PlannedFile, Setting
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.question import Case, Misconception, Question, RubricItem, WrongModel

FIRST_LINE = "version https://git-lfs.github.com/spec/v1"


def _pointer(rng: random.Random) -> str:
    oid = "".join(rng.choice("0123456789abcdef") for _digit in range(64))
    return f"{FIRST_LINE}\noid sha256:{oid}\nsize {rng.randint(20_000, 900_000_000)}\n"


def _as_long_as_a_pointer(text: str) -> str:
    """The text with a last line that makes it 132 bytes long: nobody may tell a pointer by its length."""
    return text.ljust(131, ".") + "\n"


def _case(name: str, group: str, about: Message, file: PlannedFile, facts: str) -> Case:
    return Case(name, group, about, (file.path,), facts=facts, setting=Setting(files=(file,)))


def _cases(rng: random.Random, weights: str, folder: str) -> tuple[Case, ...]:
    about = "Large files of this repository are kept with git-lfs: what git holds is a small text instead of them.\n"
    mentions = f"Read https://git-lfs.com first. A pointer begins so:\n{FIRST_LINE}\n"
    # Files whose first line is nearly that of a pointer. What is a pointer by its first line and none by the rest of
    # git-lfs's specification (docs/spec.md), such as the first line alone, is not asked for: the task does not say.
    longer = _pointer(rng).replace(FIRST_LINE, f"{FIRST_LINE}.{rng.randint(1, 9)}-draft")
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
        _case("another-version", "edges", _("the case of a first line that begins with another version"),
              PlannedFile("shapes.txt", text=_as_long_as_a_pointer(version)), "version"),
        _case("longer-line", "edges", _("the case of a first line that goes on after that of a pointer"),
              PlannedFile("model.future", text=longer), "longer"),
        _case("in-the-first-line", "edges", _("the case of a text whose first line ends with that of a pointer"),
              PlannedFile("about.txt", text=_as_long_as_a_pointer(quoted)), "quoted"),
        _case("second-line", "edges", _("the case of a text in whose middle there is a pointer"),
              PlannedFile("pointer.md", text=inside), "inside"),
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
    return _("Pointers, real weights, an empty file and texts that are nearly pointers were told apart.")


def _says(*kinds: str) -> WrongModel:
    """Calls files of these kinds pointers, and no others."""
    return lambda case: case.facts in kinds


def _raises(exception: str, at: str, *kinds: str) -> WrongModel:
    """Raises an exception at files of one kind, and calls those of ``kinds`` pointers."""
    return lambda case: Raised(exception) if case.facts == at else case.facts in kinds


def _by_name(*endings: str) -> WrongModel:
    return lambda case: str(case.arguments[0]).endswith(endings)


def _instead(yes: Observation, no: Observation) -> WrongModel:
    return lambda case: yes if case.facts == "pointer" else no


MISCONCEPTIONS = (
    Misconception(
        "by-size",
        _("A short file is taken for a pointer. Many files are short: configurations, notes, an empty file."),
        _("Look at what stands in the file: how does a pointer begin?"),
        (
            _says("pointer", "short", "empty", "version", "longer", "quoted", "inside"),
            _says("pointer", "short", "version", "longer", "quoted", "inside"),
            _says("pointer", "short", "empty", "version", "quoted"),
            _says("pointer", "short", "version", "quoted"),
        ),
    ),
    Misconception(
        "by-name",
        _(
            "The answer depends on the file's name. A pointer has the very name of the file that it stands for: only "
            "what is in the file tells them apart."
        ),
        _("Open the file at `path`, and look at its first line."),
        (
            _by_name(".safetensors"),
            _by_name(".safetensors", ".bin"),
            _by_name(".safetensors", ".onnx"),
            _by_name(".safetensors", ".bin", ".onnx"),
            _by_name(".safetensors", ".bin", ".onnx", ".h5"),
            _by_name(".safetensors", ".bin", ".onnx", ".h5", ".ot"),
        ),
    ),
    Misconception(
        "mentioned-anywhere",
        _("A file that only mentions git-lfs somewhere is taken for a pointer."),
        _("Compare the beginning of the file, and nothing further down."),
        (
            _says("pointer", "mentions", "longer", "quoted", "inside"),
            _says("pointer", "mentions", "short", "longer", "quoted", "inside"),
            _says("pointer", "mentions", "quoted", "inside"),
            _says("pointer", "longer", "inside"),
        ),
    ),
    Misconception(
        "in-the-first-line",
        _("A first line that only holds the words of a pointer is taken for a pointer's: it may begin otherwise."),
        _("Compare the whole first line, or the file's beginning up to and including the line's end."),
        (_says("pointer", "longer", "quoted"),),
    ),
    Misconception(
        "ends-with-it",
        _("A first line that ends with the words of a pointer is taken for a pointer's: it may begin otherwise."),
        _("Compare the whole first line, and not its end."),
        (_says("pointer", "quoted"),),
    ),
    Misconception(
        "any-version",
        _("Every file that begins with the word `version` is taken for a pointer. Other formats begin so, too."),
        _("Compare the whole first line."),
        (_says("pointer", "version", "longer"),),
    ),
    Misconception(
        "line-goes-on",
        _(
            "The first line begins as that of a pointer, and goes on: `…/spec/v1.5` is another format. Who compares "
            "the beginning alone does not see where the line ends."
        ),
        _("Compare the line's end as well, with `startswith(b'...spec/v1\\n')`, or compare the whole first line."),
        (_says("pointer", "longer"),),
    ),
    Misconception(
        "any-line",
        _("Every line of the file is looked at. Only the first line tells a pointer."),
        _("Read one line, or the first bytes, and compare them alone."),
        (_says("pointer", "mentions", "inside"),),
    ),
    Misconception(
        "empty-is-a-pointer",
        _(
            "An empty file is taken for a pointer. `git lfs pointer --check` says so too, because git-lfs leaves empty "
            "files as they are; a pointer has a first line."
        ),
        _("Of an empty file the first line is empty: let the answer be False then."),
        (_says("pointer", "empty"),),
    ),
    Misconception(
        "reads-weights-as-text",
        _("Real weights are bytes and no text: reading them as text raises UnicodeDecodeError."),
        _('Open the file for bytes, mode "rb", and compare with bytes, b"...".'),
        (
            _raises("UnicodeDecodeError", "binary", "pointer"),
            _raises("UnicodeDecodeError", "binary", "pointer", "longer"),
        ),
    ),
    Misconception(
        "no-first-line",
        _("An empty file has no first line, and asking a list for its first item raises IndexError."),
        _("Ask for the first bytes of the file instead: of an empty file they are just none."),
        (
            _raises("IndexError", "empty", "pointer"),
            _raises("IndexError", "empty", "pointer", "longer"),
        ),
    ),
    Misconception(
        "the-other-way-round",
        _("The answers are the wrong way round: True means that the file is a pointer."),
        _("Turn the comparison round."),
        (lambda case: case.facts != "pointer", lambda case: case.facts not in ("pointer", "longer")),
    ),
    Misconception(
        "always-true",
        _("The function says True of every file, also of real weights and of an empty file."),
        _("Open the file at `path`, and let the answer depend on its first line."),
        (_instead(True, True),),
    ),
    Misconception(
        "never-a-pointer",
        _(
            "The function says False of every file, also of a pointer. Either it does not look into the file, or its "
            "comparison can never be true: bytes are never equal to a text (b'...' and '...'), and a line that was "
            "read still has its end, `\\n`."
        ),
        _(
            "Print what you compare, with repr(), for the file of the first difference: both sides must be of one kind "
            "and end alike."
        ),
        (_instead(False, False),),
    ),
    Misconception(
        "only-one-return",
        _(
            "For one of the two answers the function returns nothing: where no return statement is reached, Python "
            "returns None, and None is not False."
        ),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        (_instead(True, None), _instead(None, False)),
    ),
    Misconception(
        "numbers-or-texts",
        _("The answers mean the right thing, and are numbers or texts: 1 and 'True' are no truth values."),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        (_instead(1, 0), _instead("True", "False"), _instead("true", "false"), _instead("yes", "no")),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return True or False."),
        (_instead(None, None),),
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
        RubricItem(
            "edges",
            _("also in folders, from an empty file and from texts that are nearly pointers"),
            1,
            ("edges",),
        ),
    ),
    misconceptions=MISCONCEPTIONS,
    hints=(
        _("What is the first line of the pointer that you read in lesson 2.5, and where does it end?"),
        _('Weights are no text: open(path, "rb") reads bytes, and bytes have a method `startswith`.'),
        _(
            '`file.read(100)` reads the first hundred bytes; compare them with b"version https://git-lfs..." by '
            "startswith, the line's end `\\n` included."
        ),
    ),
    solution=SOLUTION,
    expectation=_("True or False"),
    words=_words,
    act=Act("call", _join, _told, seconds=5.0),
)
