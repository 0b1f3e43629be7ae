"""A class list as a teacher has it: any table from Excel, Canvas, Moodle or nbgrader, read into rows.

Nothing is guessed without a word. A :class:`ClassList` says what was understood: the encoding, each column's meaning,
the first rows, and for each row how its user name was made when the list has none that the Hub allows. A first line
that looks like an unknown header is refused with the sentence that helps.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from autograde.classroom.headings import Role, has_known_word, normal, role_of
from autograde.classroom.list_files import ClassFile, Line, read_file
from autograde.errors import HubRefused
from autograde.hub import user_name_problem
from autograde.i18n.translation import translator

#: The most rows that are read at once.
MOST = 1000

#: The encodings that programs save class lists in, each with the name that people know.
ENCODINGS = {
    "utf-8": "UTF-8", "cp1252": "Windows-1252", "cp1250": "Windows-1250", "mac_roman": "Mac Roman",
    "gb18030": "GB18030 (GBK)", "cp950": "Big5", "cp932": "Shift-JIS", "utf-16": "UTF-16",
}  # fmt: skip

#: In how many lines the header is looked for: some lists have a title above it.
_TITLE_LINES = 10

#: How many rows are shown as examples.
_EXAMPLES = 3

#: Where a list without a header has each column, unless its cells say otherwise.
_ORDER = (Role.NAME, Role.EMAIL, Role.FULLNAME)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")

#: An address as mail programs write it: Ada Lovelace <ada@example.org>.
_NAME_AND_ADDRESS = re.compile(r"([^<>@]*)<([^@\s<>]+@[^@\s<>]+)>")

#: A user name of allowed characters; digits alone are a student number.
_OWN_LETTERS = re.compile(r"(?=.*[A-Za-z-])[A-Za-z0-9-]+")

#: A whole number that Excel has shortened; its last digits are lost.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)

#: Rows that Canvas adds to its gradebook.
_POINTS_POSSIBLE = frozenset({"points possible", "mögliche punkte", "points possibles", "puntos posibles", "满分"})
_TEST_STUDENTS = frozenset({"student, test", "test student"})

#: What Latin letters become that have no accent to drop.
_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae",
        "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D",
        "þ": "th", "Þ": "Th", "ı": "i", "'": "", "’": "", "‘": "", "`": "", "´": "",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a class list.

    Attributes:
        line: its number from 1, the header included.
        name, email, fullname: what the account will have.
        problem: why there can be no account; empty when it is good.
        given: the user name or number as the list has it.
        remark: how the user name was made, when the list has none that is allowed.
    """

    line: int
    name: str
    email: str
    fullname: str
    problem: str = ""
    given: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading (empty without a header), what it means, and its first cells."""

    heading: str
    role: Role
    examples: tuple[str, ...]


@dataclass(frozen=True)
class ClassList:
    """A class list, and what was understood of it.

    Attributes:
        file: encoding, separator and lines.
        header: the number of the header's line; 0 when there is none.
        columns: what each column means.
        rows: the people.
        remarks: sentences about what a teacher should check.
    """

    file: ClassFile
    header: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]


def read(
    content: bytes, *, encoding: str = "", columns: str = "", header: bool | None = None, language: str = "en"
) -> ClassList:
    """Read a class list.

    Args:
        content: a CSV file in any encoding and with any separator, or an .xlsx workbook.
        encoding: the encoding; empty: decided by the content.
        columns: what the columns are, in their order: ``name,email,fullname``, ``-`` for one that is not used. Empty:
            decided by the header or by the cells.
        header: whether the first line is a header; None: decided by the content.
        language: the language of messages.

    Raises:
        HubRefused: it cannot be read, there is no row, or the first line may be a header that is not known.
    """
    return interpret(read_file(content, encoding, language), columns=columns, header=header, language=language)


def interpret(file: ClassFile, *, columns: str = "", header: bool | None = None, language: str = "en") -> ClassList:
    """Decide what a class list's lines mean; the arguments are those of :func:`read`.

    Raises:
        HubRefused: there is no row, or the first line may be a header that is not known.
    """
    _ = translator("classroom", language)
    told = _told_roles(columns, language) if columns.strip() else []
    width = max((len(line.cells) for line in file.lines), default=0)
    if len(told) > width > 0:
        message = _("You named {n} columns, but the list has {width}. Its first line is: {line}")
        raise HubRefused(message.format(n=len(told), width=width, line=_shown(file.lines[:1])))
    remarks = list(_about_file(file, language))
    place = _header_place(file.lines, header, bool(told), language)
    lines = file.lines[place + 1 :]
    if place > 0:
        remarks.append(_("Skipped above the header: {text}").format(text=_shown(file.lines[:place], "; ")))
    headings = file.lines[place].cells if place >= 0 else ()
    roles = told or _settled(headings, lines)
    roles += [Role.UNUSED] * (width - len(roles))
    if not any(role is not Role.UNUSED for role in roles):
        roles = _roles_of_cells(lines, width)
    if place < 0 and lines and header is None:
        remarks.append(_("No header was recognised, so the first line counts as a person."))
    people = [line for line in lines if not _left_out(line, roles, remarks, language)]
    if not people:
        raise HubRefused(_("The list has no rows. Each row needs a user name, an e-mail address and a full name."))
    if len(people) > MOST:
        raise HubRefused(_("This list has more than {n} rows. Split it into several lists.").format(n=MOST))
    shown = tuple(
        Column(
            headings[number] if number < len(headings) else "",
            role,
            tuple(line.cells[number] for line in people[:_EXAMPLES] if number < len(line.cells)),
        )
        for number, role in enumerate(roles)
    )
    rows = _named([_person(line, roles) for line in people], language)
    number = file.lines[place].number if place >= 0 else 0
    return ClassList(file, number, shown, tuple(rows), tuple(remarks))


def _about_file(file: ClassFile, language: str) -> Iterator[str]:
    """Remarks on the encoding and on sheets that were not read."""
    _ = translator("classroom", language)
    if file.guessed:
        message = _(
            "The file is not UTF-8; it was read as {encoding}. "
            "Check the names; if they look wrong, choose another encoding."
        )
        yield message.format(encoding=encoding_name(file.encoding))
    if file.more_sheets:
        yield _("Only the first sheet was read: {name}").format(name=file.sheet)


def encoding_name(encoding: str) -> str:
    """What people call an encoding."""
    return ENCODINGS.get(encoding, encoding.upper().replace("_", "-"))


def _told_roles(columns: str, language: str) -> list[Role]:
    """The roles that a teacher names, by their own words or by any heading that is known.

    Raises:
        HubRefused: a word is not known, or one is named twice.
    """
    _ = translator("classroom", language)
    roles: list[Role] = []
    for word in re.split(r"[,;，；]", columns):
        role: Role | None
        try:
            role = Role(word.strip().lower())
        except ValueError:
            role = role_of(word) if word.strip() else Role.UNUSED
        if role is None:
            message = _("There is no column {word}. Use name, number, email, fullname, first, last or -.")
            raise HubRefused(message.format(word=word.strip()))
        role = Role.FULLNAME if role is Role.SOME_NAME else role
        if role in roles and role is not Role.UNUSED:
            raise HubRefused(_("The column {word} is named twice.").format(word=word.strip()))
        roles.append(role)
    return roles


def _header_place(lines: Sequence[Line], told: bool | None, columns_told: bool, language: str) -> int:
    """Which of the lines is the header; -1 when there is none.

    Raises:
        HubRefused: the first line may be a header that is not known.
    """
    if not lines or told is False:
        return -1
    if told:
        return 0
    for place, line in enumerate(lines[:_TITLE_LINES]):
        roles = {role_of(cell) for cell in line.cells} - {None, Role.UNUSED}
        # Below the first line two columns must be known: a person may be called "Name".
        if len(roles) > min(place, 1) and not any(map(_has_address, line.cells)):
            return place
    if not _looks_like_header(lines[0], lines[1:]):
        return -1
    if columns_told:
        return 0
    _ = translator("classroom", language)
    raise HubRefused(
        _("The first line looks like a header, but none of its columns is known. The list begins:")
        + "\n"
        + _shown(lines[: _EXAMPLES + 1], "\n"),
        _(
            "Name the columns: --columns name,email,fullname, with - for a column to ignore. "
            "If the first line is a person, use --no-header."
        ),
    )


def _has_address(cell: str) -> bool:
    return _EMAIL.fullmatch(cell) is not None


def _looks_like_header(first: Line, others: Sequence[Line]) -> bool:
    """Whether the first line differs from all others as headings do."""
    if any("@" in cell for cell in first.cells):
        return False
    if any(has_known_word(cell) for cell in first.cells):
        return True
    if not others:
        return False
    for number, heading in enumerate(first.cells):
        below = [line.cells[number] for line in others if number < len(line.cells) and line.cells[number]]
        if not heading or not below:
            continue
        if all(map(_has_address, below)) or (all(map(str.isdigit, below)) and not any(map(str.isdigit, heading))):
            return True
        # Numbers with letters (u104711) below a word, small letters below a capital.
        if len(below) > 1 and heading.isalpha() and all(re.search(r"\d", cell) for cell in below):
            return True
        if len(below) > 1 and heading[0].isupper() and all(re.fullmatch(r"[a-z][a-z\d._-]+", cell) for cell in below):
            return True
    return False


def _settled(headings: Sequence[str], lines: Sequence[Line]) -> list[Role]:
    """The roles of a header's columns, each compared with the others: every role once."""
    roles = [role_of(cell) or Role.UNUSED for cell in headings]
    if roles.count(Role.NUMBER) > 1:
        # Canvas's "ID" is its own number, "SIS User ID" the university's.
        roles = [Role.UNUSED if normal(cell) == "id" else role for cell, role in zip(headings, roles, strict=True)]
    if Role.SOME_NAME in roles:
        meant = _meant_name(
            set(roles), [line.cells[at] for line in lines if (at := roles.index(Role.SOME_NAME)) < len(line.cells)]
        )
        roles = [meant if role is Role.SOME_NAME else role for role in roles]
    if {Role.FULLNAME, Role.FIRST, Role.LAST} <= set(roles):
        roles = [Role.UNUSED if role in (Role.FIRST, Role.LAST) else role for role in roles]
    return [role if role not in roles[:number] else Role.UNUSED for number, role in enumerate(roles)]


