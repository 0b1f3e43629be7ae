"""3: what goes wrong on the way from a folder to the answer of the model from the Hub."""

from __future__ import annotations

from autograde.questions.summary.publish_and_load.wrong_runs import WRONG_RUNS
from autograde.questions.summary.publish_and_load.wrong_uploads import WRONG_UPLOADS

#: The first one that fits is named.
MISCONCEPTIONS = (*WRONG_UPLOADS, *WRONG_RUNS)
