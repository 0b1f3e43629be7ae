"""2.4: the script that uploads a model folder with git: clone, copy, add, commit, push."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.upload_a_local_model.upload_sh import (
    cases,
    nothing_arrived,
    outcome,
    solutions,
    wrong_commit,
    wrong_files,
)
from autograde.questions.upload_a_local_model.upload_sh.facets import FACETS, achieved, quote

QUESTION = FACETS.question(
    "2.4/upload_sh",
    Execution(ExecutionKind.SCRIPT, outcome.join, seconds=cases.SECONDS),
    Teaching(
        title=_("A script that uploads a model with git"),
        hints=(
            _("Which five commands did you run in lesson 2.4, and in which folder did you run each one?"),
            _(
                'The address to clone is "$HF_ENDPOINT/$OWNER/$NAME". The clone is a folder called $NAME: go into it, '
                'and copy the contents of "$MODEL_FOLDER" there (mind the dot at the end).'
            ),
            _(
                'After `cp -r "$MODEL_FOLDER/." .`, write three lines: `git add .`, `git commit -m` with a message, '
                "and `git push`."
            ),
        ),
        solution=solutions.SOLUTION,
        expectation=_("the text of a shell script"),
        right=solutions.RIGHT,
    ),
    visible=cases.VISIBLE,
    hidden=cases.hidden,
    # The first one that fits is reported.
    misconceptions=(*nothing_arrived.NOTHING_ARRIVED, *wrong_files.WRONG_FILES, *wrong_commit.WRONG_COMMIT),
    achieved=achieved,
    quote=quote,
)  # fmt: skip
