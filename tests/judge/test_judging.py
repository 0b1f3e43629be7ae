"""The judge: outcomes, points, misconceptions, and the messages of a verdict."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from autograde.judge import (
    AnswerKind,
    Case,
    Evidence,
    Misconception,
    Outcome,
    Presentation,
    Question,
    Reply,
    RubricItem,
    judge,
)
from autograde.judge.common_misconceptions import changes_its_arguments
from autograde.judge.comparison import Difference, Rules
from autograde.judge.evidence import CALLED_TOKENIZER, CHANGED_ARGUMENTS, LEFT_TRAINING, RECORDED_GRADIENTS
from autograde.judge.execution import STOPPED
from autograde.judge.messages import Message, _
from autograde.judge.observation import Observation, Other, Raised, Sequence, listed, tensor
from autograde.judge.question import Teaching
from autograde.judge.verdict import Finding
from autograde.questions import question

SEGMENT_IDS = question("2.6", "segment_ids")
TO_TENSORS = question("2.6", "to_tensors")


def given(*values: Observation) -> Evidence:
    return Evidence("function", "function", tuple(map(Reply, values)))


def items(value: Observation) -> tuple[Observation, ...]:
    assert isinstance(value, Sequence)
    return value.items


def right(asked: Question = SEGMENT_IDS, seed: str | None = None) -> list[Observation]:
    return [asked.oracle(case) for case in asked.cases(seed)]


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        (Evidence("missing"), Outcome.NOT_ATTEMPTED),
        (Evidence("other", "list"), Outcome.COULD_NOT_RUN),
        (given(*[Raised("NotImplementedError")] * 6), Outcome.NOT_ATTEMPTED),
        (given(*[Raised("NotImplementedError", "not for sparse tensors")] * 6), Outcome.COULD_NOT_RUN),
        (given(*[Raised("TypeError", "no")] * 6), Outcome.COULD_NOT_RUN),
        (given(*[None] * 6), Outcome.INCORRECT),
        (given(Raised("TimeLimit", "5")), Outcome.COULD_NOT_RUN),
        (given(*[0] * 7), Outcome.OUR_FAULT),
        (given(), Outcome.COULD_NOT_RUN),
    ],
)
def test_unsuccessful_outcomes_are_distinguished_and_give_no_points(evidence: Evidence, outcome: Outcome) -> None:
    verdict = judge(SEGMENT_IDS, evidence)
    assert verdict.outcome is outcome
    assert verdict.points == 0
    assert verdict.next_step is not None


def test_answer_that_raises_in_some_cases_is_incorrect() -> None:
    verdict = judge(SEGMENT_IDS, given(Raised("ValueError", "102 is not in list"), *right()[1:]))
    assert verdict.outcome is Outcome.INCORRECT
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == "your function raised ValueError: 102 is not in list"


def test_exception_in_the_judge_is_reported_as_our_fault() -> None:
    def broken(_case: Case) -> Observation:
        raise ZeroDivisionError("in the oracle")

    verdict = judge(replace(SEGMENT_IDS, oracle=broken), given(*right()))
    assert verdict.outcome is Outcome.OUR_FAULT
    assert "in the oracle" in verdict.summary.in_language("en")


@pytest.mark.parametrize("group", ["pairs", "vocabularies", "edges"])
def test_one_wrong_case_loses_only_its_items_points(group: str) -> None:
    cases = SEGMENT_IDS.cases("1")
    values = right(seed="1")
    place = next(place for place, case in enumerate(cases) if case.group == group)
    values[place] = listed(0)
    verdict = judge(SEGMENT_IDS, given(*values), "1")
    item = next(item for item in SEGMENT_IDS.rubric if item.id == group)
    assert verdict.points == SEGMENT_IDS.points - item.points
    counted = {found.id: (found.passed, found.cases) for found in verdict.items}
    assert counted[group][0] == counted[group][1] - 1
    assert all(passed == total for name, (passed, total) in counted.items() if name != group)
    assert verdict.misconception is None


def test_rubric_item_without_cases_gives_no_points() -> None:
    empty = RubricItem("more", _("nothing"), 3, ("no such group",))
    verdict = judge(replace(SEGMENT_IDS, rubric=(*SEGMENT_IDS.rubric, empty)), given(*right()))
    assert verdict.points == 10
    assert verdict.possible == 13


def test_parts_of_an_answer_give_points_separately() -> None:
    values = right(TO_TENSORS)
    tokens_only = [listed(items(value)[0], 0) for value in values]
    verdict = judge(TO_TENSORS, given(*tokens_only))
    assert {item.id: item.points for item in verdict.items} == {"tokens": 3, "segments": 0}


def test_right_answer_that_calls_the_tokenizer_gets_no_points() -> None:
    replies = tuple(Reply(value, frozenset({CALLED_TOKENIZER})) for value in right())
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.points == 0
    assert verdict.misconception is not None
    assert verdict.misconception.id == "calls-the-tokenizer"


def test_calling_the_tokenizer_in_one_case_names_no_misconception() -> None:
    first, *others = right()
    replies = (Reply(first, frozenset({CALLED_TOKENIZER})), *map(Reply, others))
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.outcome is Outcome.INCORRECT
    assert verdict.misconception is None


def test_right_answer_that_changes_its_arguments_loses_the_item_and_is_named() -> None:
    changed = frozenset({CHANGED_ARGUMENTS})
    first, *others = right()
    replies = (Reply(first, changed), *map(Reply, others))
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.outcome is Outcome.INCORRECT
    assert [item.points for item in verdict.items] == [0, 2, 3]
    assert verdict.misconception is not None
    assert verdict.misconception.id == "changes-its-arguments"


def test_known_misconception_is_named_even_if_arguments_were_changed() -> None:
    halves = next(each for each in SEGMENT_IDS.misconceptions if each.id == "halves")
    replies = tuple(Reply(halves.models[0](case), frozenset({CHANGED_ARGUMENTS})) for case in SEGMENT_IDS.visible)
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.misconception is not None
    assert verdict.misconception.id == "halves"
    # The difference was the changed argument, which the explanation below it does not mention.
    assert verdict.difference is not None
    assert "position" in verdict.difference.text.in_language("en")
    assert "changed" not in verdict.difference.text.in_language("en")


@pytest.mark.parametrize(("effects", "name"), [((RECORDED_GRADIENTS,), "slow"), ((), None)])
def test_a_misconception_with_models_and_an_effect_needs_both(effects: tuple[str, ...], name: str | None) -> None:
    slow = named("slow", models=(lambda case: case.name,), effect=RECORDED_GRADIENTS)
    rubric = (RubricItem("all", ABOUT, 3, effects=(RECORDED_GRADIENTS, LEFT_TRAINING)),)
    question = small(misconceptions=(slow,), rubric=rubric)
    seen = frozenset({LEFT_TRAINING, *effects})
    for values, expected in ((NAMES, name), (("?", "?", "?"), None)):
        replies = tuple(Reply(value, seen) for value in values)
        verdict = judge(question, Evidence("function", "function", replies))
        assert (verdict.misconception.id if verdict.misconception else None) == expected


def test_cases_after_a_timeout_count_as_wrong() -> None:
    verdict = judge(SEGMENT_IDS, given(*right()[:2], Raised("TimeLimit", "5")))
    assert verdict.outcome is Outcome.INCORRECT
    assert [item.points for item in verdict.items] == [5, 0, 0]


def test_difference_is_from_the_smallest_case_and_shows_the_token() -> None:
    values = [listed(*[1] * len(case.tokens)) for case in SEGMENT_IDS.visible]
    verdict = judge(SEGMENT_IDS, given(*values))
    smallest = min(SEGMENT_IDS.visible, key=lambda case: len(case.tokens))
    assert verdict.difference is not None
    assert verdict.difference.case == smallest.about
    assert verdict.difference.text.in_language("en") == "position 0, token [CLS]: expected 0, got 1"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Other("generator"), "expected a list of whole numbers, got an object of the type generator"),
        (tensor([[0, 1]], "float32"), "expected a list of whole numbers, got a tensor of shape [1, 2] (float32)"),
        ("0 0 1", "expected a list of whole numbers, got the text '0 0 1'"),
        (" 0\t0\n", r"expected a list of whole numbers, got the text ' 0\t0\n'"),
        (listed(0.0), "expected 12 values, got 1"),
        (listed(*[0.5] * 12), "position 0, token [CLS]: expected the whole number 0, got the decimal number 0.5"),
        (listed(*[None] * 12), "position 0, token [CLS]: expected the whole number 0, got nothing (None)"),
    ],
)
def test_answer_of_an_unexpected_type_is_described(value: Observation, sentence: str) -> None:
    verdict = judge(SEGMENT_IDS, given(value, *right()[1:]))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((tensor([0], "int64"), 0), "tokens_tensor: expected the shape [1, 12], got [1]"),
        ((tensor([[0] * 12], "float32"), 0), "tokens_tensor: expected the dtype int64, got float32"),
        ((tensor([[5] * 12], "int64"), 0), "tokens_tensor: position 0, token [CLS]: expected 101, got 5"),
        ((tensor([[0] * 5 + [1] * 6 + [0]], "int64"), 1),
         "segments_tensors: position 11, token [SEP]: expected 1, got 0"),
    ],
)  # fmt: skip
def test_difference_in_a_part_names_the_part(change: tuple[Observation, int], sentence: str) -> None:
    first, *others = right(TO_TENSORS)
    parts = list(items(first))
    parts[change[1]] = change[0]
    verdict = judge(TO_TENSORS, given(listed(*parts), *others))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == sentence


def test_rows_end_at_the_first_difference_and_hidden_cases_show_none() -> None:
    values: list[Observation] = [listed(*[0] * len(case.tokens)) for case in SEGMENT_IDS.visible]
    values[3] = right()[3]
    difference = judge(SEGMENT_IDS, given(*values)).difference
    assert difference is not None
    assert [row.expected for row in difference.rows[:-1]] == [row.got for row in difference.rows[:-1]]
    assert (difference.rows[-1].expected, difference.rows[-1].got) == ("1", "0")

    hidden = [listed(*[0] * len(case.tokens)) for case in SEGMENT_IDS.cases("1")]
    difference = judge(SEGMENT_IDS, given(*hidden), "1").difference
    assert difference is not None
    assert difference.rows == ()


def test_printed_text_is_kept_in_the_verdict() -> None:
    replies = tuple(Reply(value, printed="a warning") for value in right())
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.outcome is Outcome.CORRECT
    assert verdict.noise == "a warning"


def test_the_same_evidence_gives_the_same_verdict() -> None:
    evidence = given(*[listed(0, 1)] * len(SEGMENT_IDS.cases("1")))
    assert judge(SEGMENT_IDS, evidence, "1") == judge(SEGMENT_IDS, evidence, "1")


ABOUT = _("{what}", what="about")
NAMES = ("one", "two", "three")


def small(kind: AnswerKind = AnswerKind.FUNCTION, **changed: object) -> Question:
    """Return a question with three cases; the right answer to each is the case's own name."""
    cases = tuple(Case(name, name, _("the case {name}", name=name), (name,)) for name in NAMES)
    question = Question(
        id="0/thing", visible=cases, hidden=lambda _random: cases,
        oracle=lambda case: case.name, rubric=(RubricItem("all", ABOUT, 3),), kind=kind,
        teaching=Teaching(title=ABOUT, hints=(), solution="", expectation=ABOUT),
    )  # fmt: skip
    return replace(question, **changed)  # type: ignore[arg-type]


