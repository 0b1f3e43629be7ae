"""Save a learner's predictions in the workspace, so that they are kept when the kernel restarts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.files import write_file
from autograde.widgets.answers import Answer
from autograde.widgets.question_bank import LessonQuestion

#: The file's name inside the workspace's private folder.
FILE = "predictions.json"


@dataclass(frozen=True)
class Predictions:
    """The predictions in the file at ``path``."""

    path: Path

    def keep(self, question: LessonQuestion, answer: Answer) -> None:
        """Save ``answer``.

        Raises:
            OSError: the file cannot be written.
        """
        kept = {**self._read(), question.id: list(answer) if isinstance(answer, tuple) else answer}
        write_file(self.path, json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True).encode())

    def find(self, question: LessonQuestion) -> Answer | None:
        """Return the prediction; None if there is none or it does not fit the question."""
        found = self._read().get(question.id)
        if question.kind in ("choice", "order"):
            positions = found if isinstance(found, list) else []
            known = range(len(question.choices))
            fits = positions and all(type(each) is int and each in known for each in positions)
            return tuple(positions) if fits else None
        wanted = (int, float) if question.kind == "number" else str
        return found if isinstance(found, wanted) and not isinstance(found, bool) else None

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
