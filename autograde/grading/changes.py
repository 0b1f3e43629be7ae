"""Explain why a grade has changed."""

from __future__ import annotations

from autograde import settings
from autograde.errors import MalformedEvidence
from autograde.grading.batch import Change
from autograde.i18n.translation import messages
from autograde.judge.verdict import Verdict

_ = messages("reports")


def because(change: Change) -> str:
    """Return one line with what changed and the judge's new verdict."""
    if change.verdict is None:
        return change.why
    try:
        verdict = Verdict.from_json(change.verdict)
    except MalformedEvidence:
        return change.why
    lost = next((item.remark for item in verdict.items if item.remark is not None), verdict.summary)
    return _("{why}: {remark}").format(why=change.why, remark=lost.in_language(settings.language()))
