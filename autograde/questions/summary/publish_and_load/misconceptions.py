"""3: common wrong answers."""

from __future__ import annotations

from autograde.questions.summary.publish_and_load.wrong_runs import WRONG_RUNS
from autograde.questions.summary.publish_and_load.wrong_uploads import WRONG_UPLOADS

#: The first matching one is reported.
MISCONCEPTIONS = (*WRONG_UPLOADS, *WRONG_RUNS)
