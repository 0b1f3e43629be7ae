"""``autograde learn``: a workspace, a Hub and JupyterLab, started together and stopped together."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

from autograde import settings
from autograde.errors import FolderUnusable, KitError, PortInUse
from autograde.files import write_file
from autograde.hub import LocalHub
from autograde.hub.environment import client_environment
from autograde.i18n.translation import messages
from autograde.session import lab
from autograde.session.moved_hub import redirect
from autograde.session.ports import first_free
from autograde.session.reset import reset
from autograde.session.seeding import seed
from autograde.session.workspace import Update, fill, prepare, unwritable
from autograde.setup import extras, tools

_ = messages("cli")

#: The notebook that is opened first.
FIRST_LESSON = "0-start-here.ipynb"


def learn(workspace: Path, *, browser: bool, say: Callable[[str], object]) -> None:
    """Bring ``workspace`` up to date, run the Hub and JupyterLab in it, and return when the learner stops them.

    Args:
        workspace: the learner's folder; made when missing.
        browser: open a browser window on the first lesson.
        say: prints a line for the learner.

    Raises:
        MissingExtra: JupyterLab or another package of the lessons is not installed.
        MissingTool: git or git-lfs is not on this machine.
        FolderUnusable: the workspace cannot be written to, or is open already.
        PortInUse: no port is free.
        SetUpFailed: JupyterLab does not start.
    """
    extras.require("course")
    tools.require(tools.FOR_LEARNERS)
    workspace = workspace.absolute()
    language = settings.language()
    home = prepare(workspace)
    with stopped_by_signals(), only_one(home) as announce, contextlib.ExitStack() as running:
        tell(fill(workspace, language), workspace, say)
        ports = read_ports(home)
        hub = start_hub(home, ports, say)
        running.callback(hub.stop)
        environment = client_environment(hub.endpoint, home)
        if public_url := settings.public_url():
            # Lessons lead a browser there; JupyterLab is not told what JupyterHub told us.
            environment["AUTOGRADE_PUBLIC_URL"] = public_url
        if ports["hub"][1:]:
            redirect(home, ports["hub"][0], ports["hub"][1:], environment)
        lab_port = first_free((ports["lab"] or [settings.lab_port()])[0])
        write_ports(home, {**ports, "lab": [lab_port]})
        say(_("Starting JupyterLab …"))
        jupyter = home / "jupyter"
        server = lab.start(
            workspace, jupyter, lab_port, FIRST_LESSON, lab.lab_environment(environment, jupyter, language), language
        )
        running.callback(server.stop)
        hub.allow_frames(server.url)
        announce(server.url)
        if tools.is_root():
            say(_("You are root: right in a container; on a computer of your own, start this as yourself."))
        say("")
        say(_("Your lessons:  {url}").format(url=server.url))
        say(_("Your Hub:      {url}").format(url=settings.pages(hub.endpoint)))
        say(_("Your folder:   {folder}").format(folder=workspace))
        say(_("To stop both: Ctrl-C here."))
        if browser and can_show_pages():
            webbrowser.open(server.url)
        try:
            server.process.wait()
        except KeyboardInterrupt:
            say("")
            say(_("Stopping; your work is saved in {folder}.").format(folder=workspace))


def tell(update: Update, workspace: Path, say: Callable[[str], object]) -> None:
    """Say what happened to the learner's files, when there is something to know."""
    if update.written:
        say(
            _("New or brought up to date in {folder}: {count} files.").format(
                folder=workspace, count=len(update.written)
            )
        )
    for name, beside in update.beside.items():
        say(_("You changed {name}, so its newer version is beside it: {beside}").format(name=name, beside=beside))
    for name, kept in update.renamed.items():
        say(_("Your {name} in the other language is kept as {kept}").format(name=name, kept=kept))
    for name in update.restored:
        say(_("Your own {name} in this language is back.").format(name=name))


def start_afresh(workspace: Path, sections: Sequence[str], say: Callable[[str], object]) -> None:
    """Put fresh copies of lessons and exercises into ``workspace``, and say where the old ones are.

    Raises:
        UnknownLesson: there is no such lesson.
        FolderUnusable: the workspace cannot be written to.
    """
    for section in sections:
        for name, kept in reset(workspace.absolute(), section, settings.language(), datetime.now()).items():
            said = _("Fresh again: {name}").format(name=name)
            say(said + (" " + _("Yours is kept as {kept}").format(kept=kept) if kept else ""))
    say(_("Is one of them open in JupyterLab? There, choose File > Reload Notebook from Disk."))


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """A closed terminal and a polite ``kill`` stop things as Ctrl-C does, inside this block."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[Callable[[str], None]]:
    """Nobody else runs this workspace inside this block; gives a function that writes down its page for others.

    Raises:
        FolderUnusable: it is open already; the error names the page.
    """
    import fcntl

    page = home / "page"
    try:
        lock = (home / "lock").open("w")
    except OSError as error:
        raise unwritable(home, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            url = page.read_text(encoding="utf-8") if page.exists() else "?"
            raise FolderUnusable(
                _("This workspace is open already: {url}").format(url=url),
                _("Use that page, or stop the other one with Ctrl-C in its window."),
            ) from error
        try:
            yield lambda url: write_file(page, url.encode(), mode=0o600)
        finally:
            page.unlink(missing_ok=True)


def read_ports(home: Path) -> dict[str, list[int]]:
    """The ports of this workspace, ``hub`` and ``lab``: the one of the last start first, then those before it."""
    found: dict[str, list[int]] = {"hub": [], "lab": []}
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        kept = json.loads((home / "ports.json").read_text(encoding="utf-8"))
        found |= {name: [int(port) for port in kept.get(name, [])] for name in found}
    return found


def write_ports(home: Path, ports: dict[str, list[int]]) -> None:
    """Remember ``ports`` for the next start."""
    write_file(home / "ports.json", json.dumps(ports).encode())


def start_hub(home: Path, ports: dict[str, list[int]], say: Callable[[str], object]) -> LocalHub:
    """Start the Hub on the port that its clones know, or on the next one that is free; lesson 1's models are on it.

    Args:
        home: the private folder of the workspace.
        ports: what :func:`read_ports` gave; its ``hub`` list gets the chosen port in front.
        say: prints a line for the learner.

    Raises:
        PortInUse: no port is free.
    """
    wanted = (ports["hub"] or [settings.hub_port()])[0]
    port = first_free(wanted)
    while True:
        hub = LocalHub(data=home / "hub", host="127.0.0.1", port=port, public_url=settings.public_url())
        try:
            hub.start()
        except PortInUse:
            # Somebody took it between the look and the start.
            port = first_free(port + 1)
        else:
            break
    if port != wanted:
        say(_("Port {wanted} belongs to another program: your Hub is on port {port}.").format(wanted=wanted, port=port))
        if ports["hub"]:
            say(_("Clones that you made at the old address still work."))
    ports["hub"] = [port, *(old for old in ports["hub"] if old != port)]
    try:
        seed(hub)
    except KitError as error:
        # Only lesson 1 misses them.
        say(str(error))
    return hub


def can_show_pages() -> bool:
    """Whether a graphical browser can open here; a text browser in the learner's terminal is no help."""
    environment = settings.environment()
    graphical = sys.platform != "linux" or any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return graphical or bool(environment.get("BROWSER"))
