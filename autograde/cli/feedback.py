"""``autograde feedback``: pack the feedback pages for the platform that the submissions came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograde.cli.class_list import Columns, Encoding, Header, Roster, class_list
from autograde.cli.collect import plan_with, show_skipped
from autograde.cli.options import Assignment, CourseFolder, Language
from autograde.cli.printing import say
from autograde.errors import UnusableArchive
from autograde.i18n.translation import messages

_ = messages("cli")


def feedback(
    archive: Annotated[
        Path,
        typer.Argument(
            metavar="ZIP", exists=True, dir_okay=False, help=_("The download from Moodle or Canvas that you collected.")
        ),
    ],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("The archive to write. Default: feedback- and the download's name.")),
    ] = None,
    assignment: Assignment = "",
    course: CourseFolder = Path(),
    roster: Roster = None,
    columns: Columns = "",
    header: Header = None,
    encoding: Encoding = "",
    language: Language = None,
) -> None:
    """Write the archive, and name those who have no page yet. Exit code 1 if there is no page."""
    from autograde.grading.course import Course
    from autograde.grading.nbgrader.configuration import without_new_seed
    from autograde.grading.submissions.returning import pack

    target = to or course / f"feedback-{archive.name}"
    if target.exists() and target.samefile(archive):
        raise UnusableArchive(
            _("{file} is the download itself, and is not overwritten.").format(file=target),
            _("Give --to another name."),
        )
    listed = class_list(roster, course, columns=columns, header=header, encoding=encoding)
    planned = plan_with(listed, [archive], course, assignment)
    if not planned.submissions:
        show_skipped(planned)
    with without_new_seed():
        there, without = pack(planned, Course.configured(course), target)
    for name, learners in sorted(without.items()):
        message = _("Without a feedback page ({number}): {names}. Grade them first: autograde grade {assignment}")
        say(message.format(number=len(learners), names=", ".join(learners), assignment=name))
    if not there:
        say(_("Nothing was written."))
        raise typer.Exit(1)
    say(_("Feedback pages in {file}: {number}.").format(file=target, number=there))
    say(
        _("In Moodle: “Upload multiple feedback files in a zip”. In Canvas, in the gradebook: “Re-Upload Submissions”.")
    )
