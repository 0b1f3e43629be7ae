"""Scripts that never reached the repository: why, as far as they tell, and the misconception behind it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Examples
from dataclasses import replace

from autograde.judge import replays
from autograde.judge.complaints import kinds
from autograde.judge.examples import WrongAnswer
from autograde.judge.messages import _
from autograde.judge.observation import Mapping
from autograde.judge.question import Misconception, WrongModel

#: Slips of the pen that make nonsense of a whole script, the more telling first.
SLIPS = ("notebook", "prompt", "typographic", "quotes")


def reason(report: Mapping) -> str:
    """Why a script never reached the repository, as far as it tells; ``""`` when it does not."""
    slips, unused = replays.texts(report, "slips"), replays.texts(report, "unused")
    for slip in SLIPS:
        if slip in slips:
            return slip
    if replays.texts(report, "unknown"):
        return "unknown"
    if "hub" in slips:
        return "hub"
    if "clone" not in slips:
        return "no clone command"
    if "OWNER" in unused:
        return "owner"
    if "NAME" in unused:
        return "name"
    return "address" if "address" in kinds(replays.texts(report, "complaints")) else ""


def named(
    models: Callable[..., tuple[WrongModel, ...]], examples: Examples[str, tuple[WrongAnswer, ...]]
) -> tuple[Misconception, ...]:
    """Return the misconceptions for the reasons that :func:`reason` finds.

    Args:
        models: makes wrong models of reasons.
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
            models("notebook"),
        ),
        Misconception(
            "copied-prompt",
            _(
                "A line begins with `$`. That is the terminal's prompt, which manuals print too; it isn't "
                "part of the command, and bash looks for a program called `$`."
            ),
            _("Leave out the `$` and the blank after it at the beginning of each line."),
            models("prompt"),
        ),
        Misconception(
            "typographic-quotes",
            _(
                "The quotation marks are typographic ones, “ and ”, as text editors and Chinese keyboards make them. "
                "For bash they are letters like any others."
            ),
            _('Type straight quotation marks: "$NAME".'),
            models("typographic"),
        ),
        Misconception(
            "single-quotes",
            _(
                "Between single quotation marks bash leaves a variable as it is: it looked for something that is "
                "really called $NAME."
            ),
            _('Use double quotation marks: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models("quotes"),
        ),
        Misconception(
            "unknown-variable",
            _(
                "The script uses a variable that isn't set; bash replaces it by nothing and goes on. "
                "Capital and small letters are different: $owner is not $OWNER."
            ),
            _("Compare the names letter by letter with those of the task. `set -u` makes bash stop at such a name."),
            models("unknown"),
        ),
        Misconception(
            "another-hub",
            _(
                "The address in the script is that of huggingface.co. The repository of this exercise is on the Hub at "
                "$HF_ENDPOINT, and nowhere else."
            ),
            _('Begin the address with the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models("hub"),
        ),
        Misconception(
            "never-cloned",
            _("No line of the script asks git for the repository: without a clone there is nothing to work in."),
            _('The first line: `git clone "$HF_ENDPOINT/$OWNER/$NAME"`.'),
            models("no clone command"),
        ),
        Misconception(
            "fixed-owner",
            _(
                "The owner is fixed in the script. The check uses another account, and so do other people: "
                "there is no such repository, or it isn't theirs."
            ),
            _('Take the owner from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models("owner"),
        ),
        Misconception(
            "fixed-name",
            _("The repository's name is fixed in the script. Here the repository has another name each time."),
            _('Take the name from the variable: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models("name"),
        ),
        Misconception(
            "wrong-address",
            _("At the address in the script there is no repository: a part of it is too much, missing or misplaced."),
            _('The address of a model is that of the Hub, its owner and its name: "$HF_ENDPOINT/$OWNER/$NAME".'),
            models("address"),
        ),
    )
