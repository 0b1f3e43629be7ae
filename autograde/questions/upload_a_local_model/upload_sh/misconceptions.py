"""2.4: common wrong answers."""

from __future__ import annotations

from autograde.questions.upload_a_local_model.upload_sh.nothing_arrived import NOTHING_ARRIVED
from autograde.questions.upload_a_local_model.upload_sh.wrong_commit import WRONG_COMMIT
from autograde.questions.upload_a_local_model.upload_sh.wrong_files import WRONG_FILES

#: The first matching one is reported.
MISCONCEPTIONS = (*NOTHING_ARRIVED, *WRONG_FILES, *WRONG_COMMIT)
