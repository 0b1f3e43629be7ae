"""Exact comparison: kinds of number, dtypes, shapes, tolerance, and the first place of difference."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograde.judge.comparison import STRICT, Difference, Kind, Rules, first_difference
from autograde.judge.observation import Mapping, Observation, Other, Raised, Tensor, listed, tensor, tupled


def found(expected: Observation, got: Observation, rules: Rules = STRICT) -> Difference:
    difference = first_difference(expected, got, rules)
    assert difference is not None
    return difference


@pytest.mark.parametrize(
    "same",
    [
        None, True, 0, 1.5, "a", listed(0, 1), tupled(), Other("generator"), Raised("ValueError", "a"),
        tensor([[1, 2]], "int64"), Mapping((("a", 1),)), math.nan, tensor([math.nan, math.inf], "float32"),
    ],
)  # fmt: skip
def test_value_equals_itself(same: Observation) -> None:
    assert first_difference(same, same, STRICT) is None


def test_member_of_a_string_enum_is_compared_as_text() -> None:
    assert first_difference(Kind.VALUE, "value", STRICT) is None
    assert first_difference("value", Kind.VALUE, STRICT) is None
    assert found(Kind.VALUE, "type").kind is Kind.VALUE
    assert found(Kind.VALUE, 1).kind is Kind.TYPE


@pytest.mark.parametrize(
    ("expected", "got", "kind"),
    [
        (1, 1.0, Kind.TYPE),
        (1, True, Kind.TYPE),
        (0, None, Kind.TYPE),
        (0, 1, Kind.VALUE),
        ("a", "b", Kind.VALUE),
        (1.0, math.nan, Kind.VALUE),
        (math.nan, 1.0, Kind.VALUE),
        (listed(0), tupled(0), Kind.TYPE),
        (listed(0), tensor([0], "int64"), Kind.TYPE),
        (listed(0, 0), listed(0), Kind.LENGTH),
        (listed(0), Raised("TypeError"), Kind.RAISED),
        (Raised("TypeError"), listed(0), Kind.RAISED),
        (Raised("TypeError"), Raised("ValueError"), Kind.RAISED),
        (Other("function"), Other("generator"), Kind.TYPE),
        (Mapping((("a", 1),)), Mapping((("b", 1),)), Kind.TYPE),
        (Mapping((("a", 1),)), Mapping((("a", 2),)), Kind.VALUE),
        (tensor([0], "int64"), tensor([0], "int64", library="numpy"), Kind.TYPE),
        (tensor([0], "int64"), tensor([0], "int32"), Kind.DTYPE),
        (tensor([0], "int64"), tensor([0.0], "float32"), Kind.DTYPE),
        (tensor([0], "int64"), tensor([[0]], "int64"), Kind.SHAPE),
        (tensor([0.0], "float32"), tensor([0.0], "float32", gradient=True), Kind.GRADIENT),
        (tensor([0], "int64"), Tensor("torch", "int64", (1,), None), Kind.SIZE),
        (tensor([0], "int64"), tensor([1], "int64"), Kind.VALUE),
        (tensor([0.0], "float32"), tensor([math.nan], "float32"), Kind.VALUE),
    ],
)
def test_difference_has_the_right_kind(expected: Observation, got: Observation, kind: Kind) -> None:
    assert found(expected, got).kind is kind


def test_default_rules_accept_tuple_for_list_and_int32_for_int64() -> None:
    assert first_difference(listed(0, 1), tupled(0, 1)) is None
    assert first_difference(tensor([0], "int64"), tensor([0], "int32")) is None
    assert found(tensor([0], "int64"), tensor([0], "int16"), Rules()).kind is Kind.DTYPE
    assert found(tensor([0], "int64"), tensor([0], "uint8"), Rules()).kind is Kind.DTYPE


@given(st.lists(st.integers(0, 1), min_size=1), st.data())
def test_first_difference_has_the_smallest_index(values: list[int], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, unique=True))
    changed = [1 - value if place in places else value for place, value in enumerate(values)]
    first = min(places)
    assert found(listed(*values), listed(*changed)) == Difference(Kind.VALUE, (first,), values[first], changed[first])
    in_tensor = found(tensor([values], "int64"), tensor([changed], "int64"))
    assert (in_tensor.index, in_tensor.expected, in_tensor.got) == ((0, first), values[first], changed[first])


def test_path_leads_to_the_difference() -> None:
    expected = tupled(listed(1), Mapping((("a", listed(1, 2)),)))
    got = tupled(listed(1), Mapping((("a", listed(1, 3)),)))
    assert found(expected, got).path == (1, "a", 1)


@pytest.mark.parametrize(("off", "same"), [(0.0, True), (0.05, True), (0.1, True), (0.11, False), (-0.11, False)])
def test_tolerance_applies_to_floats_only_and_includes_its_limit(off: float, same: bool) -> None:
    rules = Rules(tolerance=0.1)
    assert (first_difference(0.0, off, rules) is None) is same
    assert (first_difference(tensor([0.0], "float64"), tensor([off], "float64"), rules) is None) is same
    assert found(0, 1, Rules(tolerance=5.0)).kind is Kind.VALUE
    assert found(tensor([0], "int64"), tensor([1], "int64"), Rules(tolerance=5.0)).kind is Kind.VALUE


@pytest.mark.parametrize("off", [0.05, -0.05])
def test_tolerance_is_absolute(off: float) -> None:
    rules = Rules(tolerance=0.1)
    for number in (-7.0, 0.0, 7.0):
        assert first_difference(number, number + off, rules) is None
        assert first_difference(tensor([number], "float64"), tensor([number + off], "float64"), rules) is None
        assert found(number, -number + 1, rules).kind is Kind.VALUE
        assert found(tensor([number], "float64"), tensor([-number + 1], "float64"), rules).kind is Kind.VALUE


def test_rules_apply_inside_lists_and_dictionaries() -> None:
    rules = Rules(tolerance=0.1, lists_and_tuples=False)
    for wrap in (listed, tupled, lambda value: Mapping((("a", value),))):
        assert first_difference(wrap(1.0), wrap(1.05), rules) is None
        assert found(wrap(1.0), wrap(1.2), rules).kind is Kind.VALUE
        assert found(wrap(listed(1)), wrap(tupled(1)), rules).kind is Kind.TYPE
        assert first_difference(wrap(listed(1)), wrap(tupled(1))) is None
        assert first_difference(wrap(tensor([1.0], "float32")), wrap(tensor([1.05], "float32")), rules) is None


SMALL, LARGE = tensor([0], "int64"), Tensor("torch", "int64", (1,), None)


@pytest.mark.parametrize(
    ("expected", "got", "difference"),
    [
        (SMALL, tensor([0], "int64", library="numpy"), (Kind.TYPE, SMALL, tensor([0], "int64", library="numpy"))),
        (SMALL, tensor([0], "bool"), (Kind.DTYPE, SMALL, tensor([0], "bool"))),
        (SMALL, tensor([0, 0], "int64"), (Kind.SHAPE, SMALL, tensor([0, 0], "int64"))),
        (
            tensor([0.0], "float32"), tensor([0.0], "float32", gradient=True),
            (Kind.GRADIENT, False, True),
        ),
        (SMALL, LARGE, (Kind.SIZE, SMALL, LARGE)),
        (LARGE, SMALL, (Kind.SIZE, LARGE, SMALL)),
        (LARGE, LARGE, (Kind.SIZE, LARGE, LARGE)),
        (listed(1, 2), listed(1), (Kind.LENGTH, 2, 1)),
        (listed(1), tupled(1), (Kind.TYPE, listed(1), tupled(1))),
        (Other("a"), Other("b"), (Kind.TYPE, Other("a"), Other("b"))),
        (Other("a", "x"), Other("a", "y"), (Kind.TYPE, Other("a", "x"), Other("a", "y"))),
        (1, Other("b"), (Kind.TYPE, 1, Other("b"))),
        (Raised("a"), 1, (Kind.RAISED, Raised("a"), 1)),
        (None, 0, (Kind.TYPE, None, 0)),
        (
            Mapping((("a", 1), ("b", 2))), Mapping((("b", 2), ("a", 1))),
            (Kind.TYPE, Mapping((("a", 1), ("b", 2))), Mapping((("b", 2), ("a", 1)))),
        ),
    ],
)  # fmt: skip
def test_difference_has_the_path_and_both_values(
    expected: Observation, got: Observation, difference: tuple[Kind, Observation, Observation]
) -> None:
    kind, expected_there, got_there = difference
    for path in ((), (3,), ("a", 0)):
        assert first_difference(expected, got, STRICT, path) == Difference(kind, path, expected_there, got_there)


def test_difference_in_a_tensor_has_path_values_and_index() -> None:
    expected, got = tensor([[0, 1], [2, 3]], "int64"), tensor([[0, 1], [5, 3]], "int64")
    assert first_difference(expected, got, STRICT, (1,)) == Difference(Kind.VALUE, (1,), 2, 5, (1, 0))


def test_infinity_and_nan_equal_only_themselves() -> None:
    rules = Rules(tolerance=1.0)
    for value in (math.inf, -math.inf, math.nan):
        assert first_difference(value, value, rules) is None
        assert first_difference(tensor([value], "float32"), tensor([value], "float32"), rules) is None
        assert found(value, 0.0, rules).kind is Kind.VALUE
        assert found(tensor([value], "float32"), tensor([0.0], "float32"), rules).kind is Kind.VALUE
        assert found(0.0, value, rules).kind is Kind.VALUE
    assert found(math.inf, -math.inf, rules).kind is Kind.VALUE
    assert found(tensor([math.inf], "float32"), tensor([-math.inf], "float32"), rules).kind is Kind.VALUE
