"""Sort downloads from a learning platform into nbgrader's ``submitted/``: first plan and show, then write."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from autograde.errors import UnusableArchive, UnusableNotebook
from autograde.files import write_file
from autograde.grading.submissions.class_folders import Folder, class_folders, is_named_after, words_by_folder
from autograde.grading.submissions.downloads import read_archive
from autograde.grading.submissions.learner_folders import with_learners
from autograde.grading.submissions.listed_learners import (
    ListedLearner,
    folded,
    id_number,
    ids_by_name,
    name_and_id,
    person_within,
    words_of,
)
from autograde.grading.submissions.names_in_files import words_in_name
from autograde.grading.submissions.notebook_names import rank, without_suffix
from autograde.grading.submissions.platform_names import Download, Skipped
from autograde.grading.submissions.released_assignments import Released
from autograde.i18n import messages
from autograde.notebooks.reading import read_submission

_ = messages("cli")


class WritingState(StrEnum):
    """The effect of writing a planned submission."""

    NEW = "new"
    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Planned:
    """A planned submission.

    Attributes:
        learner: the learner's id, used as the folder name in ``submitted/``.
        assignment: the assignment's name.
        download: the downloaded notebook.
        state: how it compares with the submission that already exists.
        remarks: points for the instructor to check, one sentence each.
    """

    learner: str
    assignment: str
    download: Download
    state: WritingState
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The planned result of reading the archives.

    Attributes:
        submissions: submissions to write, sorted by learner and assignment.
        skipped: files that are left out, each with the reason.
        notes: sentences about guesses that were made.
    """

    submissions: tuple[Planned, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()


#: The share of one assignment in a download from which another one is probably a mistake.
_NEARLY_ALL = 0.8

#: Platforms that number people.
_NUMBERING = ("Moodle", "Canvas", "Brightspace")


def plan(archives: Iterable[Path], course: Path, *, assignment: str = "", people: Sequence[ListedLearner] = ()) -> Plan:
    """Read the archives and plan the submissions, without writing anything.

    Args:
        archives: ZIP files.
        course: the nbgrader course.
        assignment: name or section of the assignment of all notebooks; if empty, it is recognised for each notebook.
        people: the class list; without one, learners keep the platform's names.

    Raises:
        UnusableArchive: an archive cannot be read, there is no course in the folder, or ``assignment`` has not been
            released.
    """
    known = Released.read(course)
    if not known.assignments:
        raise UnusableArchive(
            _("There is no course in {folder}: it has no exercises in release/.").format(folder=course.resolve()),
            _("Go to the course's folder, or add --course FOLDER. To make one: autograde course my-course"),
        )
    if assignment:
        assignment = known.named(assignment)
    by_name = ids_by_name(people)
    downloads, skipped = _read(archives, known, by_name, people)
    names = _ids(downloads, people)
    latest: dict[tuple[str, str], Planned] = {}
    for download in downloads:
        of = assignment or known.assignment_of(download)
        if of is None:
            skipped.append(Skipped(download.member, _no_assignment(download)))
            continue
        learner, remarks = names[_key(download)]
        if assignment and (other := known.assignment_of_cells(download)) not in (None, assignment):
            remarks = (*remarks, _("its exercises are those of {assignment}").format(assignment=other))
        if download.late:
            remarks = (*remarks, _("marked as late"))
        planned = Planned(learner, of, download, _state(course, learner, of, download.content), remarks)
        earlier = latest.get((learner, of))
        if earlier is not None and _are_two_people(earlier.download, download):
            # Keep both submissions: the second learner gets another folder.
            learner = f"{folder_name(download.learner)}-{folder_name(download.number)}"
            remarks = (*remarks, _("another learner has the same name"))
            planned = Planned(learner, of, download, _state(course, learner, of, download.content), remarks)
            earlier = latest.get((learner, of))
        if earlier is not None:
            if _order(earlier.download, of, known) > _order(download, of, known):
                planned, earlier = earlier, planned
            skipped.append(Skipped(earlier.download.member, _not_the_last(earlier.download, planned.download)))
        latest[learner, of] = planned
    unlisted = [each for each in downloads if not _is_listed(each, by_name)]
    notes = (*_guessed_encodings(downloads), *_named_together(unlisted, known))
    return Plan(tuple(_with_strays([latest[key] for key in sorted(latest)])), tuple(skipped), notes)


def _read(
    archives: Iterable[Path], known: Released, by_name: Mapping[str, set[str]], people: Sequence[ListedLearner]
) -> tuple[list[Download], list[Skipped]]:
    """Return the notebooks of the archives with their learners, and the files that are not collected."""
    downloads: list[Download] = []
    skipped: list[Skipped] = []
    for path in archives:
        found, others = read_archive(path)
        downloads += found
        for each in others:
            owner = None if each.download is None else _owner_in_file(each.download, known, by_name, people)
            if owner is None:
                skipped.append(each)
            else:
                downloads.append(owner)
    downloads = with_learners(downloads, known.is_folder, lambda name: len(by_name.get(folded(name), ())) == 1)
    return _with_names_in_files(downloads, known, by_name, people), skipped


def _guessed_encodings(downloads: Iterable[Download]) -> Iterator[str]:
    """Yield a sentence for each archive whose names' encoding had to be guessed."""
    for archive, encoding in dict.fromkeys((each.archive, each.encoding) for each in downloads if each.encoding):
        yield _("{archive}: the names were read as {encoding}. Check them.").format(
            archive=archive, encoding=encoding.upper()
        )


def _with_strays(submissions: Sequence[Planned]) -> Iterator[Planned]:
    """Yield the submissions; those of another assignment than nearly all in their archive get a remark."""
    archives: dict[str, Counter[str]] = {}
    for each in submissions:
        archives.setdefault(each.download.archive, Counter())[each.assignment] += 1
    for each in submissions:
        found = archives[each.download.archive]
        [(usual, number)] = found.most_common(1)
        if each.assignment != usual and number > _NEARLY_ALL * found.total():
            remark = _("nearly all others are {assignment}").format(assignment=usual)
            yield replace(each, remarks=(*each.remarks, remark))
        else:
            yield each


def _named_together(downloads: Sequence[Download], known: Released) -> Iterator[str]:
    """Yield a sentence for each folder that counts as one learner's although its files have several names."""
    learners: dict[tuple[str, Folder], set[str]] = {}
    for each in downloads:
        learners.setdefault((each.archive, each.folders), set()).add(each.learner)
    for (archive, folder), words in words_by_folder(downloads, known.assignments).items():
        [learner, *others] = learners[archive, folder]
        named = {
            (word.assignment, word.person) for word in words if word.person and not is_named_after(folder, word.person)
        }
        names = {person for _assignment, person in named}
        # One learner may write different words beside different assignments.
        if not others and len(named) > len({assignment for assignment, _person in named}):
            yield _(
                "{folder} counts as one learner's folder, {learner}, but its files have several names: {names}. "
                "If these are people, enter them in the class list (--roster)."
            ).format(folder="/".join(folder), learner=learner, names=", ".join(sorted(names)))


def _no_assignment(download: Download) -> str:
    """Return why the assignment of a download is unknown."""
    try:
        read_submission(download.content)
    except UnusableNotebook as error:
        return _("{reason} To collect it all the same, add --assignment").format(reason=error.what)
    return _("it belongs to none of this course's assignments")


def _not_the_last(skipped: Download, used: Download) -> str:
    """Return why ``skipped`` is left out in favour of ``used``."""
    if (skipped.attempt, skipped.time) == (used.attempt, used.time):
        return _("of the same learner, {file} is collected").format(file=used.member)
    return _("an earlier attempt")


def _is_listed(download: Download, by_name: Mapping[str, set[str]]) -> bool:
    return any(folded(name) in by_name for name in (download.learner, *download.others))


def _owner_in_file(
    download: Download, known: Released, by_name: Mapping[str, set[str]], people: Sequence[ListedLearner]
) -> Download | None:
    """Return a notebook with the learner in its file name, if the class list has that learner."""
    words = words_in_name(download.file, known.assignments)
    beside = words.beside or without_suffix(download.file)
    for name in filter(None, (beside, words.person, re.sub(r"\d{3,}", "", words.person).strip())):
        named = replace(download, learner=name, others=())
        if len(by_name.get(folded(name), ())) == 1 or person_within(named, people) is not None:
            return named
    return None


def _with_names_in_files(
    downloads: Sequence[Download], known: Released, by_name: Mapping[str, set[str]], people: Sequence[ListedLearner]
) -> list[Download]:
    """Return the downloads, with the learner in the file's name if that is listed or the folder is a class's.

    Google Classroom packs a class's files as ``Quiz/Ada Lovelace - 1-introduction.ipynb``.
    """
    places = words_by_folder(downloads, known.assignments)
    classes = {
        (archive, folder)
        for archive in {archive for archive, _folder in places}
        for folder in class_folders({place[1]: words for place, words in places.items() if place[0] == archive})
    }
    found = []
    for each in downloads:
        if each.platform != "folder" or _is_listed(each, by_name) or person_within(each, people) is not None:
            found.append(each)
        elif (owner := _owner_in_file(each, known, by_name, people)) is not None:
            found.append(owner)
        elif (each.archive, each.folders) in classes and (name := words_in_name(each.file, known.assignments).person):
            found.append(replace(each, learner=name))
        else:
            found.append(each)
    return found


def _are_two_people(one: Download, other: Download) -> bool:
    """Return whether two submissions are by different people; some platforms number people within an assignment."""
    together = one.platform == other.platform and one.platform in _NUMBERING and one.archive == other.archive
    return together and one.number != other.number


def _order(download: Download, assignment: str, known: Released) -> tuple[int, bool, int, float, int]:
    """Return the sort key for choosing among a learner's submissions: attempt, answers, name, time, copy number."""
    named, number = rank(assignment, download.file)
    return download.attempt, known.is_answered(download, assignment), named, download.time.timestamp(), number


def _target(course: Path, learner: str, assignment: str) -> Path:
    return course / "submitted" / learner / assignment / f"{assignment}.ipynb"


def _state(course: Path, learner: str, assignment: str, content: bytes) -> WritingState:
    target = _target(course, learner, assignment)
    if not target.is_file():
        return WritingState.NEW
    return WritingState.SAME if target.read_bytes() == content else WritingState.DIFFERENT


def write(planned: Plan, course: Path, *, replace_different: bool = False) -> list[Planned]:
    """Write the planned submissions, each file atomically.

    Args:
        planned: the result of :func:`plan`.
        course: the nbgrader course.
        replace_different: whether to replace an existing submission that differs.

    Returns:
        The submissions that were written.

    Raises:
        OSError: a file cannot be written; earlier ones have been.
    """
    written = []
    for each in planned.submissions:
        if each.state is WritingState.SAME or (each.state is WritingState.DIFFERENT and not replace_different):
            continue
        target = _target(course, each.learner, each.assignment)
        write_file(target, each.download.content)
        stamp = each.download.time.strftime("%Y-%m-%d %H:%M:%S UTC")
        write_file(target.with_name("timestamp.txt"), stamp.encode())
        written.append(each)
    return written


_Key = tuple[str, str, tuple[str, ...]]


def _key(download: Download) -> _Key:
    """Return a platform's data about a learner."""
    return download.learner, download.number, download.others


def _ids(downloads: Sequence[Download], people: Sequence[ListedLearner]) -> dict[_Key, tuple[str, tuple[str, ...]]]:
    """Return the learner's id and remarks, by the platform's data about the learner."""
    by_name = ids_by_name(people)
    found: dict[_Key, tuple[str, tuple[str, ...]]] = {}
    taken: dict[str, tuple[str, str]] = {}
    for download in downloads:
        key = _key(download)
        if key in found:
            continue
        listed = by_name.get(folded(download.learner), set()) | by_name.get(folded(id_number(download)), set())
        if not listed:
            # Use the first of the other names that is in the list.
            listed = next(filter(None, (by_name.get(folded(each)) for each in download.others)), set())
        if len(listed) == 1:
            found[key] = (next(iter(listed)), ())
            continue
        if not listed and (within := person_within(download, people)) is not None:
            found[key] = (within.id, (_("the name has {person} in it").format(person=name_and_id(within)),))
            continue
        name = folder_name(download.learner)
        remarks: tuple[str, ...] = ()
        if people:
            remarks = (_several(listed) if listed else _not_listed(download.learner, people),)
        if taken.setdefault(name, key[:2]) != key[:2]:
            # Distinguish two people with the same name by the platform's number.
            name = f"{name}-{download.number}" if download.number else f"{name}-{len(taken)}"
            taken[name] = key[:2]
            remarks = (*remarks, _("another learner has the same name"))
        found[key] = (name, remarks)
    return found


def _several(ids: Iterable[str]) -> str:
    return _("several people of the class list are called so: {ids}").format(ids=", ".join(sorted(ids)))


def _not_listed(learner: str, people: Sequence[ListedLearner]) -> str:
    """Return a remark that suggests the only person whose name shares two words, if there is exactly one."""
    words = words_of(learner)
    alike = [person for person in people if person.names and len(words & words_of(person.names[0])) > 1]
    if len(alike) == 1:
        return _("not in the class list; perhaps {person}").format(person=name_and_id(alike[0]))
    return _("not in the class list")


def folder_name(name: str) -> str:
    """Return a name that is a valid folder name on every system and in nbgrader, which forbids ``+``.

    Letters and digits of every script are kept; anything else becomes a hyphen.
    """
    plain = unicodedata.normalize("NFC", name).strip().casefold()
    safe = re.sub(r"[^\w]+", "-", plain).strip("-_")[:80]
    # Windows reserves these names for devices.
    safe = f"{safe}-1" if re.fullmatch(r"con|prn|aux|nul|(?:com|lpt)\d", safe) else safe
    return safe or "unnamed"
