"""Handle lines of class lists that are not people, and lists without one person per line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from autograde.classroom.class_file import Line
from autograde.classroom.headings import Role, normal
from autograde.classroom.user_names import is_address
from autograde.hub import user_name_problem

#: The beginning of a line with a total or an average.
_TOTAL = re.compile(
    r"(?:(?:grand |sub ?)?total|sum|count|summe|zwischensumme|gesamt|gesamtzahl|anzahl|teilnehmerzahl|insgesamt|nombre"
    r"|number of|somme|suma|cantidad|totale|totaal|(?:class |overall )(?:average|mean|median)|mittelwert|durchschnitt"
    r"|moyenne|promedio)\b"
    r"|全班|共计|小计|总数|平均|最高分|最低分|中位数"
    r"|合计|总计|总人数|人数|共\s*(?:\d|[一二两三四五六七八九十百]+\s*[人名位])|合計|計$|총"
)

#: Words that begin a line of averages; Mean is also a Khmer name. A short student number shows that it is a person.
_AVERAGE = re.compile(r"(?:average|mean|median)\b(.*)", re.DOTALL)
_SHORT_ID = re.compile(r"[A-Za-z]?\d{2,}")

#: A user name or student number next to a word for a total; few digits are the total.
_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]+|[A-Za-z]?\d(?:[/_-]?\d){4,}")

#: Columns with people's names.
_NAMES = (Role.FULLNAME, Role.FIRST, Role.LAST)

#: Words next to a word for a total that are not names.
_NO_NAMES = frozenset(
    """
    average class count grade grades grand number of participants people persons points score scores student
    students users anzahl gesamt gesamtzahl klasse personen punkte schüler studierende studierenden teilnehmende
    teilnehmer
    étudiants élèves nombre participants personnes points alumnos estudiantes participantes puntos studenti
    """.split()
)

#: A number or bullet before each line of a list: "1. Ada", "- Ada".
_LIST_MARK = re.compile(r"(?:\d{1,4}[.)]|[-*•–])\s+(?=\S)")

#: A student number, then perhaps a name with no comma or tab between them.
_NUMBER_AND_NAME = re.compile(r"([A-Za-z]?\d{4,})(?:[ -]+([^\d@]+))?")

#: An address, possibly after a name.
_WITH_ADDRESS = re.compile(r"(?:[^<>@]*<[^@\s<>]+@[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+)")

#: A student number that a program has written as a decimal number.
_DECIMAL = re.compile(r"(\d{3,})(?:\.0+|,00?)")


#: An address with punctuation around it, or with "(at)" in it.
_ADDRESS = re.compile(r"<?([^@\s<>;,()\[\]]+)(?:@| ?[(\[] ?at ?[)\]] ?)([^@\s<>;,()\[\]]+)[>;,]*", re.IGNORECASE)

#: Fewer lines than this have points or dates below the header.
_MOST_MAXIMA = 5

#: A workbook's error values.
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})


def usual_form(cell: str) -> str:
    """Return a cell without additions of programs.

    These are ``mailto:``, ``.0`` after a number, Excel's ``="…"`` and apostrophe, and Brightspace's ``#``. Of a cell
    with an address, only the address is returned; for the error of a formula, an empty text.
    """
    if cell[:7].lower() == "mailto:":
        return cell[7:]
    if found := _ADDRESS.fullmatch(cell):
        return f"{found[1]}@{found[2]}"
    if cell in _ERRORS:
        return ""
    if found := _DECIMAL.fullmatch(cell):
        return found[1]
    return re.sub(r"\A(?:=\"(\w+)\"|['#](\w+))\Z", r"\1\2", cell)


def is_total(line: Line, roles: Sequence[Role]) -> bool:
    """Return whether a line is a total or average: it begins with a word for it, and nothing shows that it is a person.

    A person has an address, a user name or number in another column, or a full name that contains the word.
    """
    first = next((at for at, cell in enumerate(line.cells) if cell), 0)
    text = normal(line.cells[first])
    if any(map(is_address, line.cells)) or not (_TOTAL.match(text) or _is_average(text, line.cells, first, roles)):
        return False
    others = list(zip(roles, line.cells, strict=False))[first + 1 :]
    ids = [cell for role, cell in others if role in (Role.NAME, Role.NUMBER) and _ID.fullmatch(cell)]
    if any(cell.casefold() not in _NO_NAMES for cell in ids):
        return False
    word = re.split(r"[^a-z]", line.cells[first].casefold())[0]
    names = " ".join(cell for role, cell in others if role in _NAMES).split()
    return not (
        word in [name.casefold() for name in names]
        and len(names) > 1
        and all(not name[0].islower() and not re.search(r"\d", name) for name in names)
        and not _NO_NAMES.intersection(name.casefold() for name in names)
    )


def _is_average(text: str, cells: Sequence[str], first: int, roles: Sequence[Role]) -> bool:
    """Return whether a line begins with "average", "mean" or "median" before numbers that are no student number."""
    found = _AVERAGE.match(text)
    if found is None:
        return False
    others = [word for word in found[1].split() if word not in _NO_NAMES]
    for role, cell in list(zip(roles, cells, strict=False))[first + 1 :]:
        if role is Role.NUMBER and _SHORT_ID.fullmatch(cell):
            return False
        others.append(cell)
    numbers = [each for each in others if any(map(str.isdigit, each))]
    texts = [each for each in others if each not in numbers and any(map(str.isalpha, each))]
    return bool(numbers) and not texts


def is_note(line: Line, roles: Sequence[Role], headings: Sequence[str]) -> bool:
    """Return whether a line of a table with a header is the name of a group or a remark.

    Such a line has a single cell that is not data, or a first cell that ends with a colon.
    """
    first = next((cell for cell in line.cells if cell), "")
    if first.endswith((":", "：")) and sum(map(bool, headings)) > 1 and not any(map(is_address, line.cells)):
        return True
    filled = [(role, cell) for role, cell in zip(roles, line.cells, strict=False) if cell]
    if len(filled) != 1 or sum(map(bool, headings)) < 2:
        return False
    role, cell = filled[0]
    if is_address(cell) or "<" in cell:
        return False
    if role in (Role.NAME, Role.NUMBER):
        return any(mark in cell for mark in " :：") and user_name_problem(cell) is not None
    if sum(map(bool, headings)) < 3:
        return False
    return role is Role.EMAIL or any(map(str.isdigit, cell)) or ":" in cell


def without_maxima(lines: Sequence[Line], roles: Sequence[Role]) -> tuple[Line, ...]:
    """Return the lines without those below the header that contain points or dates of exercises.

    Platforms write them in many languages like people, with a name and other columns, but without a user name, number
    or address, at least one of which every line below has.
    """
    ids = [at for at, role in enumerate(roles) if role in (Role.NAME, Role.NUMBER, Role.EMAIL)]
    have = [any(map(line.cell, ids)) for line in lines]
    first = next((place for place, has_id in enumerate(have) if has_id), 0)
    others = [at for at, role in enumerate(roles) if role is Role.UNUSED]
    filled = all(any(map(line.cell, others)) for line in lines[:first])
    return tuple(lines[first:]) if first < _MOST_MAXIMA and filled and all(have[first:]) else tuple(lines)


def side_by_side(lines: Sequence[Line], headings: Sequence[str]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Return the lines and headings of a table that is printed in two or more columns, combined into one column."""
    headed = [at for at, heading in enumerate(headings) if any(map(str.isalnum, heading))]
    filled = [at for at, heading in enumerate(headings) if heading or any(line.cell(at) for line in lines)]
    # An empty column, or one with remarks but without a heading, may separate the tables.
    for columns in (filled, headed):
        names, width = tuple(normal(headings[at]) for at in columns), len(columns)
        for part in range(2, width // 2 + 1):
            if width % part == 0 and names == names[:part] * (width // part) and any(names):
                pieces = [
                    Line(line.number, tuple(map(line.cell, columns[start : start + part])))
                    for start in range(0, width, part)
                    for line in lines
                ]
                return (
                    tuple(piece for piece in pieces if any(piece.cells)),
                    tuple(headings[at] for at in columns[:part]),
                )
    return tuple(lines), tuple(headings)


def one_address_each(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Split lines of addresses into one line per address, lines of numbers and names into two cells; drop bullets."""
    cells = [cell for line in lines for cell in line.cells if cell]
    if len(cells) > len(lines) and all(_WITH_ADDRESS.fullmatch(cell) for cell in cells):
        return tuple(Line(line.number, (cell,)) for line in lines for cell in line.cells if cell)
    pairs = [_NUMBER_AND_NAME.fullmatch(line.cells[0]) for line in lines if len(line.cells) == 1]
    if len(pairs) == len(lines) and all(pairs) and any(pair[2] for pair in pairs if pair):
        return tuple(replace(line, cells=pair.groups("")) for line, pair in zip(lines, pairs, strict=True) if pair)
    if lines and all(len(line.cells) == 1 and _LIST_MARK.match(line.cells[0]) for line in lines):
        return tuple(replace(line, cells=(_LIST_MARK.sub("", line.cells[0], count=1),)) for line in lines)
    return tuple(lines)


def joined_names(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Join the cells of names in a list with one column: "Lovelace, Ada" without quotation marks has two cells."""
    pairs = lines and all(len(line.cells) == 2 and all(line.cells) for line in lines)
    if not pairs or any(mark in cell for line in lines for cell in line.cells for mark in "@0123456789"):
        return tuple(lines)
    return tuple(replace(line, cells=(", ".join(line.cells),)) for line in lines)
