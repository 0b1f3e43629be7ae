"""Why a script never reached the repository, and the misconception behind it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Examples
from dataclasses import replace
from enum import StrEnum

from autograde.judge.error_lines import ErrorKind, kinds
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import _
from autograde.judge.observation import Mapping
from autograde.judge.question import Misconception, WrongModel
from autograde.judge.script_reports import GitCommand, ScriptMistake, texts

#: Mistakes in a script's text that make all of it fail. The first one found is named.
TEXT_MISTAKES = (ScriptMistake.NOTEBOOK, ScriptMistake.PROMPT, ScriptMistake.TYPOGRAPHIC, ScriptMistake.QUOTES)


class CloneFailure(StrEnum):
    """Why a script never reached the repository; besides, any of :data:`TEXT_MISTAKES`."""

    UNKNOWN_VARIABLE = "unknown-variable"
    ANOTHER_HUB = "another-hub"
    NO_CLONE_COMMAND = "no-clone-command"
    FIXED_OWNER = "fixed-owner"
    FIXED_NAME = "fixed-name"
    WRONG_ADDRESS = "wrong-address"


def cause(report: Mapping) -> str:
    """Return why a script never reached the repository: a :class:`CloneFailure`, one of :data:`TEXT_MISTAKES`, or
    ``""`` if the report does not tell."""
    mistakes, unused = texts(report, "mistakes"), texts(report, "unused")
    for mistake in TEXT_MISTAKES:
        if mistake in mistakes:
            return mistake
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
    return CloneFailure.WRONG_ADDRESS if ErrorKind.ADDRESS in kinds(texts(report, "errors")) else ""


def misconceptions(
    models: Callable[..., tuple[WrongModel, ...]], examples: Examples[str, tuple[WrongAnswer, ...]]
) -> tuple[Misconception, ...]:
    """Return the misconceptions for the causes that :func:`cause` finds.

    Args:
        models: makes wrong models of causes.
        examples: answers that show a misconception, by its id; one without examples is left out.
    """
    return tuple(replace(each, examples=examples[each.id]) for each in _all(models) if each.id in examples)


def _all(models: Callable[..., tuple[WrongModel, ...]]) -> tuple[Misconception, ...]:
    return (
        Misconception(
            "notebook-commands",
            _(
                "The script is written as for a notebook's cell. There `!git` and `%cd` mean something; bash, which "
                "runs a script, knows no such commands."
            ),
            _("Write the commands as in a terminal, without `!` and `%`."),
            models(ScriptMistake.NOTEBOOK),
        ),
        Misconception(
            "copied-prompt",
            _(
                "A line begins with `$`. That is the terminal's prompt, which manuals print too; it isn't "
                "part of the command, and bash looks for a program called `$`."
            ),
            _("Leave out the `$` and the blank after it at the beginning of each line."),
            models(ScriptMistake.PROMPT),
        ),
        Misconception(
            "typographic-quotes",
            _(
                "The quotation marks are typographic ones, “ and ”, as text editors and Chinese keyboards make them. "
                "For bash they are letters like any others."
            ),
            _('Type straight quotation marks: "$NAME".'),
            models(ScriptMistake.TYPOGRAPHIC),
        ),
        Misconception(
            "single-quotes",
            _(
                "Between single quotation marks bash leaves a variable as it is: it looked for something that is "
                "really called $NAME."
            ),
            _('Use double quotation marks: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models(ScriptMistake.QUOTES),
        ),
        Misconception(
            "unknown-variable",
            _(
                "The script uses a variable that isn't set; bash replaces it by nothing and goes on. "
                "Capital and small letters are different: $owner is not $OWNER."
            ),
            _("Compare the names letter by letter with those of the task. `set -u` makes bash stop at such a name."),
            models(CloneFailure.UNKNOWN_VARIABLE),
        ),
        Misconception(
            "another-hub",
            _(
                "The address in the script is that of huggingface.co. The repository of this exercise is on the Hub at "
                "$HF_ENDPOINT, and nowhere else."
            ),
            _('Begin the address with the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models(CloneFailure.ANOTHER_HUB),
        ),
        Misconception(
            "never-cloned",
            _("No line of the script asks git for the repository: without a clone there is nothing to work in."),
            _('The first line: `git clone "$HF_ENDPOINT/$OWNER/$NAME"`.'),
            models(CloneFailure.NO_CLONE_COMMAND),
        ),
        Misconception(
            "fixed-owner",
            _(
                "The owner is fixed in the script. The check uses another account, and so do other people: "
                "there is no such repository, or it isn't theirs."
            ),
            _('Take the owner from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models(CloneFailure.FIXED_OWNER),
        ),
        Misconception(
            "fixed-name",
            _("The repository's name is fixed in the script. Here the repository has another name each time."),
            _('Take the name from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models(CloneFailure.FIXED_NAME),
        ),
        Misconception(
            "wrong-address",
            _("At the address in the script there is no repository: a part of it is too much, missing or misplaced."),
            _('The address of a model is that of the Hub, its owner and its name: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models(CloneFailure.WRONG_ADDRESS),
        ),
    )
