"""2.5, pointers: rules that mistake other files for pointers."""

from __future__ import annotations

import re
from collections.abc import Callable

from autograde.judge.cases import Case
from autograde.judge.messages import _
from autograde.judge.observation import Observation
from autograde.judge.question import WrongModel, misconception
from autograde.questions.download_with_git_clone.is_lfs_pointer.cases import ADDRESS, FIRST_LINE
from autograde.questions.download_with_git_clone.is_lfs_pointer.solutions import FIRST, wrong

#: Computes a wrong answer from a file's path and content.
Rule = Callable[[str, bytes], Observation]

LINE, _ADDRESS = FIRST_LINE.encode(), ADDRESS.encode()


def by_rules(*rules: Rule) -> tuple[WrongModel, ...]:
    """Return the wrong models for rules."""

    def model(rule: Rule) -> WrongModel:
        return lambda case: rule(*_file(case))

    return tuple(map(model, rules))


def _file(case: Case) -> tuple[str, bytes]:
    (file,) = case.initial.files
    return file.path, file.content()


def _first(content: bytes) -> bytes:
    return content.split(b"\n", 1)[0]


def _shorter(low: int, high: int) -> Rule:
    return lambda _path, content: low < len(content) < high


def _named(*endings: str, most: int | None = None) -> Rule:
    return lambda path, content: path.endswith(endings) and (most is None or len(content) < most)


#: File name endings that people list, starting with the most common.
_ENDINGS = (".safetensors", ".bin", ".onnx", ".h5", ".ot", ".pt")

_NAMES = (
    (".safetensors",), (".safetensors", ".bin"), (".safetensors", ".onnx"),
    *(_ENDINGS[:count] for count in range(3, len(_ENDINGS) + 1)),
)  # fmt: skip

#: Size ranges that people use to recognise pointers.
_SIZES = (
    (-1, 135), (-1, 140), (-1, 150), (-1, 200), (-1, 300), (-1, 1024), (0, 200), (0, 300), (0, 1024), (100, 150),
    (100, 200), (100, 300), (100, 1024), (120, 140), (125, 136),
)  # fmt: skip

