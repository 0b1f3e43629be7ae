"""The words in a file's name beside its assignment: a person, a version, the number of a copy, a date."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from autograde.grading.submissions.notebook_names import without_suffix

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
class WordsInName:
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


def words_in_name(file: str, assignments: Collection[str]) -> WordsInName:
    """Return the words in a file's name beside the first of ``assignments`` in it, or beside its section."""
    stem = without_suffix(file)
    # The full names come first, because a section such as 1 may also be the number of a copy.
    parts = [(each, each) for each in assignments] + [(each, each.partition("-")[0]) for each in assignments]
    for assignment, part in parts:
        pattern = rf"(?:(.+)[\s_.-]+)?{re.escape(part)}(?:(?=[\s_.(（-])[\s_.-]*(.+))?"
        if found := re.fullmatch(pattern, stem, re.IGNORECASE):
            before, after = (_COPY_OF.sub("", found[side] or "") for side in (1, 2))
            if person := _person(before):
                return WordsInName(assignment, before, person, is_certain=True)
            person = "" if _COPY_NUMBER.fullmatch(after) else _person(after)
            is_number = re.fullmatch(r"\d{7,}", person) is not None
            return WordsInName(assignment, after if person else before or after, person, is_number)
    return WordsInName()


def _person(beside: str) -> str:
    """Return a text without versions, numbers of copies and dates: "Ada Lovelace" for "Ada Lovelace final (2)".

    A number that tells people apart is kept: one of three digits or more, and one beside a word such as "Team".
    """
    unmarked = _split(_MARKED.sub(" ", beside))
    if not any(map(_is_own, unmarked)):
        # Nothing else tells whose it is: "Team (2)", and "20231001", which may be a student number as well as a date.
        has_word = any(map(needs_number, unmarked))
        unmarked = _split(beside) if has_word or beside.strip().isdecimal() else unmarked
    words = [word for word in unmarked if not _VERSION.fullmatch(word)]
    if all(map(str.isdecimal, words)):
        return " ".join(words) if len(words) == len(unmarked) or any(len(word) > 2 for word in words) else ""
    kept = [
        word
        for at, word in enumerate(words)
        if not (word.isdecimal() and len(word) < 3)
        or any(needs_number(each) for each in words[max(at - 1, 0) : at + 2])
    ]
    return "" if all(map(_NO_NAME.fullmatch, kept)) else " ".join(kept)


def _split(text: str) -> list[str]:
    words = (_CHINESE_VERSION.sub("", each) for each in re.split(r"[\s_.,()（）\[\]-]+", text))
    return [word for word in words if word]


def needs_number(word: str) -> bool:
    """Return whether a word names a person only with the number beside it: Team 1."""
    return _WITH_NUMBER.fullmatch(word) is not None


def _is_own(word: str) -> bool:
    """Return whether a word tells whose a file is."""
    return not needs_number(word) and not any(kind.fullmatch(word) for kind in (_VERSION, _NO_NAME))
