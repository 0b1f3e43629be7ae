"""``autograde submit``: make the file to hand in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.options import Language
from autograde.cli.printing import say
from autograde.i18n.translation import messages

_ = messages("cli")


def submit(
    assignment: Annotated[
        str,
        typer.Argument(metavar="ASSIGNMENT", help=_("The exercise, such as 2.6; without it you see which there are.")),
    ] = "",
    workspace: Annotated[Path, typer.Option(help=_("Your folder."))] = Path("workspace"),
    language: Language = None,
) -> None:
    """Check a notebook and print the path of the file to hand in."""
    from autograde.session.submit import assignments, find_folder
    from autograde.session.submit import submit as run

    folder = find_folder(workspace)
    if not assignment:
        names = assignments(folder)
        say(_("Choose an exercise and type its line:"))
        for name in names:
            say(f"autograde submit {name.partition('-')[0]}    {name}")
        return
    ready = run(folder, assignment)
    answered = ready.tasks - len(ready.unanswered)
    say(_("Answered: {answered} of {tasks} tasks.").format(answered=answered, tasks=ready.tasks))
    for task in ready.unanswered:
        say(_("Not answered yet: {task}").format(task=task))
    for note in ready.notes:
        say(_("Grading accepts your notebook and notes this: {note}").format(note=note))
    if ready.empty_fields:
        say(_("Fields that still have three dots: {fields}").format(fields=", ".join(ready.empty_fields)))
    for task, error in ready.stopped:
        stopped = _("Stopped with an error ({error}) when its cell was last run, look at it again: {task}")
        say(stopped.format(error=error, task=task))
    say(
        _("Saved last: {saved}. If you changed something since, save with Ctrl-S and type this again.").format(
            saved=f"{ready.saved:%Y-%m-%d %H:%M}"
        )
    )
    say(_("Hand in this file: {file}").format(file=ready.file))
