"""Interpret the report of a script: mistakes in its text, its clones, and the most informative error."""

from __future__ import annotations

from enum import StrEnum

from autograde.judge.error_lines import most_informative
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation


class ScriptMistake(StrEnum):
    """A mistake in a script's text that makes the complete script fail."""

    #: A line as in a notebook: ``!git``, ``%cd``, or ``{name}`` for a variable.
    NOTEBOOK = "notebook"
    #: The terminal's ``$`` at the beginning of a line.
    PROMPT = "prompt"
    #: Curled quotation marks, or wide signs of a Chinese keyboard.
    TYPOGRAPHIC = "typographic"
    #: A variable between single quotation marks stays the text ``$NAME``.
    QUOTES = "quotes"
    #: The model folder's variable outside quotation marks: bash splits its value at spaces.
    UNQUOTED = "unquoted"
    #: A huggingface.co URL instead of ``$HF_ENDPOINT``.
    HUB = "hub"
    #: git-lfs is switched off.
    LFS_OFF = "lfs-off"
    #: Lines of Python.
    PYTHON = "python"
    #: The last ``git push`` comes before the last ``git commit``.
    PUSH_FIRST = "push-first"


class GitCommand(StrEnum):
    """A step in the script's text."""

    #: ``git clone``, or another way to get a repository.
    CLONE = "clone"
    PUSH = "push"
    #: A command of git-lfs.
    LFS = "lfs"


class CloneState(StrEnum):
    """How far the work in a clone got."""

    NOT_ADDED = "not-added"
    NOT_COMMITTED = "not-committed"
    NOT_PUSHED = "not-pushed"
    #: Every commit is on a remote, and no file has changed.
    CLEAN = "clean"
    BARE = "bare"
    BROKEN = "broken"


def texts(report: Mapping, name: str) -> tuple[str, ...]:
    """Return the strings in a list of a script's report."""
    return tuple(item for item in report.sequence(name) if isinstance(item, str))


def quoted(report: Mapping) -> str:
    """Return the best explanation of a script's failure: an unset variable, or a program's error message."""
    if unknown := texts(report, "unknown"):
        return f"${unknown[0]}"
    return most_informative(texts(report, "errors"))


def quote(answer: Observation) -> Message | None:
    """Return the clause about an answer's entry ``error``, which is the result of :func:`quoted`."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, str) or not error:
        return None
    if error.startswith("$"):
        return _("the variable {name} isn't set, so bash treats it as empty", name=error)
    return _("the error was: `{line}`", line=error.replace("`", "'"))
