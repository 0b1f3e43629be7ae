"""Sort downloads from a learning platform into nbgrader's ``submitted/``: first plan and show, then write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from autograde import notebooks
from autograde.errors import UnusableArchive, UnusableNotebook
from autograde.files import write_file
from autograde.grading.submissions.downloads import Download, Skipped, read_archive
from autograde.grading.submissions.learner_folders import with_learners
from autograde.grading.submissions.notebook_files import has_answers
from autograde.grading.submissions.notebook_names import rank
from autograde.grading.submissions.reading import read_submission
from autograde.i18n import messages

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


@dataclass
class _Course:
    """The released assignments with the names of their graded cells, which identify a notebook's assignment."""

    assignments: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, course: Path) -> _Course:
        found: dict[str, frozenset[str]] = {}
        for path in sorted(course.glob("release/*/*/*.ipynb")):
            if path.stem == path.parent.name:
                cells = notebooks.read(path).cells
                names = (cell.metadata.get("nbgrader", {}).get("grade_id") for cell in cells)
                found[path.stem] = frozenset(name for name in names if name)
        return cls(found)

    def named(self, name: str) -> str:
        """Return the assignment's full name from its name or its section, ``2.6``.

        Raises:
            UnusableArchive: this assignment has not been released.
        """
        found = [each for each in self.assignments if name in (each, each.partition("-")[0])]
        if len(found) != 1:
            raise UnusableArchive(
                _("This course has no released assignment {name}.").format(name=name),
                _("Choose one of: {choices}.").format(choices=", ".join(self.assignments) or "–"),
            )
        return found[0]

    def assignment_of(self, download: Download) -> str | None:
        """Return the assignment of a download, by its file name or else by the graded cells in it."""
        named = [each for each in self.assignments if _alike(download.file, each)]
        return named[0] if len(named) == 1 else self.assignment_of_cells(download)

    def assignment_of_cells(self, download: Download) -> str | None:
        """Return the assignment with the most graded cells in a download."""
        try:
            cells = read_submission(download.content).notebook.cells
        except UnusableNotebook:
            return None
        names = {cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") for cell in cells}
        best = max(self.assignments, key=lambda each: len(self.assignments[each] & names), default=None)
        return best if best is not None and self.assignments[best] & names else None

    def is_folder(self, name: str) -> bool:
        """Return whether a folder is named after an assignment or its section."""
        return any(_alike(name, each) or name == each.partition("-")[0] for each in self.assignments)


def _alike(file: str, assignment: str) -> bool:
    stem = re.sub(r"\.ipynb$", "", file, flags=re.IGNORECASE).lower()
    return stem == assignment.lower() or re.match(rf"{re.escape(assignment.lower())}[\s_(.-]", stem) is not None


#: Chinese, Japanese and Korean letters, the last also in parts.
_EASTERN = "\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"

#: Platforms that number people.
_NUMBERING = ("Moodle", "Canvas", "Brightspace")

#: How German umlauts are written in ASCII.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


@dataclass(frozen=True)
class ListedLearner:
    """A learner in the class list: the id used by nbgrader and the Hub, and the names that platforms may use."""

    id: str
    names: tuple[str, ...]


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
    known = _Course.read(course)
    if not known.assignments:
        raise UnusableArchive(
            _("There is no course in {folder}: it has no exercises in release/.").format(folder=course.resolve()),
            _("Go to the course's folder, or add --course FOLDER. To make one: autograde course my-course"),
        )
    if assignment:
        assignment = known.named(assignment)
    downloads: list[Download] = []
    skipped: list[Skipped] = []
    by_name = _by_name(people)
    for path in archives:
        found, others = read_archive(path)
        downloads += found
        for each in others:
            owner = None if each.download is None else _owner_in_file(each.download, known, by_name, people)
            if owner is None:
                skipped.append(each)
            else:
                downloads.append(owner)
    downloads = with_learners(downloads, known.is_folder, lambda name: len(by_name.get(_folded(name), ())) == 1)
    downloads = _with_names_in_files(downloads, known, by_name, people)
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
            if _order(earlier.download, of, course) > _order(download, of, course):
                planned, earlier = earlier, planned
            skipped.append(Skipped(earlier.download.member, _not_the_last(earlier.download, planned.download)))
        latest[learner, of] = planned
    encodings = dict.fromkeys((each.archive, each.encoding) for each in downloads if each.encoding)
    notes = tuple(
        _("{archive}: the names were read as {encoding}. Check them.").format(
            archive=archive, encoding=encoding.upper()
        )
        for archive, encoding in encodings
    )
    unlisted = [
        each for each in downloads if not any(_folded(name) in by_name for name in (each.learner, *each.others))
    ]
    one_learners = _named_together(unlisted, known)
    return Plan(tuple(latest[key] for key in sorted(latest)), tuple(skipped), (*notes, *one_learners))


def _named_together(downloads: Sequence[Download], known: _Course) -> Iterator[str]:
    """Yield a sentence for each folder that counts as one learner's although its files have several names."""
    learners: dict[tuple[str, _Folder], set[str]] = {}
    for each in downloads:
        learners.setdefault((each.archive, each.folders), set()).add(each.learner)
    for (archive, folder), words in _places(downloads, known).items():
        [learner, *others] = learners[archive, folder]
        named = {(word.assignment, word.person) for word in words if word.person and not _is_of(folder, word.person)}
        names = {person for _assignment, person in named}
        # Words beside different assignments hide nobody.
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


def _owner_in_file(
    download: Download, known: _Course, by_name: Mapping[str, set[str]], people: Sequence[ListedLearner]
) -> Download | None:
    """Return a notebook with the learner in its file name, if the class list has that learner."""
    words = _words_in_file(download.file, known)
    beside = words.beside or re.sub(r"\.ipynb$", "", download.file, flags=re.IGNORECASE)
    for name in filter(None, (beside, words.person, re.sub(r"\d{3,}", "", words.person).strip())):
        named = replace(download, learner=name, others=())
        if len(by_name.get(_folded(name), ())) == 1 or _within(named, people) is not None:
            return named
    return None


#: How platforms call a copy, before a file's name.
_COPY_OF = re.compile(r"[\s_-]*\b(?:copy of|kopie von|copie de|copia de|副本)?[\s_-]*$", re.IGNORECASE)

#: A date, with or without a time.
_DATE = (
    r"(?<!\d)(?:20\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[T\s_-]*[0-2]\d[-:_.]?[0-5]\d(?:[-:_.]?[0-5]\d)?)?"
    r"|(?:0?[1-9]|[12]\d|3[01])([-_.])(?:0?[1-9]|1[0-2])\2(?:20)?\d\d)(?!\d)"
)

#: The number of a copy in brackets, and that of a version: (2), v2, v1.3.
_BRACKETS, _NUMBERED = r"[(（\[]\s*\d{1,2}\s*[)）\]]", r"(?<![^\W_])(?:v|ver|rev)\.?\d{1,3}(?:\.\d{1,3})*(?![^\W_])"
_MARKED = re.compile(f"{_DATE}|{_BRACKETS}|{_NUMBERED}", re.IGNORECASE)

#: What numbers a copy after the assignment's name, where a short number or a date is no one's name.
_COPY_NUMBER = re.compile(rf"\d{{1,2}}(?:[\s_.-]+\d{{1,2}})*|{_DATE}", re.IGNORECASE)

#: Words for a version beside a name.
_VERSION = re.compile(r"(?:version|copy|copie|kopie|copia|draft|entwurf|final)\d{0,3}|ver|rev", re.IGNORECASE)

#: Words that are no one's name unless there is another one: Anna Neu.
_NO_NAME = re.compile(
    r"(?:of|the|my|mine|new|old|neu|alt|nouveau|brouillon|borrador|finale|finished|done|fixed|backup|updated?|correct(?:ed)?"
    r"|submission|submitted|abgabe|answers?|solutions?|homework|hw|attempt|try|test|work|first|second|third|last|latest)\d*",
    re.IGNORECASE,
)

#: Words that name a person only with the number beside them: Team 1, Student 12.
_WITH_NUMBER = re.compile(
    r"teams?|groups?|gruppe|groupe|grupo|equipo|[ée]quipe|students?|sch[üu]ler(?:in)?|student(?:in|e)|learner|pupil"
    r"|[ée]l[èe]ve|[ée]tudiante?|estudiante|alumn[oa]|participant|teilnehmer(?:in)?|user|candidate|member|class|pair|table|seat|desk"
    r"|pc|lab|nr|no|id|num(?:ber)?|第|小?组|小?組|学生|學生|同学|同學|学号|學號|座号|班",
    re.IGNORECASE,
)

#: The same at the end of Chinese words.
_CHINESE_VERSION = re.compile(r"(?:副本|[草初终定]稿|最终版?|修改版?|[新旧]版|第.版|作业|答案|完成版?|提交)+\d*$")


@dataclass(frozen=True)
class _WordsInFile:
    """The words in a file's name: "Ada Lovelace final - 1-introduction.ipynb".

    Attributes:
        assignment: the assignment in the name; empty if there is none.
        beside: the words before or after it.
        person: those of them that may be a person's name, without versions, numbers of copies and dates.
        is_certain: whether it is a person: before the assignment, where platforms write the learner, or a long number.
    """

    assignment: str = ""
    beside: str = ""
    person: str = ""
    is_certain: bool = False


def _words_in_file(file: str, known: _Course) -> _WordsInFile:
    stem = re.sub(r"\.ipynb$", "", file, flags=re.IGNORECASE)
    # The full names come first, because a section such as 1 may also be the number of a copy.
    parts = [(each, each) for each in known.assignments] + [
        (each, each.partition("-")[0]) for each in known.assignments
    ]
    for assignment, part in parts:
        pattern = rf"(?:(.+)[\s_.-]+)?{re.escape(part)}(?:(?=[\s_.(（-])[\s_.-]*(.+))?"
        if found := re.fullmatch(pattern, stem, re.IGNORECASE):
            before, after = (_COPY_OF.sub("", found[side] or "") for side in (1, 2))
            if person := _person(before):
                return _WordsInFile(assignment, before, person, is_certain=True)
            person = "" if _COPY_NUMBER.fullmatch(after) else _person(after)
            is_number = re.fullmatch(r"\d{7,}", person) is not None
            return _WordsInFile(assignment, after if person else before or after, person, is_number)
    return _WordsInFile()


def _person(beside: str) -> str:
    """Return a text without versions, numbers of copies and dates: "Ada Lovelace" for "Ada Lovelace final (2)".

    A number that tells people apart is kept: one of three digits or more, and one beside a word such as "Team".
    """
    unmarked = _split(_MARKED.sub(" ", beside))
    if not any(map(_is_own, unmarked)):
        # Nothing else tells whose it is: "Team (2)", and "20231001", which may be a student number as well as a date.
        has_word = any(map(_WITH_NUMBER.fullmatch, unmarked))
        unmarked = _split(beside) if has_word or beside.strip().isdecimal() else unmarked
    words = [word for word in unmarked if not _VERSION.fullmatch(word)]
    if all(map(str.isdecimal, words)):
        return " ".join(words) if len(words) == len(unmarked) or any(len(word) > 2 for word in words) else ""
    kept = [
        word
        for at, word in enumerate(words)
        if not (word.isdecimal() and len(word) < 3)
        or any(_WITH_NUMBER.fullmatch(each) for each in words[max(at - 1, 0) : at + 2])
    ]
    return "" if all(map(_NO_NAME.fullmatch, kept)) else " ".join(kept)


def _split(text: str) -> list[str]:
    words = (_CHINESE_VERSION.sub("", each) for each in re.split(r"[\s_.,()（）\[\]-]+", text))
    return [word for word in words if word]


def _is_own(word: str) -> bool:
    """Return whether a word tells whose a file is."""
    return not any(kind.fullmatch(word) for kind in (_VERSION, _NO_NAME, _WITH_NUMBER))


def _with_names_in_files(
    downloads: Sequence[Download], known: _Course, by_name: Mapping[str, set[str]], people: Sequence[ListedLearner]
) -> list[Download]:
    """Return the downloads, with the learner in the file's name if that is listed or the folder is a class's.

    Google Classroom packs a class's files as ``Quiz/Ada Lovelace - 1-introduction.ipynb``.
    """
    places = _places(downloads, known)
    classes = {
        (archive, folder)
        for archive in {archive for archive, _folder in places}
        for folder in _class_folders({place[1]: words for place, words in places.items() if place[0] == archive})
    }
    found = []
    for each in downloads:
        is_listed = any(_folded(name) in by_name for name in (each.learner, *each.others))
        if each.platform != "folder" or is_listed or _within(each, people) is not None:
            found.append(each)
        elif (owner := _owner_in_file(each, known, by_name, people)) is not None:
            found.append(owner)
        elif (each.archive, each.folders) in classes and (name := _words_in_file(each.file, known).person):
            found.append(replace(each, learner=name))
        else:
            found.append(each)
    return found


_Folder = tuple[str, ...]


def _places(downloads: Iterable[Download], known: _Course) -> dict[tuple[str, _Folder], list[_WordsInFile]]:
    """Return the words in the files' names, by archive and folder."""
    places: dict[tuple[str, _Folder], list[_WordsInFile]] = {}
    for each in downloads:
        if each.platform == "folder":
            places.setdefault((each.archive, each.folders), []).append(_words_in_file(each.file, known))
    return places


def _class_folders(folders: Mapping[_Folder, Sequence[_WordsInFile]]) -> set[_Folder]:
    """Return the folders of an archive in which each file has its learner's name.

    Names before the assignment, and long numbers, are people's if a folder has several, and more than there are
    learners' folders beside it. Words after the assignment are often a learner's own, such as a version's: they are
    people's only if each folder has several, and assignments that are in no other folder.
    """
    certain = {folder for folder, words in folders.items() if len(_people(folder, words, certain=True)) > 1}
    likely = {folder for folder, words in folders.items() if len(_people(folder, words)) > 1}
    apart = {
        folder: words
        for folder, words in folders.items()
        if not _is_below(folder, likely) and any(each.assignment for each in words)
    }
    personal = [folder for folder in apart if folder not in certain and not _are_named(folder, folders[folder])]
    number = sum(len(_people(folder, folders[folder], certain=True)) for folder in certain)
    certain = certain if number > len(personal) else set()
    placed = [name for words in apart.values() for name in {each.assignment for each in words} if name]
    classes = {*certain, *likely} if len(placed) == len({*placed}) and {*apart} <= likely else certain
    beside = {
        folder
        for folder, words in folders.items()
        if (certain and _are_named(folder, words))
        or (_is_below(folder, classes) and all(each.person for each in words))
    }
    return classes | beside if classes else set()


def _is_below(folder: _Folder, others: Iterable[_Folder]) -> bool:
    return any(len(folder) > len(other) and folder[: len(other)] == other for other in others)


def _are_named(folder: _Folder, words: Sequence[_WordsInFile]) -> bool:
    """Return whether each file certainly has a person, other than the one the folder is named after."""
    return all(each.is_certain and not _is_of(folder, each.person) for each in words)


def _people(folder: _Folder, words: Sequence[_WordsInFile], *, certain: bool = False) -> set[str]:
    """Return the people's names beside an assignment in a folder, if there are more than files without a name.

    Args:
        folder: the folder; names that it is named after count as one.
        words: the words in its files' names.
        certain: whether only certain names count.
    """
    found: set[str] = set()
    for assignment in {each.assignment for each in words} - {""}:
        beside = [each for each in words if each.assignment == assignment]
        names = {
            "" if _is_of(folder, each.person) else _folded(each.person)
            for each in beside
            if each.person and (each.is_certain or not certain)
        }
        if len(names) > max(1, sum(not each.person for each in beside)):
            found |= names
    return found


def _is_of(folder: _Folder, person: str) -> bool:
    """Return whether a folder's name has a word of a person's name: Ada Lovelace/Ada L."""
    shared = _words(person) & _words(" ".join(folder))
    return any(not word.isdecimal() and not _WITH_NUMBER.fullmatch(word) for word in shared)


def _are_two_people(one: Download, other: Download) -> bool:
    """Return whether two submissions are by different people; some platforms number people within an assignment."""
    together = one.platform == other.platform and one.platform in _NUMBERING and one.archive == other.archive
    return together and one.number != other.number


def _order(download: Download, assignment: str, course: Path) -> tuple[int, bool, int, float, int]:
    """Return the sort key for choosing among a learner's submissions: attempt, answers, name, time, copy number."""
    named, number = rank(assignment, download.file)
    releases = [notebooks.read(path) for path in sorted(course.glob(f"release/*/{assignment}/{assignment}.ipynb"))]
    answered = all(has_answers(download.content, each) for each in releases)
    return download.attempt, answered, named, download.time.timestamp(), number


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
    by_name = _by_name(people)
    found: dict[_Key, tuple[str, tuple[str, ...]]] = {}
    taken: dict[str, tuple[str, str]] = {}
    for download in downloads:
        key = _key(download)
        if key in found:
            continue
        listed = by_name.get(_folded(download.learner), set()) | by_name.get(_folded(_id_number(download)), set())
        if not listed:
            # Use the first of the other names that is in the list.
            listed = next(filter(None, (by_name.get(_folded(each)) for each in download.others)), set())
        if len(listed) == 1:
            found[key] = (next(iter(listed)), ())
            continue
        if not listed and (within := _within(download, people)) is not None:
            found[key] = (within.id, (_("the name has {person} in it").format(person=_name_and_id(within)),))
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


def _id_number(download: Download) -> str:
    """Return the platform's number if it may be an id in the class list; otherwise "".

    Moodle numbers the submissions of all its courses, so a match with a student number would be a coincidence.
    """
    return "" if download.platform in ("Moodle", "Brightspace") and download.number.isdecimal() else download.number


def _by_name(people: Sequence[ListedLearner]) -> dict[str, set[str]]:
    """Return the ids of the people by name."""
    by_name: dict[str, set[str]] = {}
    for person in people:
        for name in (person.id, *person.names):
            by_name.setdefault(_folded(name), set()).add(person.id)
    return by_name


def _several(ids: Iterable[str]) -> str:
    return _("several people of the class list are called so: {ids}").format(ids=", ".join(sorted(ids)))


def _not_listed(learner: str, people: Sequence[ListedLearner]) -> str:
    """Return a remark that suggests the only person whose name shares two words, if there is exactly one."""
    words = _words(learner)
    alike = [person for person in people if person.names and len(words & _words(person.names[0])) > 1]
    if len(alike) == 1:
        return _("not in the class list; perhaps {person}").format(person=_name_and_id(alike[0]))
    return _("not in the class list")


def _within(download: Download, people: Sequence[ListedLearner]) -> ListedLearner | None:
    """Return the only person whose number or full name is in a longer one: "20230001-王小明", "Dr. Ada Lovelace"."""
    words = _words(" ".join((download.learner, *download.others)))
    if not _id_number(download):
        words -= _words(download.number)
    found = [
        person
        for person in people
        if (any(map(str.isdigit, person.id)) and _words(person.id) <= words)
        or any(_is_whole(name) and _words(name) <= words for name in _spellings(person.names[:1]))
    ]
    return found[0] if len(found) == 1 else None


def _spellings(names: Iterable[str]) -> list[str]:
    return [spelling for name in names for spelling in (name, name.translate(_UMLAUTS))]


def _is_whole(name: str) -> bool:
    """Return whether a name is a full name: two words, or Chinese."""
    return len(_words(name)) > 1 or (len(name) > 1 and name > "\u2e80")


def _name_and_id(person: ListedLearner) -> str:
    return f"{person.names[0]} ({person.id})" if person.names else person.id


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    # A number and a Chinese, Japanese or Korean name are often written without a space: 20230001王小明.
    return set(re.findall(rf"[{_EASTERN}]+|[^\W_{_EASTERN}]+", bare))


def _folded(name: str) -> str:
    """Normalise a name: ignore case, accents, spaces and word order, since platforms write ``lovelaceada``."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return "".join(sorted(words)) if len(words) > 1 else "".join(words)


def folder_name(name: str) -> str:
    """Return a name that is a valid folder name on every system and in nbgrader, which forbids ``+``.

    Letters and digits of every script are kept; anything else becomes a hyphen.
    """
    plain = unicodedata.normalize("NFC", name).strip().casefold()
    safe = re.sub(r"[^\w]+", "-", plain).strip("-_")[:80]
    # Windows reserves these names for devices.
    safe = f"{safe}-1" if re.fullmatch(r"con|prn|aux|nul|(?:com|lpt)\d", safe) else safe
    return safe or "unnamed"


def with_names(people: Iterable[tuple[str, str, str]]) -> list[ListedLearner]:
    """Return the class list's people from ``(id, full name, e-mail address)``, with every name a platform may use."""
    found = []
    for identifier, fullname, email in people:
        # Canvas writes garcialopezmariajose: any number of last names come before the first names.
        spellings = dict.fromkeys((fullname, fullname.translate(_UMLAUTS)))
        joined = [
            "".join((*words[place:], *words[:place]))
            for words in ([re.sub(r"\W+", "", word) for word in spelling.split()] for spelling in spellings)
            for place in range(len(words))
        ]
        # A Chinese name has no space, but platforms add one, in either order.
        if len(fullname) > 1 and all("\u3040" <= mark <= "\uffef" for mark in fullname):
            joined += [f"{fullname[:length]} {fullname[length:]}" for length in (1, 2)]
        names = (*spellings, *joined, *("".join(reversed(each.split())) for each in spellings), email,
                 email.partition("@")[0])  # fmt: skip
        found.append(ListedLearner(identifier, tuple(name for name in names if name)))
    return found
