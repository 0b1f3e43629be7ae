"""Pack feedback pages under the names of a platform's download, as Moodle and Canvas take them back."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from autograde.files import write_file
from autograde.grading.course import Course
from autograde.grading.submissions.collecting import Plan
from autograde.grading.submissions.platform_names import feedback_name


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
                name = feedback_name(each.download, page.name) or f"{each.learner}/{page.name}"
                archive.writestr(name, page.read_bytes())
                there += 1
            else:
                without.setdefault(each.assignment, []).append(each.learner)
    if there:
        write_file(target, content.getvalue())
    return there, without