def named(identity: str, **misconception: object) -> Misconception:
    return Misconception(identity, _("{name} is why", name=identity), _("leave {name}", name=identity), **misconception)  # type: ignore[arg-type]


STUB = Raised("NotImplementedError")
UNTOUCHED = "Not attempted yet: thing is still unchanged."
RAISES = "Not attempted yet: thing still raises NotImplementedError."
WRITE, FILL = "Write the function thing and run its cell.", "Fill in thing and run its cell."
RUN = "Call the function yourself with the example. The last line of Python's error message names the mistake."
COMPARE = "Call the function yourself with the example, and compare the result with what you expect."
SLOW = (
    "Look for a loop that never ends. If there is none, find out what the function waits for: an input, "
    "a pause, or a download."
)
TIME = Raised("TimeLimit", "5", "while True:")


@pytest.mark.parametrize("seed", [None, "7"])
@pytest.mark.parametrize(
    ("kind", "evidence", "outcome", "summary", "step"),
    [
        ("function", Evidence("missing"), "not-attempted", "There is no answer yet: thing is not defined.", WRITE),
        ("entries", Evidence("missing"), "not-attempted", "There is no answer yet: thing is not defined.", FILL),
        ("entries", Evidence("untouched"), "not-attempted", UNTOUCHED, FILL),
        ("text", Evidence("untouched"), "not-attempted", UNTOUCHED, FILL),
        ("function", given(STUB, STUB, STUB), "not-attempted", RAISES,
         "Replace the line that raises NotImplementedError with your own code."),
        ("function", Evidence("other", "int"), "could-not-run", "Expected a function, but got a value of type int.",
         "Pass the function itself, without parentheses after its name: thing"),
        ("function", Evidence("untouched", "dict"), "could-not-run",
         "Expected a function, but got a value of type dict.",
         "Pass the function itself, without parentheses after its name: thing"),
        ("entries", Evidence("text", "str"), "could-not-run", "Expected a dictionary, but got a value of type str.",
         "Keep thing a dictionary, keep its keys, and fill in their values."),
        ("text", Evidence("other", "int"), "could-not-run", "Expected a text, but got a value of type int.",
         "thing must be a text: write it between quotation marks."),
        ("function", Evidence("failed", "no torch"), "our-fault",
         "The check itself failed (no torch). This is not your mistake.",
         "Please show this message to your instructor."),
        ("function", given("one", "two", "three", "four"), "our-fault",
         "The check itself failed (ValueError: 4 replies to 3 cases). This is not your mistake.",
         "Please show this message to your instructor."),
        ("function", given(Raised("E", "a"), Raised("E", "b"), Raised("F")), "could-not-run",
         "thing could not be run on any case.", RUN),
        ("function", given("one", "?", Raised("E")), "incorrect", "Wrong in 2 of 3 cases.", COMPARE),
        ("text", Evidence("text", "str", (Reply("one"), Reply("?"), Reply("three"))), "incorrect",
         "Wrong in 1 of 3 cases.", COMPARE),
        ("entries", Evidence("entries", "dict", (Reply("one"), Reply("?"), Reply(None))), "incorrect",
         "2 of 3 answers are not right yet.", COMPARE),
        ("function", given(TIME), "could-not-run",
         "thing did not finish in one case. The cases after it were not tried: 2.", SLOW),
        ("function", given("one", "two", TIME), "incorrect", "thing did not finish in one case.", SLOW),
        ("function", Evidence("asynchronous", "function"), "could-not-run",
         "thing is defined with `async def`: a normal call doesn't run it.",
         "Remove `async` in front of `def`, and each `await` inside the function."),
        ("text", Evidence("asynchronous", "function"), "could-not-run",
         "Expected a text, but got a value of type function.",
         "thing must be a text: write it between quotation marks."),
    ],
)  # fmt: skip
def test_summary_and_next_step_of_each_outcome(
    kind: str, evidence: Evidence, outcome: str, summary: str, step: str, seed: str | None
) -> None:
    verdict = judge(small(AnswerKind(kind)), evidence, seed)
    assert verdict.outcome == outcome
    assert verdict.summary.in_language("en") == summary
    assert verdict.next_step is not None
    assert verdict.next_step.in_language("en") == step
    assert (verdict.seed, verdict.graded) == (seed or "", seed is not None)
    assert (verdict.question, verdict.function, verdict.points, verdict.possible) == ("0/thing", "thing", 0, 3)
    assert verdict.noise == ""
    attempted = outcome == "incorrect" or summary.endswith(("any case.", "not tried: 2.")) or "still raises" in summary
    assert [item.cases for item in verdict.items] == [3 if attempted else 0]


