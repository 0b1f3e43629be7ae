"""Every name and command that an exercise needs was used in an earlier lesson.

The reference solutions of ``source/`` are compared with the code cells of the lessons up to the same section:
functions, attributes and keyword arguments of Python, commands of the shell.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from pathlib import Path

import pytest

from autograde import notebooks
from autograde.settings import KIT

EXERCISES = {path.parent.name.split("-")[0]: path for path in sorted((KIT / "source").glob("*/*.ipynb"))}
LESSONS = {path.name.split("-")[0]: path for path in sorted((KIT / "course").glob("[0-9]*.ipynb"))}

#: Names that every Python course teaches.
PYTHON = {"encode", "decode", "read", "read_text", "startswith", "index", "append", "encoding", *dir(builtins)}

#: Shell commands whose second word matters.
SUBCOMMANDS = ("git", "hf")


def code(path: Path) -> list[str]:
    cells = notebooks.one_language(notebooks.read(path), "en").cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


def blocks(path: Path) -> list[str]:
    """Return the blocks of shell commands in a lesson's text."""
    cells = notebooks.one_language(notebooks.read(path), "en").cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"```(?:bash|console|sh)\n(.*?)```", text, re.DOTALL)


def solutions(path: Path) -> list[str]:
    found = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", "\n".join(code(path)), re.DOTALL)
    return [textwrap.dedent(each) for each in found]


def python_names(text: str) -> set[str]:
    """Return called functions, attributes, keyword arguments, and ``**`` in a call."""
    lines = [re.sub(r"^(\s*)[!%].*", r"\1pass", line) for line in text.splitlines()]
    # A solution is the body of a function.
    tree = ast.parse("def cell():\n" + textwrap.indent("\n".join(lines) or "pass", "    "))
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Call):
            names |= {"**" if keyword.arg is None else keyword.arg for keyword in node.keywords}
            if isinstance(node.func, ast.Name):
                names.add(node.func.id)
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
    return names


def shell_names(text: str) -> set[str]:
    """Return commands, with their subcommand where it matters: ``git lfs pull``, ``cp``."""
    names = set()
    for line in re.split(r"\n|&&|;", text):
        words = [
            word
            for word in re.sub(r"^(\$ |[!%])", "", line.strip()).split()
            if not word.startswith(("-C", '"', "{", "$"))
        ]
        if not words or not re.fullmatch(r"[a-z]+", words[0]):
            continue
        count = 1 if words[0] not in SUBCOMMANDS else 3 if words[1:2] in (["lfs"], ["auth"]) else 2
        names.add(" ".join(words[:count]))
    return names


def needed(section: str) -> tuple[set[str], set[str]]:
    """Return the Python names and shell commands in an exercise's reference solutions."""
    names: set[str] = set()
    commands: set[str] = set()
    for solution in solutions(EXERCISES[section]):
        try:
            names |= python_names(solution)
        except SyntaxError:
            commands |= shell_names(solution)
    return names - PYTHON, commands


def taught(section: str) -> tuple[set[str], set[str]]:
    """Return the Python names and shell commands in all lessons up to ``section``."""
    names: set[str] = set()
    commands: set[str] = set()
    for lesson, path in LESSONS.items():
        if float(re.match(r"[\d.]+", lesson)[0]) <= float(section):  # type: ignore[index]
            for cell in code(path):
                names |= python_names(cell)
                commands |= shell_names("\n".join(re.findall(r"(?m)^\s*[!%](.*)", cell)))
            for block in blocks(path):
                commands |= shell_names(block)
    return names, commands


@pytest.mark.parametrize("section", EXERCISES)
def test_names_and_commands_of_an_exercise_were_used_in_earlier_lessons(section: str) -> None:
    names, commands = needed(section)
    known, known_commands = taught(section)
    assert sorted(names - known) == []
    # Where the learner fills in the last word, the lesson's code has the command without it.
    unknown = {command for command in commands - known_commands if command.rpartition(" ")[0] not in known_commands}
    assert sorted(unknown) == []


def test_names_and_commands_in_solutions_are_found() -> None:
    names, _commands = needed("2.6")
    assert {"sep_token_id", "hidden_size", "no_grad", "token_type_ids", "tensor"} <= names
    assert needed("2.4")[1] == {"git clone", "cd", "cp", "git add", "git commit", "git push"}
    assert "git lfs pull" in needed("2.5")[1]
