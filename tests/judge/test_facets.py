"""Facets: one declaration gives the oracle, the rubric, the messages and the table."""

from __future__ import annotations

import pytest

from autograde.judge import judge
from autograde.judge.cases import Case
from autograde.judge.comparison import USUAL, Difference, Kind
from autograde.judge.evidence import AnswerKind, Evidence, Reply
from autograde.judge.examples import wrong
from autograde.judge.execution import Execution, ExecutionKind
from autograde.judge.facets import Facet, Facets, Files, Item, State, error_with, has
from autograde.judge.messages import Message, _, verbatim
from autograde.judge.observation import Mapping, Observation, Raised
from autograde.judge.question import Misconception, Teaching

CASE = Case("one", "group", verbatim("the case"), ("ada/m",))
OTHER = Case("two", "others", verbatim("another case"), ("ada/n",))


def _name(case: Case) -> Observation:
    return case.arguments[0]


def _named(case: Case, got: Observation) -> Message:
    return _("{text}", text=f"expected {case.arguments[0]}, got {got}")


FACETS = Facets(
    (
        Item("kept", verbatim("it is kept"), 2, (
            Facet("name", _name, label=verbatim("name"), clause=_named),
            Facet("private", True, (
                State(True, verbatim("private")), State(False, verbatim("public"), verbatim("it is public")),
            ), verbatim("visibility"), advice=verbatim("make it private")),
        )),
        Item("again", verbatim("twice"), 1, (
            Facet("again", "same", (State("same", verbatim("no harm")),), verbatim("second call"),
                  clause=verbatim("the second call failed"), only_wrong=True, may_raise=True),
        ), ("group",)),
    ),
    (Facet("reason", ""),),
    otherwise=lambda got: verbatim(f"not a dictionary: {got}"),
)  # fmt: skip


def lost(case: Case, got: Observation) -> list[tuple[str, str]]:
    """Return the items that an answer loses, with their messages."""
    found = []
    for item in FACETS.rubric:
        difference = item.aspect(case, FACETS.oracle(case), got) if item.looks_at(case) else None
        if difference is not None:
            found.append((item.id, FACETS.words(case, difference).in_language("en")))
    return found


def table(got: Observation) -> list[tuple[str, ...]]:
    """Return the lines of the table in English."""
    lines = FACETS.table(CASE, FACETS.oracle(CASE), got)
    return [tuple(each.in_language("en") for each in (line.what, line.expected, line.seen)) for line in lines]


def test_oracle_has_the_facets_for_the_cases_group() -> None:
    assert FACETS.oracle(CASE).items == (("name", "ada/m"), ("private", True), ("again", "same"), ("reason", ""))
    assert FACETS.oracle(OTHER).items == (("name", "ada/n"), ("private", True), ("reason", ""))
    assert [(item.id, item.points, item.groups) for item in FACETS.rubric] == [
        ("kept", 2, ()),
        ("again", 1, ("group",)),
    ]


def test_wrong_value_loses_its_item_with_the_clause_of_its_state() -> None:
    assert lost(CASE, FACETS.oracle(CASE)) == []
    assert lost(CASE, FACETS.answer(CASE, private=False)) == [("kept", "it is public")]
    assert lost(CASE, FACETS.wrong(name="bo/m")(CASE)) == [("kept", "expected ada/m, got bo/m")]
    assert lost(CASE, FACETS.answer(CASE, again=Raised("OSError"))) == [("again", "the second call failed")]


def test_number_is_not_accepted_as_a_boolean() -> None:
    assert lost(CASE, FACETS.answer(CASE, private=1)) != []
    assert table(FACETS.answer(CASE, private=1))[1] == ("visibility", "private", "1")


def test_table_shows_states_by_their_labels_and_quotes_the_first_exception() -> None:
    assert table(FACETS.oracle(CASE)) == [("name", "ada/m", "ada/m"), ("visibility", "private", "private")]
    error = Raised("OSError", "no disk")
    assert table(FACETS.answer(CASE, name=error, private=False, again=error)) == [
        ("name", "ada/m", "OSError: no disk"),
        ("visibility", "private", "public"),
        ("second call", "no harm", "—"),
    ]
    assert table("a text") == []


def test_answer_that_is_not_a_dictionary_gets_its_own_message() -> None:
    difference = Difference(Kind.TYPE, (), FACETS.oracle(CASE), "text")
    assert FACETS.words(CASE, difference).in_language("en") == "not a dictionary: text"


