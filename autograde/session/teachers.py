"""The teachers of a class's Hub: make accounts teachers', and create missing ones with a first password."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograde import settings
from autograde.errors import HubRefused
from autograde.files import write_file
from autograde.hub.core import Hub
from autograde.hub.people import accounts
from autograde.i18n.translation import messages

_ = messages("cli")


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
