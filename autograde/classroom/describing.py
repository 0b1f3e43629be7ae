"""Describe in sentences how a class list was read."""

from __future__ import annotations

from autograde.classroom.class_list import ClassList
from autograde.classroom.headings import Role, is_password
from autograde.i18n.translation import translator

#: Encodings that a teacher can choose, with their usual names.
ENCODINGS = {
    "utf-8": "UTF-8", "cp1252": "Windows-1252", "cp1250": "Windows-1250", "mac_roman": "Mac Roman",
    "gb18030": "GB18030 (GBK)", "cp950": "Big5", "cp932": "Shift-JIS", "euc_jp": "EUC-JP", "euc_kr": "EUC-KR",
    "iso8859_2": "ISO 8859-2", "cp1254": "Windows-1254", "cp1251": "Windows-1251", "koi8_r": "KOI8-R",
    "cp866": "DOS (866)", "iso8859_5": "ISO 8859-5", "mac_cyrillic": "Mac Cyrillic",
    "cp1253": "Windows-1253", "cp850": "DOS (850)",
    "cp437": "DOS (437)", "cp852": "DOS (852)", "mac_latin2": "Mac Central Europe", "cp1255": "Windows-1255",
    "cp1256": "Windows-1256", "cp1257": "Windows-1257", "utf-16": "UTF-16",
    "utf-32": "UTF-32", "cp949": "Windows-949",
}  # fmt: skip


def encoding_name(encoding: str) -> str:
    """Return an encoding's usual name."""
    return ENCODINGS.get(encoding, encoding.upper().replace("_", "-"))


def role_name(role: Role, language: str) -> str:
    """Return the name of a column's meaning."""
    _ = translator("classroom", language)
    return {
        Role.NAME: _("user name"),
        Role.NUMBER: _("student number"),
        Role.EMAIL: _("e-mail address"),
        Role.FULLNAME: _("full name"),
        Role.FIRST: _("first name"),
        Role.LAST: _("last name"),
    }.get(role, _("not used"))


def used_columns(listed: ClassList, language: str = "en") -> str:
    """Return the columns in use, with an example of each: ``student number “学号” (2023001); full name …``."""
    return "; ".join(
        f"{role_name(column.role, language)} "
        + (f"“{column.heading}” " if column.heading else "")
        + f"({next(filter(None, column.examples), '–')[:40]})"
        for column in listed.columns
        if column.role is not Role.UNUSED
    )


def understood(listed: ClassList, language: str = "en") -> list[str]:
    """Describe how a list was read, in sentences: its format, its columns with examples, and the remarks."""
    _ = translator("classroom", language)
    separators = {"\t": _("tabs"), "  ": _("blanks"), ";": _("semicolons"), ",": _("commas")}
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
                examples="…"
                if is_password(column.heading)
                else " · ".join(cell[:40] or "–" for cell in column.examples),
            )
            for number, column in enumerate(listed.columns, 1)
        ),
        *listed.remarks,
    ]
