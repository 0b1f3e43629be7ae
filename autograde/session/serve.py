"""``autograde hub serve``: run one Hub for a whole class."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from autograde import settings
from autograde.errors import CannotListen, FolderUnusable, HubRefused, PortInUse
from autograde.files import raise_file_limit, write_file
from autograde.hub import LocalHub
from autograde.hub.addresses import EVERYWHERE, lan_address
from autograde.hub.config import Limits
from autograde.hub.core import Hub
from autograde.hub.extension import Extension
from autograde.hub.memory import configure_malloc
from autograde.hub.people import accounts
from autograde.i18n.translation import messages
from autograde.session import seeding
from autograde.session.interrupts import signals_as_interrupts
from autograde.setup import tools

_ = messages("cli")

#: The largest limit, which is the largest number that the Hub's database can compare.
LARGEST_LIMIT = 2**63 - 1
#: A limit's value: a number, in bytes where it is a size, also with a unit such as MB. More than 19 digits are never
#: allowed, and int() raises ValueError for more than 4300.
_NUMBER = re.compile(r"(\d{1,19})\s*(|kb|mb|gb|tb)", re.IGNORECASE)
_UNITS = ("", "kb", "mb", "gb", "tb")


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
        limits: ``NAME=NUMBER`` for limits that differ from the defaults, see :func:`changed_limits`.
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
            address = f"http://{names[0] if names else lan_address() if host in EVERYWHERE else host}:{hub.port}"
            if public := hub.hub.public:
                address = public.origin + public.path
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


def changed_limits(given: Sequence[str]) -> Limits:
    """Return the Hub's limits, with those changed that are given as ``NAME=NUMBER``, such as ``owner_storage=5GB``.

    Raises:
        HubRefused: a limit does not exist, or its value is not a number from 1 to :data:`LARGEST_LIMIT`.
    """
    changed = {}
    for setting in given:
        name, __, value = setting.partition("=")
        if name.strip() not in {limit.name for limit in fields(Limits)}:
            names = ", ".join(limit.name for limit in fields(Limits))
            raise HubRefused(
                _("There is no limit {name}.").format(name=name), _("Choose one of: {names}.").format(names=names)
            )
        number = _NUMBER.fullmatch(value.strip())
        size = int(number[1]) * 1000 ** _UNITS.index(number[2].lower()) if number else 0
        if not 0 < size <= LARGEST_LIMIT:
            raise HubRefused(
                _("{setting} is not a limit.").format(setting=setting),
                _("Write NAME=NUMBER; sizes in bytes, or as 500MB or 5GB."),
            )
        changed[name.strip()] = size
    return replace(Limits(), **changed)


def introduce(hub: Hub, teachers: Sequence[str], *, terminal: bool) -> Iterator[str]:
    """Make users teachers, creating missing accounts; yield a line to print for each.

    A new account's password is shown on the terminal once, or written to a file that only this user can read.

    Raises:
        HubRefused: one of the names is not allowed for a user, or belongs to an organisation; no account was created.
    """
    for name in teachers:
        _check_teacher(hub, name)
    for name in teachers:
        yield _introduce(hub, name, terminal=terminal)


def _check_teacher(hub: Hub, name: str) -> None:
    user = accounts.find_user(hub, name)
    if user is not None and user.kind != "user":
        raise HubRefused(_("{name} is an organisation; a teacher is a person.").format(name=name))
    if user is None and (problem := accounts.name_problem(hub, name, settings.language())):
        raise HubRefused(_("The teacher {name} cannot be created: {problem}").format(name=name, problem=problem))


def _introduce(hub: Hub, name: str, *, terminal: bool) -> str:
    user = accounts.find_user(hub, name)
    if user is not None:
        accounts.set_administrator(hub, user)
        if user.administrator:
            return _("Teacher:       {name}").format(name=user.name)
        message = _("Teacher:       {name} (this account existed already and is a teacher's from now on)")
        return message.format(name=user.name)
    password = accounts.first_password()
    accounts.create_user(hub, name, password=password, administrator=True)
    if terminal:
        message = _("Teacher:       {name}, password {password} (shown this once; change it at /settings/account)")
        return message.format(name=name, password=password)
    path = hub.data / f"first-password-{name}.txt"
    write_file(path, f"{password}\n".encode("ascii"), mode=0o600)
    message = _("Teacher:       {name}; the password is in {file}: read it, then delete the file")
    return message.format(name=name, file=path)
