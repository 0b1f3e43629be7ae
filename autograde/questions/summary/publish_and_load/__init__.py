"""3: all steps in one function: create, upload, load from the Hub, run."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.summary.publish_and_load import cases, outcome, solutions, wrong_runs, wrong_uploads
from autograde.questions.summary.publish_and_load.facets import FACETS, achieved

QUESTION = FACETS.question(
    "3/publish_and_load",
    Execution(ExecutionKind.CALL, outcome.join, seconds=cases.SECONDS),
    Teaching(
        title=_("The whole path in one function"),
        hints=(
            _("The account exists and is logged in: which four of the six steps are left? Write one line for each."),
            _("create_repo, upload_folder, from_pretrained twice, and the call of the model, with torch.no_grad()."),
            _(
                "`create_repo(name, exist_ok=True).repo_id` is the full name: use it in all other calls. Call the "
                'tokenizer with both sentences and return_tensors="pt" to get tensors.'
            ),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the full name and a shape"),
        right=solutions.RIGHT,
    ),
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    # The first one that fits is reported.
    misconceptions=(*wrong_uploads.WRONG_UPLOADS, *wrong_runs.WRONG_RUNS),
    achieved=achieved,
)
