"""Translate what typer says about a wrong command line, such as an option that does not exist, and its help.

typer has these sentences only in English, most of them in strings that gettext does not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer import rich_utils
from typer.core import TyperGroup

from autograde import settings
from autograde.i18n.restating import restated
from autograde.i18n.translation import messages

_ = messages("cli")


def sentences() -> tuple[str, ...]:
    """Return typer's sentences about a wrong command line, translated; the catalogue is made from this list."""
    return (
        _("No such command {name}."),
        _("No such command {name}. Did you mean {names}?"),
        _("No such option: {name}"),
        _("No such option: {name} (Possible options: {names})"),
        _("Missing command."),
        _("Missing argument {name}."),
        _("Missing option {name}."),
        _("Option {name} requires an argument."),
        _("Option {name} does not take a value."),
        _("Got unexpected extra argument(s) ({words})"),
        _("Got unexpected extra argument ({words})"),
        _("Got unexpected extra arguments ({words})"),
        _("Invalid value for {name}: {problem}"),
        _("file {name} does not exist."),
        _("file {name} is a directory."),
        _("directory {name} does not exist."),
        _("directory {name} is a file."),
        _("Input should be a valid integer, unable to parse string as an integer"),
        _("Input should be less than or equal to {number}"),
        _("Input should be greater than or equal to {number}"),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Translate the usage error that is raised in this context, and the words around it, as typer prints them."""
    try:
        yield
    except Exception as error:
        # typer has its own copy of click since 0.24; before, the exceptions are those of click.
        format_message = getattr(error, "format_message", None)
        language = settings.language()
        if format_message is not None and language != "en":
            whole, problem = str(format_message()), str(getattr(error, "message", ""))
            if problem and whole.endswith(f": {problem}"):
                # "Invalid value for --port: ...", whose second part is a sentence of its own.
                whole = whole.removesuffix(problem) + restated(problem, language)
            sentence = restated(whole, language)
            error.format_message = lambda: sentence  # type: ignore[attr-defined]
            rich_utils.ERRORS_PANEL_TITLE = _("Error")
            rich_utils.RICH_HELP = _("Try [blue]'{command_path} {help_option}'[/] for help.")
        raise


class _Breaking(type(rich_utils.highlighter)):  # type: ignore[misc]  # typer does not export its class
    """Typer's highlighter of options, for text that also breaks inside words.

    Chinese has no spaces between words, so a line would end with "…" where the text is wider than its column.
    """

    def __call__(self, text: Any) -> Any:
        """Return the highlighted text."""
        highlighted = super().__call__(text)
        highlighted.overflow = "fold"
        return highlighted


def translate_help() -> None:
    """Translate typer's headings and remarks in the help of all commands."""
    rich_utils.highlighter = _Breaking()
    rich_utils.ABORTED_TEXT = _("Aborted.")
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.DEFAULT_STRING = _("[default: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")


def translate_usage(command: Any) -> None:
    """Translate a command's usage line, ``Usage: autograde learn [OPTIONS]``, and the help of ``--help``."""
    in_english = command.get_usage
    command.get_usage = lambda context: in_english(context).replace("Usage:", _("Usage:"), 1)
    if command.options_metavar == "[OPTIONS]":
        command.options_metavar = _("[OPTIONS]")
    if getattr(command, "subcommand_metavar", "") == "COMMAND [ARGS]...":
        command.subcommand_metavar = _("COMMAND [ARGS]...")
    for parameter in command.get_params(typer.Context(command)):
        if parameter.name == "help":
            parameter.help = _("Show this message and exit.")


class Group(TyperGroup):
    """All commands, with usage errors in the user's language."""

    def make_context(self, *positional: Any, **named: Any) -> Any:
        """Read the options before the command's name."""
        with translated():
            return super().make_context(*positional, **named)

    def invoke(self, ctx: Any) -> Any:
        """Read the command's arguments and run it."""
        with translated():
            return super().invoke(ctx)
