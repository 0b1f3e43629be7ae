"""Pack feedback pages under the names of a platform's download, as Moodle and Canvas take them back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from autograde.files import write_file
from autograde.grading.course import Course
from autograde.grading.submissions.collecting import Plan, Planned


def pack(planned: Plan, course: Course, target: Path) -> tuple[int, dict[str, list[str]]]:
    """Write the feedback pages of the planned submissions to a ZIP archive, unless there are none.

    Returns:
        The number of pages in the archive, and the ids of the learners without a page, by assignment.

    Raises:
        OSError: a page cannot be read, or the archive cannot be written.
    """
    there, without = 0, dict[str, list[str]]()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in planned.submissions:
            folder = course.folder(course.directory.feedback_directory, each.learner, each.assignment)
            page = folder / f"{each.assignment}.html"
            if page.is_file():
                archive.writestr(_name(each), page.read_bytes())
                there += 1
            else:
                without.setdefault(each.assignment, []).append(each.learner)
    if there:
        write_file(target, content.getvalue())
    return there, without


def _name(each: Planned) -> str:
    """Return the name of a submission's page in the archive.

    Both platforms find the learner by the beginning of the download's name: Moodle by the folder
    ``Ada Lovelace_104711_assignsubmission_file``, Canvas by ``lovelaceada_12345_678901_`` before the file's name.
    """
    parts = each.download.member.split("/")
    while len(parts) > 1 and any("_assignsubmission_" in part for part in parts[1:]):
        del parts[0]
    first = parts[0]
    if len(parts) > 1 and not first.lower().endswith(".zip"):
        return f"{first}/{each.assignment}.html"
    return f"{first.rpartition('.')[0] or first}.html"
