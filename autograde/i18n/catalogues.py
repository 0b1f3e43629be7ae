"""Update, compile and check the message catalogues (``make messages``).

A file belongs to the domain whose name it passes to :func:`~autograde.i18n.translation.translator` or
:func:`~autograde.i18n.translation.messages`; otherwise to that of its folder. Every string inside ``_("...")`` (or
``marked("...")``, if it is translated later), in code and in the Hub's page templates, needs a Chinese translation.

For developers only: it uses babel, which learners do not have.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from autograde.i18n.translation import LOCALE
from autograde.settings import LANGUAGES

PACKAGE = Path(__file__).parent.parent

#: The languages that need catalogues: all but the source language.
TRANSLATED = LANGUAGES[1:]

#: The default domain of a folder's files; all other files belong to the command line's.
FOLDERS = {
    "classroom": "classroom",
    "hub": "hub",
    "judge": "judge",
    "questions": "judge",
    "exercises": "judge",
    "grading": "reports",
    "pictures": "pictures",
    "widgets": "widgets",
}

#: Functions that mark a string for translation.
KEYWORDS = {"_": None, "marked": None}

#: English names of languages, for the first line of a catalogue.
_NAMES = {"zh": "Chinese"}

#: The header contains no date, so that the same messages give the same file.
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def room_of(path: Path, package: Path = PACKAGE) -> str:
    """Return the domain whose catalogue contains the messages of a file of the package."""
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                first = node.args[0]
                asks = node.func.id in ("translator", "messages")
                if asks and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    return first.value
    return FOLDERS.get(path.relative_to(package).parts[0], "cli")


def messages_by_room(package: Path = PACKAGE) -> dict[str, dict[str, set[str]]]:
    """Return each domain's English messages, and for each message the files that use it."""
    rooms: dict[str, dict[str, set[str]]] = {}
    for room, name, message in _extract(package):
        rooms.setdefault(room, {}).setdefault(message, set()).add(name)
    return rooms


def _extract(package: Path) -> Iterator[tuple[str, str, str]]:
    methods = [("**.html", "jinja2.ext:babel_extract")]
    for name, _line, message, _comments, _context in extract_from_dir(package, methods, keywords=KEYWORDS):
        yield room_of(package / name, package), name, message if isinstance(message, str) else message[0]
    for path in sorted(package.rglob("*.py")):
        room, name = room_of(path, package), path.relative_to(package).as_posix()
        for message in _marked_in(path.read_text(encoding="utf-8")):
            yield room, name, message


def _marked_in(code: str) -> Iterator[str]:
    """Yield the messages that a module marks for translation, including those in f-strings, which babel would miss."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def catalogue(po: Path) -> Catalog:
    """Read the catalogue in the file ``po``; return an empty one if the file does not exist."""
    if not po.exists():
        return Catalog(locale=po.parent.parent.name)
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name)


def refreshed(old: Catalog, wanted: dict[str, set[str]]) -> Catalog:
    """Return a catalogue with the messages of ``wanted`` and the translations of ``old``; new messages have none."""
    new = Catalog(
        locale=old.locale,
        project="autograde",
        fuzzy=False,
        header_comment=f"# {_NAMES.get(str(old.locale), old.locale)} messages. Edit the msgstr lines;"
        " `make messages` keeps the rest up to date.",
        creation_date=NO_DATE,
        revision_date=NO_DATE,
        version="1",
        msgid_bugs_address="none",
        copyright_holder="the autograde authors",
        last_translator="the autograde authors",
        language_team=str(old.locale),
    )
    for message in sorted(wanted):
        known = old.get(message)
        new.add(message, known.string if known else "", locations=[(name, 0) for name in sorted(wanted[message])])
    return new


def po_text(catalog: Catalog) -> bytes:
    """Return the text of a ``.po`` file."""
    text = io.BytesIO()
    write_po(text, catalog, width=120, sort_output=True, include_lineno=False)
    return text.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the compiled ``.mo`` file, which gettext reads."""
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def problems(locale: Path = LOCALE, package: Path = PACKAGE) -> list[str]:
    """Return every message without translation, translation without message, and file that is out of date."""
    found = []
    for language in TRANSLATED:
        for room, wanted in messages_by_room(package).items():
            po = locale / language / "LC_MESSAGES" / f"{room}.po"
            old = catalogue(po)
            new = refreshed(old, wanted)
            known = {str(message.id) for message in old if message.id}
            found += [f"{po.name}: no longer in the code: {message!r}" for message in sorted(known - set(wanted))]
            for message in new:
                if not message.id:
                    continue
                if not message.string:
                    found.append(f"{po.name}: not translated: {message.id!r}")
                elif _fields(str(message.id)) != _fields(str(message.string)):
                    found.append(f"{po.name}: another set of {{names}}: {message.id!r}")
            mo = po.with_suffix(".mo")
            if not mo.exists() or _translations(mo) != {m.id: m.string for m in new if m.id and m.string}:
                found.append(f"{mo.name}: not compiled from {po.name}; type: make messages")
    return found


def _translations(mo: Path) -> dict[object, object]:
    """Return the messages in a compiled catalogue, without the header, which contains babel's version."""
    with mo.open("rb") as file:
        return {message.id: message.string for message in read_mo(file) if message.id}


def _fields(message: str) -> set[str]:
    """Return the placeholders in a message: ``{...}`` and ``%(...)s``."""
    return set(re.findall(r"\{\w*[^{}]*\}|%\(\w+\)s", message))


def update(rooms: Collection[str] = (), locale: Path = LOCALE, package: Path = PACKAGE) -> None:
    """Update the ``.po`` files of ``rooms`` (default: all) from the code, and compile them."""
    for language in TRANSLATED:
        for room, wanted in messages_by_room(package).items():
            if rooms and room not in rooms:
                continue
            po = locale / language / "LC_MESSAGES" / f"{room}.po"
            new = refreshed(catalogue(po), wanted)
            po.parent.mkdir(parents=True, exist_ok=True)
            po.write_bytes(po_text(new))
            po.with_suffix(".mo").write_bytes(mo_bytes(new))


def main() -> int:
    """Update all catalogues, or those of the given domains; with ``--check``, only report problems.

    Returns:
        The exit code: 1 if a translation is missing.
    """
    rooms = [word for word in sys.argv[1:] if not word.startswith("-")]
    if "--check" not in sys.argv[1:]:
        update(rooms)
    found = [problem for problem in problems() if not rooms or problem.split(".")[0] in rooms]
    print("\n".join(found) or "All messages are translated.")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
