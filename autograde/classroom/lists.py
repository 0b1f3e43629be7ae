"""Read a class list in any form a teacher may have: a table from Excel, Canvas, Moodle or nbgrader.

A :class:`~autograde.classroom.class_list.ClassList` reports how it was interpreted: the encoding, the columns' meaning,
the first rows, and how user names were derived if the list has no valid ones. A first line that looks like an unknown
header is an error that names the options to use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograde.classroom.class_file import ClassFile, Line
from autograde.classroom.class_list import ClassList, Column, ListedPerson
from autograde.classroom.columns import (
    EXAMPLES,
    header_index,
    lines_text,
    parse_roles,
    roles_of_cells,
    roles_of_headings,
    second_table,
)
from autograde.classroom.describing import ENCODINGS, encoding_name, understood
from autograde.classroom.headings import Role, normal, role_of
from autograde.classroom.list_files import read_file
from autograde.classroom.list_lines import (
    is_note,
    is_total,
    joined_names,
    one_address_each,
    side_by_side,
    usual_form,
    without_maxima,
)
from autograde.classroom.user_names import about_dates, allowed_name, are_numbered, is_address, with_user_names
from autograde.errors import HubRefused
from autograde.i18n.translation import translator

__all__ = ["ENCODINGS", "MOST", "ClassList", "ListedPerson", "allowed_name", "interpret", "read", "understood"]


#: Most rows of a list.
MOST = 10_000

#: An address in the form of mail programs: Ada Lovelace <ada@example.org>.
_NAME_AND_ADDRESS = re.compile(r"([^<>@]*)<([^@\s<>]+@[^@\s<>]+)>")

#: Rows that Canvas adds to its gradebook.
_POINTS_POSSIBLE = frozenset({"points possible", "mögliche punkte", "points possibles", "puntos posibles", "满分"})

#: Columns with people's names.
_NAMES = (Role.FULLNAME, Role.NAME, Role.FIRST, Role.LAST)

#: Most numbers of hidden rows in a sentence.
_MOST_HIDDEN = 20

_TEST_STUDENTS = frozenset({"student, test", "test student"})

#: Headings of the column with each person's role in a Moodle or Canvas course, and words for teachers and learners.
_COURSE_ROLES = frozenset({"role", "roles", "rolle", "rollen", "rôle", "rôles", "rol", "角色"})
_TEACHES = re.compile(
    r"teacher|teaching assistant|^ta$|tutor|trainer|instructor|^manager$|dozent|lehrend|enseignant|profesor"
    r"|教师|老师|助教",
    re.IGNORECASE,
)
_LEARNS = re.compile(r"student|learner|teilnehm|studierend|étudiant|estudiante|学生|学员", re.IGNORECASE)


def read(
    content: bytes, *, encoding: str = "", columns: str = "", header: bool | None = None, language: str = "en"
) -> ClassList:
    """Read a class list.

    Args:
        content: a CSV file in any encoding and with any separator, or an .xlsx workbook.
        encoding: the encoding; empty: detect it.
        columns: the meaning of the columns in order, ``name,email,fullname``, with ``-`` for one to ignore; empty:
            detect it.
        header: whether the first line is a header; None: detect it.
        language: the language of messages.

    Raises:
        HubRefused: it cannot be read, has no rows, or its first line looks like an unknown header.
    """
    return interpret(read_file(content, encoding, language), columns=columns, header=header, language=language)


def interpret(file: ClassFile, *, columns: str = "", header: bool | None = None, language: str = "en") -> ClassList:
    """Interpret the lines of a class list; the arguments are those of :func:`read`.

    Raises:
        HubRefused: there are no rows, or the first line looks like an unknown header.
    """
    _ = translator("classroom", language)
    named_roles = _named_roles(file, columns, language)
    remarks = list(_about_file(file, language))
    header_at = header_index(file.lines, header, bool(named_roles), language)
    if header_at > 0:
        remarks.append(_("Skipped above the header: {text}").format(text=lines_text(file.lines[:header_at], "; ")))
    lines, headings, width = _table(file, header_at, columns_named=bool(named_roles))
    roles = named_roles or roles_of_headings(headings, lines)
    roles += [Role.UNUSED] * (width - len(roles))
    if not any(role is not Role.UNUSED for role in roles):
        roles = roles_of_cells(lines, width)
        if roles == [Role.FIRST, Role.LAST] and all(", " in line for line in file.text.splitlines() if line.strip()):
            roles = [Role.LAST, Role.FIRST]
            remarks.append(
                _("The names are read as “last name, first name”, because every line has a comma and a space after it.")
            )
    if not named_roles:
        remarks += _repeated(headings, roles, lines, language)
    if header_at < 0 and lines and header is None:
        remarks.append(_("No header was recognised, so the first line counts as a person."))
    people = _people(lines, roles, headings, remarks, language)
    shown = tuple(
        Column(
            headings[number] if number < len(headings) else "",
            role,
            tuple(line.cell(number) for line in people[:EXAMPLES]),
        )
        for number, role in enumerate(roles)
    )
    persons = [_person(line, roles, language) for line in people]
    numbered = are_numbered(persons)
    rows = with_user_names(persons, language, numbered=numbered)
    # A row with a problem names its cell itself.
    remarks += about_dates(
        [one for one, row in zip(persons, rows, strict=True) if not row.problem], language, numbered=numbered
    )
    number = file.lines[header_at].number if header_at >= 0 else 0
    return ClassList(file, number, shown, tuple(rows), tuple(remarks))


def _named_roles(file: ClassFile, columns: str, language: str) -> list[Role]:
    """Return the roles of the columns that the teacher named; an empty list if none are.

    Raises:
        HubRefused: a name is unknown, or there are more names than columns.
    """
    roles = parse_roles(columns, language) if columns.strip() else []
    width = max((len(line.cells) for line in file.lines), default=0)
    if len(roles) > width > 0:
        _ = translator("classroom", language)
        message = _("You named {n} columns, but the list has {width}. Its first line is: {line}")
        raise HubRefused(message.format(n=len(roles), width=width, line=lines_text(file.lines[:1])))
    return roles


def _table(file: ClassFile, header_at: int, *, columns_named: bool) -> tuple[Sequence[Line], Sequence[str], int]:
    """Return the lines below the header, its headings (none if ``header_at`` is negative) and the number of columns."""
    lines: Sequence[Line] = file.lines[header_at + 1 :]
    headings: Sequence[str] = file.lines[header_at].cells if header_at >= 0 else ()
    if header_at < 0 and not columns_named:
        lines = one_address_each(lines)
    if len(headings) == 1:
        lines = joined_names(lines)
    if headings and not columns_named:
        lines, headings = side_by_side(lines, headings)
        return lines, headings, max((len(line.cells) for line in lines), default=len(headings))
    return lines, headings, max((len(line.cells) for line in (*file.lines[: header_at + 1], *lines)), default=0)


def _repeated(headings: Sequence[str], roles: Sequence[Role], lines: Sequence[Line], language: str) -> Iterator[str]:
    """Yield a remark about each column that is not used because another has the same heading or similar cells."""
    _ = translator("classroom", language)
    alike = dict(second_table(lines, roles))
    for at, role in enumerate(roles):
        heading = headings[at] if at < len(headings) else ""
        if role is not Role.UNUSED or (any(headings) and role_of(heading) in (None, Role.UNUSED)):
            continue
        if heading and normal(heading) in map(normal, headings[:at]) and any(line.cell(at) for line in lines):
            message = _("Two columns are called {heading}; column {number} is not used. Are people missing?")
            yield message.format(heading=heading[:40], number=at + 1)
        elif at in alike:
            message = _("Column {number} looks like column {other}, but is not used. Are people missing?")
            yield message.format(number=at + 1, other=alike[at] + 1)


def _people(
    lines: Sequence[Line], roles: Sequence[Role], headings: Sequence[str], remarks: list[str], language: str
) -> list[Line]:
    """Return the lines that are people, and add a remark about each other line.

    Raises:
        HubRefused: there are no people, or too many.
    """
    _ = translator("classroom", language)
    headers = _headers(lines, roles, headings) if headings else []
    people = []
    for line in lines:
        if why := _why_skipped(line, roles, headings, headers, language):
            remarks.append(why)
        else:
            people.append(line)
    if headings and len(rest := without_maxima(people, roles)) < len(people):
        for line in people[: -len(rest)]:
            message = _("Line {line} is skipped: it has points or dates of tasks, not a person: {text}")
            remarks.append(message.format(line=line.number, text=lines_text([line])))
        people = list(rest)
    if not people:
        raise HubRefused(_("The list has no rows. Each row needs a user name, an e-mail address and a full name."))
    if len(people) > MOST:
        raise HubRefused(_("This list has more than {n} rows. Split it into several lists.").format(n=MOST))
    return people


def _about_file(file: ClassFile, language: str) -> Iterator[str]:
    """Yield remarks about the encoding and about sheets that were not read."""
    _ = translator("classroom", language)
    if file.guessed:
        message = _(
            "The file is not UTF-8; it was read as {encoding}. "
            "Check the names; if they look wrong, choose another encoding."
        )
        yield message.format(encoding=encoding_name(file.encoding))
    if "\ufffd" in file.text:
        yield _("Some letters are lost: \ufffd is in their place. Correct them, or export the list again.")
    if file.hidden:
        message = _("Hidden rows of the sheet were read, too: {lines}")
        more = "…" if len(file.hidden) > _MOST_HIDDEN else ""
        yield message.format(lines=", ".join(map(str, file.hidden[:_MOST_HIDDEN])) + more)
    if file.more_sheets:
        yield _("Only one sheet was read: {name}").format(name=file.sheet)


def _why_skipped(
    line: Line, roles: Sequence[Role], headings: Sequence[str], headers: Sequence[Sequence[str]], language: str
) -> str:
    """Return why a line is not a person (Canvas's rows, totals, titles, rows without data); empty if it is one."""
    _ = translator("classroom", language)
    used = [cell for cell, role in zip(line.cells, roles, strict=False) if role is not Role.UNUSED and cell]
    if line.cell(0).lower() in _POINTS_POSSIBLE:
        why = _("Line {line} is skipped: it contains Canvas's points, not a person.")
    elif any(cell.lower() in _TEST_STUDENTS for cell in line.cells):
        why = _("Line {line} is skipped: it is Canvas's test student.")
    elif role := _teachers_role(line, headings):
        message = _("Line {line} is skipped: the role is {role}. To include this person, delete the column of roles.")
        return message.format(line=line.number, role=role[:40])
    elif _as_header(line.cells) in headers:
        why = _("Line {line} is skipped: it is the header once more.")
    elif headings and is_total(line, roles):
        why = _("Line {line} is skipped: it is a total or an average, not a person.")
    elif is_note(line, roles, headings):
        why = _("Line {line} is skipped: it is a title or a remark, not a person.")
    elif not used:
        why = _("Line {line} is skipped: the columns in use are empty.")
    else:
        return ""
    return why.format(line=line.number)


def _headers(lines: Sequence[Line], roles: Sequence[Role], headings: Sequence[str]) -> list[list[str]]:
    """Return the header and its translations, which may follow it. A line equal to one of them is not a person."""
    found = [_as_header(headings)]
    below_header = True
    for line in lines:
        cells = _as_header(line.cells)
        # Further down, only a column of addresses shows that a heading is not a person's name.
        may_be_header = below_header or Role.EMAIL in roles
        below_header = cells in found or (may_be_header and _translates(line, roles, headings))
        if below_header:
            found.append(cells)
    return found


def _as_header(cells: Sequence[str]) -> list[str]:
    return [normal(cell) for cell in cells if cell]


def _translates(line: Line, roles: Sequence[Role], headings: Sequence[str]) -> bool:
    """Return whether a line is the header in another language, and not a person called Name or First."""
    columns = zip(roles, headings, line.cells, strict=False)
    used = [(role, heading, cell) for role, heading, cell in columns if role is not Role.UNUSED and cell]
    for role, _heading, cell in used:
        meant = role_of(cell)
        if meant is not role and not (meant is Role.SOME_NAME and role in _NAMES):
            return False
    if len({normal(cell) for _role, _heading, cell in used}) < max(len(used), 2):
        return False
    # A person has an address in this column. Two headings in one language have a word in common.
    return any(
        role is Role.EMAIL or (heading > "\u0250") != (cell > "\u0250") for role, heading, cell in used
    ) or not any(set(normal(heading).split()) & set(normal(cell).split()) for _role, heading, cell in used)


def _teachers_role(line: Line, headings: Sequence[str]) -> str:
    """Return what a line says about a teacher's role in the course; empty for learners and without such a column."""
    for heading, cell in zip(headings, line.cells, strict=False):
        if normal(heading) in _COURSE_ROLES and _TEACHES.search(cell) and not _LEARNS.search(cell):
            return cell
    return ""


def _person(line: Line, roles: Sequence[Role], language: str) -> ListedPerson:
    """Return a line's person; the name is the user name or, if missing, the number."""
    _ = translator("classroom", language)
    cells = {role: usual_form(cell) for role, cell in zip(roles, line.cells, strict=False)}
    given = cells.get(Role.NAME) or cells.get(Role.NUMBER, "")
    email = cells.get(Role.EMAIL, "")
    email = email or next(filter(is_address, (given, cells.get(Role.NUMBER, ""))), "")
    if written := _NAME_AND_ADDRESS.fullmatch(given or email or cells.get(Role.FULLNAME, "")):
        return ListedPerson(line.number, "", written[2], _turned(written[1].strip()))
    fullname = cells.get(Role.FULLNAME) or _joined(cells.get(Role.FIRST, ""), cells.get(Role.LAST, ""))
    problem = ""
    if email and not is_address(email) and any(map(is_address, line.cells)):
        problem = _("The e-mail address is in another column than in the header. Is a comma in a name the reason?")
    surname = cells.get(Role.LAST, "") if not cells.get(Role.FULLNAME) else fullname.partition(", ")[0]
    turned = _turned(fullname)
    return ListedPerson(
        line.number, given, email, turned, problem, given, surname=surname if turned.endswith(f" {surname}") else ""
    )


def _joined(first: str, last: str) -> str:
    """Join first and last name; Chinese and Japanese names have no space: 王 and 小明 give 王小明."""
    if first and last and all("\u3040" <= mark <= "\uffef" for mark in first + last):
        return last + first
    return f"{first} {last}".strip()


def _turned(fullname: str) -> str:
    """Turn "Lovelace, Ada" into "Ada Lovelace"."""
    last, comma, first = fullname.partition(", ")
    return f"{first} {last}" if comma and first and last and "," not in first else fullname
