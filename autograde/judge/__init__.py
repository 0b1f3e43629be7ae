"""The judge: decides whether an answer is right, and names the misconception when a known one explains it.

It is pure: it uses no IPython, widgets, network, clock or source of randomness. Its input is evidence, its output a
verdict. The questions and their answers are in :mod:`autograde.questions`, which is imported only for judging.
"""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.evidence import AnswerKind, Evidence, Reply
from autograde.judge.judging import judge, our_fault
from autograde.judge.question import Misconception, Presentation, Question, RubricItem, Teaching
from autograde.judge.rendering import to_html, to_score, to_text
from autograde.judge.verdict import SCHEMA, Outcome, Verdict

__all__ = [
    "SCHEMA",
    "AnswerKind",
    "Case",
    "Evidence",
    "Misconception",
    "Outcome",
    "Presentation",
    "Question",
    "Reply",
    "RubricItem",
    "Teaching",
    "Verdict",
    "judge",
    "our_fault",
    "to_html",
    "to_score",
    "to_text",
]
