"""2.5: tell an LFS pointer from any other file by its first line."""

from __future__ import annotations

import random
from collections.abc import Callable

from autograde.judge.acts import Act, PlannedFile, Setting
from autograde.judge.comparison import Difference
from autograde.judge.describing import describe
from autograde.judge.examples import RightAnswer, WrongAnswer, function, right, wrong
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation, Raised, Sequence
from autograde.judge.question import Case, Misconception, Presentation, Question, RubricItem, Teaching, WrongModel

_FIRST = 'first = open(path, errors="ignore").readline()'


def _code(*lines: str) -> str:
    return function("is_lfs_pointer(path)", *lines, imports="import os\n\n")


def _wrong(lost: str, *lines: str) -> WrongAnswer:
    return wrong(lost, _code(*lines))


def _right(style: str, *lines: str) -> RightAnswer:
    return right(style, _code(*lines))


ADDRESS = "https://git-lfs.github.com/spec/v1"
FIRST_LINE = f"version {ADDRESS}"


def _pointer(rng: random.Random, between: str = "") -> str:
    oid = "".join(rng.choice("0123456789abcdef") for _digit in range(64))
    return f"{FIRST_LINE}\n{between}oid sha256:{oid}\nsize {rng.randint(20_000, 900_000_000)}\n"


def _as_long_as_a_pointer(text: str) -> str:
    """Pad the text with a last line to 132 bytes, so that a pointer cannot be recognised by its length."""
    return text.ljust(131, ".") + "\n"


def _case(name: str, group: str, about: Message, file: PlannedFile, facts: str) -> Case:
    return Case(name, group, about, (file.path,), facts=facts, setting=Setting(files=(file,)))


def _cases(rng: random.Random, weights: str, folder: str, other: str) -> tuple[Case, ...]:
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
        _case("another-name", "plain", _("the case of a pointer whose name is not that of weights"),
              PlannedFile(other, text=_pointer(rng)), "pointer"),
        _case("small-weights", "plain", _("the case of very small real weights"),
              PlannedFile("adapter.safetensors", size=150, seed=str(rng.random())), "binary"),
        _case("extension", "edges", _("the case of a pointer with one line more"),
              PlannedFile("training.log", text=_pointer(rng, f"ext-0-shrunk sha256:{rng.getrandbits(255):064x}\n")),
              "pointer"),
        _case("second-word", "edges", _("the case of a first line whose second word is that of a pointer"),
              PlannedFile("links.txt", text=_as_long_as_a_pointer(f"see {ADDRESS}\nfor more\n")), "text"),
        _case("blank-lines", "edges", _("the case of a text that begins with empty lines, with a pointer after them"),
              PlannedFile("draft.txt", text="\n" * 40 + _pointer(rng)), "text"),
        _case("capitals", "edges", _("the case of a pointer in capital letters"),
              PlannedFile("LOUD.txt", text=_pointer(rng).upper()), "text"),
    )  # fmt: skip


VISIBLE = _cases(random.Random(1), "model.safetensors", "onnx", "merges.txt")  # noqa: S311 - cases, not secrets


def _hidden(rng: random.Random) -> tuple[Case, ...]:
    weights = rng.choice(("tf_model.h5", "model-00001-of-00002.safetensors", "rust_model.ot"))
    other = rng.choice(("tokenizer.json", "spiece model", "vocab.txt"))
    return _cases(rng, weights, rng.choice(("export", "quantized", "fp 16")), other)


def _oracle(case: Case) -> Observation:
    return case.facts == "pointer"


def _join(_case: Case, report: Mapping, _seen: Mapping) -> Observation:
    calls = report.get("returned")
    assert isinstance(calls, Sequence)
    return calls.items[-1]


def _words(case: Case, difference: Difference) -> Message:
    if isinstance(difference.got, bool) and difference.got:
        return _("`{path}` isn't a pointer, but the function returns True", path=str(case.arguments[0]))
    if isinstance(difference.got, bool):
        return _("`{path}` is a pointer, but the function returns False", path=str(case.arguments[0]))
    return _("expected True or False, got {got}", got=describe(difference.got))


def _told(_case: Case, _answer: Observation) -> Message:
    return _("Pointers, real weights, an empty file and texts that are nearly pointers were told apart.")


#: A wrong answer about a file, from its path and its content.
_Rule = Callable[[str, bytes], Observation]

_LINE, _ADDRESS = FIRST_LINE.encode(), ADDRESS.encode()