@pytest.mark.parametrize(
    ("question", "seed", "summary"),
    [
        (small(), None, "Right on all 3 visible cases. The graded cell tries other, hidden cases."),
        (small(), "7", "Right on all 3 cases."),
        (small(hidden=lambda _random: small().visible[:1]), "7", "Right in the only case."),
        (small(hidden=None), None, "All 3 answers are right."),
        (small(hidden=None), "7", "All 3 answers are right."),
    ],
)
def test_summary_of_a_right_answer(question: Question, seed: str | None, summary: str) -> None:
    verdict = judge(question, given(*NAMES[: len(question.cases(seed))]), seed)
    assert verdict.outcome is Outcome.CORRECT
    assert verdict.summary.in_language("en") == summary
    assert (verdict.seed, verdict.next_step, verdict.difference, verdict.misconception) == (
        seed or "",
        None,
        None,
        None,
    )


def test_summaries_of_a_single_case_or_answer_are_singular() -> None:
    alone = small(visible=small().visible[:1])
    right_on_it, wrong_in_it = judge(alone, given("one")), judge(alone, given("?"))
    assert right_on_it.summary.in_language("en").startswith("Right on the visible case.")
    assert wrong_in_it.summary.in_language("en") == "Wrong in the only visible case."
    one_missing = Evidence("entries", "dict", (Reply("one"), Reply("?"), Reply("three")))
    entries = judge(small(AnswerKind.ENTRIES), one_missing)
    assert entries.summary.in_language("en") == "1 of 3 answers is not right yet."


