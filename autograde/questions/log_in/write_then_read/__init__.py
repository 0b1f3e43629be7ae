"""2.2: upload and download, each with the token with the least permission needed."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.log_in.write_then_read import cases, misconceptions, outcome, solutions
from autograde.questions.log_in.write_then_read.facets import FACETS, achieved

QUESTION = FACETS.question(
    "2.2/write_then_read",
    Execution(ExecutionKind.CALL, outcome.join),
    Teaching(
        title=_("Write with one token, read with another"),
        hints=(
            _("Which of the two steps writes something? Both functions have a parameter for the token."),
            _("upload_file and hf_hub_download both have the parameter `token`."),
            _("Pass the bytes `text.encode()` to upload_file. hf_hub_download returns a path: read the file there."),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the downloaded text"),
        right=solutions.RIGHT,
    ),
    number=3,
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    misconceptions=misconceptions.MISCONCEPTIONS,
    achieved=achieved,
)
