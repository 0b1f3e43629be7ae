"""2.2, logging in: build the judged answer from the reports of both sides."""

from __future__ import annotations

from autograde.judge.cases import Case
from autograde.judge.execution import calls
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.questions.log_in.log_in.facets import FACETS, account


def join(case: Case, report: Mapping, seen: Mapping) -> Observation:
    """Return the judged answer, from the function's report and the state of the Hub, ``seen``."""
    returned = calls(report)[-1]
    if isinstance(returned, Raised):
        return returned
    if isinstance(returned, Mapping) and returned.get("name") == account(case):
        returned = "$whole-answer"
    if returned == case.arguments[0]:
        returned = "$token"
    given, saved = str(case.arguments[0])[1:], report.get("saved")
    if saved:
        where = "token" if saved == given else "another"
    else:
        where = "variable" if report.get("variable") == given else "nothing"
    # An unused token earns no points for secrecy.
    if where != "another" and not any(value is True for _name, value in seen.mapping("tokens").items):
        kept = "unused"
    elif report.get("token_in_notebook"):
        kept = "in-notebook"
    else:
        kept = "printed" if report.get("token_printed") else "kept"
    return FACETS.answer(case, returned=returned, saved=where, kept=kept)
