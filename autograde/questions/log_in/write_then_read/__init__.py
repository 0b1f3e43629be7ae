"""2.2: upload and download, each with the token with the least permission needed."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.log_in.write_then_read.cases import VISIBLE, hidden
from autograde.questions.log_in.write_then_read.facets import FACETS, achieved
from autograde.questions.log_in.write_then_read.misconceptions import MISCONCEPTIONS
from autograde.questions.log_in.write_then_read.outcome import join
from autograde.questions.log_in.write_then_read.solutions import RIGHT, SOLUTION

QUESTION = FACETS.question(
    "2.2/write_then_read",
    Execution(ExecutionKind.CALL, join),
    Teaching(
        title=_("Write with one token, read with another"),
        hints=(
            _("Which of the two steps writes something? Both functions have a parameter for the token."),
            _("upload_file and hf_hub_download both have the parameter `token`."),
            _("Pass the bytes `text.encode()` to upload_file. hf_hub_download returns a path: read the file there."),
        ),
        solution=SOLUTION,
        expectation=_("the downloaded text"),
        right=RIGHT,
    ),
    number=3,
    visible=VISIBLE,
    hidden=hidden,
    misconceptions=MISCONCEPTIONS,
    achieved=achieved,
)
