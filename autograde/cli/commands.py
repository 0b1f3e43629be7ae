"""Register all commands of ``autograde``.

Commands import their modules only when they run, so that ``autograde --help`` is fast.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer.main import get_command

from autograde import __version__, settings
from autograde.cli import (
    collect,
    demo,
    doctor,
    exercises,
    feedback,
    folders,
    grade,
    grade_demo,
    hub_accounts,
    hub_events,
    hub_mirror,
    hub_serve,
    learn,
    notebooks,
    release,
    submit,
)
from autograde.cli.explaining import explained
from autograde.cli.options import Language
from autograde.cli.usage_errors import Group, translate_help, translate_usage
from autograde.errors import CannotListen, MissingTool
from autograde.i18n.translation import messages

_ = messages("cli")

app = typer.Typer(
    name="autograde",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("A class on the Hugging Face Hub that runs anywhere: lessons, exercises and a Hub of your own."),
)
hub_app = typer.Typer(no_args_is_help=True, help=_("The Hub: a stand-in for huggingface.co on this machine."))
app.add_typer(hub_app, name="hub")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def autograde(
    language: Language = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_("Print the version."))
    ] = False,
) -> None:
    """Define the options of all commands."""


app.command("learn", help=_("Open the lessons in JupyterLab, with a Hub of your own behind them."))(learn.learn)
app.command("submit", help=_("Check an exercise and make the file to hand in."))(submit.submit)
app.command("workspace", help=_("Put the lessons into a folder without starting anything, for JupyterHub and Binder."))(
    folders.workspace
)
app.command("course", help=_("Make a folder for nbgrader: the exercises with their solutions, ready to hand out."))(
    folders.course
)
app.command("doctor", help=_("Show what is on this machine, what is missing, and how to get it."))(doctor.doctor)
app.command("demo", help=_("Run the tutorial's six steps automatically, on a temporary Hub."))(demo.demo)
app.command("release", help=_("Make the learners' exercises in release/ from source/."))(release.release)
app.command("new-exercise", help=_("Start an exercise of your own: a package with one question."))(
    exercises.new_exercise
)
app.command("check-exercise", help=_("Check an exercise of your own: its examples, translation and notebook."))(
    exercises.check_exercise
)
app.command(
    "notebooks",
    help=_("Put notebooks into their canonical form: no outputs, a fixed order of entries, readable cell names."),
)(notebooks.notebooks)
app.command("collect", help=_("Put downloads from Moodle and other platforms into submitted/."))(collect.collect)
app.command("feedback", help=_("Pack the feedback pages for Moodle or Canvas, under the names of the download."))(
    feedback.feedback
)
app.command("grade", help=_("Grade an assignment's submissions: gradebook, feedback, reports."))(grade.grade)
app.command("grade-demo", help=_("Grade a made-up class of 60 in both languages, and check every score."))(
    grade_demo.grade_demo
)
hub_app.command("serve", help=_("Run a Hub for a class until you stop it."))(hub_serve.serve)
hub_app.command("mirror", help=_("Copy models from huggingface.co, or another Hub, for a class without internet."))(
    hub_mirror.mirror
)
hub_app.command("accounts", help=_("Make accounts from a class list: user name, e-mail address, full name."))(
    hub_accounts.accounts
)
hub_app.command("password", help=_("Give an account a new password, a teacher's too. The Hub must be stopped."))(
    hub_accounts.password
)
hub_app.command("rename", help=_("Rename an account; its old addresses still work. The Hub must be stopped."))(
    hub_accounts.rename
)
hub_app.command("remove", help=_("Remove an account and its repositories. The Hub must be stopped."))(
    hub_accounts.remove
)
hub_app.command("events", help=_("Print everything that happened on a Hub, running or not."))(hub_events.events)


def _hide_types(command: Any) -> None:
    """Remove the types of switches and of lists from a command's help.

    typer writes ``--models <bool>``, as if a value had to be typed, and ``<list[Path]>``.
    """
    for parameter in command.get_params(typer.Context(command)):
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
        elif parameter.nargs != 1:
            parameter.display_type_rich = lambda *_positional, **_named: ""


def _with_subcommands(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _with_subcommands(below)


def main() -> None:
    """Run the command given by this process's arguments."""
    translate_help()
    explained(_run)


def _run() -> None:
    if sys.platform == "win32":
        raise MissingTool(
            _("The kit runs on Linux and macOS, not on Windows itself."),
            _("Install WSL (https://learn.microsoft.com/windows/wsl/install), then do the same in its terminal."),
        )
    for name, value in settings.wrong_ports().items():
        raise CannotListen(
            _("{name} is {value}, which is not a port.").format(name=name, value=value),
            _("Set it to a number from 0 to 65535, or remove it: unset {name}").format(name=name),
        )
    command = get_command(app)
    for each in _with_subcommands(command):
        translate_usage(each)
        _hide_types(each)
    command()
