"""The class page: a self-contained HTML file in each language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from autograde.grading.reports.class_report import ClassReport, Learner, ReportedState, unlisted
from autograde.grading.reports.plots import points_plot
from autograde.i18n.restating import restated
from autograde.i18n.translation import translator
from autograde.judge.rendering import OUTCOMES, SYMBOLS
from autograde.judge.verdict import Outcome

_PAGES = Path(__file__).parent.parent / "html"


def class_page(report: ClassReport, language: str) -> str:
    """Return the page in ``"en"`` or ``"zh"``; it links to the page in the other language in the same folder."""
    by_id = {each.id: each for each in report.learners}
    totals = [each.total for each in report.learners if each.total is not None]
    return (
        _environment(language)
        .get_template("class.html")
        .render(
            language=language,
            other={"en": "zh", "zh": "en"}[language],
            report=report,
            names={name: each.name or name for name, each in by_id.items()},
            slowest=[by_id[name] for name in report.slowest],
            strangest=[by_id[name] for name in report.strangest],
            open=[each for each in report.learners if each.state in (ReportedState.NOT_GRADED, ReportedState.WAITING)],
            counts={state.value: sum(each.state is state for each in report.learners) for state in ReportedState},
            unlisted=unlisted(report.learners),
            average=sum(totals) / len(totals) if totals else None,
            symbol=_symbol,
            outcome=lambda answer: _outcome(answer, language),
            points=lambda learner, function: _points(learner, function),
            plot=lambda question: points_plot(question, language),
            style=Markup("\n".join((_PAGES / name).read_text(encoding="utf-8") for name in ("page.css", "class.css"))),  # noqa: S704
        )
    )


def _points(learner: Learner, function: str) -> str:
    answer = (learner.answers or {}).get(function)
    return "–" if answer is None or answer.points is None else f"{answer.points:g}"


def _symbol(answer: Any) -> str:
    return SYMBOLS[Outcome(answer.outcome)] if answer.outcome else ""


def _outcome(answer: Any, language: str) -> str:
    return OUTCOMES[Outcome(answer.outcome)].in_language(language) if answer.outcome else ""


@cache
def _environment(language: str) -> Environment:
    environment = Environment(loader=FileSystemLoader(_PAGES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals["_"] = translator("reports", language)
    environment.filters["number"] = lambda value: f"{round(value, 2):g}"
    # Notes and reasons were written in the language of the person who graded, or of the learner.
    environment.filters["restated"] = lambda text: restated(text, language)
    environment.filters["text"] = lambda message: message.in_language(language)
    return environment
