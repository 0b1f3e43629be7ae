"""A class list as a teacher has it: a CSV file from any program, read into rows, each with its problem named.

Excel in China saves GBK, Excel in Germany separates by semicolons, a paste from a table by tabs: all of them are read
without a question. What a row means is decided against the Hub as it is now (:func:`examine`), and accounts are made
all together or not at all (:func:`admit`).
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.names import user_name_problem
from autograde.hub.people import accounts
from autograde.hub.people.accounts import FirstPassword, User
from autograde.i18n.translation import translator

#: The most rows that are read at once.
MOST = 1000

#: What a header may call each column, in lower case.
_HEADINGS = {
    "name": {
        "username", "user name", "user", "user_name", "login", "account", "id", "name on the hub",
        "用户名", "帐号", "账号", "账户", "帐户", "学号",
    },
    "email": {"email", "e-mail", "mail", "e-mail address", "email address", "邮箱", "电子邮件", "电子邮箱", "邮件"},
    "fullname": {"full name", "fullname", "full_name", "name", "real name", "display name", "姓名", "全名", "名字"},
}  # fmt: skip
_ORDER = ("name", "email", "fullname")


@dataclass(frozen=True)
class Row:
    """One line of a class list. ``line`` counts from 1, the header included; ``problem`` is empty when it is good."""

    line: int
    name: str
    email: str
    fullname: str
    problem: str = ""


def decode(content: bytes, language: str = "en") -> str:
    """The text of an uploaded file: UTF-8 with or without a mark, UTF-16 with one, otherwise GB18030 (all of GBK).

    Raises:
        HubRefused: it is none of them.
    """
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            _ = translator("hub", language)
            raise HubRefused(_("This file is no text; save the list as CSV (UTF-8) and choose that file.")) from None


def read(text: str, language: str = "en") -> list[Row]:
    """The rows of a class list: user name, e-mail address, full name; in another order where a header says so.

    Raises:
        HubRefused: there is no row in it, or there are too many.
    """
    _ = translator("hub", language)
    text = text.lstrip("\ufeff").replace("\0", "")
    if "," not in text:
        text = text.replace("，", ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
    try:
        lines = [
            (reader.line_num, [" ".join(cell.split()) for cell in cells])
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        message = _("The list cannot be read as CSV, near line {line}: {reason}.")
        raise HubRefused(message.format(line=reader.line_num, reason=error)) from None
    columns = _columns(lines[0][1]) if lines else None
    if columns:
        lines = lines[1:]
    if not lines:
        raise HubRefused(_("There is no row in this list. Each needs a user name, an e-mail address and a full name."))
    if len(lines) > MOST:
        raise HubRefused(_("This list has more than {n} rows; cut it into several.").format(n=MOST))
    columns = columns or dict(zip(_ORDER, range(3), strict=True))
    return [
        Row(line, *(cells[columns[key]] if columns.get(key, 99) < len(cells) else "" for key in _ORDER))
        for line, cells in lines
    ]


def _delimiter(text: str) -> str:
    """What separates the columns: the first line decides."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = Counter({mark: first.count(mark) for mark in "\t;,"})
    mark, number = counts.most_common(1)[0]
    return mark if number else ","


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Where each column is, when the line is a header; else None."""
    found: dict[str, int] = {}
    for number, cell in enumerate(cells):
        for key, headings in _HEADINGS.items():
            if cell.lower().replace("：", "").strip() in headings:
                found.setdefault(key, number)
    if "name" not in found and list(found) == ["fullname", "email"]:
        # `name, email`: the only name that there is must be the account's.
        found["name"] = found.pop("fullname")
    return found if "name" in found and not any("@" in cell for cell in cells) else None


def examine(hub: Hub, rows: Sequence[Row], language: str = "en") -> list[Row]:
    """The same rows, each with what keeps it from becoming an account on this Hub as it is now."""
    names: Counter[str] = Counter()
    emails: Counter[str] = Counter()
    examined = []
    for row in rows:
        names[row.name.lower()] += 1
        emails[row.email.lower()] += 1
        problem = _problem(hub, row, names[row.name.lower()] > 1, emails[row.email.lower()] > 1, language)
        examined.append(Row(row.line, row.name, row.email, row.fullname[:100], problem))
    return examined


def _problem(hub: Hub, row: Row, name_again: bool, email_again: bool, language: str) -> str:
    _ = translator("hub", language)
    if not row.name:
        return _("The user name is missing.")
    if problem := user_name_problem(row.name, language):
        return problem
    if row.email and (problem := accounts.email_problem(row.email, language)):
        return problem
    if name_again:
        return _("This user name is in the list twice.")
    if row.email and email_again:
        return _("This e-mail address is in the list twice.")
    if accounts.find_user(hub, row.name):
        return _("There is an account of this name already.")
    if row.email and accounts.email_taken(hub, row.email):
        return _("There is an account with this e-mail address already.")
    return ""


def fingerprint(rows: Sequence[Row]) -> str:
    """What was shown in a preview, so that exactly this is done later and nothing else."""
    lines = "\n".join("\0".join((row.name, row.email, row.fullname, row.problem)) for row in rows)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def admit(hub: Hub, rows: Sequence[Row], language: str = "en") -> list[tuple[User, FirstPassword]]:
    """Make an account for every row without a problem: all of them, or none. The passwords are returned and kept
    nowhere.

    Raises:
        HubRefused: a name or an address was taken meanwhile.
    """
    made = []
    with hub.database.transaction():
        for row in rows:
            if not row.problem:
                password = accounts.first_password()
                user = accounts.create_user(
                    hub, row.name, email=row.email or None, password=password, fullname=row.fullname, language=language
                )
                made.append((user, password))
    return made
