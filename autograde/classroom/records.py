"""The commands ``autograde hub accounts``, ``password``, ``rename``, ``remove`` and ``events``."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from autograde import settings
from autograde.classroom import exports, lists, rosters
from autograde.classroom.extension import CLASSROOM
from autograde.classroom.lists import ListedPerson
from autograde.errors import FolderUnusable, HubRefused, HubRunning
from autograde.files import write_file
from autograde.hub.public import (
    Hub,
    HubConfig,
    User,
    find_user,
    first_password,
    record,
    remove_user,
    rename_user,
    repositories_to_delete,
    set_password,
    stored_events,
)
from autograde.i18n.translation import messages
from autograde.spreadsheets import cell

_ = messages("classroom")


def accounts(
    listed: Path,
    data: Path,
    passwords: Path | None,
    say: Callable[[str], object],
    *,
    encoding: str = "",
    columns: str = "",
    header: bool | None = None,
) -> int:
    """Create accounts from a class list on a stopped Hub; without ``passwords``, only print a preview.

    Args:
        listed: the list, as CSV or .xlsx.
        data: the Hub's data folder; created if missing.
        passwords: a new file for names and passwords, readable only by its owner; None: create nothing.
        say: prints a line.
        encoding, columns, header: see :func:`autograde.classroom.lists.read`.

    Returns:
        The number of rows with a problem.

    Raises:
        FolderUnusable: the Hub is running, its folder cannot be used, or the file ``passwords`` exists.
        HubRefused: the list cannot be read.
    """
    language = settings.language()
    found = lists.read(listed.read_bytes(), encoding=encoding, columns=columns, header=header, language=language)
    for line in lists.understood(found, language):
        say(line)
    with _preview(data) if passwords is None else _stopped(data) as hub:
        rows = rosters.examine(hub, found.rows, language)
        new = sum(not row.problem for row in rows)
        if passwords is None:
            _say_rows(rows, _("will be created"), say)
            if new:
                say(_("Nothing was changed. To create the accounts, add --passwords FILE, a new file for passwords."))
        elif new:
            _admit(hub, rows, passwords, language)
            _say_rows(rows, _("created"), say)
            say(_("New accounts: {number}. Their passwords are only in {file}.").format(number=new, file=passwords))
        else:
            _say_rows(rows, "", say)
        if not new:
            say(_("This list makes no new account."))
    return len(rows) - new


def _say_rows(rows: Iterable[ListedPerson], done: str, say: Callable[[str], object]) -> None:
    """Print a line for each row: its problem or ``done``, and how its user name was derived."""
    for row in rows:
        what = row.problem or done
        who = ", ".join(filter(None, (row.name, row.fullname)))
        text = _("line {line}: {name}: {what}").format(line=row.line, name=who, what=what)
        say(_("{row} ({remark})").format(row=text, remark=row.remark) if row.remark else text)


def _admit(hub: Hub, rows: list[ListedPerson], passwords: Path, language: str) -> None:
    """Create the accounts after writing the passwords to disk."""
    try:
        opened = os.open(passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = _("The file {file} exists already.").format(file=passwords)
        raise FolderUnusable(message, _("Choose a file name that does not exist yet.")) from None
    except (FileNotFoundError, NotADirectoryError):
        message = _("There is no folder {folder}.").format(folder=passwords.parent)
        raise FolderUnusable(message, _("Make it first, or choose another file.")) from None
    try:
        with os.fdopen(opened, "w", encoding="utf-8-sig", newline="") as file, hub.database.transaction():
            made = rosters.admit(hub, rows, language)
            table = csv.writer(file)
            table.writerow(rosters.PASSWORD_COLUMNS)
            for user, password in made:
                table.writerow([user.name, cell(user.fullname), password, cell(user.email or "")])
                record(hub, "account.made", detail={"name": user.name})
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        # The accounts were not created, so the passwords are useless.
        passwords.unlink(missing_ok=True)
        raise


def events(data: Path, form: str, since: str, until: str) -> Iterator[str]:
    """Yield the events of a Hub, running or not, as text in pieces.

    Args:
        data: the Hub's folder.
        form: ``csv`` or ``ndjson``.
        since, until: a day or a minute in local time; empty: from the beginning, to the end.

    Raises:
        FolderUnusable: there is no Hub in the folder.
        HubRefused: a time or the format is not valid.
    """
    forms = {"csv": exports.csv_lines, "ndjson": exports.json_lines}
    if form not in forms:
        raise HubRefused(_("There is no format {form}. Use csv or ndjson.").format(form=form))
    language = settings.language()
    period = exports.moment(since, 0, language), exports.moment(until, 1 << 62, language)
    try:
        yield from forms[form](stored_events(data, *period))
    except FileNotFoundError:
        raise FolderUnusable(
            _("There is no Hub in the folder {folder}.").format(folder=data),
            _("Name the folder that `autograde hub serve` uses: --data FOLDER"),
        ) from None


def rename(data: Path, old: str, new: str, say: Callable[[str], object]) -> None:
    """Rename an account on a stopped Hub.

    Raises:
        FolderUnusable: the Hub is running, or its folder cannot be used.
        HubRefused: the account does not exist, or the new name is invalid or taken.
    """
    with _stopped_hub(data) as hub:
        user = _account(hub, old)
        with hub.database.transaction():
            renamed = rename_user(hub, user, new, language=settings.language())
            record(hub, "account.renamed", detail={"name": user.name, "to": renamed.name})
        say(_("Renamed {old} to {new}. The old addresses of its repositories still work.").format(old=old, new=new))


def remove(data: Path, name: str, confirm: Callable[[str], bool], say: Callable[[str], object]) -> bool:
    """Remove an account from a stopped Hub, after printing which repositories are deleted with it.

    Args:
        data: the Hub's data folder.
        name: the account's user name.
        confirm: asks for confirmation.
        say: prints a line.

    Returns:
        Whether the account was removed.

    Raises:
        FolderUnusable: the Hub is running, or its folder cannot be used.
        HubRefused: the account does not exist.
    """
    with _stopped_hub(data) as hub:
        user = _account(hub, name)
        for repository in repositories_to_delete(hub, user):
            say(_("Will be deleted: {repository}").format(repository=repository))
        if not confirm(_("Remove the account {name} and its repositories for good?").format(name=user.name)):
            say(_("Nothing was removed."))
            return False
        remove_user(hub, user)
        record(hub, "account.removed", detail={"name": user.name})
        say(_("Removed {name}.").format(name=user.name))
        return True


def new_password(data: Path, name: str, say: Callable[[str], object], *, terminal: bool) -> None:
    """Set a new password for an account of a stopped Hub, for example for a teacher who forgot theirs.

    Args:
        data: the Hub's data folder.
        name: the account's user name.
        say: prints a line.
        terminal: whether ``say`` prints to a terminal. If not, the password is written to a file in ``data`` that only
            this user can read, because a log may be read by others.

    Raises:
        FolderUnusable: the Hub is running, or its folder cannot be used.
        HubRefused: the account does not exist.
    """
    with _stopped_hub(data) as hub:
        user = _account(hub, name)
        password, file = first_password(), data / f"new-password-{user.name}.txt"
        with hub.database.transaction():
            set_password(hub, user, password)
            record(hub, "account.password_reset", detail={"name": user.name, "tokens_revoked": False})
            if not terminal:
                # Inside the transaction: if the file cannot be written, the old password stays valid.
                write_file(file, f"{password}\n".encode("ascii"), mode=0o600)
        if terminal:
            say(_("The new password of {name}: {password}").format(name=user.name, password=password))
            say(_("It is shown only this once. All browsers were logged out; access tokens stay valid."))
        else:
            message = _("The new password of {name} is in {file}: read it, then delete the file.")
            say(message.format(name=user.name, file=file))
            say(_("All browsers were logged out; access tokens stay valid."))


@contextlib.contextmanager
def _stopped(data: Path) -> Iterator[Hub]:
    """Open a Hub that is not running; create it if it is missing.

    Raises:
        HubRunning: it is running; its teacher's page can be used instead.
    """
    try:
        hub = Hub(HubConfig(data=data, extensions=(CLASSROOM,)))
    except HubRunning:
        raise HubRunning(
            _("The Hub in the folder {folder} is running.").format(folder=data),
            _("Use its page /classroom, which does the same, or stop it first."),
        ) from None
    try:
        yield hub
    finally:
        hub.close()


@contextlib.contextmanager
def _preview(data: Path) -> Iterator[Hub]:
    """Open a Hub that is not running, or a temporary one if there is none, so that a preview creates nothing."""
    if (data / "hub.db").exists():
        with _stopped(data) as hub:
            yield hub
        return
    with tempfile.TemporaryDirectory(prefix="hub-") as folder, _stopped(Path(folder)) as hub:
        yield hub


@contextlib.contextmanager
def _stopped_hub(data: Path) -> Iterator[Hub]:
    """Open a Hub that is not running.

    Raises:
        FolderUnusable: the folder has no Hub.
        HubRunning: it is running.
    """
    if not (data / "hub.db").is_file():
        raise FolderUnusable(
            _("There is no Hub in the folder {folder}.").format(folder=data),
            _("Name the folder that `autograde hub serve` uses: --data FOLDER"),
        )
    with _stopped(data) as hub:
        yield hub


def _account(hub: Hub, name: str) -> User:
    user = find_user(hub, name)
    if user is None or user.kind != "user":
        raise HubRefused(_("There is no account {name} on this Hub.").format(name=name))
    return user
