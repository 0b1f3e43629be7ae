"""2.5: the script that gets the weights into a clone made without git-lfs."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.download_with_git_clone._clones import SECONDS, case_of, drawn
from autograde.questions.download_with_git_clone.repair_sh import misconceptions, outcome, solutions
from autograde.questions.download_with_git_clone.repair_sh.facets import FACETS

QUESTION = FACETS.question(
    "2.5/repair_sh",
    Execution(ExecutionKind.SCRIPT, outcome.join, seconds=SECONDS),
    Teaching(
        title=_("A script that repairs a clone without weights"),
        hints=(
            _(
                "Which command replaced the pointer with the real file in lesson 2.5, and in which folder did you run "
                "it?"
            ),
            _('Go into the clone: `cd "$NAME"`. The command begins with `git lfs`.'),
            _("`git lfs fetch` only downloads the files. Another git-lfs command also replaces the pointers."),
        ),
        solution='repair_sh = r"""\ncd "$NAME"\ngit lfs pull\n"""\n',
        expectation=_("the text of a shell script"),
        right=solutions.RIGHT,
    ),
    number=3,
    visible=(case_of("visible", "mei", "mymodel04", "visible", clone=True),),
    hidden=lambda rng: drawn(rng, clone=True),
    misconceptions=misconceptions.MISCONCEPTIONS,
    achieved=lambda case, _answer: _(
            "Found the real weights of {name} instead of the pointer.",
            name=str(case.arguments[1]),
        ),
)  # fmt: skip
