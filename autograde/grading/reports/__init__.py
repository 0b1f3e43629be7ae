"""Reports on a graded class: tables, files for learning platforms, and a web page in both languages."""

from __future__ import annotations

from autograde.grading.reports.class_page import class_page
from autograde.grading.reports.class_report import ClassReport, Learner, QuestionReport, ReportedState, build, unlisted
from autograde.grading.reports.writing import write

__all__ = ["ClassReport", "Learner", "QuestionReport", "ReportedState", "build", "class_page", "unlisted", "write"]
