"""Messages about a script that was stopped at a limit."""

from __future__ import annotations

import pytest

from autograde.judge import Evidence, Reply, judge, to_text
from autograde.judge.execution import STOPPED
from autograde.judge.observation import Mapping, Other
from autograde.judge.stopped_scripts import after_stop, stopped
from autograde.questions import question

UPLOAD = question("2.4", "upload_sh")


@pytest.mark.parametrize(
    ("reason", "sentence", "advice"),
    [
        ("time 7: tail -f log", "`tail -f log` was running", "Find the line with `tail -f log`."),
        ("time 20: ", "did not end within 20 seconds", "Look for a loop that never ends"),
        ("processes 1: ", "more and more programs", "Look for a loop that starts programs"),
        ("disk 2: ", "hundreds of megabytes", "Look for a command that never stops writing"),
        ("disk 2: $MODEL_DIR", "hundreds of megabytes", "The variable $MODEL_DIR isn't set"),
        ("time 20: $TRIES", "did not end within 20 seconds", "The variable $TRIES isn't set"),
    ],
)
@pytest.mark.parametrize("seed", [None, "1"])
def test_stopped_script_gets_a_reason_and_advice(reason: str, sentence: str, advice: str, seed: str | None) -> None:
    replies = (Reply(Other(STOPPED, reason)),) * len(UPLOAD.cases(seed))
    text = to_text(judge(UPLOAD, Evidence("text", "str", replies), seed), "en")
    assert sentence in text
    assert f"Next step: {advice}" in text


def test_other_answers_do_not_count_as_stopped() -> None:
    assert stopped(Mapping(())) is None
    assert after_stop(Other("generator")) is None