def _by(*rules: _Rule) -> tuple[WrongModel, ...]:
    """The wrong models of rules."""

    def model(rule: _Rule) -> WrongModel:
        return lambda case: rule(*_file(case))

    return tuple(map(model, rules))


def _file(case: Case) -> tuple[str, bytes]:
    assert case.setting is not None
    (file,) = case.setting.files
    return file.path, file.content()


def _first(content: bytes) -> bytes:
    return content.split(b"\n", 1)[0]


def _is_pointer(content: bytes) -> bool:
    return content.startswith(_LINE + b"\n")


def _shorter(low: int, high: int) -> _Rule:
    return lambda _path, content: low < len(content) < high


def _named(*endings: str, most: int | None = None) -> _Rule:
    return lambda path, content: path.endswith(endings) and (most is None or len(content) < most)


def _as_text(rule: _Rule) -> _Rule:
    """A wrong rule that reads every file as text."""

    def read(path: str, content: bytes) -> Observation:
        try:
            content.decode()
        except UnicodeDecodeError:
            return Raised("UnicodeDecodeError")
        return rule(path, content)

    return read


def _of_first_item(rule: _Rule) -> _Rule:
    """A wrong rule that takes the first item of a list of lines, which an empty file doesn't have."""
    return lambda path, content: rule(path, content) if content else Raised("IndexError")


#: Endings of names that people list, from the shortest list to the longest.
_ENDINGS = (".safetensors", ".bin", ".onnx", ".h5", ".ot", ".pt")
_NAMES = (
    (".safetensors",), (".safetensors", ".bin"), (".safetensors", ".onnx"),
    *(_ENDINGS[:count] for count in range(3, len(_ENDINGS) + 1)),
)  # fmt: skip
#: Sizes between which people look for pointers.
_SIZES = (
    (-1, 135), (-1, 140), (-1, 150), (-1, 200), (-1, 300), (-1, 1024), (0, 200), (0, 300), (0, 1024), (100, 150),
    (100, 200), (100, 300), (100, 1024), (120, 140), (125, 136),
)  # fmt: skip


def _instead(yes: Observation, no: Observation) -> WrongModel:
    return lambda case: yes if case.facts == "pointer" else no


