"""2.3: create a model repository with a function that may be called twice."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.create_a_model_repository.create_repository import cases, misconceptions, outcome, solutions
from autograde.questions.create_a_model_repository.create_repository.facets import FACETS, achieved

QUESTION = FACETS.question(
    "2.3/create_repository",
    Execution(ExecutionKind.CALL, outcome.join),
    Teaching(
        title=_("Create a model repository with a program"),
        hints=(
            _(
                "Which function of huggingface_hub created the repository in lesson 2.3? Which parameter let you run "
                "it twice?"
            ),
            _(
                "create_repo has the parameters `private` and `exist_ok`, but none for the license. The license is in "
                "the metadata of README.md, and metadata_update writes it there."
            ),
            _(
                "After `url = create_repo(name, ...)`, the full name is `url.repo_id`. Call metadata_update with this "
                "name, a dictionary with the license, and overwrite=True; then return the name."
            ),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the full name, owner/name"),
        right=solutions.RIGHT,
    ),
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    misconceptions=misconceptions.MISCONCEPTIONS,
    achieved=achieved,
)
