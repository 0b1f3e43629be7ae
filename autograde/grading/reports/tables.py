"""The class report as CSV, as JSON, and as files for import into Canvas and Moodle."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograde import spreadsheets
from autograde.grading.gradebook.people import names
from autograde.grading.reports.class_report import ClassReport, Learner, ReportedState
from autograde.judge.messages import Message

#: Version of the JSON format, which ``class_report.schema.json`` describes.
FORM = 1
SCHEMA = Path(__file__).with_name("class_report.schema.json")


def to_csv(report: ClassReport) -> bytes:
    """Return a CSV row for each learner: name, points by question, total, state, misconceptions, time."""
    functions = [each.function for each in report.questions]
    head = ["id", "name", "email", "state", "total", "possible", "late_penalty", *functions]
    rows = [
        [
            each.id, each.name, each.email, each.state.value, _number(each.total), _number(report.possible),
            _number(each.penalty), *(_points(each, function) for function in functions), _named(each), each.reason,
            "; ".join(each.notes), each.language, f"{each.seconds:.2f}", each.submitted,
        ]
        for each in report.learners
    ]  # fmt: skip
    return _csv([*head, "misconceptions", "reason", "notes", "language", "seconds", "submitted"], rows)


def to_json(report: ClassReport) -> bytes:
    """Return the complete report as JSON that matches :data:`SCHEMA`."""
    value = asdict(report)
    for question, made in zip(value["questions"], report.questions, strict=True):
        question["title"] = _both(made.title)
        question["points"] = [{"points": points, "learners": number} for points, number in made.points]
    for misconception, named in zip(value["misconceptions"], report.misconceptions, strict=True):
        misconception["explanation"] = _both(named.explanation)
    for learner in value["learners"]:
        learner["answers"] = learner["answers"] or {}
        del learner["surname"]  # only for Canvas's order of names
    return f"{json.dumps({'form': FORM, **value}, ensure_ascii=False, indent=1, default=list)}\n".encode()


def _both(message: Message) -> dict[str, str]:
    return {language: message.in_language(language) for language in ("en", "zh")}


def to_canvas(report: ClassReport) -> bytes:
    """Return a file for Canvas: Grades > Import.

    Canvas identifies a person by the ``ID`` or the ``SIS Login ID``, and keeps the existing grade where a cell is
    empty. The second line has the maximum points.
    """
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", report.assignment]
    rows = [["Points Possible", "", "", "", "", _number(report.possible)]]
    rows += [
        [_last_first(each.name, each.surname) or each.id, each.number, "", each.id, "", _number(each.total)]
        for each in report.learners
    ]
    return _csv(head, rows)


def to_moodle(report: ClassReport) -> bytes:
    """Return a file for Moodle: Grades > Import > CSV file, with the e-mail address or the ID number as the key.

    Moodle interprets an empty cell as "no grade", so only learners with a grade are included.
    """
    head = ["Email address", "ID number", "Full name", report.assignment]
    rows = [
        [each.email.lower(), each.id, each.name, _number(each.total)]
        for each in report.learners
        if each.total is not None and each.state is not ReportedState.MISSING
    ]
    return _csv(head, rows)


def _last_first(name: str, surname: str) -> str:
    """Return a name in Canvas's order: ``Ada Lovelace`` becomes ``Lovelace, Ada``."""
    first, last = names(name, surname)
    return f"{last}, {first}" if first else last


def _points(learner: Learner, function: str) -> str:
    answer = (learner.answers or {}).get(function)
    return "" if answer is None else _number(answer.points)


def _named(learner: Learner) -> str:
    answers = (learner.answers or {}).items()
    return "; ".join(f"{function}: {each.misconception}" for function, each in answers if each.misconception)


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 3):g}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([_plain(each) for each in head])
    for row in rows:
        table.writerow([_plain(str(each)) for each in row])
    # Excel recognises UTF-8 only with a byte-order mark.
    return text.getvalue().encode("utf-8-sig", "replace")


def _plain(cell: str) -> str:
    """Return the cell with protection against formulas: a learner may be called ``=HYPERLINK(…)``."""
    return cell if _is_number(cell) else spreadsheets.cell(cell)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
