"""2.5: the script that clones a repository."""

from __future__ import annotations

from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.messages import _
from autograde.judge.question import Teaching
from autograde.questions.download_with_git_clone._clones import SECONDS, case_of, drawn
from autograde.questions.download_with_git_clone.download_sh import misconceptions, outcome, solutions
from autograde.questions.download_with_git_clone.download_sh.facets import FACETS

QUESTION = FACETS.question(
    "2.5/download_sh",
    Execution(ExecutionKind.SCRIPT, outcome.join, seconds=SECONDS),
    Teaching(
        title=_("A script that downloads a model with git"),
        hints=(
            _("Which command downloaded the model in lesson 2.5?"),
            _('The address is "$HF_ENDPOINT/$OWNER/$NAME".'),
            _(
                "Write `git clone` and this address in quotation marks. git-lfs is installed, so the weights are "
                "downloaded too."
            ),
        ),
        solution='download_sh = r"""\ngit clone "$HF_ENDPOINT/$OWNER/$NAME"\n"""\n',
        expectation=_("the text of a shell script"),
        right=solutions.RIGHT,
    ),
    number=2,
    visible=(case_of("visible", "mei", "mymodel04", "visible", clone=False),),
    hidden=lambda rng: drawn(rng, clone=False),
    misconceptions=misconceptions.MISCONCEPTIONS,
    achieved=lambda case, _answer: _("Found a clone of {name} with its real weights.", name=str(case.arguments[1])),
)  # fmt: skip
