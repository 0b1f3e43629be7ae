"""The text of the lessons: structure, agreement of both languages, accessibility. No lesson is run."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from nbformat import NotebookNode

from autograde import notebooks
from autograde.widgets.question_bank import question

KIT = Path(__file__).parent.parent.parent
#: Pages such as the glossary have no number and a different structure.
LESSONS = sorted((KIT / "course").glob("[0-9]*.ipynb"))

#: The second-level headings of a lesson, in their order; the ones in brackets may be missing.
GRAMMAR = {
    "en": ["Predict", "Run", "Investigate", "Modify", "Three questions", "You can now", "Exercise"],
    "zh": ["预测", "运行", "探究", "修改", "三个问题", "现在你会了", "练习"],
}
FAILURE = {"en": "When it goes wrong", "zh": "出错的时候"}
HEADER = {"en": ["Time", "Goal", "You need", "Tutorial"], "zh": ["时间", "目标", "需要", "对应教程"]}

#: Synonyms that this course does not use: it has one Chinese term for each thing.
OTHER_WORDS = (
    "存储库",
    "储存库",
    "代码库",
    "标记化",
    "令牌化",
    "分段编号",
    "段落编号",
    "标记器",
    "登陆",
    "帐户",
    "帐号",
)

#: Characters of a line that a text cell shows without a break, beside JupyterLab's file browser in a window of 1000
#: pixels. Its letters are larger than those of a code cell.
LONGEST_LINE = 55

CHINESE = re.compile(r"[\u4e00-\u9fff]")

by_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
in_both_languages = pytest.mark.parametrize("language", ["en", "zh"])


def lesson(path: Path, language: str) -> NotebookNode:
    return notebooks.one_language(notebooks.read(path), language)


def markdown(book: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")


def headings(text: str) -> list[tuple[int, str]]:
    """Return level and text of every heading, found by a Markdown parser."""
    tokens = MarkdownIt().parse(text)
    return [(int(each.tag[1]), tokens[i + 1].content) for i, each in enumerate(tokens) if each.type == "heading_open"]


def calls(method: str, sources: list[str]) -> list[str]:
    """Return the ids passed to a method of the lesson."""
    return re.findall(rf'lesson\.{method}\(\s*"([^"]+)"', "\n".join(sources))


def order(section: str) -> tuple[float, str]:
    """Return a key that sorts sections: 2.6b comes after 2.6."""
    number = re.match(r"[\d.]+", section)
    assert number
    return float(number[0]), section[number.end() :]


def links(text: str) -> list[tuple[str, str]]:
    """Return address and text of every link."""
    found = []
    for token in MarkdownIt().parse(text):
        children: list[Any] = token.children or []
        for i, child in enumerate(children):
            if child.type == "link_open":
                found.append((str(child.attrs["href"]), children[i + 1].content))
    return found


def test_helpers_find_headings_calls_and_links() -> None:
    """The tests below depend on these functions."""
    text = "# One\n\n[a](b.md) and [`c`](https://d.example)\n\n## Two\n"
    assert headings(text) == [(1, "One"), (2, "Two")]
    assert links(text) == [("b.md", "a"), ("https://d.example", "c")]
    sources = ['lesson.predict("one")', 'lesson.predict(\n    "two")', 'lesson.compare("three")']
    assert calls("predict", sources) == ["one", "two"]
    assert sum(len(links(markdown(lesson(path, "en")))) for path in LESSONS) > len(LESSONS)


def test_lessons_of_the_first_version_exist() -> None:
    sections = [path.stem.split("-")[0] for path in LESSONS]
    assert [each for each in ("0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6") if each not in sections] == []


@by_lesson
def test_file_is_canonical_and_follows_the_rules(path: Path) -> None:
    assert notebooks.check(path) == []


@by_lesson
@in_both_languages
def test_headings_follow_the_structure_of_a_lesson(path: Path, language: str) -> None:
    found = headings(markdown(lesson(path, language)))
    assert [level for level, _text in found].count(1) == 1
    assert found[0][0] == 1
    assert found[0][1].startswith(path.stem.split("-")[0])
    second = [text for level, text in found if level == 2]
    assert [text for text in second if text != FAILURE[language]] == GRAMMAR[language]
    for (before, _above), (level, text) in itertools.pairwise(found):
        assert level <= before + 1, f"the heading {text!r} skips a level"


@by_lesson
@in_both_languages
def test_header_has_time_goal_requirements_and_tutorial_section(path: Path, language: str) -> None:
    header = lesson(path, language).cells[0].source
    assert [name for name in HEADER[language] if not re.search(rf"\*\*{name}[:：]\*\*", header)] == []


@by_lesson
@in_both_languages
def test_lesson_is_opened_before_its_first_section(path: Path, language: str) -> None:
    """The widgets need a lesson, so the cell that opens it comes before the first second-level heading."""
    cells = lesson(path, language).cells
    opened = next(i for i, cell in enumerate(cells) if "open_lesson(" in cell.source)
    predict = next(i for i, cell in enumerate(cells) if cell.source.startswith(f"## {GRAMMAR[language][0]}"))
    assert opened < predict


@by_lesson
def test_every_prediction_is_compared_with_the_result_below_it(path: Path) -> None:
    cells = [cell.source for cell in lesson(path, "en").cells]
    run = next(i for i, source in enumerate(cells) if source.startswith("## Run"))
    predicted = calls("predict", cells[:run])
    assert predicted, "nothing is predicted under Predict"
    for identity in calls("predict", cells):
        below = cells[next(i for i, source in enumerate(cells) if identity in source) + 1 :]
        assert identity in calls("compare", below)
    assert set(calls("compare", cells)) <= set(calls("predict", cells))


@by_lesson
def test_three_questions_are_asked_and_two_are_about_earlier_lessons(path: Path) -> None:
    cells = [cell.source for cell in lesson(path, "en").cells]
    place = next(i for i, source in enumerate(cells) if source.startswith("## Three questions"))
    [asked] = [re.findall(r'"([^"]+)"', source) for source in cells[place : place + 2] if "lesson.quiz(" in source]
    assert len(set(asked)) == 3
    assert "<details>" not in cells[place]
    sections = [question(identity).section for identity in asked]
    number = path.stem.split("-")[0]
    if number != "0":
        assert [order(each) < order(number) for each in sections].count(True) == 2, sections
    assert number in sections


@by_lesson
def test_predict_section_has_no_collapsed_answer(path: Path) -> None:
    """Predictions are made in the widget; Investigate may have collapsed answers."""
    text = markdown(lesson(path, "en"))
    predict = text[text.index("## Predict") : text.index("## Run")]
    assert "<details>" not in predict


@by_lesson
def test_both_languages_have_the_same_code_and_the_same_structure(path: Path) -> None:
    english, chinese = lesson(path, "en"), lesson(path, "zh")
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in chinese.cells]
    code = [[cell.source for cell in book.cells if cell.cell_type == "code"] for book in (english, chinese)]
    assert code[0] == code[1]
    for left, right in zip(english.cells, chinese.cells, strict=True):
        assert [level for level, _ in headings(left.source)] == [level for level, _ in headings(right.source)]
        assert [address for address, _ in links(left.source)] == [address for address, _ in links(right.source)]
        if left.cell_type == "markdown":
            # Both languages have the same number of code blocks, collapsed parts and list items.
            assert left.source.count("```") == right.source.count("```")
            assert left.source.count("<details>") == right.source.count("<details>")
            assert len(re.findall(r"(?m)^ *(?:\d\.|-) ", left.source)) == len(
                re.findall(r"(?m)^ *(?:\d\.|-) ", right.source)
            )


@by_lesson
def test_each_text_is_in_its_own_language(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        language = notebooks.language_of(cell)
        if cell.cell_type == "markdown":
            assert language is not None, f"{cell.id}: a text belongs to one language"
            # An English text has no Chinese at all; a Chinese one has some.
            assert bool(CHINESE.search(cell.source)) == (language == "zh"), cell.id
        else:
            assert not CHINESE.search(cell.source), cell.id


@by_lesson
def test_chinese_text_uses_the_courses_terms_and_chinese_punctuation(path: Path) -> None:
    text = markdown(lesson(path, "zh"))
    assert [word for word in OTHER_WORDS if word in text] == []
    prose = re.sub(r"```.*?```|`[^`]*`|<[^>]*>|\]\([^)]*\)", "", text, flags=re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff][,;:?!]|[\u4e00-\u9fff]\.(?:\s|$)", prose) == []


@by_lesson
@in_both_languages
def test_text_is_accessible(path: Path, language: str) -> None:
    text = markdown(lesson(path, language))
    assert not re.search(r"(?i)<(script|style|iframe|font)\b|\bstyle=|\bcolor=", text)
    for image in re.findall(r"<img\b[^>]*>", text):
        assert re.search(r'\balt="[^"]+"', image), image
    assert "![](" not in text
    for address, words in links(text):
        assert words.strip().lower() not in ("", "here", "click here", "link", "这里", "点击这里"), address
    for summary in re.findall(r"<summary>(.*?)</summary>", text):
        assert summary.strip()


@by_lesson
def test_nothing_is_loaded_from_the_internet(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        for address in re.findall(r"https?://[^\s{][^\s)\"'`>]+", cell.source):
            assert re.match(r"https://(huggingface\.co|git-lfs\.github\.com/spec/v1)", address), address
            assert cell.cell_type == "markdown", f"{cell.id}: code must use the endpoint of the lesson"


@by_lesson
def test_links_between_lessons_and_exercises_lead_to_files(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        if cell.cell_type != "markdown":
            continue
        for address, _words in links(cell.source):
            if address.startswith("exercises/"):
                for language in ("en", "zh"):
                    assert (KIT / "release" / language / address.removeprefix("exercises/")).is_file(), address
            elif not address.startswith("https://"):
                assert (path.parent / address).is_file(), address


@by_lesson
def test_the_first_code_cell_opens_this_lesson(path: Path) -> None:
    code = [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "code"]
    section = path.stem.split("-")[0]
    assert f'lesson = open_lesson("{section}")' in code[0]
    assert "huggingface_hub" not in code[0]


@by_lesson
def test_lesson_contains_no_token_local_path_or_local_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\bhf_[A-Za-z0-9]{20,}", text)
    assert not re.search(r"/(?:home|root|Users|tmp)/|127\.0\.0\.1|localhost", text)


@pytest.mark.parametrize(
    "path", sorted([*(KIT / "course").rglob("*.ipynb"), *(KIT / "source").rglob("*.ipynb")]), ids=lambda path: path.stem
)
def test_code_in_text_cells_is_shown_without_line_breaks_in_a_small_window(path: Path) -> None:
    """A solution of lesson 2.6 had a line of 69 characters."""
    texts = [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "markdown"]
    code = [token.content for text in texts for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert [line for each in code for line in each.splitlines() if len(line) > LONGEST_LINE] == []