def test_shown_case_raised_the_exception_that_the_misconception_explains() -> None:
    """A wrong value is shown in preference to an exception, unless the misconception explains the exception."""
    replies = given("?", Raised("UnicodeDecodeError"), "three")
    answers: dict[str, Observation] = {"one": "?", "two": Raised("UnicodeDecodeError"), "three": "three"}
    explained = Misconception(
        "text", _("Reading it as text raises UnicodeDecodeError."), _("Read bytes."), (lambda case: answers[case.name],)
    )
    shown = [judge(small(misconceptions=known), replies).difference for known in ((), (explained,))]
    assert [each and each.case.in_language("en") for each in shown] == ["the case one", "the case two"]


def shown_value(value: object) -> Message:
    return _("{value}", value=str(value))


def test_self_check_shows_findings_and_graded_cell_does_not() -> None:
    shown = Presentation(
        achieved=lambda case, value: _("{case} has {value}", case=case.name, value=str(value)),
        table=lambda case, right, got: (
            Finding(shown_value(case.name), shown_value(right), shown_value(got), right == got),
        ),
    )
    question = small(execution=SimpleNamespace(), presentation=shown)
    all_right = "Right on all 3 visible cases. The graded cell tries other, hidden cases."
    assert judge(question, given(*NAMES)).summary.in_language("en") == f"{all_right} one has one"
    assert judge(question, given(*NAMES), "7").summary.in_language("en") == "Right on all 3 cases."
    wrong = judge(question, given("one", "?", "three"))
    assert wrong.difference is not None
    assert wrong.difference.findings == (Finding(shown_value("two"), shown_value("two"), shown_value("?"), False),)
    assert wrong.next_step is not None
    assert wrong.next_step.in_language("en").startswith("Read the task again")
    hidden = judge(question, given("one", "?", "three"), "7")
    assert hidden.difference is not None
    assert hidden.difference.findings == ()