def test_wrong_value_can_be_computed_from_the_case() -> None:
    assert FACETS.wrong(name=lambda case: f"bo/{case.group}")(CASE) == FACETS.answer(CASE, name="bo/group")


def test_form_describes_entries_by_value_or_by_what_is_true_of_them() -> None:
    public = FACETS.answer(CASE, private=False)
    assert has(private=False)(CASE, public)
    assert not has(private=0)(CASE, public), "a number is not a truth value"
    assert not has(private=False, again="lost")(CASE, public)
    assert not has(private=False)(CASE, "a text")
    failed = FACETS.answer(CASE, again=Raised("OSError", "no disk"))
    assert has(again=error_with("disk"))(CASE, failed)
    assert not has(again=error_with("memory"))(CASE, failed)


def test_form_of_answers_that_are_wrong_only_in_some_entries() -> None:
    only = FACETS.wrong_only(again=error_with("disk"))
    assert only(CASE, FACETS.answer(CASE, again=Raised("OSError", "no disk")))
    assert not only(CASE, FACETS.answer(CASE, again=Raised("OSError", "no disk"), private=False))


def test_misconception_can_use_a_facets_advice_as_its_next_step() -> None:
    assert FACETS.step("private").in_language("en") == "make it private"
    with pytest.raises(KeyError):
        FACETS.step("again")


def test_misconception_is_recognised_by_its_wrong_values() -> None:
    example = wrong("kept", "made = publish()")
    public = FACETS.misconception(
        "public", verbatim("It is public."), verbatim("Make it private."), example, private=False
    )
    assert public.examples == (example,)
    assert public.fits(CASE, Reply(FACETS.answer(CASE, private=False)), USUAL)
    assert not public.fits(CASE, Reply(FACETS.oracle(CASE)), USUAL)


def test_misspelt_facet_in_a_wrong_answer_is_an_error() -> None:
    with pytest.raises(KeyError, match="no facet privat"):
        FACETS.wrong(privat=False)(CASE)


def test_files_get_one_clause_and_a_table_line_each() -> None:
    def clause(_case: Case, got: Observation) -> Message:
        assert isinstance(got, Mapping)
        return verbatim(", ".join(f"{path} is {status}" for path, status in got.items))

    files = Files("files", Mapping((("a.txt", "same"), ("b.txt", "same"))), clause=clause)
    facets = Facets((Item("files", verbatim("files"), 1, (files,)),))
    got = facets.answer(CASE, files=Mapping((("a.txt", "same"), ("b.txt", "missing"))))
    difference = facets.rubric[0].aspect(CASE, facets.oracle(CASE), got)
    assert difference is not None
    assert facets.words(CASE, difference).in_language("en") == "b.txt is missing"
    shown = facets.table(CASE, facets.oracle(CASE), got)
    assert [(line.what.in_language("en"), line.right) for line in shown] == [("a.txt", True), ("b.txt", False)]


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (ExecutionKind.CALL, AnswerKind.FUNCTION),
        (ExecutionKind.SCRIPT, AnswerKind.TEXT),
        (ExecutionKind.FORM, AnswerKind.ENTRIES),
    ],
)
def test_question_is_judged_by_its_facets_and_quotes_the_error(run: ExecutionKind, kind: AnswerKind) -> None:
    public = Misconception(
        "public", verbatim("It is public."), verbatim("Make it private."), (FACETS.wrong(private=False),)
    )
    question = FACETS.question(
        "7.1/keep",
        Execution(run, lambda _case, report, _seen: report),
        Teaching(verbatim("Keep it"), (), "", verbatim("a report")),
        visible=(CASE,),
        hidden=None,
        misconceptions=(public,),
        achieved=lambda case, _answer: verbatim(f"{case.arguments[0]} was kept"),
    )

    def result(answer: Mapping) -> tuple[str, str, str]:
        with_error = Mapping((*answer.items, ("error", "fatal: no disk")))
        verdict = judge(question, Evidence(kind, kind, (Reply(with_error),)))
        text = "" if verdict.difference is None else verdict.difference.text.in_language("en")
        return verdict.outcome, text, "" if verdict.misconception is None else verdict.misconception.id

    assert result(FACETS.answer(CASE, private=False)) == (
        "incorrect",
        "it is public; the error was: `fatal: no disk`",
        "public",
    )
    assert result(FACETS.oracle(CASE)) == ("correct", "", "")
