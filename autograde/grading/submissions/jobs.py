"""Find the submissions of an assignment, and make a job from each, or the reason why it cannot be run."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode

from autograde.errors import GradingFailed, UnusableNotebook
from autograde.files import sha256
from autograde.grading.course import Course
from autograde.grading.execution import Job, to_bytes
from autograde.grading.submissions.language import language_of_text
from autograde.grading.submissions.notebook_files import find
from autograde.grading.submissions.notebook_names import read_file
from autograde.grading.submissions.submitted_files import SubmittedFiles, read_with_checkpoints, walk
from autograde.i18n import messages
from autograde.notebooks.reading import LARGEST, MOST_NOTES, shortened
from autograde.notebooks.repairing import repair

_ = messages("cli")

#: Files that nbgrader writes next to a submission and that are not part of the answer.
_OWN_FILES = ("timestamp.txt", "submission_secret.txt")


#: Most names in a reason.
_MOST_NAMES = 5


@dataclass(frozen=True)
class Submission:
    """One learner's submission.

    Attributes:
        student: the learner's id.
        folder: its folder.
        digest: SHA-256 of all submitted files and Jupyter's copies; empty if they cannot be read.
        language: language of the notebook.
        job: the job; None if the submission cannot be run.
        reason: why it cannot be run.
        fix: what the teacher can do about it; may be empty.
        notes: the repairs.
        own: nbgrader's files next to it, which are needed to return the feedback to the learner.
    """

    student: str
    folder: Path
    digest: str
    language: str = "en"
    job: Job | None = None
    reason: str = ""
    fix: str = ""
    notes: tuple[str, ...] = ()
    own: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def timestamp(self) -> str:
        """The text of ``timestamp.txt``; empty if it does not exist."""
        # Truncated: learners control this file, and parsing a time from megabytes takes minutes.
        return self.own.get("timestamp.txt", b"")[:200].decode("utf-8", "replace").strip()


def students(course: Course, assignment: str) -> list[str]:
    """Return the ids of everyone with a submission of ``assignment``, sorted."""
    place = course.root / course.directory.submitted_directory
    if not place.is_dir():
        return []
    return sorted(
        each.name
        for each in os.scandir(place)
        if each.is_dir(follow_symlinks=False) and os.path.lexists(course.folder("submitted", each.name, assignment))
    )


def read(
    course: Course, assignment: str, student: str, restored: Callable[[NotebookNode, str], NotebookNode]
) -> Submission:
    """Read one submission and repair it.

    Args:
        course: the course.
        assignment: the assignment's full name.
        student: the learner's id.
        restored: gives a repaired notebook what the gradebook stores for its cells (:meth:`Saver.restored`).

    Returns:
        The submission, with a reason instead of a job if it cannot be run.

    Raises:
        GradingFailed: the assignment has not been released.
    """
    folder = course.folder("submitted", student, assignment)
    submission = Submission(student, folder, "")
    try:
        files, everything = read_with_checkpoints(folder, course.directory.ignore)
        own = {each: files.content[each] for each in _OWN_FILES if each in files.content}
        submission = replace(submission, digest=_digest(everything, files.refused), own=own)
        name, content = _notebook(course, assignment, folder, files, everything)
        submission = replace(submission, language=language_of_bytes(content))
        repaired = repair(content, course.released(assignment, submission.language))
        written = to_bytes(restored(repaired.notebook, student))
    except UnusableNotebook as error:
        return replace(submission, digest=submission.digest or _mark(folder), reason=error.what, fix=error.fix)
    except OSError as error:
        what = _("{place} cannot be read: {reason}.").format(place=folder.name, reason=error.strerror)
        return replace(submission, digest="", reason=what)
    except GradingFailed:
        raise
    except Exception as error:  # one learner's file must not stop the class's run
        what = _("The notebook cannot be repaired: {reason}.").format(reason=f"{type(error).__name__}: {error}"[:200])
        return replace(submission, reason=what)
    beside = {
        each: data
        for each, data in files.content.items()
        if each not in _OWN_FILES and not each.lower().endswith(".ipynb")
    }
    beside |= _source_files(course, assignment)
    job = Job(student, assignment, written, beside, submission.language, course.seed())
    expected = f"{assignment}.ipynb"
    elsewhere = "/" in name or (name != expected and expected in files.content)
    notes = [_("found in {name}").format(name=name)] if elsewhere else []
    notes += repaired.notes
    for each in files.refused[:MOST_NOTES]:
        notes.append(_("not an ordinary file, or its path is too long; left out: {name}").format(name=shortened(each)))
    return replace(submission, job=job, notes=tuple(notes))


def _notebook(
    course: Course, assignment: str, folder: Path, files: SubmittedFiles, everything: Mapping[str, bytes]
) -> tuple[str, bytes]:
    """Return the name and the bytes of the notebook to grade; ``everything`` is the files and Jupyter's copies.

    Raises:
        OSError: it cannot be read.
        UnusableNotebook: there is none, or it is not an ordinary file, or it is not clear which one counts.
    """
    found = find(assignment, everything, files.refused, course.released(assignment, "en"))
    if found is None:
        raise UnusableNotebook(_none_reason(files), _("Ask for the .ipynb file that was released."))
    name, content = found
    return name, read_file(folder / name, LARGEST) if content is None else content


def digest(course: Course, assignment: str, student: str) -> str:
    """Return the same digest as :func:`read`, without parsing the notebook."""
    folder = course.folder("submitted", student, assignment)
    try:
        files, everything = read_with_checkpoints(folder, course.directory.ignore)
        return _digest(everything, files.refused)
    except UnusableNotebook:
        return _mark(folder)
    except OSError:
        return ""


def language_of_bytes(content: bytes) -> str:
    """Return the language of a notebook: the one selected in its exercise, otherwise that of its text."""
    text = content.decode("utf-8", "replace")
    if "\\u" in text:
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return language_of_text(text.replace('\\"', '"'))


def _none_reason(files: SubmittedFiles) -> str:
    found = [each for each in files.content if each.lower().endswith(".ipynb")]
    if len(found) > 1:
        return _("There are several notebooks, and none has the assignment's name: {names}.").format(
            names=", ".join(map(shortened, found[:MOST_NOTES]))
        )
    others = [each for each in files.content if each not in _OWN_FILES]
    if others:
        return _("There is no notebook in the submission, but: {names}.").format(
            names=", ".join(map(shortened, others[:_MOST_NAMES])) + (" …" if len(others) > _MOST_NAMES else "")
        )
    return _("There is no notebook in the submission.")


def _digest(files: Mapping[str, bytes], refused: Sequence[str]) -> str:
    parts = [f"{sha256(data)} {name}\n" for name, data in sorted(files.items())]
    parts += [f"refused {name}\n" for name in sorted(refused)]
    # A name may not be UTF-8, in which case Python represents its bytes as lone surrogates.
    return sha256("".join(parts).encode("utf-8", "surrogateescape"))


def _mark(folder: Path) -> str:
    """Return a digest of an unreadable submission: of the names, sizes and times in the folder."""
    try:
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
        states = [(each.name, each.stat(follow_symlinks=False)) for each in entries]
    except OSError:
        return ""
    return sha256(
        "".join(f"{name} {state.st_mode} {state.st_size} {state.st_mtime_ns}\n" for name, state in states).encode(
            "utf-8", "surrogateescape"
        )
    )


def _source_files(course: Course, assignment: str) -> dict[str, bytes]:
    """Return the instructor's files, which replace a learner's files of the same name, as in nbgrader."""
    folder = course.folder(course.directory.source_directory, ".", assignment)
    kept = set(course.config.get("Autograde", {}).get("exclude_overwriting", {}).get(assignment, []))
    return {
        name: path.read_bytes()
        for path in walk(folder, [*course.directory.ignore, "*.ipynb"])
        if (name := path.relative_to(folder).as_posix()) not in kept
    }
