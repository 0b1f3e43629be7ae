"""The result of reading a class list: its people, and how the list was interpreted."""

from __future__ import annotations

from dataclasses import dataclass

from autograde.classroom.class_file import ClassFile
from autograde.classroom.headings import Role


@dataclass(frozen=True)
class ListedPerson:
    """One line of a class list.

    Attributes:
        line: its number in the file, from 1.
        name, email, fullname: data of the account to create.
        problem: why no account can be created; empty if one can.
        given: the user name or number in the list.
        remark: how the user name was derived, if the list has no valid one.
        surname: the last name, if the list separates it, in a separate column or before a comma.
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
    """A class list, and how it was interpreted.

    Attributes:
        file: encoding, separator and lines.
        header: the line number of the header; 0 without one.
        columns: the meaning of each column.
        rows: the people.
        remarks: points for the teacher to check, in sentences.
    """

    file: ClassFile
    header: int
    columns: tuple[Column, ...]
    rows: tuple[ListedPerson, ...]
    remarks: tuple[str, ...]
