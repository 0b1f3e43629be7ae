"""Find mistakes in a script's text that explain why it failed. They do not affect the points."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from autograde.judge.script_reports import GitCommand, ScriptMistake

_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_SET = (
    re.compile(r"(?:^|[\s;&|(])(?:export\s+|local\s+|declare\s+)?([A-Za-z_][A-Za-z0-9_]*)=", re.MULTILINE),
    re.compile(r"\bfor\s+([A-Za-z_][A-Za-z0-9_]*)\b"),
    re.compile(r"\b(?:read|mapfile|readarray|getopts)\b([^;|&\n]*)"),
)
# bash's own variables, which a script may use without setting them.
_OF_BASH = re.compile(r"BASH\w*|PWD|OLDPWD|RANDOM|SECONDS|LINENO|UID|EUID|PPID|IFS|HOSTNAME|OSTYPE|REPLY|PIPESTATUS|_")


def code(script: str) -> str:
    """Return the script without comment lines."""
    return "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("#"))


def unused(script: str, variables: Collection[str]) -> tuple[str, ...]:
    """Return the variables that the script does not use."""
    text = code(script)
    return tuple(name for name in variables if not re.search(rf"\b{name}\b", text))


def unknown(script: str, environment: Collection[str]) -> tuple[str, ...]:
    """Return the variables that the script uses but that are not set; bash treats them as empty."""
    text = re.sub(r"'[^'\n]*'", "''", code(script))
    own = {name for pattern in _SET for found in pattern.finditer(text) for name in found[1].split()}
    used = dict.fromkeys(found[1] for found in _VARIABLE.finditer(text))
    return tuple(
        name[:100] for name in used if name not in own and name not in environment and not _OF_BASH.fullmatch(name)
    )


def mistakes(script: str, variables: Collection[str]) -> tuple[ScriptMistake, ...]:
    """Return the mistakes in the script's text."""
    return tuple(_mistakes(code(script), variables))


def commands(script: str) -> tuple[GitCommand, ...]:
    """Return the steps in the script."""
    text = code(script)
    return tuple(command for command, pattern in _COMMANDS.items() if re.search(pattern, text))


_COMMANDS = {
    GitCommand.CLONE: r"\b(?:clone|fetch|pull|remote)\b",
    GitCommand.PUSH: r"\bpush\b",
    GitCommand.LFS: r"\blfs\b",
}


#: A Python variable of lessons 2.4 and 2.5 in braces, which a cell puts in after ``!``. Others may be bash's or awk's.
_OF_A_LESSON = re.compile(
    r"(?<![$\w])\{(?:lesson\.\w+|name|clone|pointers|model_folder|command|message|notes|address)\}"
)


#: Curled quotation marks, and the wide signs and spaces of a Chinese keyboard.
_TYPOGRAPHIC = re.compile("[“”‘’\u3000、。！-～￥—]")
#: Where these signs do no harm: between straight quotation marks, in a comment, and in text for people.
_PROSE = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[ \t]#.*|\b(?:echo|printf) .*|-m *[^\s\"']+")
#: A variable with such signs, which also fails between straight quotation marks.
_TYPOGRAPHIC_VARIABLE = re.compile(r"[＄￥]\{?[A-Z]|\$\{?[A-Z_]+\}?／")


def _mistakes(text: str, variables: Collection[str]) -> Iterator[ScriptMistake]:
    if re.search(r"^[ \t]*(?:![A-Za-z]|%{1,2}[a-z])", text, re.MULTILINE) or _OF_A_LESSON.search(text):
        yield ScriptMistake.NOTEBOOK
    if re.search(r"^[ \t]*\$ +[A-Za-z]", text, re.MULTILINE):
        yield ScriptMistake.PROMPT
    if "<<" not in text and (_TYPOGRAPHIC.search(_PROSE.sub('""', text)) or _TYPOGRAPHIC_VARIABLE.search(text)):
        yield ScriptMistake.TYPOGRAPHIC
    names = "|".join(map(re.escape, (*variables, "HF_ENDPOINT")))
    # Single quotation marks have no meaning between double ones.
    if re.search(rf"'[^'\n]*\$\{{?(?:{names})\b[^'\n]*'", re.sub(r'"[^"\n]*"', '""', text)):
        yield ScriptMistake.QUOTES
    # Only this variable's value may contain spaces. Assignments don't split it.
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|\b\w+=\S*", '""', text)
    if re.search(r"\$(?:MODEL_FOLDER\b|\{MODEL_FOLDER\b)", bare):
        yield ScriptMistake.UNQUOTED
    if re.search(r"(?:https?://|git@|ssh://\S*)(?:www\.)?(?:huggingface\.co|hf\.co)\b", text):
        yield ScriptMistake.HUB
    if re.search(r"\blfs\s+uninstall\b|filter\.lfs|GIT_LFS_SKIP_SMUDGE|--no-filters", text):
        yield ScriptMistake.LFS_OFF
    # A here-document (``<<``) may hold Python.
    if "<<" not in text and re.search(
        r"^[ \t]*(?:import [a-z]|from [\w.]+ import |def \w+\(|print\()", text, re.MULTILINE
    ):
        yield ScriptMistake.PYTHON
    steps = re.findall(r"\b(push|commit)\b", text)
    if "push" in steps and steps[-1] == "commit":
        yield ScriptMistake.PUSH_FIRST
