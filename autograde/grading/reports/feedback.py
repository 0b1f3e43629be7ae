"""The feedback page of one submission: self-contained, in the learner's language, without the text of tests.

nbgrader's own page loads MathJax and require.js from the internet, shows the graded cells, runs scripts in a learner's
output, and has no size limit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, FileSystemLoader
from markdown_it import MarkdownIt
from markupsafe import Markup
from nbconvert.exporters.exporter import Exporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import default

from autograde.errors import MalformedEvidence
from autograde.exercises.exercise import VERDICT
from autograde.grading.submissions.language import language_of
from autograde.i18n.translation import translator
from autograde.judge.rendering import number, to_html
from autograde.judge.verdict import Verdict

#: Most characters of one output, of one cell's text, and of a page without its style.
_OUTPUT, _TEXT, _PAGE = 20_000, 60_000, 1_500_000

#: Texts with more characters are shown unformatted, and so is the rest of a page after this processor time in seconds.
#: Few characters can make a table of 65,536 cells; ordinary notebooks take some hundredths of a second.
_FORMATTED, _SECONDS = 20_000, 2.0

#: nbgrader's comment on a cell that the learner left as it was released.
_UNANSWERED = "No response."

_PAGES = Path(__file__).parent.parent / "html"
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_IMAGES = ("image/png", "image/jpeg")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_FORMATTER = HtmlFormatter(nowrap=True)


class OpenGrades(GetGrades):  # type: ignore[misc]
    """nbgrader's ``GetGrades``, which also marks questions without points: nbgrader gives them 0 points."""

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        about = cell.metadata["nbgrader"]
        grade = self.gradebook.find_grade(about["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        about["open"] = grade.auto_score is None and grade.manual_score is None


class FeedbackExporter(Exporter):
    """Writes :func:`page` for ``nbgrader generate_feedback``; set by the kit's configuration."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # a page is text, as in nbconvert's HTMLExporter
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **named: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page; ``OpenGrades`` has already put scores and comments into the cells' metadata."""
        book, found = super().from_notebook_node(nb, resources, **named)
        return page(book, found["nbgrader"]), found


def page(notebook: NotebookNode, summary: Mapping[str, Any]) -> str:
    """Return the feedback page of an autograded notebook.

    Args:
        notebook: after nbgrader's ``GetGrades``: scores and comments are in the cells' metadata; ``open`` is true for a
            question without points, which is not a 0.
        summary: ``notebook`` (its name), ``score``, ``max_score`` and ``late_penalty``.
    """
    language = language_of(notebook)
    budget = _Budget(_PAGE, _SECONDS)
    cells = [_Cell(cell, language, budget) for cell in notebook.cells]
    return (
        _environment(language)
        .get_template("feedback.html")
        .render(
            language=language,
            name=summary["notebook"],
            score=number(round(float(summary["score"]), 2)),
            possible=number(round(float(summary["max_score"]), 2)),
            penalty=number(round(float(summary["late_penalty"] or 0), 2)),
            cells=cells,
            graded=[each for each in cells if each.graded],
            unfinished=sum(each.open for each in cells),
            style=Markup(_style()),  # noqa: S704 - the kit's own file
        )
    )


class _Budget:
    """The remaining size of a page in characters, and the remaining processor time for formatting its texts."""

    def __init__(self, left: int, seconds: float) -> None:
        self.left = left
        self._end = time.thread_time() + seconds

    @property
    def has_time(self) -> bool:
        """Whether another text may be formatted."""
        return time.thread_time() < self._end

    def take(self, text: str, most: int) -> tuple[str, bool]:
        """Return as much of ``text`` as fits, and whether it was cut off."""
        kept = text[: max(0, min(most, self.left))]
        self.left -= len(kept)
        return kept, len(kept) < len(text)


class _Cell:
    """A cell of the page."""

    def __init__(self, cell: NotebookNode, language: str, budget: _Budget) -> None:
        about = cell.metadata.get("nbgrader", {})
        self.name = str(about.get("grade_id", ""))
        self.graded = bool(about.get("grade") or about.get("task"))
        self.written = self.graded and bool(about.get("solution") or about.get("task"))
        self.answer = bool(about.get("solution"))
        self.kind = cell.cell_type
        score, points = (float(about.get(name) or 0) if self.graded else 0.0 for name in ("score", "points"))
        self.score, self.points = number(round(score, 2)), number(round(points, 2))
        self.open = self.graded and bool(about.get("open"))
        self.full = self.graded and not self.open and score >= points
        self.verdict = _verdict(cell) if self.graded else None
        self.label = self.verdict.function if self.verdict is not None else self.name.removeprefix("grade-")
        text, self.cut = budget.take(cell.source, _TEXT)
        self.text = _formatted(text, budget) if self.kind == "markdown" else _coloured(text, budget)
        # Show a manually graded answer, but not the text of a test.
        self.shown = not self.graded or self.written
        written = str(about.get("comment") or "")
        if written == _UNANSWERED:
            _ = translator("reports", language)
            written = _("You left this cell as it was.")
        comment, _cut = budget.take(written, _TEXT)
        self.comment = _formatted(comment, budget) if comment else None
        self.outputs = [] if self.kind != "code" else self._outputs(cell, language, budget)

    def _outputs(self, cell: NotebookNode, language: str, budget: _Budget) -> list[Markup]:
        if self.verdict is not None:
            return [Markup(to_html(self.verdict, language))]  # noqa: S704 - the judge's own, escaped there
        found: list[Markup] = []
        for output in cell.get("outputs", []):
            if budget.left <= 0 or len(found) >= 50:
                found.append(_note(language))
                break
            found.append(_error(output, language) if self.graded else _output(output, language, budget))
        return [each for each in found if each]


def _verdict(cell: NotebookNode) -> Verdict | None:
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if VERDICT in data:
            try:
                return Verdict.from_json(data[VERDICT])
            except MalformedEvidence:
                return None
    return None


def _error(output: NotebookNode, language: str) -> Markup:
    """Return the error of a graded cell without a verdict, without its traceback, which quotes the test."""
    if output.output_type != "error":
        return Markup()
    text = f"{output.get('ename', '')}: {output.get('evalue', '')}"
    return _pre(text[:1000], cut=len(text) > 1000, language=language)


def _output(output: NotebookNode, language: str, budget: _Budget) -> Markup:
    kind = output.output_type
    if kind == "stream":
        return _text(str(output.get("text", "")), language, budget)
    if kind == "error":
        return _text("\n".join(map(str, output.get("traceback", []))), language, budget)
    data = output.get("data", {})
    for each in _IMAGES:
        content = data.get(each)
        # Skip long content: fifty pictures of 100 MB would take ten seconds.
        if isinstance(content, str) and len(content) > budget.left:
            return _note(language)
        if isinstance(content, str) and _BASE64.fullmatch(content):
            budget.left -= len(content)
            _ = translator("reports", language)
            alternative = escape(_("a picture that the notebook made"))
            return Markup(f'<img alt="{alternative}" src="data:{each};base64,{content}">')  # noqa: S704 - base64 only
    html = data.get("text/html")
    if isinstance(html, str) and len(html) <= min(_OUTPUT, budget.left) and budget.has_time:
        budget.left -= len(html)
        return Markup(clean(html))  # noqa: S704 - cleaned
    return _text(str(data.get("text/plain", "")), language, budget) if "text/plain" in data else Markup()


def _text(text: str, language: str, budget: _Budget) -> Markup:
    kept, cut = budget.take(text, _OUTPUT)
    # A progress bar overwrites its line: keep the last version.
    lines = [line.rsplit("\r", 1)[-1] for line in kept.replace("\r\n", "\n").split("\n")]
    return _pre("\n".join(lines), cut=cut, language=language)


def _pre(text: str, *, cut: bool, language: str) -> Markup:
    plain = escape(_CONTROL.sub("", _ANSI.sub("", text)))
    return Markup(f"<pre>{plain}</pre>") + (_note(language) if cut else "")  # noqa: S704 - escaped


def _note(language: str) -> Markup:
    _ = translator("reports", language)
    text = _("More was printed; it is left out here.")
    return Markup(f'<p class="note">{escape(text)}</p>')  # noqa: S704 - escaped


def clean(html: str, **options: Any) -> str:
    """Return HTML without scripts and external resources; ``options`` are those of ``nh3.clean``."""
    return nh3.clean(html, attribute_filter=_without_addresses, **options)


def _without_addresses(tag: str, attribute: str, value: str) -> str | None:
    """Drop the address of a picture unless it is a relative path."""
    elsewhere = re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)", value, re.IGNORECASE) is not None
    return None if tag == "img" and attribute == "src" and elsewhere else value


def _formatted(text: str, budget: _Budget) -> Markup:
    return markdown_to_html(text) if budget.has_time else _typed(text)


def _coloured(text: str, budget: _Budget) -> Markup:
    return _code(text) if budget.has_time and len(text) <= _FORMATTED else Markup(escape(text))  # noqa: S704 - escaped


def _typed(text: str) -> Markup:
    return Markup(f"<pre>{escape(text)}</pre>")  # noqa: S704 - escaped


@lru_cache(maxsize=512)
def markdown_to_html(text: str) -> Markup:
    """Return Markdown as safe HTML; a very long text stays unformatted.

    Results are cached, because every notebook of a class has the same instructions.
    """
    if len(text) > _FORMATTED:
        return _typed(text)
    return Markup(clean(_parser().render(text)))  # noqa: S704 - cleaned


@lru_cache(maxsize=512)
def _code(text: str) -> Markup:
    return Markup(highlight(text, PythonLexer(stripnl=False), _FORMATTER))  # noqa: S704 - escaped by pygments


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


@cache
def _style() -> str:
    colours = HtmlFormatter(style="default").get_style_defs("pre.code")
    return f"{(_PAGES / 'page.css').read_text(encoding='utf-8')}\n@media (prefers-color-scheme: light) {{ {colours} }}"


@cache
def _environment(language: str) -> Environment:
    environment = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals["_"] = translator("reports", language)
    return environment
