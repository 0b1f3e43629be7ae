"""What is said of a script that was stopped, and of the error that explains why nothing came of one."""

from __future__ import annotations

import pytest

from autograde.judge import Evidence, Reply, judge, to_text
from autograde.judge.acts import STOPPED
from autograde.judge.observation import Mapping, Other, Sequence, listed, tupled
from autograde.judge.replays import after_stop, quote, quoted, stopped, texts, without_error
from autograde.questions import question

UPLOAD = question("2.4", "upload_sh")


@pytest.mark.parametrize(
    ("reason", "sentence", "advice"),
    [
        ("time 7: tail -f log", "`tail -f log` was running", "Find the line with `tail -f log`."),
        ("time 20: ", "did not end within 20 seconds", "Look for a loop that never comes to its end"),
        ("processes 1: ", "more and more programs", "Look for a loop that starts programs"),
        ("disk 2: ", "hundreds of megabytes", "Look for a line that writes without end"),
    ],
)
@pytest.mark.parametrize("seed", [None, "1"])
def test_a_script_that_was_stopped_is_told_what_ran_and_what_to_look_for(
    reason: str, sentence: str, advice: str, seed: str | None
) -> None:
    replies = (Reply(Other(STOPPED, reason)),) * len(UPLOAD.cases(seed))
    text = to_text(judge(UPLOAD, Evidence("text", "str", replies), seed), "en")
    assert sentence in text
    assert f"Next step: {advice}" in text


def test_other_answers_were_not_stopped() -> None:
    assert stopped(Mapping(())) is None
    assert after_stop(Other("generator")) is None


@pytest.mark.parametrize(
    ("unknown", "complaints", "found", "sentence"),
    [
        ((), (), "", None),
        ((), ("fatal: no `x`",), "fatal: no `x`", "the error was: `fatal: no 'x'`"),
        (("owner", "name"), ("fatal: no",), "$owner",
         "the variable $owner isn't set, so bash takes it for empty"),
    ],
)  # fmt: skip
def test_an_unset_variable_explains_more_than_the_error_that_follows(
    unknown: tuple[str, ...], complaints: tuple[str, ...], found: str, sentence: str | None
) -> None:
    report = Mapping((("unknown", listed(*unknown)), ("complaints", listed(*complaints))))
    assert quoted(report) == found
    answer = Mapping((("arrived", "nothing"), ("error", found)))
    said = quote(answer)
    assert (None if said is None else said.in_language("en")) == sentence
    assert without_error(answer) == Mapping((("arrived", "nothing"),))


@pytest.mark.parametrize("odd", [None, 3, listed(1, "a"), tupled("a", None)])
def test_a_report_that_is_not_as_agreed_holds_fewer_texts(odd: object) -> None:
    assert texts(Mapping((("slips", odd),)), "slips") == (("a",) if isinstance(odd, Sequence) else ())  # type: ignore[arg-type]  # that is the point
    assert quote(odd) is None  # type: ignore[arg-type]  # neither is this an answer