@pytest.mark.parametrize("seed", [None, "7"])
def test_error_that_explains_a_failed_script_is_quoted_in_the_difference(seed: str | None) -> None:
    shown = Presentation(quote=lambda got: _("the error was: `{line}`", line=str(got)))
    verdict = judge(small(execution=SimpleNamespace(), presentation=shown), given("one", "fatal: it", "three"), seed)
    assert verdict.difference is not None
    assert (
        verdict.difference.text.in_language("en")
        == "expected about, got the text 'fatal: it'; the error was: `fatal: it`"
    )
    assert verdict.next_step is not None
    assert verdict.next_step.in_language("en").startswith("Read the error")


@pytest.mark.parametrize(
    ("got", "own", "advice_on", "step"),
    [
        (Other(STOPPED, "processes 5: "), "own", "on",
         "Look for a loop that starts programs with `&`, and for a function that calls itself."),
        (Raised("E"), "own", "on", RUN),
        ("?", "own", "on", "on"),
        ("?", "own", "", "own"),
        ("?", "", "", "Read the task again, and compare each point with your result."),
    ],
)  # fmt: skip
def test_next_step_after_a_run_depends_on_limit_exception_and_question(
    got: Observation, own: str, advice_on: str, step: str
) -> None:
    def on(difference: Difference) -> Message | None:
        assert difference.got == "?"
        return shown_value(advice_on) if advice_on else None

    teaching = replace(small().teaching, advice=shown_value(own) if own else None, advice_on=on)
    question = small(execution=SimpleNamespace(), teaching=teaching)
    verdict = judge(question, given("one", got, "three"))
    assert verdict.next_step is not None
    assert verdict.next_step.in_language("en") == step


