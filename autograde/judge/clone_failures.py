"""Find out why a script never reached the repository, and the misconception behind it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Examples
from enum import StrEnum

from autograde.judge.error_lines import ErrorKind, kinds
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import _
from autograde.judge.observation import Mapping
from autograde.judge.question import Misconception, WrongModel
from autograde.judge.script_reports import GitCommand, ScriptMistake, texts

#: Mistakes in a script's text that make it fail as a whole, in order of precedence.
TEXT_MISTAKES = (
    ScriptMistake.NOTEBOOK, ScriptMistake.PROMPT, ScriptMistake.TYPOGRAPHIC, ScriptMistake.QUOTES, ScriptMistake.PYTHON,
)  # fmt: skip


class CloneFailure(StrEnum):
    """Why a script never reached the repository, if not for one of :data:`TEXT_MISTAKES`."""

    UNKNOWN_VARIABLE = "unknown-variable"
    ANOTHER_HUB = "another-hub"
    NO_CLONE_COMMAND = "no-clone-command"
    FIXED_OWNER = "fixed-owner"
    FIXED_NAME = "fixed-name"
    WRONG_ADDRESS = "wrong-address"


def cause(report: Mapping) -> str:
    """Return why a script never reached the repository: a :class:`CloneFailure` or one of :data:`TEXT_MISTAKES`.

    Returns ``""`` if the report does not show a cause.
    """
    mistakes, unused = texts(report, "mistakes"), texts(report, "unused")
    for mistake in TEXT_MISTAKES:
        if mistake in mistakes:
            return mistake
    if ErrorKind.SYNTAX in kinds(texts(report, "errors")):
        return ErrorKind.SYNTAX
    if texts(report, "unknown"):
        return CloneFailure.UNKNOWN_VARIABLE
    if ScriptMistake.HUB in mistakes:
        return CloneFailure.ANOTHER_HUB
    if GitCommand.CLONE not in texts(report, "commands"):
        return CloneFailure.NO_CLONE_COMMAND
    if "OWNER" in unused:
        return CloneFailure.FIXED_OWNER
    if "NAME" in unused:
        return CloneFailure.FIXED_NAME
    lines = texts(report, "errors")
    if ErrorKind.ADDRESS in kinds(lines):
        return CloneFailure.WRONG_ADDRESS
    # If this is the first error, git was called outside a repository because none was cloned.
    return CloneFailure.NO_CLONE_COMMAND if ErrorKind.OUTSIDE in kinds(lines[:1]) else ""


#: A git command ran outside the clone, which exists.
BESIDE_THE_CLONE = Misconception(
    "beside-the-clone",
    _(
        "A command ran outside the clone, but git works only inside a repository's folder. The clone's name is in "
        "$NAME; it differs each time."
    ),
    _('Go into the clone first: `cd "$NAME"`, or use `git -C "$NAME"`.'),
)

#: The explanation and the advice for each cause that :func:`cause` returns.
_BY_CAUSE = {
    ScriptMistake.NOTEBOOK: Misconception(
        "notebook-commands",
        _(
            "The script is written like a notebook cell. `!git`, `%cd` and variables in braces work only there; bash, "
            "which runs the script, knows none of them."
        ),
        _('Write the commands as in a terminal, without `!` and `%`, and variables as `"$NAME"`.'),
    ),
    ScriptMistake.PROMPT: Misconception(
        "copied-prompt",
        _(
            "A line begins with `$`. That is the terminal's prompt, which manuals also print. It isn't part of "
            "the command: bash looks for a program called `$`."
        ),
        _("Remove the `$` and the space after it at the beginning of each line."),
    ),
    ScriptMistake.TYPOGRAPHIC: Misconception(
        "typographic-quotes",
        _(
            "The script has curly quotation marks, “ and ”, or wide signs such as ＄ ； － 。, which word processors "
            "and Chinese keyboards make. For bash they are ordinary characters."
        ),
        _('Switch the keyboard to English, and type these signs again: "$NAME".'),
    ),
    ScriptMistake.QUOTES: Misconception(
        "single-quotes",
        _(
            "Inside single quotation marks, bash doesn't replace variables: it looked for something that is "
            "literally called $NAME."
        ),
        _('Use double quotation marks: "$HF_ENDPOINT/$OWNER/$NAME".'),
    ),
    ScriptMistake.PYTHON: Misconception(
        "python-lines",
        _("The script has lines of Python. It is run by bash, the program of the terminal, which has other commands."),
        _("Write the commands that you would type in a terminal, such as `git clone`."),
    ),
    ErrorKind.SYNTAX: Misconception(
        "syntax-error",
        _(
            "bash could not read the script to its end: a quotation mark or a bracket isn't closed, or a word such "
            "as `fi` or `done` is missing. The commands after that place never ran."
        ),
        _("Look at the line that the error message names, and at those before it: what is opened and not closed?"),
    ),
    CloneFailure.UNKNOWN_VARIABLE: Misconception(
        "unknown-variable",
        _(
            "The script uses a variable that isn't set, so bash puts nothing in its place. Upper and lower case "
            "differ: $owner is not $OWNER."
        ),
        _(
            "Compare the variable names with those in the task, letter by letter. With `set -u`, bash stops at a "
            "variable that isn't set."
        ),
    ),
    CloneFailure.ANOTHER_HUB: Misconception(
        "another-hub",
        _(
            "The script uses the address of huggingface.co. The repository of this exercise is only on the Hub at "
            "$HF_ENDPOINT."
        ),
        _('Begin the address with the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
    ),
    CloneFailure.NO_CLONE_COMMAND: Misconception(
        "never-cloned",
        _("The script never gets the repository: without `git clone` there is no folder to work in."),
        _('Begin with `git clone "$HF_ENDPOINT/$OWNER/$NAME"`.'),
    ),
    CloneFailure.FIXED_OWNER: Misconception(
        "fixed-owner",
        _(
            "The script doesn't use the variable $OWNER: the owner is hard-coded or missing. The check uses "
            "another account, as other people do: the repository doesn't exist there, or belongs to someone else."
        ),
        _('Take the owner from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
    ),
    CloneFailure.FIXED_NAME: Misconception(
        "fixed-name",
        _("The repository's name is hard-coded in the script, or missing. The check uses another name each time."),
        _('Take the name from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
    ),
    CloneFailure.WRONG_ADDRESS: Misconception(
        "wrong-address",
        _(
            "There is no repository at the address in the script: a part of the address is missing, wrong or in "
            "the wrong place."
        ),
        _(
            "The address of a model consists of the Hub's address, the owner and the name: "
            '"$HF_ENDPOINT/$OWNER/$NAME".'
        ),
    ),
}


def misconceptions(
    model: Callable[[str], WrongModel], examples: Examples[str, tuple[WrongAnswer, ...]]
) -> tuple[Misconception, ...]:
    """Return the misconceptions for the causes that :func:`cause` finds.

    Args:
        model: returns the wrong model for a cause.
        examples: answers that show a misconception, by its id; misconceptions without examples are left out.
    """
    return tuple(
        each.shown_by(*examples[each.id], models=(model(cause),))
        for cause, each in _BY_CAUSE.items()
        if each.id in examples
    )
