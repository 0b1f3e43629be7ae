"""Find the lines of a script's output that explain why it failed.

The lines are quoted to the learner and distinguish causes with the same result, such as a missing push and a refused
one. They never change the points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

#: Most error lines that are kept, and most characters of one.
MOST, LONGEST = 12, 300

# Escape sequences of a terminal: colours, cursor movements and links.
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)

# Programs whose error messages begin with their name. Not `rm` and `mkdir`, whose messages are almost always harmless.
_PROGRAMS = "fatal|error|Error|ERROR|remote|git|hf|cp|mv|cd|cat|ln|tar|rsync|curl|wget|ssh|find|bash|sh|python3?|LFS"
_ERROR = re.compile(
    rf"(?:{_PROGRAMS}|batch response|\w+(?:Error|Exception)):\s+(?!-----)\S"
    r"|! \[(?:remote )?rejected\]"
    r"|\S+\.sh: line \d+: "
    r"|Aborting commit|nothing (?:added )?to commit|no changes added to commit|Not in a Git repository"
    r"|hint: Your push was rejected"
)
# The line of the Hub's message with the reason.
_OWN_WORDS = re.compile(r"remote: .*(?:rejected|refused|forbidden|cannot|only|no longer|read token)", re.IGNORECASE)


class ErrorKind(StrEnum):
    """The kind of problem that an error line reports."""

    #: LFS pointers were pushed without their files.
    POINTERS = "pointers"
    #: Large or binary files outside LFS.
    LARGE = "large"
    #: The repository lacks commits that the Hub has.
    BEHIND = "behind"
    #: A push was refused.
    REFUSED = "refused"
    #: The folder for the clone exists.
    EXISTS = "exists"
    #: git was called outside a repository.
    OUTSIDE = "outside"
    #: There is no repository at the address.
    ADDRESS = "address"
    #: A file or folder to copy does not exist.
    FOLDER = "folder"
    #: A folder to enter does not exist.
    CD = "cd"
    #: A folder was copied without ``-r``.
    RECURSIVE = "recursive"
    #: A commit of files that were not added.
    NOT_ADDED = "not-added"
    #: bash cannot read the script to its end.
    SYNTAX = "syntax"


_PATTERNS = {
    ErrorKind.POINTERS:
        r"LFS pointer pointed to a file that does not exist|rejected due to missing or corrupt local objects",
    ErrorKind.LARGE: r"larger than 10 MiB|contains binary files",
    ErrorKind.BEHIND: r"\((?:fetch first|non-fast-forward)\)",
    ErrorKind.REFUSED: r"! \[(?:remote )?rejected\]|failed to push some refs|has no upstream branch|src refspec",
    ErrorKind.EXISTS: r"destination path .* already exists and is not an empty directory",
    ErrorKind.OUTSIDE: r"[Nn]ot (?:a|in a) [Gg]it repository",
    ErrorKind.ADDRESS:
        r"repository '.*' (?:not found|does not exist)|Could not read from remote repository"
        r"|fatal: Too many arguments|unable to access '.*': (?:URL |Port number |Could not resolve host)",
    ErrorKind.FOLDER: r"(?:cp|mv|tar|rsync): .*No such file|: (?:cd|pushd): too many arguments",
    ErrorKind.CD: r": cd: .*No such file",
    ErrorKind.RECURSIVE: r"cp: -r not specified",
    ErrorKind.SYNTAX: r"\.sh: line \d+: (?:syntax error|unexpected EOF)",
    ErrorKind.NOT_ADDED: r"nothing added to commit|no changes added to commit",
}  # fmt: skip

#: The kinds whose line is more informative than an earlier error.
_DECISIVE = (ErrorKind.POINTERS, ErrorKind.LARGE, ErrorKind.BEHIND)


def plain(text: str) -> str:
    """Return the text as a terminal would show it: without escape sequences, and with overwritten lines replaced."""
    lines = (line.rstrip().rsplit("\r", 1)[-1] for line in _CONTROL.sub("", text).split("\n"))
    return "\n".join(map(str.rstrip, lines))


def error_lines(text: str) -> tuple[str, ...]:
    """Return the distinct lines of a script's output that report an error, in order."""
    lines = (line.strip()[:LONGEST] for line in plain(text).split("\n"))
    return tuple(dict.fromkeys(line for line in lines if _ERROR.match(line)))[:MOST]


def kinds(lines: Sequence[str]) -> frozenset[ErrorKind]:
    """Return the kinds of problems in the error lines."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if any(re.search(pattern, line) for line in lines))


def most_informative(lines: Sequence[str]) -> str:
    """Return the error line that best explains why a script failed; ``""`` if there are none."""
    own = [line for line in lines if not line.startswith("remote:") or _OWN_WORDS.match(line)]
    decisive = [line for kind in _DECISIVE for line in own if re.search(_PATTERNS[kind], line)]
    best_line = next(iter(decisive or own), "")
    if best_line.endswith(":"):
        # The Hub gives its reason in the line below.
        below = [*lines, ""][[*lines, ""].index(best_line) + 1]
        best_line = f"{best_line} {below.removeprefix('remote:').strip(' -')}".strip()
    return best_line.rstrip(".:")
