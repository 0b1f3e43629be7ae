"""Find the meaning of a class list's columns: from the teacher's option, from the header, or from the cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograde.classroom.class_file import Line
from autograde.classroom.headings import Role, has_known_word, normal, role_of, role_of_question
from autograde.classroom.user_names import is_address
from autograde.errors import HubRefused
from autograde.hub import user_name_problem
from autograde.i18n.translation import translator

#: Number of lines in which to look for the header, because some lists have a title above it.
_TITLE_LINES = 10

#: Number of rows shown as examples.
EXAMPLES = 3


def parse_roles(columns: str, language: str) -> list[Role]:
    """Parse the teacher's list of columns, given as role names or known headings.

    Raises:
        HubRefused: a word is unknown, or a role appears twice.
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


def header_index(lines: Sequence[Line], has_header: bool | None, columns_named: bool, language: str) -> int:
    """Return the index of the header line; -1 if there is none.

    Raises:
        HubRefused: the first line looks like an unknown header.
    """
    if not lines or has_header is False:
        return -1
    if has_header:
        return 0
    known = [_known_roles(line) for line in lines[:_TITLE_LINES]]
    for index, roles in enumerate(known):
        # Below the first line, require two known columns, because a person may be called "Name".
        if roles > min(index, 1):
            # This line may name groups of columns (Student, Contact), with the header below it.
            return index + 1 if known[index + 1 : index + 2] > [max(roles, 1)] else index
    if not _looks_like_header(lines[0], lines[1:]):
        return -1
    if columns_named:
        return 0
    _ = translator("classroom", language)
    raise HubRefused(
        _("The first line looks like a header, but none of its columns is known. The list begins:")
        + "\n"
        + lines_text(lines[: EXAMPLES + 1], "\n"),
        _(
            "Name the columns: --columns name,email,fullname, with - for a column to ignore. "
            "If the first line is a person, use --no-header."
        ),
    )


def _known_roles(line: Line) -> int:
    """Return the number of different known headings in a line; 0 if it has an e-mail address."""
    if any(map(is_address, line.cells)):
        return 0
    return len({role_of(cell) for cell in line.cells} - {None, Role.UNUSED})


def _looks_like_header(first: Line, others: Sequence[Line]) -> bool:
    """Return whether the first line differs from the others in the way headings do."""
    if any("@" in cell for cell in first.cells):
        return False
    if any(has_known_word(cell) for cell in first.cells):
        return True
    if not others:
        return False
    for at, heading in enumerate(first.cells):
        below = _column(others, at)
        if not heading or not below:
            continue
        if all(map(is_address, below)) or (all(map(str.isdigit, below)) and not any(map(str.isdigit, heading))):
            return True
        # Numbers with letters (u104711) below a word, or lower case below a capital.
        if len(below) > 1 and heading.isalpha() and all(re.search(r"\d", cell) for cell in below):
            return True
        if len(below) > 1 and heading[0].isupper() and all(re.fullmatch(r"[a-z][a-z\d._-]+", cell) for cell in below):
            return True
    return False


def roles_of_headings(headings: Sequence[str], lines: Sequence[Line]) -> list[Role]:
    """Return the roles of a header's columns, considering all headings together; each role appears once."""
    known = [role_of(cell) for cell in headings]
    if any(known):
        known = [role or role_of_question(cell) for role, cell in zip(known, headings, strict=True)]
    if Role.EMAIL not in known:
        # "Courriel universitaire", "identifier": the cells below show the meaning.
        at = next((at for at, role in enumerate(known) if role is not Role.NAME and _has_addresses(lines, at)), -1)
        known = [Role.EMAIL if number == at else role for number, role in enumerate(known)]
    roles = [_checked(role or Role.UNUSED, set(known), lines, at) for at, role in enumerate(known)]
    if roles.count(Role.NUMBER) > 1:
        # "ID" is Canvas's own number, "SIS User ID" the university's.
        roles = [Role.UNUSED if normal(cell) == "id" else role for cell, role in zip(headings, roles, strict=True)]
    if Role.SOME_NAME in roles:
        meant = _meant_name(set(roles), _column(lines, roles.index(Role.SOME_NAME)))
        roles = [meant if role is Role.SOME_NAME else role for role in roles]
    if {Role.FULLNAME, Role.FIRST, Role.LAST} <= set(roles):
        roles = [Role.UNUSED if role in (Role.FIRST, Role.LAST) else role for role in roles]
    return [role if role not in roles[:number] else Role.UNUSED for number, role in enumerate(roles)]