MISCONCEPTIONS = (
    Misconception(
        "by-size",
        _("A short file is taken for a pointer. Many files are short: configurations, notes, an empty file."),
        _("Look at what stands in the file: how does a pointer begin?"),
        _by(*(_shorter(*limits) for limits in _SIZES)),
        examples=(
            _wrong("plain edges", "return os.path.getsize(path) < 200"),
            _wrong("plain edges", "return 100 < os.path.getsize(path) < 1024"),
            _wrong("edges", "return 125 < os.path.getsize(path) < 136"),
        ),
    ),
    Misconception(
        "by-name",
        _(
            "The answer depends on the file's name. A pointer has the same name as the file that it stands "
            "for: only the content tells them apart."
        ),
        _("Open the file at `path`, and look at its first line."),
        _by(*(_named(*endings) for endings in _NAMES)),
        examples=(
            _wrong("plain edges", 'return path.endswith(".safetensors")'),
            _wrong("plain edges", 'return os.path.splitext(path)[1] in (".bin", ".safetensors", ".onnx")'),
        ),
    ),
    Misconception(
        "mentioned-anywhere",
        _("A file that only mentions git-lfs somewhere is taken for a pointer."),
        _("Compare the beginning of the file, and nothing further down."),
        _by(
            lambda _path, content: _LINE in content,
            lambda _path, content: b"git-lfs" in content,
            lambda _path, content: _LINE + b"\n" in content[:100],
            lambda _path, content: _LINE in content[:200],
            lambda _path, content: b"oid sha256:" in content,
            lambda _path, content: _ADDRESS in content,
        ),
        examples=(
            _wrong("edges", f'return "{FIRST_LINE}" in open(path, errors="replace").read()'),
            _wrong("edges", 'return b"git-lfs" in open(path, "rb").read()'),
            _wrong("edges", f'return b"{FIRST_LINE}\\n" in open(path, "rb").read(100)'),
            _wrong("edges", 'return b"oid sha256:" in open(path, "rb").read()'),
        ),
    ),
    Misconception(
        "in-the-first-line",
        _("A first line that only holds the words of a pointer is taken for a pointer's: it may begin otherwise."),
        _("Compare the whole first line, or the file's beginning up to and including the line's end."),
        _by(
            lambda _path, content: _ADDRESS in _first(content),
            lambda _path, content: _LINE in _first(content),
            lambda _path, content: b"git-lfs" in _first(content),
        ),
        examples=(_wrong("edges", _FIRST, 'return "git-lfs.github.com/spec/v1" in first'),),
    ),
    Misconception(
        "by-size-and-name",
        _(
            "Short files with the name of weights are taken for pointers. Real weights can be short, and a pointer can "
            "have any name."
        ),
        _("Open the file at `path`, and look at its first line."),
        _by(*(_named(*endings, most=most) for endings in _NAMES[2:] for most in (140, 200, 300, 1024))),
        examples=(_wrong(
            "plain edges",
            'return path.endswith((".safetensors", ".bin", ".onnx", ".h5", ".ot")) '
            "and os.path.getsize(path) < 1024",
        ),),
    ),
    Misconception(
        "second-word-only",
        _("Only the second word of the first line is compared. The first word has to be `version`, too."),
        _("Compare the whole first line."),
        _by(lambda _path, content: _first(content).split()[1:2] == [_ADDRESS]),
        examples=(_wrong(
            "edges", 'words = open(path, "rb").readline().split()',
            'return len(words) > 1 and words[1] == b"https://git-lfs.github.com/spec/v1"',
        ),),
    ),
    Misconception(
        "skips-empty-lines",
        _(
            "Empty lines at the start are skipped, because the content was stripped first. Then another line counts as "
            "the first."
        ),
        _("Read the first line, and strip nothing but its end."),
        _by(
            lambda _path, content: _first(content.strip()) == _LINE,
            lambda _path, content: content.lstrip().startswith(_LINE),
        ),
        examples=(
            _wrong("edges", f'return open(path, "rb").read().strip().split(b"\\n")[0] == b"{FIRST_LINE}"'),
            _wrong("edges", f'return open(path, "rb").read().lstrip().startswith(b"{FIRST_LINE}\\n")'),
        ),
    ),
    Misconception(
        "ignores-capitals",
        _("Capital and small letters are treated alike. The line of a pointer is in small letters."),
        _("Compare the line as it is, without lower()."),
        _by(
            lambda _path, content: _first(content).lower() == _LINE,
            lambda _path, content: content.lower().startswith(_LINE),
        ),
        examples=(_wrong("edges", f'return open(path, "rb").readline().strip().lower() == b"{FIRST_LINE}"'),),
    ),
    Misconception(
        "ends-with-it",
        _("A first line that ends with the words of a pointer is taken for a pointer's: it may begin otherwise."),
        _("Compare the whole first line, and not its end."),
        _by(
            lambda _path, content: _first(content).endswith(_ADDRESS),
            lambda _path, content: _first(content).endswith(_LINE),
        ),
        examples=(_wrong("edges", _FIRST, 'return first.strip().endswith("git-lfs.github.com/spec/v1")'),),
    ),
    Misconception(
        "any-version",
        _("Every file that begins with the word `version` is taken for a pointer. Other formats begin so, too."),
        _("Compare the whole first line."),
        _by(lambda _path, content: content.startswith(b"version")),
        examples=(
            _wrong("edges", 'return open(path, "rb").read().startswith(b"version")'),
            _wrong("edges", _FIRST, 'return first.split(" ")[0] == "version"'),
        ),
    ),
    Misconception(
        "line-goes-on",
        _(
            "The first line begins as that of a pointer, and goes on: `…/spec/v1.5` is another format. Who compares "
            "the beginning alone does not see where the line ends."
        ),
        _("Compare the line's end as well, with `startswith(b'...spec/v1\\n')`, or compare the whole first line."),
        _by(lambda _path, content: content.startswith(_LINE)),
        examples=(_wrong("edges", f'return open(path, "rb").read(100).startswith(b"{FIRST_LINE}")'),),
    ),
    Misconception(
        "any-line",
        _("Every line of the file is looked at. Only the first line tells a pointer."),
        _("Read one line, or the first bytes, and compare them alone."),
        _by(lambda _path, content: _LINE in content.split(b"\n")),
        examples=(_wrong("edges", f'return b"{FIRST_LINE}\\n" in open(path, "rb").readlines()'),),
    ),
    Misconception(
        "empty-is-a-pointer",
        _(
            "An empty file is taken for a pointer. `git lfs pointer --check` says so too, because git-lfs leaves empty "
            "files as they are; a pointer has a first line."
        ),
        _("An empty file has no pointer line: return False."),
        _by(
            lambda _path, content: _is_pointer(content) or not content,
            # git-lfs itself does not mind empty lines either.
            lambda _path, content: _is_pointer(content.strip() + b"\n") or not content,
        ),
        examples=(_wrong(
            "edges", 'command = ["git", "lfs", "pointer", "--check", "--file", path]',
            "return __import__('subprocess').run(command, capture_output=True).returncode == 0",
        ),),
    ),
    Misconception(
        "reads-weights-as-text",
        _("Real weights are bytes and no text: reading them as text raises UnicodeDecodeError."),
        _('Open the file for bytes, mode "rb", and compare with bytes, b"...".'),
        _by(
            _as_text(lambda _path, content: _is_pointer(content)),
            _as_text(lambda _path, content: content.startswith(_LINE)),
        ),
        examples=(
            _wrong("plain", f'return open(path, encoding="utf-8").read().startswith("{FIRST_LINE}\\n")'),
            _wrong("plain edges", f'return open(path, encoding="utf-8").read().startswith("{FIRST_LINE}")'),
        ),
    ),
    Misconception(
        "no-first-line",
        _("An empty file has no first line, and asking a list for its first item raises IndexError."),
        _("Ask for the first bytes of the file instead: of an empty file they are just none."),
        _by(
            _of_first_item(lambda _path, content: _is_pointer(content)),
            _of_first_item(lambda _path, content: content.startswith(_LINE)),
        ),
        examples=(
            _wrong("edges", f'return open(path, "rb").readlines()[0].startswith(b"{FIRST_LINE}")'),
            _wrong("edges", f'return open(path, "rb").read().splitlines()[0] == b"{FIRST_LINE}"'),
        ),
    ),
    Misconception(
        "the-other-way-round",
        _("The answers are the wrong way round: True means that the file is a pointer."),
        _("Turn the comparison round."),
        _by(
            lambda _path, content: not _is_pointer(content),
            lambda _path, content: not content.startswith(_LINE),
        ),
        examples=(_wrong("plain edges", f'return not open(path, "rb").read().startswith(b"{FIRST_LINE}")'),),
    ),
    Misconception(
        "always-true",
        _("The function says True of every file, also of real weights and of an empty file."),
        _("Open the file at `path` and compare its first line."),
        (_instead(True, True),),
        examples=(
            _wrong("plain edges", "return True"),
            _wrong("plain edges", "return os.path.exists(path)"),
        ),
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
        examples=(
            _wrong("plain edges", f'return path.startswith("{FIRST_LINE}")'),
            _wrong("plain edges", f'return open(path, "rb").readline() == "{FIRST_LINE}\\n"'),
            _wrong("plain edges", _FIRST, f'return first == "{FIRST_LINE}"'),
        ),
    ),
    Misconception(
        "only-one-return",
        _(
            "For one of the two answers the function returns nothing: where no return statement is reached, Python "
            "returns None, and None is not False."
        ),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        (_instead(True, None), _instead(None, False)),
        examples=(_wrong("plain edges", f'if open(path, "rb").readline() == b"{FIRST_LINE}\\n":', "    return True"),),
    ),
    Misconception(
        "numbers-or-texts",
        _("The answers mean the right thing, but they are numbers or texts: return True and False, not 1 or 'True'."),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        (_instead(1, 0), _instead("True", "False"), _instead("true", "false"), _instead("yes", "no")),
        examples=(
            _wrong("plain edges", f'return int(open(path, "rb").readline() == b"{FIRST_LINE}\\n")'),
            _wrong("plain edges", f'return str(open(path, "rb").readline() == b"{FIRST_LINE}\\n")'),
        ),
    ),
    Misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return True or False."),
        (_instead(None, None),),
        examples=(_wrong("plain edges", f'open(path, "rb").read().startswith(b"{FIRST_LINE}")'),),
    ),
)  # fmt: skip

SOLUTION = """\
def is_lfs_pointer(path):
    with open(path, "rb") as file:
        return file.read(100).startswith(b"version https://git-lfs.github.com/spec/v1\\n")
"""

RIGHT = (
    _right(
        "the first line, pathlib, a comparison", "import pathlib", 'with pathlib.Path(path).open("rb") as file:',
        f'    return file.readline().strip() == b"{FIRST_LINE}"',
    ),
    _right(
        "as text, with an exception", "try:", '    with open(path, encoding="utf-8") as file:',
        f'        return next(file, "").rstrip() == "{FIRST_LINE}"', "except UnicodeDecodeError:", "    return False",
    ),
)  # fmt: skip

QUESTION = Question(
    id="2.5/is_lfs_pointer",
    number=1,
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
    act=Act("call", _join, seconds=5.0),
    presentation=Presentation(words=_words, achieved=_told),
    teaching=Teaching(
        title=_("Is this file a pointer?"),
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
        right=RIGHT,
    ),
)