def test_shown_case_is_the_smallest_and_prefers_values_to_exceptions() -> None:
    tokens = {"one": ("a", "b", "c"), "two": ("a", "b"), "three": ("a",)}
    question = small(visible=tuple(replace(case, tokens=tokens[case.name]) for case in small().visible))
    for values, name in (
        (("?", "?", "?"), "three"), (("?", "?", "three"), "two"), (("?", Raised("E"), Raised("E")), "one"),
        ((Raised("E"), Raised("E"), "three"), "two"),
    ):  # fmt: skip
        for seed in (None, "7"):
            verdict = judge(replace(question, hidden=None), given(*values), seed)
            assert verdict.difference is not None
            assert verdict.difference.case.in_language("en") == f"the case {name}"


def test_first_printed_text_is_kept_for_every_outcome() -> None:
    tries: list[tuple[Observation, ...]] = [NAMES, ("?",) * 3, (STUB,) * 3]
    for values in tries:
        replies = tuple(Reply(value, printed=text) for value, text in zip(values, ("", "first", "second"), strict=True))
        assert judge(small(), Evidence("function", "function", replies)).noise == "first"


LOW = named("low", models=(lambda case: case.name[:1],))
FULL = named("full", models=(lambda case: case.name * 2, lambda case: f"{case.name}!"))
REFUSED = named("refused", refusal=r"not allowed|forbidden")
USED = named("used", effect=CALLED_TOKENIZER)
ONLY_TWO = named("only-two", models=(lambda _case: 2.0,), case="two")
NEAR = named("near", models=(lambda _case: 1.0,))
ALL = (changes_its_arguments(), ONLY_TWO, USED, REFUSED, LOW, FULL, NEAR)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (("o", "t", "t"), "low"),
        (("o", "t", "?"), None),
        (("oneone", "twotwo", "threethree"), "full"),
        (("one!", "two!", "three!"), "full"),
        (("one!", "twotwo", "three!"), None),
        ((Raised("E", "it is not allowed"), Raised("F", "forbidden"), Raised("E", "not allowed")), "refused"),
        ((Raised("E", "it is not allowed"), Raised("F", "no"), Raised("E", "not allowed")), None),
        (("not allowed",) * 3, None),
        ((1.05, 0.95, 1.0), "near"),
        ((1.05, 0.8, 1.0), None),
        (("one", 2.05, "three"), "only-two"),
        (("one", 2.2, "three"), None),
        ((2.0, "two", "three"), None),
        (("?", 2.0, "?"), "only-two"),
    ],
)
def test_misconception_is_named_if_it_explains_every_reply_or_its_own_case(
    values: tuple[Observation, ...], name: str | None
) -> None:
    verdict = judge(small(misconceptions=ALL, rules=Rules(tolerance=0.1)), given(*values))
    found = verdict.misconception
    assert (None if found is None else found.id) == name
    if found is not None:
        assert found.explanation.in_language("en") == f"{name} is why"
        assert verdict.next_step is not None
        assert verdict.next_step.in_language("en") == f"leave {name}"
        assert verdict.outcome is Outcome.INCORRECT


