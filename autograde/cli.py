"""The command ``autograde``: what a person types, and the one place where an error is printed for a person.

Every command imports what it needs when it runs, so that ``autograde --help`` is quick.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from autograde import __version__, settings
from autograde.errors import FolderUnusable, KitError
from autograde.translation import messages

_ = messages("cli")

app = typer.Typer(
    name="autograde",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("A class on the Hugging Face Hub that runs anywhere: lessons, exercises and a Hub of your own."),
)
hub_app = typer.Typer(no_args_is_help=True, help=_("The Hub: a stand-in for huggingface.co on this machine."))
app.add_typer(hub_app, name="hub")

#: ``OSError`` numbers that a person can do something about.
DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def _language(value: str | None) -> str | None:
    if value is not None:
        if value not in settings.LANGUAGES:
            raise typer.BadParameter(_("choose one of {choices}").format(choices=", ".join(settings.LANGUAGES)))
        settings.choose_language(value)
    return value


Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        "-l",
        callback=_language,
        is_eager=True,
        metavar="en|zh",
        help=_("Language of lessons and messages; otherwise LANGUAGE or LANG decides."),
    ),
]


PublicUrl = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help=_("Where browsers reach the Hub when a proxy stands before it; {port} stands for the Hub's port."),
    ),
]


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
    """What every command has."""


@app.command(help=_("Open the lessons in JupyterLab, with a Hub of your own behind them."))
def learn(
    workspace: Annotated[
        Path, typer.Option(help=_("Your folder: lessons, exercises, your work, and the Hub's data."))
    ] = Path("workspace"),
    browser: Annotated[bool, typer.Option(help=_("Open a browser window."))] = True,
    public_url: PublicUrl = None,
    language: Language = None,
) -> None:
    from autograde.learn import learn as start

    if public_url:
        settings.choose_public_url(public_url)
    start(workspace, browser=browser, say=say)


@app.command(help=_("Show what is on this machine, what is missing, and how to get it."))
def doctor(language: Language = None) -> None:
    from autograde.doctor import examine, table

    findings = examine()
    Console().print(table(findings))
    raise typer.Exit(1 if any(finding.needed for finding in findings) else 0)


@app.command(help=_("Run the tutorial's six steps by themselves, on a Hub that is thrown away afterwards."))
def demo(language: Language = None) -> None:
    from autograde.demo import run

    run(Console(highlight=False))


@app.command(help=_("Make the learners' exercises in release/ from source/."))
def release(
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which files are not up to date."))
    ] = False,
    language: Language = None,
) -> None:
    from autograde import release as releases
    from autograde.workspace import KIT

    built = releases.build(KIT / "source")
    if check:
        changed = releases.stale(built, KIT / "release")
        for name in changed:
            say(_("not up to date: release/{name}").format(name=name))
        if changed:
            say(_("Type: make release"))
            raise typer.Exit(1)
    else:
        for name in releases.write(built, KIT / "release"):
            say(f"release/{name}")
    say(_("All {number} files of release/ are up to date.").format(number=len(built)))


@app.command(
    help=_("Put notebooks into their canonical form: without outputs, in a fixed order, with names that read.")
)
def notebooks(
    paths: Annotated[
        list[Path] | None, typer.Argument(help=_("Notebooks or folders; course/ and source/ when none is named."))
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help=_("Change nothing; say which notebooks break which rule."))
    ] = False,
    language: Language = None,
) -> None:
    from autograde import notebooks as books
    from autograde.workspace import KIT

    chosen = list(books.files(paths or [KIT / "course", KIT / "source"]))
    broken = 0
    for path in chosen:
        if not check and books.rewrite(path):
            say(_("rewritten: {path}").format(path=path))
        found = books.check(path)
        broken += bool(found)
        for problem in found:
            say(f"{path}: {problem}")
    if broken:
        say(_("{broken} of {number} notebooks break a rule.").format(broken=broken, number=len(chosen)))
        raise typer.Exit(1)
    say(_("All {number} notebooks keep the rules.").format(number=len(chosen)))


@app.command("grade-demo", help=_("Grade a class of sample submissions with nbgrader, and check every score."))
def grade_demo(language: Language = None) -> None:
    from autograde.grading.demo_report import run
    from autograde.workspace import KIT

    raise typer.Exit(0 if run(Console(highlight=False), KIT) else 1)


@hub_app.command("serve", help=_("Run a Hub for a class until you stop it."))
def serve(
    data: Annotated[Path, typer.Option(help=_("Folder of everything that the Hub keeps."))] = Path("hub-data"),
    host: Annotated[str, typer.Option(help=_("Address to listen on; 0.0.0.0 lets other machines in."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=_("Port to listen on; 0 takes any free one."))] = settings.hub_port(),
    name: Annotated[
        list[str] | None, typer.Option(help=_("A name under which learners reach this machine; may be repeated."))
    ] = None,
    public_url: PublicUrl = None,
    seed: Annotated[
        Path | None, typer.Option(help=_("A snapshot of a Hub to begin with, when the data folder is new."))
    ] = None,
    teacher: Annotated[
        list[str] | None,
        typer.Option(help=_("A teacher's user name, who sees /classroom; made when new; may be repeated.")),
    ] = None,
    language: Language = None,
) -> None:
    from autograde.serve import serve as run

    run(
        data,
        host=host,
        port=port,
        names=tuple(name or ()),
        public_url=public_url or "",
        seed=seed,
        teachers=teacher or (),
        terminal=sys.stdout.isatty(),
        say=say,
    )


@hub_app.command("accounts", help=_("Make accounts from a class list: user name, e-mail address, full name."))
def accounts(
    listed: Annotated[Path, typer.Argument(metavar="CSV", exists=True, dir_okay=False, help=_("The list."))],
    data: Annotated[Path, typer.Option(help=_("Folder of everything that the Hub keeps."))] = Path("hub-data"),
    passwords: Annotated[
        Path | None,
        typer.Option(help=_("A new file for the names and passwords. Without it you only see what would happen.")),
    ] = None,
    language: Language = None,
) -> None:
    from autograde.class_records import accounts as run

    raise typer.Exit(1 if run(listed, data, passwords, say) else 0)


@hub_app.command("events", help=_("Print everything that happened on a Hub, running or not."))
def events(
    data: Annotated[Path, typer.Option(help=_("Folder of everything that the Hub keeps."))] = Path("hub-data"),
    form: Annotated[str, typer.Option("--format", metavar="csv|ndjson", help=_("For a spreadsheet or a program."))] = (
        "csv"
    ),
    since: Annotated[str, typer.Option(help=_("From this day or minute on: 2026-11-23 or 2026-11-23T09:30."))] = "",
    until: Annotated[str, typer.Option(help=_("Until before this day or minute."))] = "",
    language: Language = None,
) -> None:
    from autograde.class_records import events as run

    for piece in run(data, form, since, until):
        typer.echo(piece, nl=False)


def say(line: str) -> None:
    """Print a line as it is: a URL in it stays whole, so that it can be copied."""
    Console(highlight=False).print(line, markup=False, soft_wrap=True)


def report(error: KitError) -> None:
    """Print ``error`` for a person: what happened in red, what to do next below it."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(error.what, style="bold red"), soft_wrap=True)
    if error.fix:
        console.print(Text(error.fix), soft_wrap=True)


def main(command: Callable[[], object] = app) -> None:
    """Run the command; an error that a person can put right is a sentence and exit code 1, never a traceback."""
    try:
        command()
    except KitError as error:
        report(error)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        place = error.filename or Path.cwd()
        report(
            FolderUnusable(
                _("{place} cannot be written: {reason}.").format(place=place, reason=error.strerror),
                _("Free some disk space, or choose a folder that you may write to."),
            )
        )
    except KeyboardInterrupt:
        sys.exit(130)
    else:
        return
    sys.exit(1)
