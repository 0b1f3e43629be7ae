"""2.5, pointers: mistakes in reading the file, and answers other than True or False."""

from __future__ import annotations

from autograde.judge.messages import _
from autograde.judge.observation import Observation, Raised
from autograde.judge.question import WrongModel, misconception
from autograde.questions.download_with_git_clone.is_lfs_pointer.cases import CHANGED, FIRST_LINE
from autograde.questions.download_with_git_clone.is_lfs_pointer.solutions import FIRST, wrong
from autograde.questions.download_with_git_clone.is_lfs_pointer.wrong_rules import LINE, Rule, by_rules


def _is_pointer(content: bytes) -> bool:
    return content.startswith(LINE + b"\n")


def _as_text(rule: Rule) -> Rule:
    """Return a wrong rule that reads every file as text."""

    def read(path: str, content: bytes) -> Observation:
        try:
            content.decode()
        except UnicodeDecodeError:
            return Raised("UnicodeDecodeError")
        return rule(path, content)

    return read


def _of_first_item(rule: Rule) -> Rule:
    """Return a wrong rule that takes the first item of a list of lines, which an empty file doesn't have."""
    return lambda path, content: rule(path, content) if content else Raised("IndexError")


def _instead(yes: Observation, no: Observation) -> WrongModel:
    return lambda case: yes if case.facts == "pointer" else no


WRONG_READING = (
    misconception(
        "changes-the-file",
        _("The function changes or removes the file that it should only look at."),
        _("Only read the file: open it in mode \"rb\", and don't move, delete or write it."),
        wrong(
            "plain edges", 'content = open(path, "rb").read()', "os.remove(path)",
            f'return content.startswith(b"{FIRST_LINE}\\n")',
        ),
        wrong(
            "plain edges", 'content = open(path, "rb").read()', 'open(path, "ab").write(b" ")',
            f'return content.startswith(b"{FIRST_LINE}\\n")',
        ),
        models=(lambda _case: CHANGED,),
    ),
    misconception(
        "empty-is-a-pointer",
        _(
            "An empty file is taken for a pointer. `git lfs pointer --check` does that, too, because git-lfs doesn't "
            "store empty files; but a pointer has a first line."
        ),
        _("An empty file has no first line: return False."),
        wrong(
            "edges", 'command = ["git", "lfs", "pointer", "--check", "--file", path]',
            "return __import__('subprocess').run(command, capture_output=True).returncode == 0",
        ),
        models=by_rules(
            lambda _path, content: _is_pointer(content) or not content,
            # git-lfs itself accepts empty lines, too.
            lambda _path, content: _is_pointer(content.strip() + b"\n") or not content,
        ),
    ),
    misconception(
        "reads-weights-as-text",
        _("Real weights are bytes, not text: reading them as text raises UnicodeDecodeError."),
        _('Open the file in mode "rb" and compare with bytes: b"...".'),
        wrong("plain", f'return open(path, encoding="utf-8").read().startswith("{FIRST_LINE}\\n")'),
        wrong("plain edges", f'return open(path, encoding="utf-8").read().startswith("{FIRST_LINE}")'),
        models=by_rules(
            _as_text(lambda _path, content: _is_pointer(content)),
            _as_text(lambda _path, content: content.startswith(LINE)),
        ),
    ),
    misconception(
        "text-with-its-line-end",
        _(
            "A line that was read still ends with `\\n`, so it never equals the text without it. And real weights are "
            "bytes, not text: reading them as text raises UnicodeDecodeError."
        ),
        _('Open the file in mode "rb", and compare the line with bytes that end with `\\n`: b"...\\n".'),
        wrong("plain edges", 'first = open(path, encoding="utf-8").readline()', f'return first == "{FIRST_LINE}"'),
        wrong(
            "plain edges", 'with open(path, encoding="utf-8") as file:',
            f'    return next(iter(file), "") == "{FIRST_LINE}"',
        ),
        models=by_rules(_as_text(lambda _path, _content: False)),
    ),
    misconception(
        "no-first-line",
        _("An empty file has no first line, so taking the first item of its list of lines raises IndexError."),
        _("Read the first bytes of the file instead: for an empty file the result is just empty."),
        wrong("edges", f'return open(path, "rb").readlines()[0].startswith(b"{FIRST_LINE}")'),
        wrong("edges", f'return open(path, "rb").read().splitlines()[0] == b"{FIRST_LINE}"'),
        models=by_rules(
            _of_first_item(lambda _path, content: _is_pointer(content)),
            _of_first_item(lambda _path, content: content.startswith(LINE)),
        ),
    ),
    misconception(
        "the-other-way-round",
        _("True and False are swapped: True means that the file is a pointer."),
        _("Negate the comparison."),
        wrong("plain edges", f'return not open(path, "rb").read().startswith(b"{FIRST_LINE}")'),
        models=by_rules(
            lambda _path, content: not _is_pointer(content),
            lambda _path, content: not content.startswith(LINE),
        ),
    ),
    misconception(
        "always-true",
        _("The function returns True for every file, even for real weights and an empty file."),
        _("Open the file at `path` and compare its first line."),
        wrong("plain edges", "return True"),
        wrong("plain edges", "return os.path.exists(path)"),
        models=(_instead(True, True),),
    ),
    misconception(
        "never-a-pointer",
        _(
            "The function returns False for every file, even for a pointer. Either it doesn't read the file, or its "
            "comparison is never true: bytes never equal a text (b'...' and '...'), and a line that was read still "
            "ends with `\\n`."
        ),
        _(
            "For the file of the first difference, print both sides of your comparison with repr(): they must have "
            "the same type and the same end."
        ),
        wrong("plain edges", f'return path.startswith("{FIRST_LINE}")'),
        wrong("plain edges", f'return open(path, "rb").readline() == "{FIRST_LINE}\\n"'),
        wrong("plain edges", FIRST, f'return first == "{FIRST_LINE}"'),
        models=(_instead(False, False),),
    ),
    misconception(
        "only-one-return",
        _(
            "In one of the two cases the function returns nothing. Without a return statement Python returns None, "
            "and None is not False."
        ),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        wrong("plain edges", f'if open(path, "rb").readline() == b"{FIRST_LINE}\\n":', "    return True"),
        models=(_instead(True, None), _instead(None, False)),
    ),
    misconception(
        "numbers-or-texts",
        _("The answers mean the right thing, but they are numbers or texts. Return True or False, not 1 or 'True'."),
        _("Return the comparison itself: `return ... == ...` gives True or False."),
        wrong("plain edges", f'return int(open(path, "rb").readline() == b"{FIRST_LINE}\\n")'),
        wrong("plain edges", f'return str(open(path, "rb").readline() == b"{FIRST_LINE}\\n")'),
        models=(_instead(1, 0), _instead("True", "False"), _instead("true", "false"), _instead("yes", "no")),
    ),
    misconception(
        "returns-nothing",
        _("The function returns nothing: without a return statement, Python returns None."),
        _("Return True or False."),
        wrong("plain edges", f'open(path, "rb").read().startswith(b"{FIRST_LINE}")'),
        models=(_instead(None, None),),
    ),
)  # fmt: skip
