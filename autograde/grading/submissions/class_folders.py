"""Tell the folder of a class, whose files have their learners' names, from the folder of one learner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from autograde.grading.submissions.listed_learners import folded, words_of
from autograde.grading.submissions.names_in_files import WordsInName, needs_number, words_in_name
from autograde.grading.submissions.platform_names import Download

Folder = tuple[str, ...]


def words_by_folder(
    downloads: Iterable[Download], assignments: Collection[str]
) -> dict[tuple[str, Folder], list[WordsInName]]:
    """Return the words in the files' names, by archive and folder."""
    places: dict[tuple[str, Folder], list[WordsInName]] = {}
    for each in downloads:
        if each.platform == "folder":
            places.setdefault((each.archive, each.folders), []).append(words_in_name(each.file, assignments))
    return places


def class_folders(folders: Mapping[Folder, Sequence[WordsInName]]) -> set[Folder]:
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


def _is_below(folder: Folder, others: Iterable[Folder]) -> bool:
    return any(len(folder) > len(other) and folder[: len(other)] == other for other in others)


def _are_named(folder: Folder, words: Sequence[WordsInName]) -> bool:
    """Return whether each file certainly has a person, other than the one the folder is named after."""
    return all(each.is_certain and not is_named_after(folder, each.person) for each in words)


def _people(folder: Folder, words: Sequence[WordsInName], *, certain: bool = False) -> set[str]:
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
            "" if is_named_after(folder, each.person) else folded(each.person)
            for each in beside
            if each.person and (each.is_certain or not certain)
        }
        if len(names) > max(1, sum(not each.person for each in beside)):
            found |= names
    return found


def is_named_after(folder: Folder, person: str) -> bool:
    """Return whether a folder's name has a word of a person's name: Ada Lovelace/Ada L."""
    shared = words_of(person) & words_of(" ".join(folder))
    return any(not word.isdecimal() and not needs_number(word) for word in shared)