@pytest.mark.parametrize(("by_hand", "name"), [(True, "used"), (False, "used")])
def test_effect_misconception_is_named_if_every_call_has_the_effect(by_hand: bool, name: str) -> None:
    replies = tuple(Reply("?", frozenset({CALLED_TOKENIZER})) for _name in NAMES)
    verdict = judge(small(misconceptions=ALL, by_hand=by_hand), Evidence("function", "function", replies))
    assert verdict.misconception is not None
    assert verdict.misconception.id == name


@pytest.mark.parametrize(("by_hand", "name"), [(True, None), (False, "low")])
def test_no_misconception_is_named_if_a_by_hand_answer_called_a_tokenizer(by_hand: bool, name: str | None) -> None:
    effects = (frozenset({CALLED_TOKENIZER}), frozenset[str](), frozenset[str]())
    replies = tuple(Reply(case[:1], effect) for case, effect in zip(NAMES, effects, strict=True))
    verdict = judge(small(misconceptions=ALL, by_hand=by_hand), Evidence("function", "function", replies))
    assert (None if verdict.misconception is None else verdict.misconception.id) == name


def test_answers_are_normalised_before_comparison() -> None:
    question = small(normal=lambda _case, value: value.strip().lower() if isinstance(value, str) else value)
    assert judge(question, given(" One", "TWO ", "three")).outcome is Outcome.CORRECT
    assert judge(question, given(" One", "TWO ", None)).outcome is Outcome.INCORRECT
    assert judge(small(), given(" One", "TWO ", "three")).outcome is Outcome.INCORRECT


def test_normalisation_may_depend_on_the_case() -> None:
    question = small(normal=lambda case, value: value if value == "?" else case.name)
    assert judge(question, given("1", "2", "3")).outcome is Outcome.CORRECT
    assert judge(question, given("1", "?", "3")).outcome is Outcome.INCORRECT


@pytest.mark.parametrize(
    ("seed", "summary"), [(None, "Wrong in the only visible case."), ("seed", "Wrong in the only case.")]
)
def test_only_a_visible_case_is_called_the_only_visible_one(seed: str | None, summary: str) -> None:
    question = small(visible=small().visible[:1], hidden=None)
    assert judge(question, given("?"), seed).summary.in_language("en") == summary


def test_case_that_timed_out_is_shown_rather_than_one_not_tried() -> None:
    verdict = judge(SEGMENT_IDS, given(Raised("TimeLimit", "5", "while True:")))
    assert verdict.difference is not None
    assert verdict.difference.case == SEGMENT_IDS.visible[0].about
    text = verdict.difference.text.in_language("en")
    assert text == "your function did not finish within 5 seconds; it was running the line `while True:`"


@pytest.mark.parametrize("message", ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07red", "re\x00d", "\u202ered", "red\x1b[3"])
def test_terminal_codes_are_removed_from_exceptions_and_printed_text(message: str) -> None:
    replies = (Reply(Raised("ValueError", message), printed=message),) * 6
    verdict = judge(SEGMENT_IDS, Evidence("function", "function", replies))
    assert verdict.difference is not None
    assert verdict.difference.text.in_language("en") == "your function raised ValueError: red"
    assert verdict.noise == "red"


def test_next_step_is_about_the_shown_case() -> None:
    wrong = Raised("TypeError", "segment_ids() takes 0 positional arguments but 2 were given")
    step = judge(SEGMENT_IDS, given(*[wrong] * 6)).next_step
    assert step is not None
    assert step.in_language("en").endswith("the check calls it with 2 values.")
    value = judge(
        small(teaching=replace(small().teaching, advice=_("look at {it}", it="it"))), given("one", "?", "three")
    ).next_step
    assert value == _("look at {it}", it="it")


def test_form_misconception_is_named_if_every_reply_has_the_form() -> None:
    misconception = named("later", form=lambda case, got: case.name in NAMES and isinstance(got, Other))
    question = small(misconceptions=(misconception,))
    every, some = (judge(question, given(*values)) for values in ([Other("map")] * 3, [Other("map"), "?", "?"]))
    assert every.misconception is not None
    assert every.misconception.id == "later"
    assert some.misconception is None