def _meant_name(roles: set[Role], cells: Sequence[str]) -> Role:
    """What a heading like "Name" means beside the other columns."""
    if Role.FIRST in roles and Role.LAST not in roles:
        return Role.LAST
    if Role.LAST in roles and Role.FIRST not in roles:
        return Role.FIRST
    # `name, email`: the only name that there is must be the account's, where all can be.
    only = not roles & {Role.NAME, Role.NUMBER, Role.FULLNAME, Role.FIRST}
    return Role.NAME if only and all(user_name_problem(cell) is None for cell in cells) else Role.FULLNAME


def _roles_of_cells(lines: Sequence[Line], width: int) -> list[Role]:
    """The roles of columns without a header, by what most of their cells look like."""
    columns = [[line.cells[number] for line in lines if number < len(line.cells)] for number in range(width)]
    filled = [[cell for cell in cells if cell] for cells in columns]
    addresses = [
        number for number, cells in enumerate(filled) if cells and 2 * sum(map(_has_address, cells)) >= len(cells)
    ]
    roles = [Role.UNUSED] * width
    if not addresses and width == 2 and filled[1]:
        return [Role.NAME, Role.FULLNAME]
    if addresses:
        roles[addresses[0]] = Role.EMAIL
    if not addresses or (addresses[0] == 1 and not _are_names_of_people(filled[0])):
        return [_ORDER[number] if number < len(_ORDER) else Role.UNUSED for number in range(width)]
    others = [number for number, cells in enumerate(filled) if cells and number != addresses[0]]
    if len(others) == 2 and all(cell[0].isupper() and " " not in cell for at in others for cell in filled[at]):
        roles[others[0]], roles[others[1]] = Role.FIRST, Role.LAST
        return roles
    for number, cells in enumerate(filled):
        role = Role.FULLNAME if _are_names_of_people(cells) else Role.NAME
        if number != addresses[0] and cells and role not in roles:
            roles[number] = role
    return roles


