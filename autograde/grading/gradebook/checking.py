"""Check that a gradebook has only what nbgrader creates."""

from __future__ import annotations

import sqlite3
import stat
import warnings
from pathlib import Path

from sqlalchemy import make_url

from autograde.errors import GradingFailed
from autograde.i18n import messages

_ = messages("cli")

#: Tables of nbgrader's database besides those of its models.
_ADDED_BY_NBGRADER = {"alembic_version"}


def check(url: str) -> None:
    """Reject a gradebook with triggers or other parts that nbgrader does not create.

    A trigger would change other learners' grades when one is saved.

    Raises:
        GradingFailed: the file is not an ordinary file, or it has triggers, views or tables that are not nbgrader's.
    """
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not _exists(path):
        return
    if not stat.S_ISREG(path.lstat().st_mode):
        raise GradingFailed(
            _("The gradebook {file} is not an ordinary file but a link, a folder or a device.").format(file=path),
            _("Put the gradebook itself there."),
        )
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute("SELECT type, name FROM sqlite_master ORDER BY name").fetchall()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise GradingFailed(
            _("The gradebook {file} cannot be read: {reason}.").format(file=path, reason=error),
            _("Restore it from a copy, or move it away: a new one is then made."),
        ) from error
    strange = [f"{kind} {name}" for kind, name in found if kind in ("trigger", "view")]
    strange += [f"table {name}" for kind, name in found if kind == "table" and name not in _tables()]
    if strange:
        raise GradingFailed(
            _("The gradebook {file} has parts that nbgrader does not make: {parts}.").format(
                file=path, parts=", ".join(strange)
            ),
            _("They can change grades by themselves. Restore the gradebook from a copy, or remove them with sqlite3."),
        )


def is_there(url: str) -> bool:
    """Return whether a gradebook exists, without opening it; True for a database that is not a file."""
    address = make_url(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _tables() -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbgrader.api import Base

    return {*Base.metadata.tables, *_ADDED_BY_NBGRADER, "sqlite_sequence", "sqlite_stat1"}
