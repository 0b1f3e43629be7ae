"""``autograde hub serve``: run one Hub for a whole class."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from autograde.errors import CannotListen, FolderUnusable, PortInUse
from autograde.files import raise_file_limit
from autograde.hub import LocalHub
from autograde.hub.addresses import EVERYWHERE, lan_address
from autograde.hub.extension import Extension
from autograde.hub.memory import configure_malloc
from autograde.i18n.translation import messages
from autograde.session import seeding
from autograde.session.hub_limits import changed_limits
from autograde.session.interrupts import signals_as_interrupts
from autograde.session.teachers import introduce
from autograde.setup import tools

_ = messages("cli")


def serve(
    data: Path,
    *,
    host: str,
    port: int,
    names: tuple[str, ...],
    public_url: str = "",
    webhooks: tuple[str, ...] = (),
    frames: tuple[str, ...] = (),
    extensions: tuple[Extension, ...] = (),
    say: Callable[[str], object],
    seed: Path | None = None,
    models: bool = False,
    teachers: Sequence[str] = (),
    limits: Sequence[str] = (),
    terminal: bool = False,
) -> None:
    """Run a Hub until it is stopped with Ctrl-C or a signal.

    Args:
        data: folder of the Hub's data; created if missing.
        host: address to listen on.
        port: port to listen on; 0 for any free one.
        names: names of this machine that learners use in place of its address.
        public_url: the Hub's URL behind a proxy, for people and programs (``https://school.example/hub``).
        frames: origins of JupyterLab that may show the Hub's pages in a frame.
        extensions: applications that are mounted into the Hub.
        webhooks: allowed targets of webhooks; empty: webhooks are off.
        say: prints a line.
        seed: a snapshot (``LocalHub.snapshot``) to copy into a new data folder.
        models: whether to add lesson 1's models.
        teachers: users who may see ``/classroom``; missing accounts are created.
        limits: ``NAME=NUMBER`` for limits that differ from the defaults, see :mod:`autograde.session.hub_limits`.
        terminal: whether ``say`` prints to a terminal. Passwords are never printed to a log.

    Raises:
        MissingTool: git is not on this machine.
        PortInUse: another program uses the port.
        CannotListen: the address is not one of this machine's, or the port is reserved for its administrator.
        FolderUnusable: the data folder cannot be written to, or the seed is not a snapshot.
        HubRefused: a teacher's name or a limit is not allowed, or the public URL is not a URL.
    """
    configure_malloc()
    allowed = changed_limits(limits)
    tools.require([tools.GIT])
    # Each connection needs a file, and each pipe to git.
    raise_file_limit()
    introductions: list[str] = []
    hub = LocalHub(
        data=data.absolute(),
        host=host,
        port=port,
        hosts=names,
        public_url=public_url,
        programs_use_proxy=True,
        webhooks=webhooks,
        frames=frames,
        extensions=extensions,
        limits=allowed,
    )
    with signals_as_interrupts():
        try:
            with _explained(data, host, port):
                copied = _copy_seed(seed, data) if seed is not None else []
                # Before learners can sign up under a teacher's name.
                hub.start(lambda opened: introductions.extend(introduce(opened, teachers, terminal=terminal)))
            address = _address(hub, host, names)
            say(_("Your Hub:      {url}").format(url=address))
            if models:
                try:
                    seeding.seed(hub)
                except OSError as error:
                    raise _unwritable(data, error) from error
            say(_("Learners type: {line}").format(line=f"export HF_ENDPOINT={address}"))
            say(_("For lessons:   {line}").format(line="autograde learn"))
            say(_("Its data:      {folder}").format(folder=data.absolute()))
            for line in copied:
                say(line)
            while introductions:
                say(introductions.pop(0))
            if teachers:
                say(_("Teachers open: {url}").format(url=f"{address}/login?next=/classroom"))
            if not models and seeding.lacks_models(hub):
                say(_("For a class: this Hub doesn't have the six models of lessons 0 and 1; start it with --models."))
            say(_("To stop it: Ctrl-C here."))
            hub.wait()
        except KeyboardInterrupt:
            say("")
        finally:
            # If the Hub stops early, new passwords are shown now or never.
            for line in introductions:
                say(line)
            hub.stop()


def _address(hub: LocalHub, host: str, names: Sequence[str]) -> str:
    """Return the address of a running Hub that learners type."""
    if public := hub.hub.public:
        return public.origin + public.path
    return f"http://{names[0] if names else lan_address() if host in EVERYWHERE else host}:{hub.port}"


@contextmanager
def _explained(data: Path, host: str, port: int) -> Iterator[None]:
    """Explain why the Hub cannot start, with the command's options that help.

    Raises:
        PortInUse: another program uses the port.
        CannotListen: the Hub cannot listen on this address and port.
        FolderUnusable: the data folder cannot be written to.
    """
    try:
        yield
    except PortInUse:
        message = _("Port {port} is in use by another program.").format(port=port)
        raise PortInUse(message, _("Choose another with --port, or 0 for any free one.")) from None
    except CannotListen as error:
        message = _("The Hub cannot listen on port {port} of {host}: {reason}.")
        reason = getattr(error.__cause__, "strerror", None) or error.what
        raise CannotListen(
            message.format(port=port, host=host, reason=reason),
            _("Use --host 0.0.0.0 for all addresses of this machine, and a --port of 1024 or more."),
        ) from error
    except PermissionError as error:
        raise _unwritable(data, error) from error


def _unwritable(data: Path, error: OSError) -> FolderUnusable:
    message = _("The folder {folder} cannot be written to: {reason}.")
    return FolderUnusable(
        message.format(folder=data, reason=error.strerror or error),
        _("Free some disk space, or choose another folder with --data."),
    )


def _copy_seed(seed: Path, data: Path) -> list[str]:
    """Copy a snapshot into a new data folder; return the lines about its accounts, none if the folder isn't new."""
    if data.exists() and any(data.iterdir()):
        return []
    # Imported here because few Hubs start from a snapshot.
    from autograde.hub.snapshot_import import import_snapshot

    imported = import_snapshot(seed, data)
    message = _("From {folder}: {number} accounts with their passwords and tokens.")
    lines = [message.format(folder=seed, number=imported.accounts)]
    if imported.administrators:
        message = _("The snapshot's teachers are not teachers here: {names}. To make them teachers, use --teacher.")
        lines.append(message.format(names=", ".join(imported.administrators)))
    return lines