def _checked(role: Role, roles: set[Role | None], lines: Sequence[Line], at: int) -> Role:
    """Correct a column's role by its cells: an "id" that contains spaces is a name, or the platform's own id.

    GitHub's "identifier" may be the name, and Moodle's is "Participant 12345".
    """
    cells = _column(lines, at)
    if role is not Role.NUMBER or 2 * sum(" " in cell for cell in cells) <= len(cells):
        return role
    if not any(mark.isdigit() for cell in cells for mark in cell) and Role.FULLNAME not in roles:
        return Role.FULLNAME
    return Role.UNUSED if roles & {Role.NAME, Role.EMAIL, Role.FULLNAME} else role


def _column(lines: Sequence[Line], at: int) -> list[str]:
    """Return the cells of a column that are not empty."""
    return [cell for line in lines if (cell := line.cell(at))]


def _has_addresses(lines: Sequence[Line], at: int) -> bool:
    """Return whether most filled cells of a column are e-mail addresses."""
    cells = _column(lines, at)
    return 2 * sum(map(is_address, cells)) > len(cells)


def _meant_name(roles: set[Role], cells: Sequence[str]) -> Role:
    """Return what a heading like "Name" means next to the other columns."""
    if Role.FIRST in roles and Role.LAST not in roles:
        return Role.LAST
    if Role.LAST in roles and Role.FIRST not in roles:
        return Role.FIRST
    # `name, email`: a single name column has user names if all cells are valid user names.
    only = not roles & {Role.NAME, Role.NUMBER, Role.FIRST}
    valid = only and all(user_name_problem(cell) is None for cell in cells)
    if valid and Role.FULLNAME in roles:
        # `name, fullname`, as --columns calls them; with capitals it may also be the last name.
        return Role.NAME if all(map(str.islower, cells)) else Role.FULLNAME
    return Role.NAME if valid else Role.FULLNAME


def roles_of_cells(lines: Sequence[Line], width: int) -> list[Role]:
    """Return the roles of columns without a header, judging by most of their cells."""
    filled = [_column(lines, at) for at in range(width)]
    if width > 1:
        # Ignore a column that numbers the lines from 1.
        filled = [
            [] if len(cells) > 1 and cells == list(map(str, range(1, len(cells) + 1))) else cells for cells in filled
        ]
    addresses = [at for at, cells in enumerate(filled) if cells and 2 * sum(map(is_address, cells)) >= len(cells)]
    roles = [Role.UNUSED] * width
    if addresses:
        roles[addresses[0]] = Role.EMAIL
    words = []
    for at, cells in enumerate(filled):
        # A group or a subject is shared by many people.
        if not cells or at in addresses or 2 * len(set(cells)) <= len(cells):
            continue
        role = _kind(cells)
        if role is None:
            words.append(at)
        elif role not in roles:
            roles[at] = role
    if Role.FULLNAME not in roles:
        names = [at for at in words if all(cell[0].isupper() and cell.isalpha() for cell in filled[at])]
        if len(names) > 1:
            roles[names[0]], roles[names[1]] = Role.FIRST, Role.LAST
            words = [at for at in words if at not in names]
    if words:
        roles[words[0]] = Role.NAME
    if len(words) > 1 and not {Role.FULLNAME, Role.FIRST} & set(roles):
        roles[words[1]] = Role.FULLNAME
    return roles


def second_table(lines: Sequence[Line], roles: Sequence[Role]) -> list[tuple[int, int]]:
    """Find a second table beside the first one: return unused columns, each with the used column that it resembles."""
    found = []
    for at, role in enumerate(roles):
        cells = _column(lines, at)
        kind = Role.EMAIL if _has_addresses(lines, at) else _kind(cells) if cells else None
        # A group is shared by many people.
        if role is Role.UNUSED and kind in roles[:at] and 2 * len(set(cells)) > len(cells):
            used = _column(lines, roles.index(kind))
            # A telephone number is longer than a student number.
            if kind is not Role.NUMBER or set(map(len, cells)) & set(map(len, used)):
                found.append((at, kind))
    # A single one may be a group's number or a second given name.
    several = len({kind for _at, kind in found}) > 1 or any(kind is Role.EMAIL for _at, kind in found)
    return [(at, roles.index(kind)) for at, kind in found if several and kind]


def _kind(cells: Sequence[str]) -> Role | None:
    """Return the role of most cells of a column: full names (with a space or in another script), or numbers."""
    people = sum(
        not any(map(str.isdigit, cell)) and (" " in cell or any(mark.isalpha() and mark > "\u0250" for mark in cell))
        for cell in cells
    )
    if 2 * people > len(cells):
        return Role.FULLNAME
    return Role.NUMBER if 2 * sum(map(str.isdigit, cells)) > len(cells) else None


def lines_text(lines: Sequence[Line], between: str = "\n") -> str:
    """Return lines as text for a message, shortened."""
    return between.join(" | ".join(cell[:40] for cell in line.cells[:8] if cell) for line in lines)
