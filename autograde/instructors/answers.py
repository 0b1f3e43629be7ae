"""Generate the answer key and the sheet of misconceptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograde import notebooks
from autograde.i18n.translation import translator
from autograde.instructors.pages import from_markdown, page
from autograde.judge.question import Question
from autograde.questions import assignments
from autograde.settings import KIT, LANGUAGES

#: The instructor's versions of the exercises.
SOURCE = KIT / "source"

#: Style for printing.
STYLE = "main { max-width: 60rem; margin: auto; padding: 1rem; } h2 { break-after: avoid; margin-top: 2rem; }"


def answer_pages() -> Iterator[tuple[str, str]]:
    """Yield the name and text of the answer key and the sheet of misconceptions in each language."""
    for language in LANGUAGES:
        _ = translator("instructors", language)
        for name, title, text in (
            ("answer-key", _("Answer key"), answer_key(language)),
            ("misconceptions", _("Misconceptions"), misconceptions(language)),
        ):
            yield (
                f"{name}.{language}.html",
                page(title, language, f"<main>{from_markdown(text, SOURCE)}</main>", style=STYLE),
            )


def answer_key(language: str) -> str:
    """Return all questions with their points and one right answer each, as Markdown."""
    _ = translator("instructors", language)
    lines = [
        f"# {_('Answer key')}",
        "",
        _("For instructors. One right answer to each question; others are right too."),
        "",
    ]
    for section, questions in assignments().items():
        total = sum(question.points for question in questions)
        lines += [f"## {title_of(section, language)} ({_points(total, _)})", ""]
        for question in questions:
            lines += [f"### `{question.function}`: {_words(question, language)} ({_points(question.points, _)})", ""]
            lines += ["```python", question.teaching.solution.strip(), "```", ""]
            for item in question.rubric:
                lines.append(f"- {item.about.in_language(language)}: {_points(item.points, _)}")
            lines.append("")
    return "\n".join(lines)


def misconceptions(language: str) -> str:
    """Return all misconceptions that the checks recognise, each with its explanation and the next step."""
    _ = translator("instructors", language)
    lines = [
        f"# {_('Misconceptions')}",
        "",
        _("What the checks name when an answer fits. The first sentence explains, the second is what to do next."),
        "",
    ]
    for section, questions in assignments().items():
        lines += [f"## {title_of(section, language)}", ""]
        for question in questions:
            lines += [f"### `{question.function}`: {_words(question, language)}", ""]
            for each in question.misconceptions:
                case = f" (`{each.case}`)" if each.case else ""
                why, then = each.explanation.in_language(language), each.next_step.in_language(language)
                lines.append(f"- **{why}**{case} {then}")
            lines.append("")
    return "\n".join(lines)


def title_of(section: str, language: str) -> str:
    """Return the first heading of a section's exercise, or its number if the exercise is in another package."""
    path = next(SOURCE.glob(f"{section}-*/*.ipynb"), None)
    if path is None:
        return section
    first = notebooks.one_language(notebooks.read(path), language).cells[0].source
    return str(first).splitlines()[0].lstrip("# ")


def _words(question: Question, language: str) -> str:
    return question.teaching.title.in_language(language)


def _points(points: float, _: Callable[[str], str]) -> str:
    number = f"{points:g}"
    return _("1 point") if number == "1" else _("{number} points").format(number=number)
