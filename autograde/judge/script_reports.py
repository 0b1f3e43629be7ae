"""What the report of a script says: mistakes in its text, the clones that it left, and the error that explains most."""

from __future__ import annotations

from enum import StrEnum

from autograde.judge.error_lines import most_informative
from autograde.judge.messages import Message, _
from autograde.judge.observation import Mapping, Observation


class ScriptMistake(StrEnum):
    """A mistake in a script's text that explains why the whole script failed."""

    #: A line as in a notebook: ``!git``, ``%cd``, or ``{name}`` for a variable.
    NOTEBOOK = "notebook"
    #: The terminal's ``$`` at the beginning of a line.
    PROMPT = "prompt"
    #: Curled quotation marks.
    TYPOGRAPHIC = "typographic"
    #: A variable between single quotation marks stays the text ``$NAME``.
    QUOTES = "quotes"
    #: The model folder's variable outside quotation marks: bash splits its value at blanks.
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
    """A step that the script's text contains."""

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
    """The texts of a list in a script's report."""
    return tuple(item for item in report.sequence(name) if isinstance(item, str))


def quoted(report: Mapping) -> str:
    """Return the best explanation why a script failed: an unset variable, or a program's error message."""
    if unknown := texts(report, "unknown"):
        return f"${unknown[0]}"
    return most_informative(texts(report, "errors"))


def quote(answer: Observation) -> Message | None:
    """The clause about the entry ``error`` of an answer, which is what :func:`quoted` found."""
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, str) or not error:
        return None
    if error.startswith("$"):
        return _("the variable {name} isn't set, so bash treats it as empty", name=error)
    return _("the error was: `{line}`", line=error.replace("`", "'"))
