"""Creating accounts from a class list: every problem is named, and all accounts are created or none."""

from __future__ import annotations

import pytest

from autograde.classroom import lists
from autograde.classroom.lists import ListedPerson
from autograde.classroom.rosters import admit, examine, fingerprint
from autograde.errors import HubRefused
from autograde.hub.core import Hub
from autograde.hub.people import accounts


def read(text: str) -> tuple[ListedPerson, ...]:
    return lists.read(text.encode()).rows


def test_problem_of_each_row_is_named_and_other_rows_stay_valid(store: Hub) -> None:
    accounts.create_user(store, "taken", email="taken@example.org")
    text = """ada,ada@example.org,Ada
Ada,other@example.org,Again
bob,ADA@example.org,Bob
Taken,newer@example.org,T
newer,taken@example.org,N
-x,x@example.org,X
settings,s@example.org,S
cleo,not an address,C
,d@example.org,D
eve,,Eve
"""
    rows = examine(store, read(text))
    problems = {row.line: row.problem for row in rows}
    assert [line for line, problem in problems.items() if not problem] == [1, 10]
    for line, words in {
        2: "in the list twice", 3: "in the list twice", 4: "with this name exists", 5: "this e-mail address exists",
        6: "hyphen", 7: "page of the Hub", 8: "not an e-mail address", 9: "missing",
    }.items():  # fmt: skip
        assert words in problems[line]
    assert [row.line for row in examine(store, read(text), "zh") if row.problem] == [2, 3, 4, 5, 6, 7, 8, 9]
    made = admit(store, rows)
    assert [user.name for user, __ in made] == ["ada", "eve"]
    for user, password in made:
        found = accounts.check_password(store, user.name, password)
        assert found
        assert found.id == user.id
        assert password not in str([tuple(row) for row in store.database.all("SELECT * FROM users")])
    assert len({password for __, password in made}) == 2


def test_name_taken_after_the_preview_creates_no_account(store: Hub) -> None:
    rows = examine(store, read("ada\nbob\ncleo"))
    accounts.create_user(store, "cleo")
    with pytest.raises(HubRefused, match="cleo"):
        admit(store, rows)
    assert accounts.find_user(store, "ada") is None
    assert fingerprint(rows) != fingerprint(examine(store, read("ada\nbob\ncleo")))
    assert fingerprint(rows) == fingerprint(rows[:])


def test_generated_name_that_has_an_account_is_not_numbered(store: Hub) -> None:
    """Importing the same list again creates no second account."""
    listed = read("学号,姓名\n2023001,王小明\n2023002,李华\n")
    assert [user.name for user, __ in admit(store, examine(store, listed))] == ["s2023001", "s2023002"]
    again = examine(store, listed)
    assert ["with this name exists" in row.problem for row in again] == [True, True]
    assert admit(store, again) == []


def test_problem_found_in_the_list_is_kept(store: Hub) -> None:
    (row,) = examine(store, read("学号,邮箱\n2.0231E+11,xm@example.org\n"))
    assert "Excel shortened a number to 2.0231E+11" in row.problem
    assert admit(store, [row]) == []


def test_first_password_is_long_and_has_no_look_alikes() -> None:
    made = {accounts.first_password() for __ in range(50)}
    assert len(made) == 50
    assert not set("".join(made)) & set("0o1li ")
