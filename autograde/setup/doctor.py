"""``autograde doctor``: report what is installed, what is missing, and how to get it."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from rich.table import Table
from rich.text import Text

from autograde.errors import KitError
from autograde.i18n.translation import messages
from autograde.settings import KIT
from autograde.setup import extras, tools

_ = messages("cli")

#: The packages that learners know by name.
PACKAGES = ("huggingface_hub", "transformers", "torch", "jupyterlab", "ipywidgets", "nbgrader")

#: Disk space needed for the packages, the models and a workspace, in bytes.
ROOM = 2 * 2**30


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    Attributes:
        name: the name of the checked item.
        found: its version or state; empty if it is missing.
        fix: how to install or fix it; empty if everything is fine.
        needed: whether learners cannot continue without the fix.
    """

    name: str
    found: str
    fix: str = ""
    needed: bool = False


def examine() -> list[CheckResult]:
    """Run the checks of this machine. This changes nothing, except that a missing model folder is created."""
    return [*_python(), *_tools(), *_packages(), _model(), _disk(), _kit()]


def _python() -> Iterable[CheckResult]:
    found = f"{platform.python_version()}  {sys.executable}"
    unfit = not (3, 11) <= sys.version_info < (3, 15)
    yield CheckResult("Python", found, _("Install Python 3.11, 3.12, 3.13 or 3.14.") if unfit else "", needed=unfit)


def _tools() -> Iterable[CheckResult]:
    for tool in tools.EVERY_TOOL:
        if tool.systems and sys.platform not in tool.systems:
            continue
        found = tool.version_text() or tool.path() or ""
        purpose = _("It {purpose}.").format(purpose=_(tool.purpose))
        fix = "" if found else f"{purpose} {tools.how_to_get([tool])}"
        yield CheckResult(tool.name, found, fix, needed=not found and tool in tools.FOR_LEARNERS)


def _packages() -> Iterable[CheckResult]:
    versions = {name: _version(name) for name in PACKAGES}
    # Without any of them, this is the Hub alone, for a developer's tests. With only some, a lesson would fail midway.
    half = any(versions.values())
    fix = _("Type: {command}").format(command=extras.install_command("course"))
    for name, version in versions.items():
        yield CheckResult(name, version, "" if version else fix, needed=half and not version)


def _version(name: str) -> str:
    """Return the version of an installed package; empty if it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _model() -> CheckResult:
    try:
        from autograde import models
    except ModuleNotFoundError as error:
        return CheckResult(_("the lessons' model"), "", str(extras.missing_extra(error) or error))
    try:
        folder = models.finetuned_folder()
    except KitError as error:
        return CheckResult(models.FINETUNED, "", str(error), needed=True)
    for name, wanted in models.FINETUNED_SHA256.items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != wanted:
                fix = _("{name} was changed. Delete the folder {folder}; the kit creates it again when needed.")
                return CheckResult(models.FINETUNED, str(folder), fix.format(name=name, folder=folder), needed=True)
    return CheckResult(models.FINETUNED, _("complete: {folder}").format(folder=folder))


def _disk() -> CheckResult:
    free = shutil.disk_usage(Path.cwd()).free
    found = _("{size} GB free").format(size=f"{free / 2**30:.1f}")
    return CheckResult(_("disk"), found, "" if free > ROOM else _("Free 2 GB."), needed=free <= ROOM)


def _kit() -> CheckResult:
    # The glossary and the page about the real Hub are not lessons: their names have no number.
    lessons = len(list((KIT / "course").glob("[0-9]*.ipynb")))
    fix = "" if lessons else _("Get the whole kit with git clone, and start it from there.")
    found = _("{count} lessons in {folder}").format(count=lessons, folder=KIT / "course")
    return CheckResult(_("lessons"), found, fix, needed=not lessons)


def table(findings: Iterable[CheckResult]) -> Table:
    """Return the findings as a table for the terminal. Each coloured mark has a word next to it.

    When there is nothing to do, the column that says what to do is left out, and paths have its room.
    """
    findings = list(findings)
    anything_to_do = any(finding.fix for finding in findings)
    # Without lines between the columns: a browser draws Chinese characters not quite two columns wide.
    result = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    result.add_column("")
    result.add_column(_("what"), no_wrap=True)
    result.add_column(_("found"), overflow="fold")
    if anything_to_do:
        result.add_column(_("what to do"), overflow="fold")
    for finding in findings:
        if finding.needed:
            mark, style = _("MISSING"), "bold red"
        elif finding.fix:
            mark, style = _("note"), "yellow"
        else:
            mark, style = _("ok"), "green"
        fix = [Text(finding.fix)] if anything_to_do else []
        result.add_row(Text(mark, style=style), finding.name, Text(finding.found), *fix)
    return result
