"""The error that explains why a script failed."""

from __future__ import annotations

import pytest

from autograde.judge.observation import Mapping, Sequence, listed, tupled
from autograde.judge.script_reports import quote, quoted, texts


@pytest.mark.parametrize(
    ("unknown", "errors", "found", "sentence"),
    [
        ((), (), "", None),
        ((), ("fatal: no `x`",), "fatal: no `x`", "the error was: `fatal: no 'x'`"),
        (("owner", "name"), ("fatal: no",), "$owner",
         "the variable $owner isn't set, so bash treats it as empty"),
    ],
)  # fmt: skip
def test_an_unset_variable_explains_more_than_the_error_that_follows(
    unknown: tuple[str, ...], errors: tuple[str, ...], found: str, sentence: str | None
) -> None:
    report = Mapping((("unknown", listed(*unknown)), ("errors", listed(*errors))))
    assert quoted(report) == found
    answer = Mapping((("arrived", "nothing"), ("error", found)))
    said = quote(answer)
    assert (None if said is None else said.in_language("en")) == sentence


@pytest.mark.parametrize("odd", [None, 3, listed(1, "a"), tupled("a", None)])
def test_a_report_that_is_not_as_agreed_holds_fewer_texts(odd: object) -> None:
    assert texts(Mapping((("mistakes", odd),)), "mistakes") == (("a",) if isinstance(odd, Sequence) else ())  # type: ignore[arg-type]  # that is the point
    assert quote(odd) is None  # type: ignore[arg-type]  # neither is this an answer
