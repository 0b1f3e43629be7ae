"""2.6: what several questions say about their pairs of sentences."""

from __future__ import annotations

from dataclasses import replace

from autograde.judge.cases import Case
from autograde.judge.describing import call
from autograde.judge.messages import _, verbatim

TUTORIAL = _("the tutorial's pair")
UNEQUAL = _("a pair of sentences of different lengths")
PADDED = _("a pair of sentences of different lengths, padded")
CHINESE = _("a pair of Chinese sentences")
ONE_TOKEN_EACH = _("a pair of sentences of one token each")
OTHER_MARK = _("a pair in a vocabulary whose [SEP] has another id")
SINGLE = _("a single sentence")


def as_call(case: Case, function: str) -> Case:
    """Return a small case that is described by the call of ``function`` with its arguments."""
    return replace(case, about=verbatim(call(function, *case.arguments)))
