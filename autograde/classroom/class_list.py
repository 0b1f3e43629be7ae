"""The result of reading a class list: its people, and how the list was understood."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.classroom.headings import Role
from autograde.classroom.list_files import ClassFile


@dataclass(frozen=True)
class Row:
    """One line of a class list.

    Attributes:
        line: its number in the file, from 1.
        name, email, fullname: of the account to create.
        problem: why no account can be created; empty if one can.
        given: the user name or number in the list.
        remark: how the user name was made, if the list has no valid one.
        surname: the last name, if the list tells it apart: in a column of its own, or before a comma.
    """

    line: int
    name: str
    email: str
    fullname: str
    problem: str = ""
    given: str = ""
    remark: str = ""
    surname: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading (empty without a header), its meaning, and its first cells."""

    heading: str
    role: Role
    examples: tuple[str, ...]


@dataclass(frozen=True)
class ClassList:
    """A class list, and how it was understood.

    Attributes:
        file: encoding, separator and lines.
        header: the line number of the header; 0 without one.
        columns: what each column means.
        rows: the people.
        remarks: sentences about things that the teacher should check.
    """

    file: ClassFile
    header: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
