"""2.5: scripts that download with git: a clone with real weights, and the repair of one without."""

from __future__ import annotations

from autograde.judge.questions.downloads.download import DOWNLOAD
from autograde.judge.questions.downloads.repair import REPAIR

__all__ = ["DOWNLOAD", "REPAIR"]
