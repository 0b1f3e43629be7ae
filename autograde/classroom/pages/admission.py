"""Create accounts from a class list: show a preview, then show the passwords once."""

from __future__ import annotations

from starlette.responses import Response

from autograde.classroom import lists, rosters
from autograde.classroom.class_file import ClassFile
from autograde.classroom.list_files import read_file
from autograde.classroom.lists import ListedPerson
from autograde.classroom.pages.shared import password_file, show
from autograde.errors import HubRefused
from autograde.hub.public import Call, FirstPassword, User, field, language_of
from autograde.i18n.translation import translator


def admission(call: Call) -> Response:
    """``/classroom/new``: the form for a class list, its preview, or the new accounts with their passwords."""
    language = language_of(call.request)
    text, problem = field(call, "list"), ""
    rows: list[ListedPerson] = []
    understood: list[str] = []
    made: list[tuple[User, FirstPassword]] = []
    if call.request.method == "POST":
        try:
            file = _class_file(call, language)
            # Keep the text on the page even if its columns are not understood.
            text = file.text
            listed = lists.interpret(
                file,
                columns=field(call, "columns"),
                header={"yes": True, "no": False}.get(field(call, "header")),
                language=language,
            )
            understood = lists.understood(listed, language)
            rows = rosters.examine(call.hub, listed.rows, language)
            if field(call, "shown"):
                made = _admit(call, rows, language)
        except HubRefused as refused:
            problem = refused.what
    good = sum(not row.problem for row in rows)
    slips = [(user.name, user.fullname, str(password)) for user, password in made]
    file_rows = [(*slip, user.email or "") for slip, (user, __) in zip(slips, made, strict=True)]
    return show(
        call, "classroom-new.html", 400 if problem else 200, text=text, rows=rows, good=good, problem=problem,
        understood=understood, columns=field(call, "columns"), header=field(call, "header"),
        encoding=field(call, "encoding"), encodings=lists.ENCODINGS,
        shown=rosters.fingerprint(rows), made=slips, slips=password_file(file_rows),
    )  # fmt: skip


def _class_file(call: Call, language: str) -> ClassFile:
    """Return the class list of the form: the chosen file, otherwise the pasted text.

    Raises:
        HubRefused: it cannot be read.
    """
    if content := call.upload("file"):
        return read_file(content, field(call, "encoding"), language)
    return read_file(field(call, "list").encode("utf-8", "replace"), "utf-8", language)


def _admit(call: Call, rows: list[ListedPerson], language: str) -> list[tuple[User, FirstPassword]]:
    """Create the accounts of a confirmed preview.

    Raises:
        HubRefused: the result would differ from what the preview showed.
    """
    if rosters.fingerprint(rows) != field(call, "shown"):
        _ = translator("classroom", language)
        raise HubRefused(_("Something changed since the preview, so no account was created. This is the new preview."))
    with call.hub.database.transaction():
        made = rosters.admit(call.hub, rows, language)
        for user, __ in made:
            call.record("account.made", name=user.name)
    return made