def _are_names_of_people(cells: Sequence[str]) -> bool:
    """Whether most cells have a blank or letters of another script, as full names do."""
    return 2 * sum(" " in cell or any(mark.isalpha() and mark > "\u0250" for mark in cell) for cell in cells) > len(
        cells
    )


def _left_out(line: Line, roles: Sequence[Role], remarks: list[str], language: str) -> bool:
    """Whether a line is none of the people: Canvas's own rows, and rows with nothing in the columns that are used."""
    _ = translator("classroom", language)
    used = [cell for cell, role in zip(line.cells, roles, strict=False) if role is not Role.UNUSED and cell]
    if line.cells and line.cells[0].lower() in _POINTS_POSSIBLE:
        why = _("Line {line} is skipped: it contains Canvas's points, not a person.")
    elif any(cell.lower() in _TEST_STUDENTS for cell in line.cells):
        why = _("Line {line} is skipped: it is Canvas's test student.")
    elif not used:
        why = _("Line {line} is skipped: the columns in use are empty.")
    else:
        return False
    remarks.append(why.format(line=line.number))
    return True


def _person(line: Line, roles: Sequence[Role]) -> Row:
    """A line's person as the list has it; the name is the user name or, without one, the number."""
    cells = dict(zip(roles, line.cells, strict=False))
    given = cells.get(Role.NAME) or cells.get(Role.NUMBER, "")
    email = cells.get(Role.EMAIL, "")
    if not email and _has_address(given):
        email = given
    if written := _NAME_AND_ADDRESS.fullmatch(given or email or cells.get(Role.FULLNAME, "")):
        return Row(line.number, "", written[2], _turned(written[1].strip()))
    fullname = cells.get(Role.FULLNAME) or _joined(cells.get(Role.FIRST, ""), cells.get(Role.LAST, ""))
    return Row(line.number, given, email, _turned(fullname), given=given)


