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
def test_unset_variable_is_quoted_rather_than_the_error_it_causes(
    unknown: tuple[str, ...], errors: tuple[str, ...], found: str, sentence: str | None
) -> None:
    report = Mapping((("unknown", listed(*unknown)), ("errors", listed(*errors))))
    assert quoted(report) == found
    answer = Mapping((("arrived", "nothing"), ("error", found)))
    quotation = quote(answer)
    assert (None if quotation is None else quotation.in_language("en")) == sentence


@pytest.mark.parametrize("odd", [None, 3, listed(1, "a"), tupled("a", None)])
def test_malformed_report_gives_only_its_valid_texts(odd: object) -> None:
    assert texts(Mapping((("mistakes", odd),)), "mistakes") == (("a",) if isinstance(odd, Sequence) else ())  # type: ignore[arg-type]  # deliberately malformed
    assert quote(odd) is None  # type: ignore[arg-type]  # not an answer, either
