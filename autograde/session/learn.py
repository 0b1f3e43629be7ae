"""``autograde learn``: prepare a workspace, and run its Hub and JupyterLab until the learner stops them."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from autograde import settings
from autograde.errors import FolderUnusable
from autograde.exercises.best_verdicts import find_workspace
from autograde.hub.environment import client_environment
from autograde.i18n.translation import messages
from autograde.session import lab
from autograde.session.health import healthz, is_class_hub
from autograde.session.interrupts import signals_as_interrupts
from autograde.session.languages import workspace_language
from autograde.session.open_workspace import OpenWorkspace
from autograde.session.reset import reset
from autograde.session.workspace import Update, fill, prepare
from autograde.session.workspace_hub import WorkspaceHub
from autograde.setup import extras, tools

_ = messages("cli")

#: The notebook that is opened first.
FIRST_LESSON = "0-start-here.ipynb"


def learn(workspace: Path, *, browser: bool, say: Callable[[str], object]) -> None:
    """Update ``workspace``, run the Hub and JupyterLab in it, and return when the learner stops them.

    If ``HF_ENDPOINT`` is a class Hub, the lessons use that one, and no other Hub is started.

    Args:
        workspace: the learner's folder; created if missing.
        browser: open a browser window on the first lesson.
        say: prints a line for the learner.

    Raises:
        MissingExtra: JupyterLab or another package of the lessons is not installed.
        MissingTool: git or git-lfs is not installed.
        FolderUnusable: the workspace cannot be written to, or is already open.
        PortInUse: no port is free.
        SetUpFailed: JupyterLab does not start.
    """
    extras.require("course")
    tools.require(tools.FOR_LEARNERS)
    workspace = workspace.absolute()
    language = settings.language()
    home = prepare(workspace)
    shared = find_class_hub(say)
    with signals_as_interrupts(), OpenWorkspace(home) if shared else WorkspaceHub(home, say) as opened:
        report(fill(workspace, language), workspace, say)
        server_of_hub = opened.server if isinstance(opened, WorkspaceHub) else None
        endpoint = server_of_hub.endpoint if server_of_hub else shared
        environment = client_environment(endpoint, home)
        if server_of_hub and (public_url := settings.public_url()):
            # Lessons link to it. JupyterHub's own variable does not reach the kernels.
            environment["AUTOGRADE_PUBLIC_URL"] = public_url
        say(_("Starting JupyterLab …"))
        jupyter = home / "jupyter"
        variables = lab.lab_environment(environment, jupyter, language)
        server = lab.start(workspace, jupyter, opened.choose_lab_port(), FIRST_LESSON, variables, language)
        try:
            if server_of_hub:
                server_of_hub.allow_frames(server.url)
            opened.announce(server.url)
            if tools.is_root():
                say(_("Running as root. That's fine in a container; on your own computer, use your normal account."))
            _say_where(server.url, endpoint, workspace, own_hub=server_of_hub is not None, say=say)
            if browser and can_show_pages():
                webbrowser.open(server.url)
            server.wait()
        except KeyboardInterrupt:
            say("")
            say(_("Stopping; your work is saved in {folder}.").format(folder=workspace))
        finally:
            server.stop()


def _say_where(lessons: str, endpoint: str, workspace: Path, *, own_hub: bool, say: Callable[[str], object]) -> None:
    """Print the addresses of the lessons and of the Hub, the folder, and how to stop them."""
    say("")
    say(_("Your lessons:  {url}").format(url=lessons))
    if own_hub:
        say(_("Your Hub:      {url}").format(url=settings.pages(endpoint)))
    else:
        say(_("The class Hub: {url}").format(url=endpoint))
    say(_("Your folder:   {folder}").format(folder=workspace))
    say(_("To stop both: Ctrl-C here.") if own_hub else _("To stop: Ctrl-C here."))


def find_class_hub(say: Callable[[str], object]) -> str:
    """Return the address in ``HF_ENDPOINT`` if a class Hub answers there, otherwise an empty text.

    If nothing answers there, print a message. The Hub of a workspace is ignored silently, because ``HF_ENDPOINT``
    contains it in every terminal of its JupyterLab.
    """
    endpoint = settings.endpoint()
    if endpoint is None:
        return ""
    answer = healthz(endpoint)
    if answer is None:
        say(
            _("No class Hub answers at {url} (HF_ENDPOINT), so the lessons use a Hub of your own.").format(url=endpoint)
        )
    return endpoint if is_class_hub(answer or {}) else ""


def report(update: Update, workspace: Path, say: Callable[[str], object]) -> None:
    """Print what changed in the learner's folder, if anything."""
    if update.written:
        say(_("New or updated in {folder}: {count} files.").format(folder=workspace, count=len(update.written)))
    for name, beside in update.beside.items():
        say(_("You changed {name}, so the newer version was saved as {beside}").format(name=name, beside=beside))
    for name, kept in update.renamed.items():
        say(_("Your {name} in the other language is kept as {kept}").format(name=name, kept=kept))
    for name in update.restored:
        say(_("Your own {name} in this language is back.").format(name=name))


def find_folder(workspace: Path) -> Path:
    """Return ``workspace``, or the workspace around the current folder if ``workspace`` has no lessons.

    A terminal of JupyterLab starts in the learner's workspace; a second one must not be created inside it.
    """
    workspace = workspace.absolute()
    if find_workspace(workspace) == workspace:
        return workspace
    return find_workspace(Path.cwd()) or workspace


def start_afresh(workspace: Path, sections: Sequence[str], say: Callable[[str], object]) -> None:
    """Replace lessons and exercises in ``workspace`` with fresh copies, and print where the old ones are kept.

    The copies are in the language of the workspace.

    Raises:
        UnknownLesson: a lesson does not exist.
        FolderUnusable: there are no lessons in the folder, or it cannot be written to.
    """
    if find_workspace(workspace) != workspace:
        raise FolderUnusable(
            _("There are no lessons in {folder}.").format(folder=workspace),
            _("Give the folder: autograde learn --reset {section} --workspace FOLDER").format(section=sections[0]),
        )
    language = workspace_language(workspace) or settings.language()
    for section in sections:
        for name, kept in reset(workspace, section, language, datetime.now()).items():
            say(_("Fresh copy: {name}").format(name=name))
            if kept:
                say(_("Yours is kept as {kept}").format(kept=kept))
    say(_("If one of them is open in JupyterLab, choose File > Reload Notebook from Disk."))


def can_show_pages() -> bool:
    """Return whether a graphical browser can open here; a text browser would block the learner's terminal."""
    environment = settings.environment()
    graphical = sys.platform != "linux" or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return graphical or bool(environment.get("BROWSER"))