WRONG_RULES = (
    misconception(
        "by-size",
        _("Every short file is taken for a pointer. But many files are short: configurations, notes, empty files."),
        _("Look at the content of the file: how does a pointer begin?"),
        wrong("plain edges", "return os.path.getsize(path) < 200"),
        wrong("plain edges", "return 100 < os.path.getsize(path) < 1024"),
        wrong("edges", "return 125 < os.path.getsize(path) < 136"),
        models=by_rules(*(_shorter(*limits) for limits in _SIZES)),
    ),
    misconception(
        "by-name",
        _(
            "The answer depends on the file's name. A pointer has the same name as the real file: only the content "
            "differs."
        ),
        _("Open the file at `path`, and look at its first line."),
        wrong("plain edges", 'return path.endswith(".safetensors")'),
        wrong("plain edges", 'return os.path.splitext(path)[1] in (".bin", ".safetensors", ".onnx")'),
        models=by_rules(*(_named(*endings) for endings in _NAMES)),
    ),
    misconception(
        "mentioned-anywhere",
        _("A file that only mentions git-lfs somewhere is taken for a pointer."),
        _("Compare only the beginning of the file."),
        wrong("edges", f'return "{FIRST_LINE}" in open(path, errors="replace").read()'),
        wrong("edges", 'return b"git-lfs" in open(path, "rb").read()'),
        wrong("edges", f'return b"{FIRST_LINE}\\n" in open(path, "rb").read(100)'),
        wrong("edges", 'return b"oid sha256:" in open(path, "rb").read()'),
        models=by_rules(
            lambda _path, content: LINE in content,
            lambda _path, content: b"git-lfs" in content,
            lambda _path, content: LINE + b"\n" in content[:100],
            lambda _path, content: LINE in content[:200],
            lambda _path, content: b"oid sha256:" in content,
            lambda _path, content: _ADDRESS in content,
        ),
    ),
    misconception(
        "in-the-first-line",
        _(
            "A file counts as a pointer if its first line contains a pointer's words. That line may begin with "
            "something else."
        ),
        _("Compare the whole first line, or the file's beginning up to and including the line's end."),
        wrong("edges", FIRST, 'return "git-lfs.github.com/spec/v1" in first'),
        models=by_rules(
            lambda _path, content: _ADDRESS in _first(content),
            lambda _path, content: LINE in _first(content),
            lambda _path, content: b"git-lfs" in _first(content),
        ),
    ),
    misconception(
        "by-size-and-name",
        _(
            "Short files that are named like weights are taken for pointers. Real weights can be short, and a pointer "
            "can have any name."
        ),
        _("Open the file at `path`, and look at its first line."),
        wrong(
            "plain edges",
            'return path.endswith((".safetensors", ".bin", ".onnx", ".h5", ".ot")) '
            "and os.path.getsize(path) < 1024",
        ),
        models=by_rules(*(_named(*endings, most=most) for endings in _NAMES[2:] for most in (140, 200, 300, 1024))),
    ),
    misconception(
        "second-word-only",
        _("Only the second word of the first line is compared. The first word has to be `version`, too."),
        _("Compare the whole first line."),
        wrong(
            "edges", 'words = open(path, "rb").readline().split()',
            'return len(words) > 1 and words[1] == b"https://git-lfs.github.com/spec/v1"',
        ),
        models=by_rules(lambda _path, content: _first(content).split()[1:2] == [_ADDRESS]),
    ),
    misconception(
        "skips-empty-lines",
        _("The content is stripped first, so empty lines at the start disappear and a later line counts as the first."),
        _("Read the first line, and strip only its end."),
        wrong("edges", f'return open(path, "rb").read().strip().split(b"\\n")[0] == b"{FIRST_LINE}"'),
        wrong("edges", f'return open(path, "rb").read().lstrip().startswith(b"{FIRST_LINE}\\n")'),
        models=by_rules(
            lambda _path, content: _first(content.strip()) == LINE,
            lambda _path, content: content.lstrip().startswith(LINE),
        ),
    ),
    misconception(
        "ignores-capitals",
        _("Upper and lower case are treated alike. The first line of a pointer is in lower case."),
        _("Compare the line as it is, without lower() and re.IGNORECASE."),
        wrong("edges", f'return open(path, "rb").readline().strip().lower() == b"{FIRST_LINE}"'),
        models=by_rules(
            lambda _path, content: _first(content).lower() == LINE,
            lambda _path, content: content.lower().startswith(LINE),
        ),
    ),
    misconception(
        "ends-with-it",
        _(
            "A file counts as a pointer if its first line ends like a pointer's. That line may begin with something "
            "else."
        ),
        _("Compare the whole first line, and not its end."),
        wrong("edges", FIRST, 'return first.strip().endswith("git-lfs.github.com/spec/v1")'),
        models=by_rules(
            lambda _path, content: _first(content).endswith(_ADDRESS),
            lambda _path, content: _first(content).endswith(LINE),
        ),
    ),
    misconception(
        "any-blanks",
        _("The words of the first line are compared, and not the spaces between them. A pointer has exactly one."),
        _("Compare the whole first line, without split()."),
        wrong("edges", f'return open(path, "rb").readline().split() == b"{FIRST_LINE}".split()'),
        wrong("edges", "import re", FIRST, rf'return bool(re.match(r"version\s+{FIRST_LINE[8:]}\s*$", first))'),
        models=by_rules(
            lambda _path, content: _first(content).split() == LINE.split(),
            lambda _path, content: re.match(rb"version\s+" + re.escape(_ADDRESS) + rb"\s", content) is not None,
        ),
    ),
    misconception(
        "any-version",
        _("Every file that begins with the word `version` is taken for a pointer. Other formats begin like that, too."),
        _("Compare the whole first line."),
        wrong("edges", 'return open(path, "rb").read().startswith(b"version")'),
        wrong("edges", FIRST, 'return first.split(" ")[0] == "version"'),
        models=by_rules(lambda _path, content: content.startswith(b"version")),
    ),
    misconception(
        "any-number",
        _("A pointer of another version counts, too: the function accepts any number at the end of the first line."),
        _("Compare the whole first line, with its `v1`."),
        wrong("edges", "import re", FIRST, f'return bool(re.match(r"{FIRST_LINE[:-1]}\\d+\\s*$", first))'),
        models=by_rules(lambda _path, content: re.fullmatch(re.escape(LINE) + rb"\d*", _first(content)) is not None),
    ),
    misconception(
        "line-goes-on",
        _(
            "A first line that begins like a pointer's may go on: `…/spec/v1.5` is another format. The function "
            "doesn't check where the line ends."
        ),
        _("Compare the line end too, with `startswith(b'...spec/v1\\n')`, or compare the whole first line."),
        wrong("edges", f'return open(path, "rb").read(100).startswith(b"{FIRST_LINE}")'),
        models=by_rules(lambda _path, content: content.startswith(LINE)),
    ),
    misconception(
        "any-line",
        _("The function looks at every line of the file. Only the first line shows whether it is a pointer."),
        _("Read only one line, or the first bytes, and compare them."),
        wrong("edges", f'return b"{FIRST_LINE}\\n" in open(path, "rb").readlines()'),
        models=by_rules(lambda _path, content: LINE in content.split(b"\n")),
    ),
)  # fmt: skip
