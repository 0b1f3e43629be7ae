"""Find the lines of a script's output that say why it failed.

The lines are quoted to the learner, and distinguish causes with the same result: a Hub without a push looks the same
if there was no push or if it was refused. They never change the points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Most complaints that are kept, and the longest.
MOST, LONGEST = 12, 300

# Colours, cursor movements, and links, as terminals understand them.
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)

# Programs whose every failure begins with their name. Not `rm` and `mkdir`: what they say is harmless nearly always.
_PROGRAMS = "fatal|error|Error|ERROR|remote|git|hf|cp|mv|cd|cat|ln|tar|rsync|curl|wget|ssh|find|bash|sh|python3?|LFS"
_COMPLAINT = re.compile(
    rf"(?:{_PROGRAMS}|batch response|\w+(?:Error|Exception)):\s+(?!-----)\S"
    r"|! \[(?:remote )?rejected\]"
    r"|\S+\.sh: line \d+: "
    r"|Aborting commit|nothing (?:added )?to commit|no changes added to commit|Not in a Git repository"
    r"|hint: Your push was rejected"
)
# Of the Hub's own words the one line that says why.
_OWN_WORDS = re.compile(r"remote: .*(?:rejected|refused|forbidden|cannot|only|no longer|read token)", re.IGNORECASE)

#: What complaints are about; see :func:`kinds`.
_KINDS = {
    "pointers": r"LFS pointer pointed to a file that does not exist|rejected due to missing or corrupt local objects",
    "large": r"larger than 10 MiB|contains binary files",
    "behind": r"\((?:fetch first|non-fast-forward)\)",
    "refused": r"! \[(?:remote )?rejected\]|failed to push some refs|has no upstream branch|src refspec",
    "exists": r"destination path .* already exists and is not an empty directory",
    "outside": r"[Nn]ot (?:a|in a) [Gg]it repository",
    "address": r"repository '.*' (?:not found|does not exist)|Could not read from remote repository",
    "folder": r"(?:cp|mv|tar|rsync): .*No such file",
    "cd": r": cd: .*No such file",
    "recursive": r"cp: -r not specified",
    "not added": r"nothing added to commit|no changes added to commit",
}  # fmt: skip

#: The kinds whose own line says more than an earlier complaint.
_DECISIVE = ("pointers", "large", "behind")


def plain(text: str) -> str:
    """The text as a terminal would leave it: without colours, and of an overwritten line only the last state."""
    lines = (line.rstrip().rsplit("\r", 1)[-1] for line in _CONTROL.sub("", text).split("\n"))
    return "\n".join(map(str.rstrip, lines))


def complaints(text: str) -> tuple[str, ...]:
    """The lines of a script's output that tell of something that failed, in their order, each once."""
    lines = (line.strip()[:LONGEST] for line in plain(text).split("\n"))
    return tuple(dict.fromkeys(line for line in lines if _COMPLAINT.match(line)))[:MOST]


def kinds(lines: Sequence[str]) -> frozenset[str]:
    """Return what the complaints are about: ``pointers`` without their content, ``large`` or binary files outside LFS,
    a repository that is ``behind`` the Hub's, a push ``refused``, a folder that ``exists``, git called ``outside`` of a
    repository, an ``address`` without one, a ``folder`` that is not there, ``cd`` into one that is not, a copy that is
    not ``recursive``, a commit of what was ``not added``.
    """
    return frozenset(kind for kind, pattern in _KINDS.items() if any(re.search(pattern, line) for line in lines))


def telling(lines: Sequence[str]) -> str:
    """The one complaint that says most about why nothing came of a script; ``""`` when there is none."""
    own = [line for line in lines if not line.startswith("remote:") or _OWN_WORDS.match(line)]
    decisive = [line for kind in _DECISIVE for line in own if re.search(_KINDS[kind], line)]
    said = next(iter(decisive or own), "")
    if said.endswith(":"):
        # The Hub gives its reason in the line below.
        below = [*lines, ""][[*lines, ""].index(said) + 1]
        said = f"{said} {below.removeprefix('remote:').strip(' -')}".strip()
    return said.rstrip(".:")