def _joined(first: str, last: str) -> str:
    """First and last name as one: 王 + 小明 is 王小明."""
    if first and last and all("\u3040" <= mark <= "\uffef" for mark in first + last):
        return last + first
    return f"{first} {last}".strip()


def _turned(fullname: str) -> str:
    """ "Lovelace, Ada" as Ada Lovelace."""
    last, comma, first = fullname.partition(", ")
    return f"{first} {last}" if comma and first and last and "," not in first else fullname


def _named(rows: Sequence[Row], language: str) -> list[Row]:
    """The rows with user names that the Hub allows, each new one with a remark."""
    _ = translator("classroom", language)
    taken = Counter(row.given.lower() for row in rows if user_name_problem(row.given) is None)
    made: dict[str, str] = {}
    named = []
    for row in rows:
        # A name in the Hub's own letters that breaks another rule is the list's mistake, for the teacher to correct.
        if user_name_problem(row.given) is None or _OWN_LETTERS.fullmatch(row.given):
            named.append(row)
            continue
        if _SHORTENED.fullmatch(row.given):
            problem = _(
                "Excel shortened a number to {number}. Give the column the format “Text” and save the list again."
            )
            named.append(replace(row, problem=problem.format(number=row.given)))
            continue
        source, name = _allowed_name((row.given, row.email if _has_address(row.email) else "", row.fullname))
        if not name:
            named.append(row)
            continue
        key = source.lower()
        if key not in made:
            made[key] = _free(name, taken)
            taken[made[key].lower()] += 1
        remark = _("user name made from {given}").format(given=source)
        named.append(replace(row, name=made[key], remark=remark))
    return named


def _allowed_name(sources: Iterable[str]) -> tuple[str, str]:
    """The first of a person's data that an allowed user name can be made from, and that name; else two empty texts."""
    for source in sources:
        name = allowed_name(source)
        if name:
            return source, name
    return "", ""


def allowed_name(text: str) -> str:
    """A user name that is as near to ``text`` as the Hub allows; empty when its letters cannot be written so.

    Umlauts become two letters, accents are dropped, other marks become hyphens, of an e-mail address the part before
    the @ is used, and a number gets an s (for student) before it.
    """
    local = text.partition("@")[0] if _has_address(text) else text
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", local).translate(_LETTERS))
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    if any(mark.isalnum() and not mark.isascii() for mark in plain):
        return ""
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")
    name = f"s{name}" if name.isdigit() else name
    return name if user_name_problem(name) is None else ""


def _free(name: str, taken: Counter[str]) -> str:
    """The name, with a number behind it when another row of the list has it."""
    free, number = name, 1
    while taken[free.lower()]:
        number += 1
        free = f"{name[:38]}-{number}"
    return free


def _shown(lines: Sequence[Line], between: str = "\n") -> str:
    """Lines as a person reads them, short."""
    return between.join(" | ".join(cell[:40] for cell in line.cells[:8]) for line in lines)


def role_name(role: Role, language: str) -> str:
    """What a column means, in words."""
    _ = translator("classroom", language)
    return {
        Role.NAME: _("user name"),
        Role.NUMBER: _("student number"),
        Role.EMAIL: _("e-mail address"),
        Role.FULLNAME: _("full name"),
        Role.FIRST: _("first name"),
        Role.LAST: _("last name"),
    }.get(role, _("not used"))


def understood(listed: ClassList, language: str = "en") -> list[str]:
    """What was understood of a list, a sentence each: its form, its columns with their first rows, the remarks."""
    _ = translator("classroom", language)
    separators = {"\t": _("tabs"), ";": _("semicolons"), ",": _("commas")}
    mark, encoding = listed.file.separator, encoding_name(listed.file.encoding)
    if listed.file.sheet:
        form = _("Excel workbook, sheet {name}").format(name=listed.file.sheet)
    elif mark:
        form = _("Encoding {encoding}, columns separated by {separator}")
        form = form.format(encoding=encoding, separator=separators.get(mark, mark))
    else:
        form = _("Encoding {encoding}, one column").format(encoding=encoding)
    header = _("the header is line {line}").format(line=listed.header) if listed.header else _("no header")
    return [
        _("{form}; {header}.").format(form=form, header=header),
        *(
            _("Column {n} {heading}: {meaning} ({examples})").format(
                n=number,
                heading=f"“{column.heading}”" if column.heading else "",
                meaning=role_name(column.role, language),
                examples=" · ".join(cell[:40] or "–" for cell in column.examples),
            )
            for number, column in enumerate(listed.columns, 1)
        ),
        *listed.remarks,
    ]
