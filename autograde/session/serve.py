"""``autograde hub serve``: run one Hub for a whole class."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograde import settings
from autograde.errors import HubRefused
from autograde.hub import LocalHub, seeds
from autograde.hub.addresses import EVERYWHERE, lan_address
from autograde.hub.core import Hub
from autograde.hub.extension import Extension
from autograde.hub.people import accounts
from autograde.i18n.translation import messages
from autograde.session import seeding
from autograde.session.interrupts import signals_as_interrupts
from autograde.session.workspace import unwritable
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
        terminal: whether ``say`` prints to a terminal. Passwords are never printed to a log.

    Raises:
        MissingTool: git is not on this machine.
        PortInUse: another program uses the port.
        FolderUnusable: the data folder cannot be written to, or the seed is not a snapshot.
        HubRefused: a teacher's name is not allowed, or the public URL is not a URL.
    """
    tools.require([tools.GIT])
    # Imported here because other commands do not need the web server.
    from autograde.hub.server import raise_file_limit

    raise_file_limit()
    planted = None
    try:
        if seed is not None and not (data.exists() and any(data.iterdir())):
            planted = seeds.plant(seed, data)
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
        ).start()
    except PermissionError as error:
        raise unwritable(data, error) from error
    typed = reached = f"http://{names[0] if names else lan_address() if host in EVERYWHERE else host}:{hub.port}"
    if public := hub.hub.public:
        typed = reached = public.origin + public.path
    with signals_as_interrupts():
        try:
            say(_("Your Hub:      {url}").format(url=reached))
            if models:
                seeding.seed(hub)
            say(_("Learners type: {line}").format(line=f"export HF_ENDPOINT={typed}"))
            say(_("Its data:      {folder}").format(folder=data.absolute()))
            for line in _from_seed(seed, planted) if planted else ():
                say(line)
            for name in teachers:
                for line in introduce(hub.hub, name, terminal=terminal):
                    say(line)
            if not models and seeding.lacks_models(hub):
                say(_("For a class: this Hub doesn't have the six models of lessons 0 and 1; start it with --models."))
            say(_("To stop it: Ctrl-C here."))
            hub.wait()
        except KeyboardInterrupt:
            say("")
        finally:
            hub.stop()


def _from_seed(seed: Path | None, planted: seeds.Planted) -> Iterator[str]:
    """Yield the lines about the accounts of a snapshot."""
    told = _("From {folder}: {number} accounts with their passwords and tokens.")
    yield told.format(folder=seed, number=planted.accounts)
    if planted.administrators:
        told = _("The snapshot's teachers are not teachers here: {names}. To make them teachers, use --teacher.")
        yield told.format(names=", ".join(planted.administrators))


def introduce(hub: Hub, name: str, *, terminal: bool) -> list[str]:
    """Make a user a teacher, creating the account if needed; return the lines to print.

    A new account's password is shown on the terminal once, or written to a file that only this user can read.

    Raises:
        HubRefused: the name is not allowed for a user, or belongs to an organisation.
    """
    user = accounts.find_user(hub, name)
    if user is not None:
        if user.kind != "user":
            raise HubRefused(_("{name} is an organisation; a teacher is a person.").format(name=name))
        accounts.set_administrator(hub, user)
        return [_("Teacher:       {name}").format(name=user.name)]
    if problem := accounts.name_problem(hub, name, settings.language()):
        raise HubRefused(problem)
    password = accounts.first_password()
    accounts.create_user(hub, name, password=password, administrator=True)
    if terminal:
        told = _("Teacher:       {name}, password {password} (shown this once; change it at /settings/account)")
        return [told.format(name=name, password=password)]
    path = hub.data / f"first-password-{name}.txt"
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{password}\n")
    told = _("Teacher:       {name}; the password is in {file}: read it, then delete the file")
    return [told.format(name=name, file=path)]
